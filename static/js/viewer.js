/* Photos and videos of a grid, large: <a class="photo" href="…" data-kind="image|video" data-caption="…">. */
import { on } from "./page.js";

const viewer = document.getElementById("viewer");
const stage = viewer?.querySelector("[data-stage]");
let photos = [];
let at = 0;

function show(index) {
  at = (index + photos.length) % photos.length;
  const photo = photos[at];
  const kind = photo.dataset.kind === "video" ? "video" : "img";
  const media = document.createElement(kind);
  media.src = photo.href;
  if (kind === "video") media.controls = true;
  else media.alt = photo.dataset.caption ?? "";
  stage.replaceChildren(media);
  const place = photos.length > 1 ? `${at + 1} / ${photos.length}  ` : "";
  viewer.querySelector("[data-caption]").textContent = place + (photo.dataset.caption ?? "");
  for (const button of viewer.querySelectorAll("[data-previous], [data-next]")) button.hidden = photos.length < 2;
  const original = viewer.querySelector("[data-original]");
  if (original) original.href = photo.dataset.original ?? photo.href;
}

on("click", "a.photo[data-kind]", (event, photo) => {
  if (!viewer || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  photos = [...(photo.closest(".photos") ?? document).querySelectorAll("a.photo[data-kind]")];
  show(photos.indexOf(photo));
  viewer.showModal();
});

if (viewer) {
  viewer.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by && photos.length > 1) show(at + by);
  });
  viewer.addEventListener("close", () => stage.replaceChildren()); // a video stops with its window
  on("click", "[data-previous]", () => show(at - 1));
  on("click", "[data-next]", () => show(at + 1));
}
