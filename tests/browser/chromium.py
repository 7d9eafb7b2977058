"""The browser of the tests and of bin/shots: Debian's Chromium, quiet, and never beyond this machine."""

import shutil
from pathlib import Path

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features=Translate,OptimizationHints,MediaRouter",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
SIZES = {
    "desktop": {"viewport": {"width": 1366, "height": 768}},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "is_mobile": True,
        "has_touch": True,
        "device_scale_factor": 2,
    },
}


def executable() -> str:
    """Where Chromium is; a sentence that says how to get it otherwise."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    raise FileNotFoundError("No Chromium here: apt-get install chromium (or your system's package of that name).")


def launch_options() -> dict:
    return {"executable_path": executable(), "args": ARGUMENTS}


def context_options(size: str, language: str, scheme: str) -> dict:
    """A browser context of one size, language and colour scheme, in the company's time zone."""
    return {
        **SIZES[size],
        "locale": "en-GB" if language == "en" else "zh-CN",
        "color_scheme": scheme,
        "timezone_id": "Asia/Shanghai",
        "reduced_motion": "reduce",
    }


def save_shot(page, folder: Path, name: str, *, full: bool = True) -> Path:
    """A picture of the page, the whole of it unless told otherwise."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.png"
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=str(path), full_page=full, animations="disabled")
    return path
