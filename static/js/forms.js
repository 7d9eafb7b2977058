/* A form is sent once: a second press waits, a retry carries the same operation id. */
import { each, on } from "./page.js";

const GIVES_UP_WAITING = 20000; // a download or a lost answer; the operation id makes another press harmless

function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID(); // only there over HTTPS and on localhost
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

each("input[name=op]", (field) => {
  if (!field.value) field.value = uuid();
});

function free(form) {
  clearTimeout(form.waiting);
  form.removeAttribute("aria-busy");
  for (const button of form.querySelectorAll("button[data-held]")) {
    button.disabled = false;
    button.removeAttribute("data-held");
  }
}

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.getAttribute("aria-busy") === "true") {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    form.setAttribute("aria-busy", "true");
    form.waiting = setTimeout(() => free(form), GIVES_UP_WAITING);
    // After this turn, so that the pressed button's own value is still sent.
    setTimeout(() => {
      if (event.defaultPrevented && !form.matches("[hx-post], [hx-boost=true], [hx-boost=true] form")) return free(form);
      for (const button of form.querySelectorAll("button:not([type=button]):not(:disabled)")) {
        button.disabled = true;
        button.dataset.held = "";
      }
    });
  },
  true,
);

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt.closest?.("form");
  if (form) free(form);
});

// Back from the next page: the form is alive again.
window.addEventListener("pageshow", () => document.querySelectorAll("form[aria-busy]").forEach(free));

// Filters send themselves.
on("change", "form[data-auto]", (_event, form) => form.requestSubmit());

/* --- ticking rows --- */
const boxes = (form) => [...form.querySelectorAll("input[type=checkbox][data-tick]")];

function tally(form) {
  const ticked = boxes(form).filter((box) => box.checked).length;
  for (const place of form.querySelectorAll("[data-ticked]")) place.textContent = ticked;
  for (const bar of form.querySelectorAll("[data-when-ticked]")) bar.hidden = !ticked;
  const all = form.querySelector("[data-tick-all]");
  if (all) {
    all.checked = ticked > 0 && ticked === boxes(form).length;
    all.indeterminate = ticked > 0 && !all.checked;
  }
}

on("change", "[data-tick-all]", (_event, all) => {
  for (const box of boxes(all.form)) box.checked = all.checked;
  tally(all.form);
});
on("change", "[data-tick]", (_event, box) => box.form && tally(box.form));
each("[data-tick-all]", (all) => tally(all.form));
