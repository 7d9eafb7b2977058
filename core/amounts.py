"""Money as it is shown and written: ¥1,280.00 on screen, 壹仟贰佰捌拾元整 on paper (S0-06)."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
MOST = Decimal("9999999999.99")  # what a money column holds

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_MYRIADS = ("", "万", "亿")


def yuan(amount) -> str:
    """¥1,280.00, the sign before the currency mark."""
    amount = Decimal(amount).quantize(CENT, ROUND_HALF_UP)
    return f"{'-' if amount < 0 else ''}¥{abs(amount):,.2f}"


def capital(amount) -> str:
    """The amount in the numerals that cannot be altered by a stroke of the pen: 壹仟贰佰捌拾元伍角整."""
    amount = Decimal(amount).quantize(CENT, ROUND_HALF_UP)
    if abs(amount) > MOST:
        raise ValueError("more than a money column holds")
    cents = int(abs(amount) * 100)
    whole, jiao, fen = cents // 100, cents // 10 % 10, cents % 10
    words = "负" if amount < 0 else ""
    if whole or not cents:
        words += _whole(whole) + "元"
    if not jiao and not fen:
        return words + "整"
    if jiao:
        words += _DIGITS[jiao] + "角"
    elif whole:
        words += "零"
    return words + (_DIGITS[fen] + "分" if fen else "整")


def _whole(number):
    """A whole number in capital numerals; gaps between its groups of four read 零 once."""
    if not number:
        return "零"
    groups = []
    while number:
        number, group = divmod(number, 10000)
        groups.append(group)
    words, gap = "", False
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if not group:
            gap = bool(words)
            continue
        if words and (gap or group < 1000):
            words += "零"
        words += _group(group) + _MYRIADS[place]
        gap = False
    return words


def _group(number):
    words, gap = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            words += ("零" if gap and words else "") + _DIGITS[digit] + _PLACES[place]
            gap = False
        else:
            gap = True
    return words
