/* Runs before the first paint: the chosen colours, and a mark that scripts are here. */
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  } catch {
    /* storage may be forbidden; the system's colours stay */
  }
})();
