/* Countdowns and short times that stay right while the page is open. Says the words of core/moments.py. */
import { count, each, say } from "./page.js";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86400;
const SOON_SHARE = 0.8;
const SOON_WITHOUT_START = 8 * HOUR;

// The server's clock counts, not the one of this computer.
const served = Number(document.body.dataset.now);
const skew = served ? served * 1000 - Date.now() : 0;
const now = () => Math.floor((Date.now() + skew) / 1000);

/** A length in its one or two largest units. */
export function span(seconds) {
  seconds = Math.abs(Math.trunc(seconds));
  if (seconds >= 2 * DAY) return count("day", Math.floor(seconds / DAY));
  if (seconds >= DAY) {
    const hours = Math.floor((seconds % DAY) / HOUR);
    return hours ? `${count("day", 1)} ${count("hour", hours)}` : count("day", 1);
  }
  if (seconds >= HOUR) {
    const hours = count("hour", Math.floor(seconds / HOUR));
    const minutes = Math.floor((seconds % HOUR) / MINUTE);
    return minutes ? `${hours} ${say("min", { count: minutes })}` : hours;
  }
  return count("minute", Math.max(1, Math.floor(seconds / MINUTE)));
}

export const remaining = (left) => say(left > 0 ? "left" : "late", { span: span(left) });

function state(left, due, started) {
  if (left <= 0) return "late";
  const near = started ? 1 - left / (due - started) >= SOON_SHARE : left <= SOON_WITHOUT_START;
  return near ? "soon" : "running";
}

function show(clock, at) {
  const due = Number(clock.dataset.due);
  const started = Number(clock.dataset.started);
  const left = due - at;
  const words = clock.querySelector("[data-remaining]") ?? clock;
  const text = remaining(left);
  if (words.textContent !== text) words.textContent = text;
  if (words === clock) return;
  const is = state(left, due, started);
  for (const name of ["running", "soon", "late"]) clock.classList.toggle(`is-${name}`, name === is);
  const bar = clock.querySelector(".bar rect");
  const gone = Math.floor(((at - started) / (due - started)) * 100);
  if (bar && started) bar.setAttribute("width", `${Math.min(100, Math.max(0, gone))}%`);
}

/** A moment in the company's own time, whatever zone this computer is set to. */
function short(iso, at) {
  const offset = Number(`${iso.slice(-6, -5)}1`) * (Number(iso.slice(-5, -3)) * HOUR + Number(iso.slice(-2)) * MINUTE);
  const local = (seconds) => new Date((seconds + offset) * 1000).toISOString();
  const [moment, today] = [local(Date.parse(iso) / 1000), local(at)];
  const days = (Date.parse(moment.slice(0, 10)) - Date.parse(today.slice(0, 10))) / DAY / 1000;
  const time = moment.slice(11, 16);
  if (days === 0) return time;
  if (days === -1 || days === 1) return `${say(days < 0 ? "yesterday" : "tomorrow")} ${time}`;
  return moment.slice(0, 4) === today.slice(0, 4) ? `${moment.slice(5, 10)} ${time}` : moment.slice(0, 10);
}

function refresh() {
  const at = now();
  for (const clock of document.querySelectorAll("[data-due]")) show(clock, at);
  for (const time of document.querySelectorAll("time[data-when]")) {
    const text = short(time.dateTime, at);
    if (time.textContent !== text) time.textContent = text;
  }
}

each("[data-due]", (clock) => show(clock, now()));
setInterval(refresh, 20000);
document.addEventListener("visibilitychange", () => document.hidden || refresh());
