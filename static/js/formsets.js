/* One more of the same: <button data-formset-add="option"> adds the item of the template to [data-formset=option]. */
import { on } from "./page.js";

on("click", "[data-formset-add]", (event, button) => {
  const name = button.dataset.formsetAdd;
  const form = button.closest("form");
  const total = form.elements.namedItem(`${name}-TOTAL_FORMS`);
  const most = Number(form.elements.namedItem(`${name}-MAX_NUM_FORMS`).value);
  const number = Number(total.value);
  event.preventDefault();
  if (number >= most) return;
  const pattern = form.querySelector(`template[data-formset-item="${name}"]`);
  const holder = document.createElement("template");
  holder.innerHTML = pattern.innerHTML.replaceAll("__prefix__", String(number));
  form.querySelector(`[data-formset="${name}"]`).append(holder.content);
  total.value = String(number + 1);
  button.hidden = number + 1 >= most;
  form.querySelector(`[name="${name}-${number}-remedy"], [name^="${name}-${number}-"]:not([type=hidden])`)?.focus();
});
