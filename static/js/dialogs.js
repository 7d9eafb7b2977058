/* Forms above the page: <a data-dialog href="…"> loads its form into the dialog, the page behind stays. */
import { on, say, toast } from "./page.js";

const dialog = document.getElementById("dialog");
const body = document.getElementById("dialog-body");
const title = document.getElementById("dialog-title");

on("click", "a[data-dialog]", (event, link) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return; // a new tab stays a new tab
  event.preventDefault();
  title.textContent = link.dataset.dialogTitle ?? link.textContent.replace(/\s+\S$/, "").trim();
  dialog.className = `dialog ${{ drawer: "drawer", wide: "dialog-wide" }[link.dataset.dialog] ?? ""}`;
  window.htmx
    .ajax("GET", link.getAttribute("href"), { target: body, swap: "innerHTML", source: link })
    .catch(() => {}); // the listeners below say what went wrong
});

/** The part of an answer that belongs into a dialog: all of a fragment, the marked part or the content of a page. */
function inside(html) {
  if (!/<html/i.test(html)) return html;
  const page = new DOMParser().parseFromString(html, "text/html");
  const part = page.querySelector("[data-dialog-content]") ?? page.querySelector("main");
  return part ? part.innerHTML : html;
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = event;
  const { xhr } = detail;
  if (isLogin(xhr)) {
    detail.shouldSwap = false;
    dialog.close();
    toast(say("signedOut"), "error", { href: document.body.dataset.login, label: say("signIn") });
    return;
  }
  const refused = xhr.status === 409 || xhr.status === 422;
  if (refused && dialog?.contains(detail.requestConfig.elt)) {
    detail.target = body; // what was typed stays before the eyes that typed it
    detail.swapOverride = "innerHTML";
    detail.shouldSwap = true;
  }
  if (detail.target === body) detail.serverResponse = inside(detail.serverResponse);
});

const isLogin = (xhr) => {
  const { login } = document.body.dataset;
  return Boolean(login && xhr.responseURL && new URL(xhr.responseURL).pathname === login && location.pathname !== login);
};

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target !== body) return;
  const heading = body.querySelector("[data-dialog-title]");
  if (heading) title.textContent = heading.dataset.dialogTitle;
  if (!dialog.open) dialog.showModal();
  const first = body.querySelector("[autofocus], input:not([type=hidden]), textarea, select") ?? body.querySelector("button, a");
  first?.focus();
});

document.addEventListener("htmx:afterRequest", (event) => {
  const { elt, successful, target } = event.detail;
  if (successful && dialog?.open && dialog.contains(elt) && !dialog.contains(target)) dialog.close();
});

document.addEventListener("close-dialog", () => dialog.close());
document.addEventListener("htmx:sendError", () => toast(say("offline"), "error"));
document.addEventListener("htmx:timeout", () => toast(say("offline"), "error"));
document.addEventListener("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  toast(status === 403 ? say("forbidden") : say("failed", { status }), "error");
});
