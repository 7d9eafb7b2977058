"""What stands in a cell, as text that remembers whether it was a number."""

from decimal import Decimal, InvalidOperation

# Excel keeps fifteen digits of a number and fills the rest with zeros.
MOST_DIGITS = 15
LOST = 5  # this many zeros behind the digits of "1.38E+10" are digits that got lost

# What a spreadsheet takes for the beginning of a formula, also in full width (threats 39).
RISKY = frozenset("=+-@\t\r\n＝＋－＠")


class Number(str):
    """A number of the sheet, in plain digits."""

    __slots__ = ()


class Rounded(Number):
    """A number that no longer says what was typed: Excel has cut or rounded it."""

    __slots__ = ()


def number(raw):
    """The digits of a number cell as people wrote them."""
    if len(raw) <= MOST_DIGITS and raw.isdigit():
        return Number(raw)
    try:
        value = Decimal(raw)
    except InvalidOperation:
        return raw
    if not value.is_finite() or value.adjusted() > 40:
        return Rounded(raw)
    if value == value.to_integral_value():
        whole = format(value.to_integral_value(), "f")
        zeros = value.normalize().as_tuple().exponent
        rounded = len(whole.lstrip("-")) > MOST_DIGITS or ("e" in raw.lower() and zeros >= LOST)
        return Rounded(raw) if rounded else Number(whole)
    # 0.30000000000000004 was 0.3 before the sheet calculated with it.
    return Number(format(round(value, 10).normalize(), "f"))


def neutral(text):
    """Text that no spreadsheet takes for a formula: a quotation mark before what would begin one."""
    return f"'{text}" if text[:1] in RISKY else text


def undone(text):
    """The text as it was before ``neutral``."""
    return text[1:] if text[:1] == "'" and text[1:2] in RISKY else text
