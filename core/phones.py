"""Telephone numbers: one written form for each number, however it was typed (threats 45).

The form kept and compared is the shortest a Chinese colleague would dial: a mobile's 11 digits, a landline with its
area code, ``x`` before an extension, 400 and 95 numbers bare, and ``+`` with the country for everything abroad.
"""

import re

import phonenumbers
from django.utils.translation import gettext as _

from core.text import clean, half_width

LONGEST = 40  # more characters than this is no number but a pasted text

_EXTENSION = re.compile(r"(?:转接?\s*(?:分机号?)?|分机号?|ext\.?|x|#|,)\s*:?\s*(\d{1,6})$", re.IGNORECASE)
_DASHED_EXTENSION = re.compile(r"(?<=\d{7})\s*[-‐-―−]\s*(\d{1,6})$")
_FILLING = re.compile(r"[\s\-‐-―−().·•/]+")
_MOBILE = re.compile(r"1[3-9]\d{9}$")
_SERVICE = re.compile(r"(?:95\d{3,4}|96\d{3,4}|12\d{3}|100\d{2}|11\d|12[02])$")
_TOLL = re.compile(r"(?:400|800)\d{7}$")


def normalise(text: str, area_code: str = "") -> str:
    """The written form of a number; ``area_code`` completes a bare local one. Raises ValueError with the reason."""
    typed = half_width(clean(str(text))).strip().replace("＋", "+")
    if not typed:
        raise ValueError(_("Enter a phone number."))
    if len(typed) > LONGEST:
        raise ValueError(_("This is too long for a phone number."))
    typed, extension = _split_extension(typed)
    digits = _FILLING.sub("", typed)
    if not re.fullmatch(r"\+?[0-9]+", digits, re.ASCII):
        raise ValueError(_("A phone number holds digits only."))
    digits = re.sub(r"^(?:\+|00)(?:86)(?=0?\d{7,})", "", digits)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    number = _abroad(digits) if digits.startswith("+") else _at_home(digits, area_code)
    return f"{number}x{extension}" if extension else number


def _split_extension(typed):
    found = _EXTENSION.search(typed) or (typed.startswith("0") and _DASHED_EXTENSION.search(typed))
    return (typed[: found.start()], found[1]) if found else (typed, "")


def _abroad(digits):
    try:
        number = phonenumbers.parse(digits, None)
    except phonenumbers.NumberParseException:
        raise ValueError(_("This is not a phone number of any country.")) from None
    if not phonenumbers.is_valid_number(number):
        raise ValueError(_("This is not a phone number of any country."))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _at_home(digits, area_code):
    if re.fullmatch(r"0?1[3-9]\d{9}", digits):  # some exchanges want a 0 before a mobile of another city
        return digits[-11:]
    if _SERVICE.match(digits) or _TOLL.match(digits):
        return digits
    if re.fullmatch(r"[2-8]\d{6,7}", digits):
        if not area_code:
            raise ValueError(_("Add the area code, for example 0714-6288888."))
        digits = area_code + digits
    if not digits.startswith("0") and re.fullmatch(r"(?:10|2\d|[3-9]\d\d)\d{7,8}", digits):
        digits = "0" + digits  # what +86 left of a landline
    if digits.startswith("0") and _is_valid(digits):
        return digits
    if digits.startswith("1"):
        raise ValueError(_("A mobile number has 11 digits; these are %(count)d.") % {"count": len(digits)})
    raise ValueError(_("This is not a phone number: check the area code and the number of digits."))


def _is_valid(digits):
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(digits, "CN"))
    except phonenumbers.NumberParseException:  # "0" alone, or far too many digits
        return False


def kind(number: str) -> str:
    """What sort of line a written form names: mobile, landline or other."""
    if _MOBILE.match(number):
        return "mobile"
    return "landline" if number.startswith("0") else "other"


def group(number: str) -> str:
    """The number in the groups people read aloud: 138 0013 8000, 0714-628 8888, 400-800-1234; dashes typed go first."""
    number, _x, extension = re.sub(r"[\s-]", "", number).partition("x")
    shown = _grouped(number)
    return f"{shown} {_('ext.')} {extension}" if extension else shown


def _grouped(number):
    if _MOBILE.match(number):
        return f"{number[:3]} {number[3:7]} {number[7:]}"
    if _TOLL.match(number):
        return f"{number[:3]}-{number[3:6]}-{number[6:]}"
    if number.startswith("+"):
        try:
            parsed = phonenumbers.parse(number, None)
        except phonenumbers.NumberParseException:
            return number
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    area = _area_length(number)
    if area:
        local = number[area:]
        return f"{number[:area]}-{local[:-4]} {local[-4:]}"
    return number


def _area_length(number):
    """How many of a landline's digits are its area code: 010 and 02x have three, the others four."""
    if not number.startswith("0") or len(number) < 10:
        return 0
    return 3 if number[1] in "12" else 4


def mask(number: str) -> str:
    """The number as strangers may see it: head and last four digits, the middle hidden."""
    number = number.partition("x")[0]
    if _MOBILE.match(number):
        return f"{number[:3]} **** {number[7:]}"
    if len(number) <= 6:
        return number
    area = _area_length(number)
    head = f"{number[:area]}-" if area else number[:3] + " "
    return f"{head}{'*' * (len(number) - len(head.strip(' -')) - 4)} {number[-4:]}"
