"""Paging by the last row seen: page ten thousand costs what the first does, and rows added meanwhile shift nothing.

An ordering is a tuple of fields, ``-`` for descending; the primary key is added as the last, so no two rows are equal.
Empty values stand last in both directions. A cursor holds the ordering's values of one row; whatever else comes in its
place (threats 42) is read as "the first page".
"""

import base64
import binascii
import json
from dataclasses import dataclass
from functools import cached_property

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.lookups import GreaterThan, LessThan

LONGEST_CURSOR = 2_000


@dataclass(frozen=True)
class Key:
    """One field of an ordering."""

    name: str
    descending: bool
    field: models.Field
    nullable: bool

    def order(self, backwards):
        descending = self.descending != backwards
        nulls = {"nulls_first" if backwards else "nulls_last": True} if self.nullable else {}
        return F(self.name).desc(**nulls) if descending else F(self.name).asc(**nulls)

    def beyond(self, value, backwards):
        """The rows that stand after (backwards: before) this value."""
        if value is None:
            return Q(**{f"{self.name}__isnull": False}) if backwards else None
        further = Q(**{f"{self.name}__{'lt' if self.descending != backwards else 'gt'}": value})
        return further | Q(**{f"{self.name}__isnull": True}) if self.nullable and not backwards else further

    def same(self, value):
        return Q(**{f"{self.name}__isnull": True}) if value is None else Q(**{self.name: value})

    def value_of(self, row):
        if isinstance(row, dict):
            return row[self.name]
        for part in self.name.split("__"):
            row = None if row is None else getattr(row, part)
        return row


class Ordering:
    """A fixed order of one model's rows, and the conditions that cut it at a row.

    ``never_empty`` names fields that may be empty in the table but not in this list: a plain index then serves them.
    """

    def __init__(self, queryset, fields, never_empty=()):
        self.queryset, self.never_empty = queryset, never_empty
        names = [*fields]
        if not {"pk", "-pk", "id", "-id"} & set(names):
            names.append("-pk" if names and names[-1].startswith("-") else "pk")
        self.keys = [self._key(name) for name in names]

    def _key(self, name):
        descending, name = name.startswith("-"), name.lstrip("-")
        annotation = self.queryset.query.annotations.get(name)
        if annotation is not None:
            return Key(name, descending, annotation.output_field, nullable=True)
        field, nullable, model = None, False, self.queryset.model
        for part in name.split("__"):
            field = model._meta.pk if part == "pk" else model._meta.get_field(part)
            if not field.concrete:
                raise FieldDoesNotExist(f"A list cannot be ordered by {name}.")
            nullable = nullable or field.null
            model = field.related_model
        return Key(name, descending, getattr(field, "target_field", field), nullable and name not in self.never_empty)

    def sorted(self, backwards=False):
        return self.queryset.order_by(*(key.order(backwards) for key in self.keys))

    def from_row(self, values, backwards=False):
        """The rows after (backwards: before) the one with these values, nearest first."""
        return self.sorted(backwards).filter(self._cut(values, backwards))

    def fetch(self, values, backwards, limit):
        """At most so many rows after (backwards: before) the one with these values; without values from the start."""
        return list((self.from_row(values, backwards) if values else self.sorted())[:limit])

    def _cut(self, values, backwards):
        if self._is_plain:
            # One comparison of rows, which an index over the same fields answers by a single range.
            compare = LessThan if self.keys[0].descending != backwards else GreaterThan
            return compare(
                _row(*(F(key.name) for key in self.keys)),
                _row(*(Value(v, key.field) for key, v in zip(self.keys, values, strict=True))),
            )
        cut, same = Q(pk__in=[]), Q()
        for key, value in zip(self.keys, values, strict=True):
            beyond = key.beyond(value, backwards)
            if beyond is not None:
                cut |= same & beyond
            same &= key.same(value)
        return cut & self._range(values[0], backwards)

    def _range(self, value, backwards):
        # Says nothing new, but says it so that an index over the first field finds the place.
        first = self.keys[0]
        if first.nullable:
            return Q()
        return Q(**{f"{first.name}__{'lte' if first.descending != backwards else 'gte'}": value})

    @cached_property
    def _is_plain(self):
        return not any(key.nullable or key.descending != self.keys[0].descending for key in self.keys)

    def cursor(self, row):
        values = [key.value_of(row) for key in self.keys]
        text = json.dumps(values, cls=ExactEncoder, ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def values(self, cursor):
        """The values a cursor holds, or None when it is none of ours."""
        if not cursor or len(cursor) > LONGEST_CURSOR:
            return None
        try:
            text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
            values = json.loads(text, parse_constant=_refuse)
            if not isinstance(values, list) or len(values) != len(self.keys):
                return None
            return [_read(key, value) for key, value in zip(self.keys, values, strict=True)]
        except (ValueError, TypeError, OverflowError, RecursionError, ValidationError, binascii.Error):
            return None


def _row(*parts):
    return Func(*parts, template="(%(expressions)s)", output_field=models.BooleanField())


class ExactEncoder(DjangoJSONEncoder):
    """Moments with all their microseconds: a rounded one would show a row twice."""

    def default(self, value):
        return value.isoformat() if hasattr(value, "isoformat") else super().default(value)


def _read(key, value):
    if value is None:
        if not key.nullable:
            raise ValueError("This field is never empty.")
        return None
    if not isinstance(value, str | int | float) or "\x00" in str(value):
        raise ValueError("No field holds this.")
    read = key.field.to_python(value)
    if isinstance(read, int) and not -(2**63) <= read < 2**63:
        raise OverflowError
    str(read).encode()  # half a surrogate pair raises
    return read


def _refuse(constant):
    raise ValueError(constant)


@dataclass
class Page:
    """Rows of one page, and the cursors of its neighbours; empty where there are none."""

    rows: list
    previous_cursor: str = ""
    next_cursor: str = ""
    previous_url: str = ""
    next_url: str = ""


def page_of(ordering, size, after="", before=""):
    """The page after or before a cursor; the first page without one, with a strange one, or when nothing is left."""
    position, backwards = ordering.values(after), False
    if position is None:
        position, backwards = ordering.values(before), True
    if position is None:
        return _first(ordering, size)
    rows = ordering.fetch(position, backwards, size + 1)
    if not rows or (backwards and len(rows) <= size):
        return _first(ordering, size)
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    return Page(
        rows,
        previous_cursor=ordering.cursor(rows[0]) if more or not backwards else "",
        next_cursor=ordering.cursor(rows[-1]) if more or backwards else "",
    )


def _first(ordering, size):
    rows = ordering.fetch(None, False, size + 1)
    return Page(rows[:size], next_cursor=ordering.cursor(rows[size - 1]) if len(rows) > size else "")
