/* What every behaviour shares: the page's words, its token, and elements that come and go with htmx. */
const source = document.getElementById("words");
const words = source ? JSON.parse(source.textContent) : {};

/** A sentence of the page's language; "%(name)s" and "%(name)d" are filled from values. */
export const say = (key, values = {}) => fill(words[key] ?? key, values);

/** The singular or plural of a counted word. */
export const count = (key, number) => fill(words[key][number === 1 ? 0 : 1] ?? words[key][0], { count: number });

const fill = (text, values) => text.replace(/%\((\w+)\)[sd]/g, (_whole, name) => values[name]);

export const token = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";

export const user = document.body.dataset.user ?? "";

/** Run setup once for every element that matches, now and whenever htmx brings new ones. */
export function each(selector, setup) {
  const seen = new WeakSet();
  const look = (root) => {
    const found = [...root.querySelectorAll(selector)];
    if (root.matches?.(selector)) found.unshift(root);
    for (const element of found) {
      if (seen.has(element)) continue;
      seen.add(element);
      setup(element);
    }
  };
  look(document);
  document.addEventListener("htmx:load", (event) => look(event.detail.elt));
}

/** Listen on the document for events of elements that match. */
export function on(type, selector, act) {
  document.addEventListener(type, (event) => {
    const element = event.target instanceof Element ? event.target.closest(selector) : null;
    if (element) act(event, element);
  });
}

/** Show a toast; tone is done, info, warn or error. */
export const toast = (text, tone = "info", undo = null) =>
  document.body.dispatchEvent(new CustomEvent("toast", { bubbles: true, detail: { text, tone, undo } }));

/** Storage that may be forbidden or full: then nothing is kept, and nothing breaks. */
export const store = {
  get(key, area = localStorage) {
    try {
      return JSON.parse(area.getItem(key));
    } catch {
      return null;
    }
  },
  set(key, value, area = localStorage) {
    try {
      area.setItem(key, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  },
  drop(key, area = localStorage) {
    try {
      area.removeItem(key);
    } catch {
      /* nothing was kept there */
    }
  },
};

each("[data-script-only]", (element) => (element.hidden = false));
