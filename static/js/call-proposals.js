/* Class, severity, demand and the promised time follow the words until the agent decides otherwise. */
import { token } from "./page.js";

const PAUSE = 350;
const ROWS = ["klass", "severity", "demand"];

export function setUpProposals(form, kinds) {
  const { content, promise_at: promise, is_grave: grave, proposal_seen: seen } = form.elements;
  const decided = new Set();
  const boxes = (name) => [...form.querySelectorAll(`[name="${name}"]`)];
  const row = (name) => form.querySelector(`[data-proposed="${name}"]`);
  let timer = 0;
  let asked = 0;
  let promised = promise?.value;
  const standing = form.querySelector("[data-proposal]")?.textContent ?? "";

  // A form that comes back refused brings the agent's decisions with it.
  for (const name of ROWS) if (boxes(name).some((box) => box.checked)) decided.add(name);

  function choose(name, value) {
    if (decided.has(name) || value === null || value === "") return;
    const box = boxes(name).find((one) => one.value === String(value));
    if (!box) return;
    box.checked = true;
    row(name).classList.add("is-proposed");
  }

  async function ask() {
    clearTimeout(timer);
    timer = 0;
    const turn = ++asked;
    const body = new FormData();
    body.set("content", content.value);
    body.set("kind", kinds.kind());
    body.set("channel", form.elements.channel.value);
    if (form.dataset.customer) body.set("customer", form.dataset.customer);
    for (const name of ["klass", "severity"]) {
      const box = decided.has(name) && boxes(name).find((one) => one.checked);
      if (box) body.set(name, box.value);
    }
    try {
      const answer = await fetch(form.dataset.propose, {
        method: "POST",
        body,
        headers: { "X-CSRFToken": token(), Accept: "application/json" },
      });
      if (answer.ok && turn === asked) show(await answer.json());
    } catch {
      /* out of reach: the server proposes when the form arrives */
    }
  }

  function show(said) {
    for (const name of ROWS) choose(name, content.value.trim() ? said[name] : null);
    if (promise && promise.value === promised && said.promise_at) promise.value = promised = said.promise_at;
    if (grave && !decided.has("grave")) {
      grave.checked = said.grave;
      seen.value = content.value.trim() ? "1" : "";
    }
    const words = said.grave && !decided.has("grave") ? said.grave_words : said.words;
    const place = form.querySelector("[data-proposal]");
    if (place) place.textContent = words.length ? `${place.dataset.words} ${words.map((word) => `“${word}”`).join(" ")}` : standing;
    guide();
    filterPlans();
  }

  function soon() {
    if (seen) seen.value = decided.has("grave") ? "1" : "";
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  }

  /** Only what fits the class chosen is offered; the plans for every class always. */
  function filterPlans() {
    const select = form.elements.standard_plan;
    if (!select) return;
    const klass = boxes("klass").find((box) => box.checked)?.value;
    for (const option of select.options) {
      const fits = !option.dataset.klass || option.dataset.klass === klass;
      option.hidden = option.disabled = !fits;
      if (!fits && option.selected) select.value = "";
    }
  }

  function guide() {
    const box = boxes("klass").find((one) => one.checked);
    const code = box?.dataset.code;
    for (const one of document.querySelectorAll("[data-guide]")) one.hidden = one.dataset.guide !== code;
  }

  content.addEventListener("input", soon);
  form.addEventListener("change", (event) => {
    const { name } = event.target;
    if (ROWS.includes(name)) {
      decided.add(name);
      row(name).classList.remove("is-proposed");
      guide();
      filterPlans();
    }
    if (name === "is_grave") {
      decided.add("grave");
      seen.value = "1";
    }
    if (["kind", "klass", "severity", "channel"].includes(name)) soon();
  });
  form.addEventListener("draft:restored", () => {
    for (const name of ROWS) if (boxes(name).some((box) => box.checked)) row(name)?.classList.add("is-proposed");
    decided.clear();
    ask();
  });
  // What was proposed for earlier words is left to the server when the last ones were sent before the answer came.
  form.addEventListener("submit", () => {
    if (!timer) return;
    for (const name of ROWS) if (!decided.has(name)) for (const box of boxes(name)) box.checked = false;
  });
  keys(form);
  guide();
  filterPlans();
  if (content.value.trim()) ask();
}

/** Alt + Shift + digit; Alt + digit alone is everywhere's. */
function keys(form) {
  document.addEventListener(
    "keydown",
    (event) => {
      if (!event.altKey || !event.shiftKey || event.isComposing || !/^Digit\d$/.test(event.code)) return;
      event.preventDefault();
      const box = form.querySelector(`[data-alt-shift="${event.code.at(-1)}"]`);
      box?.click();
      box?.focus();
    },
    true,
  );
}
