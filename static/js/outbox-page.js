/* The outbox: what waits, and what the server would not take, with both sides of it. */
import "./outbox.js";
import { sendNow } from "./outbox.js";
import { again, entries, takeBack } from "./queue.js";

const list = document.querySelector("[data-outbox-list]");
const nothing = document.querySelector("[data-outbox-empty]");
const pattern = document.getElementById("outbox-entry");
const clock = (text) => new Date(text).toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });

const line = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });

function picture([, file]) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = file.name;
  link.textContent = file.name;
  link.className = "button button-small";
  return link;
}

/** What the server says of it: its reason, the state now, what happened meanwhile. */
function otherSide(part, { reason, errors, status, news = [], may }) {
  part("theirs").hidden = false;
  part("reason").textContent = reason ?? errors?.join(" ") ?? part("reason").dataset.unknown.replace("{n}", status);
  part("status").textContent = typeof status === "string" ? status : "";
  part("news").replaceChildren(...news.map((one) => line("li", [clock(one.at), one.who, one.what].filter(Boolean).join(" · "))));
  part("again").hidden = may === false || typeof status !== "string";
}

/** ``behind``: an act before it on the same order was refused. */
function show(entry, behind) {
  const row = pattern.content.cloneNode(true);
  const part = (name) => row.querySelector(`[data-part="${name}"]`);
  part("number").textContent = entry.number;
  part("number").href = `/work-orders/${entry.order}/job/`;
  part("label").textContent = entry.label;
  part("at").textContent = clock(entry.at);
  part("said").replaceChildren(...entry.said.flatMap(([label, text]) => [line("dt", label), line("dd", text)]));
  part("files").replaceChildren(...entry.files.map(picture));
  if (entry.refused) otherSide(part, entry.refused);
  part("waits").hidden = Boolean(entry.refused);
  if (behind) part("waits").textContent = part("waits").dataset.behind;
  part("copy").dataset.copy = entry.said.map(([label, text]) => `${label}: ${text}`).join("\n");
  part("again").addEventListener("click", async () => {
    await again(entry);
    await sendNow();
  });
  part("drop").addEventListener("click", async () => {
    if (!confirm(list.dataset.sure)) return;
    await takeBack(entry);
    await sendNow();
  });
  return row;
}

async function render() {
  const all = await entries();
  nothing.hidden = all.length > 0;
  const held = new Set(all.filter((one) => one.refused).map((one) => one.order));
  list.replaceChildren(...all.map((one) => show(one, held.has(one.order))));
}

document.addEventListener("outbox:changed", render);
document.querySelector("[data-send-now]").addEventListener("click", sendNow);
render();
