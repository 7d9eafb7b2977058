/* Chips that write: <button data-insert="words" data-into="#field"> adds its words where the caret stands. */
import { on } from "./page.js";

on("pointerdown", "[data-insert]", (event) => event.preventDefault()); // the field keeps its focus and caret

on("click", "[data-insert]", (_event, chip) => {
  const field = chip.dataset.into ? document.querySelector(chip.dataset.into) : chip.closest("form").querySelector("textarea");
  const { selectionStart, selectionEnd, value } = field;
  const before = value.slice(0, selectionStart);
  const gap = chip.dataset.gap ?? "";
  const words = (before && !/[\s，。、；：,.;:]$/.test(before) ? gap : "") + chip.dataset.insert;
  field.setRangeText(words, selectionStart, selectionEnd, "end");
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
});
