/* Products follow the words: a room that is named ticks its product, parts and symptoms named fill its line. */

export function setUpProducts(form) {
  const content = form.elements.content;
  const products = [...form.querySelectorAll(".call-product")].map((element) => ({
    element,
    box: element.querySelector("input[type=checkbox]"),
    room: element.dataset.room,
    part: element.querySelector("[data-part]"),
    symptom: element.querySelector("[data-symptom]"),
  }));
  if (!products.length) return;
  const words = (id) => [...document.querySelectorAll(`#${id} option`)].map((option) => option.value);
  const [parts, symptoms] = [words("call-parts"), words("call-symptoms")];
  const touched = new WeakSet();
  const alone = (product) => product.room && products.filter((one) => one.room === product.room).length === 1;

  function follow() {
    const text = content.value;
    for (const product of products) {
      if (!touched.has(product.box) && alone(product)) product.box.checked = text.includes(product.room);
    }
    const ticked = products.filter((product) => product.box.checked);
    if (ticked.length !== 1) return mark();
    fill(ticked[0].part, parts, text);
    fill(ticked[0].symptom, symptoms, text);
    mark();
  }

  function fill(field, known, text) {
    if (touched.has(field)) return;
    field.value = known.filter((word) => text.includes(word)).sort((a, b) => b.length - a.length)[0] ?? "";
  }

  /** Earlier complaints about a product that is ticked stand out. */
  function mark() {
    const ids = new Set(products.filter((product) => product.box.checked).map((product) => product.box.value));
    for (const line of form.querySelectorAll(".call-similar [data-cards]")) {
      const same = line.dataset.cards.split(/\s+/).some((id) => ids.has(id));
      line.querySelector("[data-same]").hidden = !same;
    }
  }

  content.addEventListener("input", follow);
  form.addEventListener("input", (event) => {
    if (event.isTrusted && event.target.closest(".call-product")) touched.add(event.target);
  });
  form.addEventListener("change", (event) => {
    if (!event.isTrusted || !event.target.closest(".call-product")) return;
    touched.add(event.target);
    follow();
  });
  form.addEventListener("draft:restored", () => {
    for (const { box, part, symptom } of products) for (const field of [box, part, symptom]) touched.add(field);
    mark();
  });
  mark();
}
