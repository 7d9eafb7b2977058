/* The technician's phone without a line: pages kept by the worker, acts kept by the queue, the next step shown meanwhile. */
import { entries, keep, send, takeBack } from "./queue.js";
import { each, user } from "./page.js";

const PAUSE = 20_000;
const KEPT_FOR = "kept-for";
const job = document.querySelector("[data-job]");
const wechat = /MicroMessenger/i.test(navigator.userAgent);
const able = window.isSecureContext && "serviceWorker" in navigator && "indexedDB" in window && "locks" in navigator;

/* --- what this browser can do ------------------------------------------------------------------------------------------ */
function sayWhatIsNeeded() {
  const need = wechat ? "browser" : window.isSecureContext ? null : "https";
  each(`[data-needs="${need}"]`, (note) => (note.hidden = false));
}

/** The day's jobs are kept as they are now; what another person left on this phone is thrown away first. */
async function keepPages() {
  if (localStorage.getItem(KEPT_FOR) !== user) {
    await caches.delete("jobs");
    localStorage.setItem(KEPT_FOR, user);
  }
  await navigator.serviceWorker.register("/service-worker.js", { scope: "/" });
  const worker = (await navigator.serviceWorker.ready).active;
  const pages = [...document.querySelectorAll("a[data-keep]")].map((link) => new URL(link.href).pathname);
  const fixed = [location.pathname, "/work-orders/today/", "/work-orders/outbox/"];
  worker.postMessage({ keep: [...new Set([...fixed, ...pages])] });
}

/* --- the state of the outbox ------------------------------------------------------------------------------------------- */
async function showState(signedOut = false) {
  const waiting = await entries();
  const refused = waiting.filter((one) => one.refused).length;
  for (const line of document.querySelectorAll("[data-line]")) {
    const state = line.querySelector("[data-outbox-state]");
    state.hidden = !waiting.length;
    const words = refused ? line.dataset.refused : signedOut ? line.dataset.signedOut : line.dataset.waiting;
    state.querySelector("[data-outbox-text]").textContent = words.replace("{n}", refused || waiting.length);
  }
  document.dispatchEvent(new CustomEvent("outbox:changed", { detail: waiting }));
  return waiting;
}

/** Send what waits; a job that moved on is shown anew. */
export async function sendNow() {
  const done = await send();
  await showState(done.signedOut);
  if (done.sent && !done.left && job) location.reload();
  return done;
}

/* --- the job page ------------------------------------------------------------------------------------------------------ */
const sections = () => [...document.querySelectorAll("[data-step]")];

/** Show the first step that is not waiting in the outbox. */
function advance(waiting) {
  const done = new Set(waiting.filter((one) => String(one.order) === job.dataset.job).map((one) => one.step));
  const next = sections().find((one) => !done.has(one.dataset.step));
  for (const section of sections()) section.hidden = section !== next;
  for (const dot of job.querySelectorAll("[data-dot]")) {
    if (done.has(dot.dataset.dot)) dot.className = "is-done";
    dot.toggleAttribute("aria-current", dot.dataset.dot === next?.dataset.step);
  }
}

const labelOf = (form, name) => {
  const field = form.querySelector(`[name="${CSS.escape(name)}"]`);
  const named = field?.closest(".field, .slot")?.querySelector(".label")?.textContent ?? field?.labels?.[0]?.textContent;
  return (named ?? name).replace("*", "").trim();
};

const wordsOf = (form, name, value) => {
  const field = form.querySelector(`[name="${CSS.escape(name)}"][value="${CSS.escape(value)}"], select[name="${CSS.escape(name)}"]`);
  if (field?.tagName === "SELECT") return field.selectedOptions[0]?.textContent.trim() ?? value;
  return field && field.type !== "hidden" ? (field.labels?.[0]?.textContent.trim() ?? value) : value;
};

/** What a form says, as it will be sent, and in words for whoever looks at it later. */
function read(form) {
  const read = { fields: [], files: [], said: [] };
  for (const [name, value] of new FormData(form)) {
    if (["csrfmiddlewaretoken", "op", "version", "after"].includes(name)) continue;
    if (value instanceof File) {
      if (value.size) read.files.push([name, value]);
      continue;
    }
    if (value === "") continue;
    read.fields.push([name, value]);
    if (form.querySelector(`[name="${CSS.escape(name)}"]`)?.type !== "hidden") read.said.push([labelOf(form, name), wordsOf(form, name, value)]);
  }
  return read;
}

/** What the browser itself can see is missing; the rest the server says. */
function missing(form) {
  return [...form.elements].find((field) => field.required && !field.disabled && !field.checkValidity());
}

function complain(form, texts) {
  const place = form.querySelector("[data-wrong]");
  place.replaceChildren(...texts.map((text) => Object.assign(document.createElement("p"), { textContent: text })));
  place.hidden = false;
  place.scrollIntoView({ block: "center" });
}

async function press(form) {
  const empty = missing(form);
  if (empty) {
    complain(form, [`${labelOf(form, empty.name)}: ${empty.validationMessage}`]);
    empty.focus();
    return;
  }
  const stamp = form.elements.arrived_at;
  if (stamp && !stamp.value) stamp.value = new Date().toISOString();
  const step = form.closest("[data-step]").dataset.step;
  const op = crypto.randomUUID();
  const entry = { order: job.dataset.job, number: job.dataset.number, step, label: form.querySelector("[data-next-step]").textContent.trim() };
  try {
    await keep({ ...entry, url: new URL(form.action).pathname, op, at: new Date().toISOString(), ...read(form) }, job.dataset.version);
  } catch {
    form.submit(); // the phone keeps nothing: the usual way, which needs a line
    return;
  }
  const done = await sendNow();
  const mine = done.refused.find((one) => one.op === op);
  if (mine && mine.refused.errors) {
    await takeBack(mine); // it stands in the form still, with what is wrong with it
    complain(form, mine.refused.errors);
    await showState();
  } else if (done.refused.length) {
    location.assign("/work-orders/outbox/");
  } else {
    advance(await entries());
    window.scrollTo({ top: 0 });
  }
}

if (able && user) {
  keepPages().catch(() => {}); // without a worker the outbox still keeps what is done
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-outbox]");
    if (!form || event.defaultPrevented) return;
    event.preventDefault();
    press(form);
  });
  const start = async () => {
    const waiting = await showState();
    if (job) advance(waiting);
    await sendNow();
  };
  start();
  window.addEventListener("online", sendNow);
  document.addEventListener("visibilitychange", () => document.hidden || sendNow());
  setInterval(async () => (await entries()).length && sendNow(), PAUSE);
}
sayWhatIsNeeded();
