"""Files that may be one person's, and those of one home (S1-74): proposed to people, never merged by themselves."""

import re
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Left
from django.utils.translation import gettext_lazy as _

from core.search.readings import readings
from core.text import half_width
from customers.models import Customer, NotTheSame, Phone

MOST_TWINS, MOST_AT_HOME = 5, 10
LOOKED_AT = 60  # candidates that are compared
TITLES = re.compile(r"(?:先生|女士|小姐|太太|老师|师傅|老板|经理)$")
# Surnames that are told apart in writing alone; whoever takes a call writes the one he knows better.
HEARD_ALIKE = (
    "张章", "王汪", "李黎厉", "刘柳", "陈谌", "吴伍武邬巫", "徐许", "朱祝诸", "林蔺", "何和贺", "罗骆", "谢解", "唐汤",
    "于余俞虞喻", "萧肖", "程成", "袁元原", "傅付符", "卢鲁陆路", "蒋姜江", "魏卫韦", "阎严颜", "戴代", "范樊", "方房",
    "石史施时", "金靳", "白柏", "邱仇裘丘", "秦覃", "龚宫", "文闻", "季纪冀", "尹殷", "钟仲",
)  # fmt: skip
NUMBER, NAMESAKE, SIMILAR = _("same number"), _("same name and address"), _("similar name")


@dataclass
class Likes:
    """What stands beside a file: ``twins`` that may be the same person, each with its ``reason``, and the household."""

    twins: list = field(default_factory=list)
    household: list = field(default_factory=list)

    def __bool__(self):
        return bool(self.twins or self.household)


def likes_of(customer, user):
    """The files like this one that the user may see, in three statements; ``customer`` has its phones prefetched."""
    others = Customer.objects.live().visible_to(user).filter(pk__in=_candidates(customer)).exclude(pk=customer.pk)
    apart = NotTheSame.objects.filter(Q(one=customer, other=OuterRef("pk")) | Q(other=customer, one=OuterRef("pk")))
    rows = others.annotate(apart=Exists(apart)).with_contact_points().newest_first()[:LOOKED_AT]
    likes = Likes()
    for other in rows:
        other.reason = None if other.apart else _reason(customer, other)
        if other.reason:
            likes.twins.append(other)
        elif _same_home(customer, other):
            likes.household.append(other)
    order = [NUMBER, NAMESAKE, SIMILAR]
    likes.twins = sorted(likes.twins, key=lambda one: order.index(one.reason))[:MOST_TWINS]
    likes.household = likes.household[:MOST_AT_HOME]
    return likes


def _candidates(customer):
    """Keys of files with a number, a tail, a name or an address of this one; each kind by an index of its own."""
    numbers = list(customer.phones.all())
    parts = [Customer.objects.filter(name=customer.name, area=customer.area_id)]
    if customer.address:
        parts.append(Customer.objects.filter(area=customer.area_id, address=customer.address))
    found = [part.values_list("root", flat=True) for part in parts]
    if numbers:
        called = Phone.objects.filter(base__in={phone.base for phone in numbers})
        tails = Phone.objects.annotate(surname=Left("customer__name", 1)).filter(
            tail__in={phone.tail for phone in numbers}, surname__in=_heard_alike(customer.name[:1])
        )
        found += [called.values_list("customer__root", flat=True), tails.values_list("customer__root", flat=True)]
    first, *rest = [part.order_by() for part in found]
    return set(first.union(*rest) if rest else first) - {customer.pk}


def _reason(one, other):
    """Why two files may be one person's; empty when nothing speaks for it."""
    mine, theirs = ({(phone.base, phone.tail) for phone in file.phones.all()} for file in (one, other))
    if mine & theirs:
        return NUMBER
    same_home = _same_home(one, other)
    near = same_home or (one.area_id and one.area_id == other.area_id and not (one.address and other.address))
    if near and plain_name(one.name) == plain_name(other.name):
        return NAMESAKE
    same_tail = {tail for _base, tail in mine} & {tail for _base, tail in theirs}
    return SIMILAR if (same_home or same_tail) and are_similar(one.name, other.name) else None


def _same_home(one, other):
    return bool(one.address) and (one.area_id, one.address) == (other.area_id, other.address)


def plain_name(name):
    """A name without blanks, width and title: 张伟 of “张 伟先生”."""
    return TITLES.sub("", re.sub(r"[\s·.]+", "", half_width(name)).casefold())


def _heard_alike(surname):
    """The surnames that sound like this one, itself among them."""
    return next((group for group in HEARD_ALIKE if surname in group), surname) if surname else ""


def are_similar(one, other):
    """Whether two names may be one person's, heard twice.

    The same, one the beginning of the other, one character off, or written otherwise and spoken alike.
    """
    one, other = plain_name(one), plain_name(other)
    short, long = sorted([one, other], key=len)
    if not short:
        return False
    if long.startswith(short):
        return True
    if len(short) > 1 and set(readings(one)) & set(readings(other)):
        return True
    wrong = sum(a != b for a, b in zip(short, long, strict=False))
    return len(short) == len(long) > 1 and one[0] == other[0] and wrong == 1
