/* What a call becomes: kinds by click or key, "u" for a chase, from the empty content field too. */

const WORD_WAS_MEANT = 600; // milliseconds: a second letter that soon shows that "u" began a word

export function setUpKinds(form) {
  const content = form.elements.content;
  const boxes = [...form.querySelectorAll("[name=kind]")];
  const kind = () => boxes.find((box) => box.checked)?.value;

  function turn(value, into) {
    const box = boxes.find((one) => one.value === value);
    if (!box) return;
    box.checked = true;
    if (into && form.elements.into) form.elements.into.value = into;
    box.dispatchEvent(new Event("change", { bubbles: true }));
    content.focus();
  }

  // Earlier complaints are compared with words, so they wait for the first of them.
  const similar = form.querySelector(".call-similar");
  let isNew = false;
  const compare = () => similar && (similar.hidden = isNew || !content.value.trim());
  content.addEventListener("input", compare);
  form.addEventListener("draft:restored", compare);
  compare();

  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-turn]");
    if (button) turn(button.dataset.turn, button.dataset.into);
    if (event.target.closest("[data-new-one]")) {
      isNew = true;
      compare();
      content.focus();
    }
  });
  // After a click on a kind the words come next; who walks the kinds with the arrow keys stays there.
  form.addEventListener("click", (event) => {
    if (event.detail && event.target.matches("[name=kind]")) content.focus();
  });

  const chase = form.querySelector("[data-key=u]");
  if (chase) chaseByKey(form, content, turn, chase, kind);
  return { kind, turn };
}

function chaseByKey(form, content, turn, chase, kind) {
  let turnedAt = 0;
  let before = "";
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey) return;
      if (event.altKey && event.code === "KeyU") {
        turn("chase", chase.dataset.into);
        event.preventDefault();
      } else if (event.target === content && !event.altKey && !content.value) {
        inEmptyContent(event);
      }
    },
    true,
  );

  function inEmptyContent(event) {
    const soon = performance.now() - turnedAt < WORD_WAS_MEANT;
    if (event.key === "u" && !turnedAt && kind() !== "chase") {
      before = kind();
      turnedAt = performance.now();
      turn("chase", chase.dataset.into);
      event.preventDefault();
    } else if (turnedAt && soon && /^[a-z]$/.test(event.key)) {
      turn(before);
      content.setRangeText(`u${event.key}`, 0, 0, "end");
      content.dispatchEvent(new Event("input", { bubbles: true }));
      event.preventDefault();
    }
  }
}
