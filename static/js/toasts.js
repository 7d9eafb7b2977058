/* What happened, said once, in a corner; with undo where undo is honest. */
import { each, on, say, token } from "./page.js";

const SHOWN_FOR = 6000;
const stack = document.getElementById("toasts");

/* Above an open dialog too, where the browser knows how. */
function raise() {
  if (!stack.showPopover) return;
  stack.popover = "manual";
  if (stack.matches(":popover-open")) stack.hidePopover();
  stack.showPopover();
}

function leave(one) {
  one.remove();
  if (!stack.children.length && stack.popover && stack.matches(":popover-open")) stack.hidePopover();
}

function settle(one) {
  raise();
  if (one.classList.contains("toast-error")) return; // a failure stays until it is read
  let timer = setTimeout(() => leave(one), SHOWN_FOR);
  one.addEventListener("pointerenter", () => clearTimeout(timer));
  one.addEventListener("pointerleave", () => (timer = setTimeout(() => leave(one), SHOWN_FOR)));
}

/** The button of a toast: undo posts to its url, a way on opens its href in a new tab. */
function offer(form, { url, href, label = say("undo") }) {
  form.action = url ?? href;
  form.method = url ? "post" : "get";
  form.target = url ? "" : "_blank";
  if (url) form.prepend(pass());
  form.hidden = false;
  form.querySelector("button").textContent = label;
}

/* The patterns of toasts are the same for everybody, so the token is not in them. */
function pass() {
  return Object.assign(document.createElement("input"), { type: "hidden", name: "csrfmiddlewaretoken", value: token() });
}

document.addEventListener("toast", (event) => {
  const { text, tone = "info", undo } = event.detail;
  const pattern = document.querySelector(`template[data-toast="${tone}"]`) ?? document.querySelector("template[data-toast=info]");
  const one = pattern.content.firstElementChild.cloneNode(true);
  one.querySelector("[data-toast-text]").textContent = text;
  if (undo) offer(one.querySelector("form"), undo);
  stack.append(one);
  settle(one);
});

if (stack) each("#toasts > .toast", settle);
on("click", "[data-toast-close]", (_event, button) => leave(button.closest(".toast")));
