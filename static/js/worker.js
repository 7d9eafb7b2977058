/* The service worker: the technician's pages of today open without a line. Nothing else is touched.

Pages and small pictures are asked for first and kept; only when no answer comes are they taken from what was kept. */
const PAGES = "jobs"; // deleted at sign-in, and when another person uses this phone
const LOOKS = "looks"; // style sheets, scripts: no personal data
const PATIENCE = 6000; // ms; bad reception is worse than none
const KEPT = /^\/work-orders\/(?:today\/|outbox\/|my-month\/|[1-9]\d*\/job\/)$/;
const SMALL = /^\/files\/\d+\/small\/$/;
const HASHED = /\.[0-9a-f]{12}\./;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const shelfOf = (path) => (path.startsWith("/static/") ? LOOKS : KEPT.test(path) || SMALL.test(path) ? PAGES : null);

async function fetchAndKeep(request, path) {
  const answer = await fetch(request);
  if (answer.ok && !answer.redirected && answer.type === "basic") {
    const shelf = await caches.open(shelfOf(path));
    await shelf.put(path, answer.clone());
  }
  return answer;
}

const within = (ms, promise) => Promise.race([promise, new Promise((_resolve, reject) => setTimeout(() => reject(new Error("slow")), ms))]);

async function answer(request, path) {
  const kept = await (await caches.open(shelfOf(path))).match(path);
  if (kept && HASHED.test(path)) return kept;
  const asked = fetchAndKeep(request, path);
  if (!kept) return asked;
  try {
    return await within(PATIENCE, asked);
  } catch {
    asked.catch(() => {});
    return kept;
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin || !shelfOf(url.pathname)) return;
  event.respondWith(answer(request, url.pathname));
});

/* --- keeping what was not asked for yet -------------------------------------------------------------------------------- */
const NAMED = /(?:src|href)="(\/(?:static|files)\/[^"?#]+)"/g;
const IMPORTED = /(?:from|import)\s*"(\.{1,2}\/[^"]+\.js)"/g;

async function keep(path, seen) {
  if (seen.has(path) || !shelfOf(path)) return;
  seen.add(path);
  const shelf = await caches.open(shelfOf(path));
  const had = HASHED.test(path) || SMALL.test(path) ? await shelf.match(path) : null;
  const got = had ?? (await fetchAndKeep(path, path));
  const text = /html|javascript/.test(got.headers.get("Content-Type") ?? "") ? await got.clone().text() : "";
  const parts = KEPT.test(path) ? [...text.matchAll(NAMED)] : [...text.matchAll(IMPORTED)];
  for (const [, part] of parts) await keep(new URL(part, new URL(path, self.location.origin)).pathname, seen);
}

async function keepAll(paths) {
  const seen = new Set();
  for (const path of paths) {
    try {
      await keep(path, seen);
    } catch {
      return; // the line is gone again
    }
  }
  for (const client of await self.clients.matchAll()) client.postMessage({ kept: paths.length });
}

self.addEventListener("message", (event) => {
  if (event.data.keep) event.waitUntil(keepAll(event.data.keep));
});
