"""Limits, and sums released for a record."""

from datetime import date
from decimal import Decimal

from django.db.transaction import atomic
from django.utils import timezone

from payments.models import PayOrder, Tier

from tests.factories.cases import person

LIMITS = {"department": 2000, "agent": 0, "specialist": 0, "supervisor": 500, "manager": 2000, "general_manager": None}


def set_limits(**changed):
    """The usual limits, with some changed; from a day long past on."""
    for role, limit in (LIMITS | changed).items():
        Tier.objects.update_or_create(role=role, giving="", since=date(2020, 1, 1), defaults={"limit": limit})


def without_limit():
    """Somebody whose limit does not end."""
    Tier.objects.get_or_create(role="general_manager", giving="", since=date(2020, 1, 1), defaults={"limit": None})
    return person("general_manager")


def released(subject, amount, by, *, now=None, giving="cash", **fields):
    """An order over ``amount`` for a record with a matter, on the word of ``by``; his limit is not looked at."""
    fields = {"version": 1, "authority": without_limit()} | fields
    with atomic():
        return PayOrder.objects.release(
            subject, Decimal(amount), by=by, now=now or timezone.now(), giving=giving, **fields
        )
