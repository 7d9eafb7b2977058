/* Keys, read from the elements they work: data-key="n", data-key="g c", data-alt="3". Never while a word is being composed. */
const TYPED_INTO = "input:not([type=checkbox], [type=radio], [type=button], [type=submit], [type=range], [type=file]), textarea, select, [contenteditable]";
const STROKE_PAUSE = 1200;

let firstStroke = "";
let forget = 0;

const scope = () => [...document.querySelectorAll("dialog[open]")].pop() ?? document;
const isTyping = (element) => element instanceof Element && element.matches(TYPED_INTO);
const keyed = (key) => [...scope().querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find((one) => !one.closest("[hidden]"));

function act(element) {
  if (element.matches(TYPED_INTO)) {
    element.focus();
    element.select?.();
  } else {
    element.click();
  }
}

/* --- rows of a list: the link of the row takes the focus, so Enter and screen readers need no help --- */
const ROWS = ".list tbody tr, .results > li, [data-row]";
const door = (row) =>
  row.querySelector("a[data-open]") ?? row.querySelector("a[href]:not(.button)") ?? row.querySelector("a[href], button");

function step(by) {
  const rows = [...scope().querySelectorAll(ROWS)].filter(door);
  if (!rows.length) return false;
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))];
  door(next).focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}

function tick() {
  const box = document.activeElement?.closest(ROWS)?.querySelector("input[type=checkbox]");
  box?.click();
  return Boolean(box);
}

/* --- one key after another --- */
function press(key) {
  const strokes = firstStroke ? `${firstStroke} ${key}` : key;
  firstStroke = "";
  clearTimeout(forget);
  const element = keyed(strokes);
  if (element) {
    act(element);
    return true;
  }
  if (!strokes.includes(" ") && scope().querySelector(`[data-key^="${CSS.escape(key)} "]`)) {
    firstStroke = key;
    forget = setTimeout(() => (firstStroke = ""), STROKE_PAUSE);
    return true;
  }
  if (key === "j") return step(1);
  if (key === "k") return step(-1);
  if (key === "x") return tick();
  if (key === "?") return openSheet();
  return false;
}

function leave(event) {
  const open = document.querySelector("details.menu[open]");
  if (open) {
    open.open = false;
    open.querySelector("summary").focus();
    event.preventDefault();
  } else if (isTyping(document.activeElement)) {
    document.activeElement.blur(); // leaves the field; a second Esc closes the dialog, never the page
    event.preventDefault();
  }
}

function send() {
  const form = document.activeElement?.closest("form[method=post]") ?? scope().querySelector("form[data-main]");
  if (!form) return false;
  const button = form.querySelector("[data-submit], button.button-primary:not([type=button])");
  form.requestSubmit(button?.disabled ? undefined : (button ?? undefined));
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
  const { key, code, altKey } = event;
  const command = event.ctrlKey || event.metaKey;
  let done = false;
  if (key === "Escape") {
    leave(event);
  } else if (key === "Enter" && command) {
    done = send();
  } else if (altKey && !command && /^(Digit|Numpad)\d$/.test(code)) {
    const element = scope().querySelector(`[data-alt="${code.at(-1)}"]`);
    element?.click();
    element?.focus();
    done = Boolean(element);
  } else if (!command && !altKey && key.length === 1 && !isTyping(event.target)) {
    done = press(key.toLowerCase());
  }
  if (done) event.preventDefault();
});

/* --- the sheet: the fixed keys stand in the page, those of this page are collected when it opens --- */
function openSheet() {
  const sheet = document.getElementById("keys");
  if (!sheet || sheet.open) return false;
  const sections = { page: [], go: [] };
  const known = new Set(["/", "[", "]"]); // they stand in the sheet already
  for (const element of document.querySelectorAll("[data-key]")) {
    const keys = element.dataset.key;
    if (known.has(keys) || element.closest("dialog, [hidden]")) continue;
    known.add(keys);
    sections[keys.startsWith("g ") ? "go" : "page"].push([label(element), keys]);
  }
  for (const [name, rows] of Object.entries(sections)) {
    const section = sheet.querySelector(`[data-keys-for="${name}"]`);
    section.hidden = !rows.length;
    section.querySelector("dl").replaceChildren(...rows.flatMap(([text, keys]) => line(text, keys)));
  }
  sheet.showModal();
  return true;
}

function label(element) {
  if (element.dataset.keyLabel) return element.dataset.keyLabel;
  const copy = element.cloneNode(true);
  for (const key of copy.querySelectorAll("kbd, .count")) key.remove();
  return element.getAttribute("aria-label") ?? copy.textContent.trim();
}

function line(text, keys) {
  const term = document.createElement("dt");
  const strokes = document.createElement("dd");
  term.textContent = text;
  for (const key of keys.split(" ")) {
    const cap = document.createElement("kbd");
    cap.textContent = key;
    strokes.append(cap, " ");
  }
  return [term, strokes];
}

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-keys-open]")) openSheet();
});
