/* Acts kept on the phone until there is a line: first written down, then sent, once and in their order.

An entry: { id, user, order, number, step, label, url, op, after, version, at, fields: [[name, value]], files: [[name, file]],
said: [[label, text]], refused: null | what the server answered }. Its operation id makes sending twice harmless. */
import { user } from "./page.js";

const NAME = "aftersales";
const WAITING = "outbox";
const LAST = "last"; // order → the act queued last on it, and the version of the page it was queued on

let opened;

const open = () =>
  (opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore(WAITING, { keyPath: "id", autoIncrement: true });
      asked.result.createObjectStore(LAST);
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  }));

/** One transaction over both stores; resolves with what ``work`` answered once everything is on disk. */
async function within(mode, work) {
  const base = await open();
  return new Promise((resolve, reject) => {
    const act = base.transaction([WAITING, LAST], mode, { durability: "strict" });
    const answer = work(act.objectStore(WAITING), act.objectStore(LAST));
    act.oncomplete = () => resolve(answer?.result ?? answer);
    act.onerror = act.onabort = () => reject(act.error);
  });
}

/** Everything of this person, in the order it was done. */
export const entries = async () => (await within("readonly", (waiting) => waiting.getAll())).filter((one) => one.user === user);

const drop = (id) => within("readwrite", (waiting) => waiting.delete(id));

/** Take back what was never done: whatever followed it follows what it had followed itself. */
export const takeBack = (entry) =>
  within("readwrite", (waiting, last) => {
    waiting.delete(entry.id);
    const all = waiting.getAll();
    all.onsuccess = () => {
      for (const other of all.result) {
        if (other.after === entry.op) waiting.put({ ...other, after: entry.after, version: entry.after ? null : entry.version });
      }
    };
    const key = `${user}:${entry.order}`;
    const newest = last.get(key);
    newest.onsuccess = () => {
      if (newest.result?.op !== entry.op) return;
      if (entry.after) last.put({ ...newest.result, op: entry.after }, key);
      else last.delete(key);
    };
  });

/** Write an act down. It follows the one before it on the same page, or else the version the page was made of. */
export const keep = (entry, page) =>
  within("readwrite", (waiting, last) => {
    const key = `${user}:${entry.order}`;
    const before = last.get(key);
    before.onsuccess = () => {
      const follows = before.result?.page === page ? before.result.op : null;
      waiting.add({ ...entry, user, after: follows, version: follows ? null : page, refused: null });
      last.put({ op: entry.op, page }, key);
    };
  });

/** Change an entry, and let those behind it follow its new operation. */
const change = (entry, changes) =>
  within("readwrite", (waiting, last) => {
    waiting.put({ ...entry, ...changes });
    if (!changes.op) return;
    const all = waiting.getAll();
    all.onsuccess = () => {
      for (const other of all.result) if (other.after === entry.op) waiting.put({ ...other, after: changes.op });
    };
    const key = `${user}:${entry.order}`;
    const newest = last.get(key);
    newest.onsuccess = () => newest.result?.op === entry.op && last.put({ ...newest.result, op: changes.op }, key);
  });

/** Whose session it is, with a token for it; null without a line, {} where nobody of ours is signed in. */
async function line() {
  try {
    const answer = await fetch("/work-orders/line/", { redirect: "manual", cache: "no-store" });
    if (answer.type === "opaqueredirect" || answer.status === 403) return {};
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

function body(entry) {
  const form = new FormData();
  for (const [name, value] of entry.fields) form.append(name, value);
  for (const [name, file] of entry.files) form.append(name, file, file.name);
  form.append("op", entry.op);
  if (entry.after) form.append("after", entry.after);
  else if (entry.version !== null) form.append("version", entry.version);
  return form;
}

async function answerOf(answer) {
  try {
    return await answer.json();
  } catch {
    return {};
  }
}

/** "sent", "later" (no line, or the server is out of breath), or what the server has against it. */
async function post(entry, token) {
  try {
    const answer = await fetch(entry.url, {
      method: "POST",
      body: body(entry),
      redirect: "manual",
      headers: { "X-CSRFToken": token, "X-Queued": "1" },
    });
    if (answer.ok) return "sent";
    if (answer.type === "opaqueredirect" || answer.status >= 500 || answer.status === 429) return "later";
    return { status: answer.status, ...(await answerOf(answer)) };
  } catch {
    return "later";
  }
}

/** Send what waits; an order whose act was refused waits behind it. Answers {sent, refused, left, signedOut}. */
export const send = () => navigator.locks.request("aftersales-outbox", sendAll);

async function sendAll() {
  const waiting = await entries();
  const done = { sent: 0, refused: [], left: waiting.length, signedOut: false };
  if (!waiting.some((one) => !one.refused)) return done;
  const open = await line();
  if (!open?.token || String(open.user) !== user) return { ...done, signedOut: open !== null };
  const held = new Set();
  for (const { id } of waiting) {
    const entry = (await entries()).find((one) => one.id === id);
    if (!entry || entry.refused || held.has(entry.order)) {
      if (entry) held.add(entry.order);
      continue;
    }
    const answer = await post(entry, open.token);
    if (answer === "later") break;
    if (answer === "sent") {
      await drop(id);
      done.sent += 1;
      continue;
    }
    await change(entry, { refused: answer });
    held.add(entry.order);
    done.refused.push({ ...entry, refused: answer });
  }
  done.left = (await entries()).length;
  return done;
}

/** Put a refused act on the order as it stands now: a new press, on the version the refusal named. */
export const again = (entry) =>
  change(entry, { op: crypto.randomUUID(), after: null, version: entry.refused.version ?? null, refused: null });
