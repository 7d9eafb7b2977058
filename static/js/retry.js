/* A page that could not be had: ask now and then whether the site is back, and only then fetch the page anew. */
const PAUSE = 15_000;

async function ask() {
  try {
    if ((await fetch("/healthz", { cache: "no-store" })).ok) location.replace(location.href);
  } catch {
    // still away
  }
}

setInterval(ask, PAUSE);
