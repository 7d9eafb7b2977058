/* A contact pasted in one piece goes into its fields: <textarea data-split="address of the server's answer">. */
import { each, say, token } from "./page.js";

async function split(area) {
  const form = area.form;
  const pasted = area.value;
  if (!pasted.trim()) return;
  const asked = new URLSearchParams({ pasted });
  for (const name of ["name", "phone", "area", "address"]) if (form.elements[name]) asked.set(name, form.elements[name].value);
  const answer = await fetch(area.dataset.split, {
    method: "POST",
    headers: { "X-CSRFToken": token(), Accept: "application/json" },
    body: asked,
  }).catch(() => null);
  // Whatever went wrong, the words are still there; sent with the form they are spread by the server.
  if (!answer?.ok || answer.redirected) return tell(area, say(answer ? "failed" : "offline", { status: answer?.status }));
  const fields = await answer.json();
  if (area.value !== pasted || [...asked].some(([name, value]) => form.elements[name].value !== value)) return split(area);
  for (const [name, value] of Object.entries(fields)) {
    const field = form.elements[name];
    if (!field || field.value === value) continue;
    field.value = value;
    for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
  }
  tell(area, say("spread"));
}

function tell(area, text) {
  const state = area.closest("form").querySelector("[data-split-state]");
  if (state) state.textContent = text;
}

each("textarea[data-split]", (area) => {
  area.addEventListener("paste", () => setTimeout(() => split(area)));
  area.addEventListener("change", () => split(area));
});
