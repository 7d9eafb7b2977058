"""What can be found and how a line of it looks: each app registers its kinds of records when it is ready."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Found:
    """One line of the result: where it leads and what it says."""

    title: str
    url: str
    detail: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Kind:
    """A kind of record that can be found.

    ``describe(pks, user)`` gives pk: Found in one query and leaves out what the user may not see. ``records()`` is the
    queryset of all that can be found, with what their ``search_entry()`` reads.
    """

    name: str
    label: str
    describe: Callable
    icon: str = "file-text"
    order: int = 100
    records: Callable | None = None


@dataclass(frozen=True)
class Elsewhere:
    """That another branch has what was asked for; ``url`` leads to handing over, where the user may."""

    title: str
    detail: str = ""
    url: str = ""


_kinds = {}
_elsewhere = []


def register(kind: Kind):
    """Let records of this kind be found."""
    _kinds[kind.name] = kind
    return kind


def kinds():
    """In the order they are shown."""
    return sorted(_kinds.values(), key=lambda kind: (kind.order, kind.name))


def is_registered(name):
    return name in _kinds


def kind_of(model):
    """The kind whose records are of this model, or None."""
    return next((kind for kind in _kinds.values() if kind.records and kind.records().model is model), None)


def ask_elsewhere(tell: Callable):
    """``tell(typed, user)`` gives an Elsewhere for each branch out of sight that has exactly what was typed."""
    if tell not in _elsewhere:
        _elsewhere.append(tell)


def elsewhere(typed, user):
    return [stub for tell in _elsewhere for stub in tell(typed, user)]


def grouped(hits, user, most=10):
    """[(Kind, [Found…], whether there are more)], kinds in their order, lines as the hits come."""
    groups = []
    for kind in kinds():
        pks = [hit.pk for hit in hits if hit.kind == kind.name]
        described = kind.describe(pks[: most + 1], user) if pks else {}
        lines = [described[pk] for pk in pks[: most + 1] if pk in described]
        if lines:
            groups.append((kind, lines[:most], len(lines) > most))
    return groups
