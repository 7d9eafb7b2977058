/* Nothing typed is lost: <form data-draft="key"> saves itself to the server, to this browser when the server is out of reach. */
import { each, on, say, store, token, user } from "./page.js";

const PAUSE = 800;
const NEVER_SAVED = new Set(["csrfmiddlewaretoken", "op", "version", "after", "draft"]);
const SENT = "draft-sent";

const url = (form) => `/drafts/${encodeURIComponent(form.dataset.draft)}/`;
const localKey = (form) => `draft:${user}:${form.dataset.draft}`;
const clockTime = (moment) => new Date(moment).toTimeString().slice(0, 8);

function read(form) {
  const fields = {};
  for (const [name, value] of new FormData(form)) {
    if (typeof value !== "string" || NEVER_SAVED.has(name)) continue;
    const field = form.elements.namedItem(name);
    if (field?.type === "password" || field?.dataset?.draftSkip !== undefined) continue;
    (fields[name] ??= []).push(value);
  }
  return fields;
}

function write(form, fields) {
  for (const field of form.elements) {
    if (!field.name || NEVER_SAVED.has(field.name) || field.type === "file") continue;
    const values = fields[field.name];
    if (field.type === "checkbox" || field.type === "radio") {
      field.checked = Boolean(values?.includes(field.value));
    } else if (field instanceof HTMLSelectElement) {
      if (values) for (const option of field.options) option.selected = values.includes(option.value);
    } else if (values) {
      field.value = values[[...form.querySelectorAll(`[name="${CSS.escape(field.name)}"]`)].indexOf(field)] ?? values[0];
    } else {
      continue;
    }
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
  form.dispatchEvent(new CustomEvent("draft:restored", { bubbles: true, detail: fields }));
}

async function ask(form, method, fields) {
  const answer = await fetch(url(form), {
    method,
    redirect: "manual", // a redirect is the way to the login page: the session has ended
    keepalive: method !== "GET",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token(), Accept: "application/json" },
    body: fields && JSON.stringify({ data: fields }),
  });
  if (!answer.ok && answer.status !== 404) throw new Error(String(answer.status));
  return answer;
}

class Draft {
  constructor(form) {
    this.form = form;
    this.pristine = JSON.stringify(read(form));
    this.saved = this.pristine;
    this.state = form.querySelector("[data-draft-state]") ?? document.createElement("span");
    this.timer = 0;
    this.saving = Promise.resolve();
    form.addEventListener("input", () => this.soon());
    form.addEventListener("change", () => this.soon());
    form.addEventListener("focusout", () => this.timer && this.save());
    form.addEventListener("submit", () => this.send());
    window.addEventListener("pagehide", () => this.timer && this.store());
    document.addEventListener("visibilitychange", () => document.hidden && this.timer && this.store());
    window.addEventListener("online", () => this.save());
    this.restore();
  }

  soon() {
    if (this.quiet) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  /** One after another, so that an older text never lands on a newer one. */
  save() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.saving = this.saving.then(() => this.store());
  }

  async store() {
    clearTimeout(this.timer);
    this.timer = 0;
    const fields = read(this.form);
    const text = JSON.stringify(fields);
    if (text === this.saved || this.sent) return;
    try {
      await ask(this.form, "PUT", fields);
      store.drop(localKey(this.form));
      this.saved = text;
      this.say("draftSaved", Date.now());
    } catch {
      store.set(localKey(this.form), { data: fields, saved_at: new Date().toISOString() });
      this.say("draftKept", Date.now());
    }
  }

  say(key, moment) {
    this.state.textContent = say(key, { time: clockTime(moment) });
    this.state.classList.add("draft-state");
  }

  async restore() {
    if (this.form.querySelector(".is-wrong, .wrong")) return; // a refused form comes back whole by itself
    let kept = store.get(localKey(this.form));
    try {
      const answer = await ask(this.form, "GET");
      const server = answer.status === 200 ? await answer.json() : null;
      if (server?.saved_at && !(kept?.saved_at > server.saved_at)) kept = server;
    } catch {
      /* out of reach: what this browser kept will do */
    }
    const untouched = JSON.stringify(read(this.form)) === this.pristine;
    if (!kept?.data || !untouched || JSON.stringify(kept.data) === this.pristine) return;
    this.quiet = true;
    write(this.form, kept.data);
    this.quiet = false;
    this.saved = JSON.stringify(read(this.form));
    this.say("draftRestored", kept.saved_at);
    const discard = document.createElement("button");
    Object.assign(discard, { type: "button", className: "link small", textContent: say("draftDiscard") });
    discard.addEventListener("click", () => this.discard());
    this.state.append(" ", discard);
  }

  discard() {
    this.form.reset();
    this.saved = JSON.stringify(read(this.form));
    this.state.textContent = "";
    this.forget();
    this.form.dispatchEvent(new CustomEvent("draft:discarded", { bubbles: true }));
  }

  forget() {
    clearTimeout(this.timer);
    this.timer = 0;
    store.drop(localKey(this.form));
    ask(this.form, "DELETE").catch(() => {});
  }

  send() {
    // The last words are not on the server yet: should the answer be the login page, they wait here.
    if (this.timer) store.set(localKey(this.form), { data: read(this.form), saved_at: new Date().toISOString() });
    clearTimeout(this.timer);
    this.timer = 0;
    store.set(SENT, { key: this.form.dataset.draft, user }, sessionStorage);
  }
}

const drafts = new WeakMap();
each("form[data-draft]", (form) => drafts.set(form, new Draft(form)));

on("htmx:afterRequest", "form[data-draft]", (event, form) => {
  store.drop(SENT, sessionStorage);
  if (event.detail.successful && event.detail.elt === form) {
    const draft = drafts.get(form);
    draft.sent = true;
    draft.forget();
  }
});

/* After a form of the ordinary kind: the page that follows says by its being there that the draft is done with. */
const sent = store.get(SENT, sessionStorage);
if (sent && user && sent.user === user && !document.querySelector("[data-refused]")) {
  store.drop(SENT, sessionStorage);
  const again = document.querySelector(`form[data-draft="${CSS.escape(sent.key)}"]`);
  if (!again) {
    store.drop(`draft:${user}:${sent.key}`);
    fetch(`/drafts/${encodeURIComponent(sent.key)}/`, { method: "DELETE", headers: { "X-CSRFToken": token() } }).catch(() => {});
  }
}
