"""Callers without a file: one is opened from what was said on the phone."""

from django.db.models import Q

from core.models import Area
from customers.models import Customer

# Who asks something and does not say who he is: his question is logged with the branch's file for such calls (S0-22).
NAMELESS = "未留名来电"
SHORTEST, LONGEST = 3, 24  # characters an area's written name may have


def area_of(address):
    """The district (or city, or province) an address begins with, and what is left of the address.

    "黄石市下陆区团城山街道 8 号" is understood without its province. (None, address) when no area is written.
    """
    address = (address or "").strip()
    beginnings = [address[:length] for length in range(SHORTEST, min(LONGEST, len(address)) + 1)]
    if not beginnings:
        return None, address
    written = Q(full_name__in=beginnings)
    for beginning in beginnings:
        written |= Q(full_name__endswith=beginning, level__gte=Area.Level.CITY)
    found = {}
    for area in Area.objects.filter(written):
        length = max(len(text) for text in beginnings if area.full_name.endswith(text))
        found.setdefault(length, []).append(area)
    longest = max(found, default=0)
    if not longest or len(found[longest]) > 1:
        return None, address
    return found[longest][0], address[longest:].strip()


def open_file(newcomer, *, by, op=None):
    """Open the file of a new customer; a nameless caller's question goes to the branch's common file."""
    newcomer = dict(newcomer)
    phone = newcomer.pop("phone")
    if newcomer["name"]:
        return Customer.objects.open_file(by=by, op=op, phone=phone, **newcomer)
    region = newcomer["region"]
    common = Customer.objects.live().filter(region=region, name=NAMELESS).order_by("pk").first()
    return common or Customer.objects.open_file(by=by, region=region, name=NAMELESS, source=Customer.Source.OTHER)
