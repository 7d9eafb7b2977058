"""Rows of several tables in one statement.

A page about one record shows a dozen kinds of rows, a few of each; asked one by one they cost a dozen round trips.
``gather`` reads them as one UNION ALL of JSON objects and gives instances back, the same on both databases.
"""

import json
from datetime import UTC, datetime

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import CharField, F, JSONField, QuerySet, Value
from django.db.models.functions import JSONObject

from core.prepared import Marks, keep, planned_once, run, shape_of


def gather(querysets: dict[str, QuerySet]) -> dict[str, list]:
    """Name → instances, in one statement. ``only()``, ``annotate()`` and filters count; order and slices do not.

    For the newest few rows of a table filter by ``pk__in`` of a sliced query. A model of more than 50 columns needs
    ``only()``, because databases bound the arguments of a function.
    """
    if not querysets:
        return {}
    plans, rows = _union(querysets)
    return _sorted_out(plans, rows)


class PreparedGather:
    """``gather`` whose statement is put together once for each key and shape of the values (core.prepared).

    The rows must be asked for by keys: on PostgreSQL their plan is kept too.
    """

    def __init__(self):
        self._statements = {}

    def of(self, build, key=None, using=DEFAULT_DB_ALIAS, **values):
        """Name → instances. ``build(**values)`` gives the querysets; nothing but key and values may change them."""
        shape = using, key, *shape_of(values)
        if shape not in self._statements:
            keep(self._statements, shape, self._prepare(using, build, values))
        plans, sql, params = self._statements[shape]
        return _sorted_out(plans, run(using, sql, params, values, by_key=True) if sql else [])

    def _prepare(self, using, build, values):
        marks = Marks(values, using)
        plans, rows = _union(build(**marks.stand_ins))
        try:
            sql, params = rows.query.get_compiler(using).as_sql()
        except EmptyResultSet:
            return plans, "", []
        return plans, *planned_once(connections[using], sql, marks.places_in(params))


def _union(querysets):
    plans = {name: _plan(queryset) for name, queryset in querysets.items()}
    first, *rest = [
        queryset.order_by().annotate(_part=Value(name, output_field=CharField()), _row=plans[name].as_json())
        .values_list("_part", "_row")
        for name, queryset in querysets.items()
    ]  # fmt: skip
    return plans, first.union(*rest, all=True) if rest else first


def _sorted_out(plans, rows):
    found = {name: [] for name in plans}
    for name, row in rows:
        found[name].append(plans[name].instance(row))
    for instances in found.values():
        instances.sort(key=lambda one: (isinstance(one.pk, str), one.pk))
    return found


class _Plan:
    """Which columns and annotations of a queryset are read, and how they become an instance."""

    def __init__(self, queryset, fields):
        self.model, self.db, self.fields = queryset.model, queryset.db, fields
        self.names = [field.attname for field in fields]
        self.extras = {name: one.output_field for name, one in queryset.query.annotations.items()}

    def as_json(self):
        # Keys are numbers, because short ones are read faster and no name of a field can clash with an annotation.
        asked = [*self.names, *self.extras]
        return JSONObject(**{f"c{place}": F(name) for place, name in enumerate(asked)})

    def instance(self, row):
        row = json.loads(row) if isinstance(row, str) else row
        values = [_value(field, row[f"c{place}"]) for place, field in enumerate(self.fields)]
        record = self.model.from_db(self.db, self.names, values)
        for place, (name, field) in enumerate(self.extras.items(), start=len(values)):
            setattr(record, name, _value(field, row[f"c{place}"]))
        return record


def _plan(queryset):
    names, deferred = queryset.query.deferred_loading
    columns = queryset.model._meta.concrete_fields
    if not names:
        return _Plan(queryset, list(columns))
    wanted = {name for name in names if "__" not in name}
    chosen = [f for f in columns if f.primary_key or ((f.name in wanted or f.attname in wanted) != deferred)]
    return _Plan(queryset, chosen)


def _value(field, value):
    """A value as the database's JSON gives it, as the field's own Python value."""
    if value is None:
        return None
    if isinstance(field, JSONField):
        return json.loads(value) if isinstance(value, str) else value
    value = getattr(field, "target_field", field).to_python(value)
    if isinstance(value, datetime) and value.tzinfo is None:
        value = value.replace(tzinfo=UTC)  # as SQLite stores it
    if hasattr(field, "decimal_places") and hasattr(value, "quantize") and field.decimal_places is not None:
        value = value.quantize(field.decimal_places and type(value)(1).scaleb(-field.decimal_places))
    return value
