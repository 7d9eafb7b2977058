/* Tabs inside a page: [role=tablist] of buttons with aria-controls. Tabs that are links need no script. */
import { each } from "./page.js";

const CURRENT = "[aria-current=page], [aria-selected=true]";

/* A row of tabs that is wider than the screen slides: the chosen one to its middle where it would lie outside. The page
   itself stays where it is, which scrollIntoView does not promise. */
const show = (row, tab) => {
  const [seen, own] = [row.getBoundingClientRect(), tab.getBoundingClientRect()];
  if (own.left < seen.left || own.right > seen.right)
    row.scrollLeft += (own.left + own.right - seen.left - seen.right) / 2;
};

each(".tabs", (row) => {
  const tab = row.querySelector(CURRENT);
  if (tab) show(row, tab);
});

each("[role=tablist]", (list) => {
  const tabs = [...list.querySelectorAll("[role=tab]")];
  const choose = (tab, focus = true) => {
    for (const one of tabs) {
      const chosen = one === tab;
      one.setAttribute("aria-selected", String(chosen));
      one.tabIndex = chosen ? 0 : -1;
      document.getElementById(one.getAttribute("aria-controls")).hidden = !chosen;
    }
    if (focus) tab.focus();
  };
  list.addEventListener("click", (event) => {
    const tab = event.target.closest("[role=tab]");
    if (tab) choose(tab);
  });
  list.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by) choose(tabs[(tabs.indexOf(document.activeElement) + by + tabs.length) % tabs.length]);
  });
  choose(tabs.find((tab) => tab.getAttribute("aria-selected") === "true") ?? tabs[0], false);
});
