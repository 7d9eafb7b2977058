/* Choosing by typing. A <select data-combobox> is searched in the page, an <input data-combobox-url="…"> on the server. */
import { each, say } from "./page.js";

const PAUSE = 150;
let number = 0;

export class Combobox {
  constructor(input, find, choose) {
    Object.assign(this, { input, find, choose, active: -1, request: 0 });
    this.list = document.createElement("ul");
    Object.assign(this.list, { id: `options-${++number}`, className: "options", hidden: true });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", input.labels?.[0]?.textContent.trim() ?? input.getAttribute("aria-label") ?? "");
    const role = { role: "combobox", "aria-expanded": "false", "aria-controls": this.list.id, "aria-autocomplete": "list" };
    for (const [name, value] of Object.entries(role)) input.setAttribute(name, value);
    input.autocomplete = "off";
    const frame = document.createElement("div");
    frame.className = "combobox";
    input.replaceWith(frame);
    frame.append(input, this.list);
    input.addEventListener("input", (event) => event.isComposing || this.soon());
    input.addEventListener("compositionend", () => this.soon());
    input.addEventListener("focus", () => input.select());
    input.addEventListener("click", () => this.search());
    input.addEventListener("blur", () => this.close());
    input.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault(); // the field keeps the focus
      const option = event.target.closest("[role=option]");
      if (option) this.take(option);
    });
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.search(), PAUSE);
  }

  async search() {
    const request = ++this.request;
    const options = await this.find(this.input.value.trim());
    if (request !== this.request || document.activeElement !== this.input) return; // an older answer
    this.show(options);
  }

  show(options) {
    this.list.replaceChildren(...(options.length ? options : [this.nothing()]));
    options.forEach((option, index) => (option.id ||= `${this.list.id}-${index}`));
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.mark(this.first(options));
  }

  /* Which option Enter would take as soon as they are shown. */
  first(options) {
    return options.length ? 0 : -1;
  }

  nothing() {
    const item = document.createElement("li");
    item.className = "muted";
    item.setAttribute("role", "option");
    item.setAttribute("aria-disabled", "true");
    item.textContent = say("noneFound");
    return item;
  }

  options() {
    return [...this.list.querySelectorAll("[role=option]:not([aria-disabled])")];
  }

  mark(index) {
    const options = this.options();
    this.active = index;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    if (options[index]) {
      this.input.setAttribute("aria-activedescendant", options[index].id);
      options[index].scrollIntoView({ block: "nearest" });
    } else {
      this.input.removeAttribute("aria-activedescendant");
    }
  }

  key(event) {
    if (event.isComposing || event.keyCode === 229) return;
    const options = this.options();
    const open = !this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) this.search();
      else if (options.length) this.mark(this.next(event.key === "ArrowDown" ? 1 : -1, options.length));
    } else if (event.key === "Enter" && open && options[this.active] && !event.ctrlKey) {
      event.preventDefault();
      this.take(options[this.active]);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      this.close();
    }
  }

  /* Round and round; from none chosen to the first or the last. */
  next(step, count) {
    return this.active < 0 ? (step > 0 ? 0 : count - 1) : (this.active + step + count) % count;
  }

  take(option) {
    this.choose(option);
    this.close();
  }

  close() {
    clearTimeout(this.timer);
    this.request += 1;
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

function item(value, text) {
  const option = document.createElement("li");
  option.setAttribute("role", "option");
  option.dataset.value = value;
  option.textContent = text;
  return option;
}

each("select[data-combobox]", (select) => {
  const input = document.createElement("input");
  input.type = "text";
  input.className = "input";
  input.id = `${select.id}-text`;
  input.placeholder = select.dataset.placeholder ?? "";
  for (const label of select.labels) label.htmlFor = input.id;
  for (const name of ["aria-describedby", "aria-invalid", "autofocus"]) {
    if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
  }
  const shown = () => (select.value ? select.selectedOptions[0].textContent.trim() : "");
  const match = (option, typed) => `${option.textContent} ${option.dataset.search ?? ""}`.toLowerCase().includes(typed);
  input.value = shown();
  input.required = select.required;
  select.required = false; // a hidden control that refuses would hold the form without a word
  select.before(input);
  select.hidden = true;
  const find = (typed) => {
    const wanted = typed === shown() ? "" : typed.toLowerCase();
    return [...select.options].filter((one) => one.value && match(one, wanted)).slice(0, 50).map((one) => item(one.value, one.textContent.trim()));
  };
  const box = new Combobox(input, find, (option) => {
    select.value = option.dataset.value;
    input.value = shown();
    select.dispatchEvent(new Event("change", { bubbles: true }));
  });
  input.addEventListener("change", () => {
    if (!input.value.trim()) select.value = "";
    box.input.value = shown();
  });
  select.addEventListener("change", () => (input.value = shown()));
});

/* The server answers <li role="option" data-value="…" data-label="…">; the value goes into the hidden field beside it. */
each("input[data-combobox-url]", (input) => {
  const holder = document.getElementById(input.dataset.comboboxFor);
  let taken = input.value;
  const find = async (typed) => {
    const answer = await fetch(`${input.dataset.comboboxUrl}?${new URLSearchParams({ q: typed })}`, {
      headers: { "HX-Request": "true" },
    }).catch(() => null);
    if (!answer?.ok || answer.redirected) return [];
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return [...page.querySelectorAll("[role=option]")];
  };
  new Combobox(input, find, (option) => {
    input.value = taken = option.dataset.label ?? option.textContent.trim();
    if (holder) {
      holder.value = option.dataset.value;
      holder.dispatchEvent(new Event("change", { bubbles: true }));
    }
    input.dispatchEvent(new CustomEvent("combobox:chosen", { bubbles: true, detail: { ...option.dataset } }));
  });
  input.addEventListener("change", () => {
    if (holder && input.value !== taken) holder.value = ""; // other words than the chosen ones choose nothing
  });
});
