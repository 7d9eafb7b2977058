"""Text as it arrives from keyboards and other systems, made the same before either database sees it (threats 40)."""

import re
import unicodedata

MOST_MARKS = 4  # no script needs more combining marks on one letter; a thousand of them is a stack that covers the page

_LINE_BREAK = re.compile(r"\r\n?|[\x85\u2028\u2029]")
# Controls, halves of surrogate pairs, direction overrides, what has no width, and code points that are no characters.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\uffff"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)
# The joiner stays where it builds one emoji out of several, and goes everywhere else.
_EMOJI = "\u2600-\u27bf\U0001f000-\U0001faff"
_STRAY_JOINER = re.compile(f"(?<![{_EMOJI}\ufe0f])\u200d|\u200d(?![{_EMOJI}])")
_FULL_WIDTH = {0xFF01 + offset: 0x21 + offset for offset in range(94)} | {0x3000: 0x20}


def clean(text: str) -> str:
    """The same words without what no reader can see: controls, NUL, surrogates, overrides, zero width, mark stacks."""
    if text.isascii() and text.isprintable():
        return text
    text = _UNWANTED.sub("", _LINE_BREAK.sub("\n", text))
    text = _STRAY_JOINER.sub("", text)
    if not text.isascii():
        text = _without_stacks(unicodedata.normalize("NFC", text))
    return text


def _without_stacks(text: str) -> str:
    kept, marks = [], 0
    for char in text:
        marks = marks + 1 if unicodedata.combining(char) or unicodedata.category(char) == "Me" else 0
        if marks <= MOST_MARKS:
            kept.append(char)
    return "".join(kept)


def half_width(text: str) -> str:
    """Full-width digits, letters and signs as their ASCII twins; everything else as it was."""
    return text.translate(_FULL_WIDTH)
