"""Calls that were begun and not yet sent, for the one who began them."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse

from core.models import Draft
from customers.models import Customer

MOST_SHOWN = 5
LENGTH_SHOWN = 40


@dataclass(frozen=True)
class Unfinished:
    """A call that was begun: for whom, its first words, where to go on."""

    name: str
    words: str
    url: str
    at: datetime


def drop_draft(user, key):
    """The call is on record: its draft is no longer needed."""
    Draft.objects.filter(user=user, key=key).delete()


def unfinished(user):
    """This person's latest drafts of calls, two queries whatever their number."""
    drafts = list(Draft.objects.filter(user=user, key__startswith="call:").order_by("-updated_at")[:MOST_SHOWN])
    ids = [int(tail) for draft in drafts if (tail := draft.key.removeprefix("call:")).isdigit()]
    names = dict(Customer.objects.visible_to(user).filter(pk__in=ids).values_list("pk", "name")) if ids else {}
    return [row for draft in drafts if (row := _row(draft, names))]


def _row(draft, names):
    data = draft.data if isinstance(draft.data, dict) else {}
    words = _first(data.get("content"))
    tail = draft.key.removeprefix("call:")
    if tail.isdigit():
        if int(tail) not in names:
            return None  # the file is out of sight by now
        number = _first(data.get("number"))
        asked = {"customer": tail} | ({"phone": number} if number else {})
        return _line(names[int(tail)], words, asked, draft)
    number = tail.removeprefix("new").removeprefix(":")
    asked = {"new": 1} | ({"phone": number} if number else {})
    return _line(_first(data.get("name")) or number, words, asked, draft)


def _line(name, words, asked, draft):
    return Unfinished(name, words[:LENGTH_SHOWN], f"{reverse('cases:call')}?{urlencode(asked)}", draft.updated_at)


def _first(values):
    value = values[0] if isinstance(values, list) and values else values
    return value if isinstance(value, str) else ""
