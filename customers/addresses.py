"""Addresses as people say them: which district a text begins with, and what is left of it."""

import re
from functools import lru_cache
from typing import NamedTuple

from core.models import Area

KIND = re.compile(
    r"(?:特别行政区|维吾尔自治区|壮族自治区|回族自治区|自治区|(?:\w{1,6}族)?自治[州县]|地区|林区|新区|盟|省|市|区|县|旗)$"
)
FILLING = re.compile(r"[\s,，、/·-]+")  # what people write between the names
# A short name before one of these names a street or an estate, not the place: 黄石大道, 南京东路, 武昌小区.
STREET = re.compile(
    "[东南西北中]?(?:大?道|大?街|路|巷|弄)|小区|花园|新村|广场|大厦|公寓|酒店|宾馆|大酒店|火车站|高铁站|[东南西北]?站"
)
LONGEST = 20  # characters of the longest name of an area
PROVINCE = 2  # digits of a province's code: too little to say where somebody lives


class Place(NamedTuple):
    """An area with what its name leaves of the text."""

    code: str
    full_name: str
    rest: str


@lru_cache(maxsize=1)
def gazetteer(size):
    """Every name an area goes by → its codes, and every area's full name. Kept until areas are added."""
    names, full_names = {}, {}
    for code, name, full_name in Area.objects.values_list("code", "name", "full_name"):
        full_names[code] = full_name
        short = KIND.sub("", name)
        for said in {name, short if len(short) > 1 else name}:
            names.setdefault(said, []).append(code)
    return names, full_names


def known_names():
    """The gazetteer as it is now, for whoever reads many places."""
    return gazetteer(Area.objects.count())


def read_place(text, known=None):
    """The areas that a text may begin with, the most precise first; several when a name is used twice in the country.

    “湖北黄石下陆区湖滨大道18号”, “黄石市下陆” and “下陆区” all name the same district; what follows comes back in ``rest``.
    """
    names, full_names = known or gazetteer(Area.objects.count())
    found = follow(text.strip(), "", names)
    deepest = max((len(code) for code, _rest in found), default=0)
    # Of two ways to read the same beginning, the one that explains more of it.
    shortest = min((len(rest) for code, rest in found if len(code) == deepest), default=0)
    best = {code: rest for code, rest in found if len(code) == deepest and len(rest) == shortest}
    return [Place(code, full_names[code], rest) for code, rest in sorted(best.items())]


def follow(text, within, names):
    """Every (code, rest) reached by reading area names off the front of the text, one inside the other."""
    found = []
    for length in range(min(len(text), LONGEST), 1, -1):
        codes = names.get(text[:length], ())
        if codes and STREET.match(text, length) and not KIND.search(text[:length]):
            continue
        for code in codes:
            if code.startswith(within) and len(code) > len(within):
                rest = FILLING.sub("", text[length:], count=1) if FILLING.match(text[length:]) else text[length:]
                found.append((code, rest))
                found.extend(follow(rest, code, names))
    return found


def suggest(text, limit=20):
    """Areas whose name contains what was typed, or that it leads to; for the list under the field."""
    text = FILLING.sub("", text.strip())[:LONGEST]
    if not text:
        return []
    read = [place for place in read_place(text) if not place.rest]
    if read:
        inside = Area.objects.filter(code__startswith=read[0].code).order_by("code")
        return list(inside.values_list("code", "full_name")[:limit])
    return list(Area.objects.filter(full_name__contains=text).order_by("code").values_list("code", "full_name")[:limit])
