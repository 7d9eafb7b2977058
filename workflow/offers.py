"""What other parts offer on a record's page besides its moves: papers to print, text to copy, files to add.

An app registers ``offer("cases.Complaint", function)``; ``function(record, user)`` answers the offers this person has.
It must not ask the database: the page shows its offers whatever else it shows.
"""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

HEAD, MENU, TIMELINE = "head", "menu", "timeline"


@dataclass(frozen=True)
class Offer:
    """One button or entry.

    ``copies``: its address answers a text that goes to the clipboard instead of a page. ``op``: the id of the press, of
    a button that makes something at once and copies what it made.
    """

    label: str
    url: str
    icon: str = ""
    place: str = MENU
    dialog: bool = False
    copies: bool = False
    op: UUID | None = None
    shortcut: str = ""
    order: int = 100


_offers = defaultdict(list)


def offer(model_label, function):
    """Let ``function(record, user) -> list[Offer]`` offer something on the page of this model's records."""
    if function not in _offers[model_label.lower()]:
        _offers[model_label.lower()].append(function)
    return function


def offers_for(record, user):
    """Place → offers, in order."""
    found = defaultdict(list)
    for function in _offers[record._meta.label_lower]:
        for one in function(record, user):
            found[one.place].append(one)
    return {place: sorted(rows, key=lambda one: one.order) for place, rows in found.items()}
