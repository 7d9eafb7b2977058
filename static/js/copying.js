/* Text to the clipboard in one press: data-copy="text", data-copy-from="#id", data-copy-url="/…" or the text beside it;
   a form marked data-copy-made makes something on the server and copies what that answers. */
import { on, say, toast } from "./page.js";

async function text(button) {
  const { copy, copyFrom, copyUrl } = button.dataset;
  if (copyUrl) {
    const answer = await fetch(copyUrl, { headers: { "HX-Request": "true" } });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    return answer.text();
  }
  if (copyFrom) {
    const source = document.querySelector(copyFrom);
    return source.value ?? source.textContent;
  }
  return copy || button.parentElement.querySelector("[data-copy-text]").textContent;
}

/* Inside a company network there is often no HTTPS, and then no clipboard but this old one. */
function oldWay(words) {
  const field = document.createElement("textarea");
  field.value = words;
  field.className = "unseen";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}

async function write(words) {
  if (navigator.clipboard) await navigator.clipboard.writeText(words);
  else if (!oldWay(words)) throw new Error("refused");
}

on("click", "[data-copy], [data-copy-from], [data-copy-url]", async (event, button) => {
  event.preventDefault();
  try {
    await write((await text(button)).trim());
    toast(button.dataset.copied ?? say("copied"), "done");
  } catch {
    toast(say("copyFailed"), "warn");
  }
  button.focus();
});

on("submit", "form[data-copy-made]", async (event, form) => {
  event.preventDefault();
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "text/plain" } });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    await write(await answer.text());
    toast(form.dataset.copied, "done");
  } catch {
    form.submit(); // the page that answers shows it, or says why not; the same press makes no second one
  }
});
