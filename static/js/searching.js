/* The search box suggests while somebody types; Enter without a choice shows everything that was found. */
import { Combobox } from "./combobox.js";
import { each } from "./page.js";

const PAUSE = 250;

class Suggestions extends Combobox {
  search() {
    if (this.input.value.trim()) return super.search();
    this.close();
  }

  show(options) {
    if (options.length) super.show(options);
    else this.close(); // the server could not say
  }

  /* Only what bears the whole number is chosen beforehand: Enter means "search" else. */
  first(options) {
    return options.findIndex((option) => "meant" in option.dataset);
  }
}

async function suggest(input, typed) {
  const answer = await fetch(`${input.dataset.suggestions}?${new URLSearchParams({ q: typed })}`, {
    headers: { "HX-Request": "true" },
  }).catch(() => null);
  if (!answer?.ok || answer.redirected) return [];
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return [...page.querySelectorAll("[role=option]")];
}

each("input[data-suggestions]", (input) => {
  new Suggestions(
    input,
    (typed) => suggest(input, typed),
    (option) => location.assign(option.dataset.url),
  );
});

/* The page of results follows what is typed into its own field. */
each("form[data-live]", (form) => {
  const input = form.elements.q;
  let timer;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => form.dispatchEvent(new Event("live")), PAUSE);
  };
  input.addEventListener("input", (event) => event.isComposing || soon());
  input.addEventListener("compositionend", soon);
  form.addEventListener("submit", () => clearTimeout(timer));
});
