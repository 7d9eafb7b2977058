"""The pieces a phone number is looked up by; how it is written is ruled by core.phones (threats 45)."""

import re
from typing import NamedTuple

from core import phones
from core.text import clean, half_width

# "0714-6351234-801": a third group after a dash is an extension for whoever writes it so.
DASHED_EXTENSION = re.compile(r"^(\(?0\d{2,3}\)?[\s-]*[2-9]\d{2,3}[\s-]?\d{4})-(\d{1,6})$")
BARE_LOCAL = re.compile(r"[2-9]\d{6,7}")
TAIL = 4


class Number(NamedTuple):
    """A number taken apart: ``base`` has no extension, ``local`` no area code (landlines), ``tail`` four digits."""

    number: str
    kind: str
    base: str
    local: str
    tail: str


def plain(text):
    """What was typed, in half-width characters without anything invisible."""
    return half_width(clean(str(text))).strip()


def normalise(text, area_code=""):
    """The written form of a number; ``area_code`` completes a bare local one. ValueError, in plain words, if none."""
    return phones.normalise(DASHED_EXTENSION.sub(r"\1x\2", plain(text)), area_code)


def parse(text, area_code=""):
    """Take a number apart; ValueError as ``normalise``."""
    number = normalise(text, area_code)
    base = number.partition("x")[0]
    kind = phones.kind(number)
    local = ""
    if kind == "landline":
        local = base[3:] if base[1] in "12" else base[4:]
    return Number(number, kind, base, local, base[-TAIL:])


def is_number(text):
    """Whether it names one line in the whole country, which a tail or a bare local number does not."""
    try:
        normalise(text)
    except ValueError:
        return False
    return True


def bare_local(text):
    """The digits of a landline said without its area code, or an empty string."""
    digits = re.sub(r"[\s-]", "", plain(text))
    return digits if BARE_LOCAL.fullmatch(digits) else ""


def last_digits(text):
    """The end of a number when only that was said, four to ten digits; or an empty string."""
    digits = re.sub(r"[\s-]", "", plain(text))
    return digits if digits.isascii() and digits.isdigit() and TAIL <= len(digits) <= 10 else ""


def area_code_of(text):
    """The area code of a landline, or an empty string."""
    try:
        number = parse(text)
    except ValueError:
        return ""
    return number.base.removesuffix(number.local) if number.local else ""


def mask_phone(number):
    """A number for those who may not see it whole."""
    return phones.mask(str(number))


def mask_name(name):
    """A name for those who may not see it whole: its first character and stars."""
    name = str(name)
    return name[:1] + "*" * max(len(name) - 1, 1) if name else ""


def sees_whole(user):
    """Whether the user sees names, numbers and addresses whole."""
    return user.has_perm("customers.view_personal_data")


def name_for(user, name):
    """A name as this user sees it; nobody signed in (None) sees it masked."""
    return str(name) if user is not None and sees_whole(user) else mask_name(name)


def number_for(user, phone):
    """A number as this user sees it; empty for none."""
    if not phone:
        return ""
    return phones.group(str(phone)) if user is not None and sees_whole(user) else mask_phone(phone)


def place_for(user, customer):
    """Where a customer lives as this user sees it: without the right the area alone."""
    if user is not None and sees_whole(user):
        return customer.place
    return customer.area.full_name if customer.area_id else ""
