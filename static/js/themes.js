/* Light, dark or as the system: kept in this browser; theme.js sets it before the first paint. */
import { each, on } from "./page.js";

const ORDER = ["auto", "light", "dark"];
const root = document.documentElement;
const current = () => root.dataset.theme ?? "auto";

function name() {
  for (const label of document.querySelectorAll("[data-theme-name]")) label.textContent = label.dataset[current()];
}

on("click", "[data-theme-next]", () => {
  const next = ORDER[(ORDER.indexOf(current()) + 1) % ORDER.length];
  if (next === "auto") delete root.dataset.theme;
  else root.dataset.theme = next;
  try {
    localStorage.setItem("theme", next);
  } catch {
    /* then it lasts until the page is left */
  }
  name();
});

each("[data-theme-name]", name);
