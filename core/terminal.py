"""Commands speak the language of the terminal they are typed at: Chinese where that is Chinese, else English."""

import os


def language() -> str:
    """The language code for whoever reads this command's output."""
    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh-hans" if spoken.lower().startswith("zh") else "en"
