/* The conversation: how long it lasts, and the first field of each place ready to type into. */
import { each } from "./page.js";

each("[data-since]", (element) => {
  const since = Number(element.dataset.since);
  const text = element.querySelector("[data-since-text]");
  const skew = Number(document.body.dataset.now) - Date.now() / 1000;
  const show = () => {
    const seconds = Math.max(0, Math.floor(Date.now() / 1000 + skew - since));
    text.textContent = `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
  };
  show();
  setInterval(show, 1000);
});

// Only where something must be typed; among answers a bare digit picks one.
const place = document.querySelector("[name=place]")?.value;
const TYPED = new Set(["unhappy", "question", "praise", "decline", "landline"]);
if (TYPED.has(place) && !document.querySelector("[autofocus]")) {
  document.querySelector(".callbacks-fields :is(textarea, input:not([type=hidden], [type=radio], [type=checkbox]))")?.focus();
}
