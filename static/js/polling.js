/* What asks the server again and again rests while nobody looks at the page. */
document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && event.detail.elt.matches("[hx-trigger^=every]")) event.preventDefault();
});
