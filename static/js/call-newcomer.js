/* On a narrow screen a stranger's name and number follow his words; without scripts they stand above them. */

const NARROW = "(max-width: 860px)"; // where static/css/call.css lays the call out in one column

export function setUpNewcomer(form) {
  const newcomer = form.querySelector("[data-newcomer]");
  if (!newcomer || !matchMedia(NARROW).matches) return;
  const content = form.elements.content;
  const wrong = form.querySelector("[aria-invalid]"); // a refused form leads to what is wrong with it
  content.closest(".field").after(newcomer);
  if (wrong) wrong.focus();
  else content.focus({ preventScroll: true });
}
