/* Closing what lies above the page: dialogs by their button, light ones and menus by a click beside them. */
import { on } from "./page.js";

on("click", "[data-close]", (_event, button) => button.closest("dialog").close());

// What holds writing stays open: a click beside it is an accident more often than a wish.
for (const light of document.querySelectorAll("#keys, #viewer")) {
  light.addEventListener("click", (event) => event.target === light && light.close());
}

/* <details class="menu">: one open at a time */
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target) || event.target.closest(".menu-items a, [data-keys-open]")) menu.open = false;
  }
});
