"""Rows as lines of JSON and back, the same for every database."""

import base64
import gzip
import json
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from django.apps import apps
from django.db import models
from django.utils.duration import duration_iso_string

CHUNK = 2000  # rows held in memory at a time

# Whoever is logged in logs in again: a stolen backup must not be a stolen session.
LEFT_OUT = {"sessions.session"}


def models_with_tables(registry=apps) -> list[type[models.Model]]:
    """Every model that has a table of its own, in a fixed order."""
    found = [m for m in registry.get_models(include_auto_created=True) if m._meta.managed and not m._meta.proxy]
    return sorted(found, key=lambda model: model._meta.label_lower)


def kept_models() -> list[type[models.Model]]:
    """The models whose rows a backup holds."""
    return [model for model in models_with_tables() if model._meta.label_lower not in LEFT_OUT]


def kept_fields(model) -> list[models.Field]:
    """The columns of a model's own table that are written, not calculated by the database."""
    return [field for field in model._meta.local_concrete_fields if not getattr(field, "generated", False)]


def dump(model, alias, path, files: set[str]) -> int:
    """Write all rows of ``model`` to the gzipped file ``path``, note the names of its files; return how many rows."""
    fields = kept_fields(model)
    names = [field.attname for field in fields]
    uploads = [place for place, field in enumerate(fields) if isinstance(field, models.FileField)]
    count = 0
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=3) as lines:
        lines.write(json.dumps([field.name for field in fields]) + "\n")
        rows = model._base_manager.using(alias).order_by("pk").values_list(*names)
        for row in rows.iterator(chunk_size=CHUNK):
            lines.write(json.dumps(row, ensure_ascii=False, default=as_json) + "\n")
            files.update(row[place] for place in uploads if row[place])
            count += 1
    return count


def load(model, connection, source) -> int:
    """Insert the lines of the gzipped file ``source`` into the table of ``model``; return how many rows."""
    with gzip.open(source, "rt", encoding="utf-8") as lines:
        fields = [model._meta.get_field(name) for name in json.loads(next(lines))]
        columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
        places = ", ".join(["%s"] * len(fields))
        table = connection.ops.quote_name(model._meta.db_table)
        statement = f"INSERT INTO {table} ({columns}) VALUES ({places})"  # noqa: S608 - names from our own models
        count = 0
        with connection.cursor() as cursor:
            for rows in _chunks(lines):
                cursor.executemany(statement, [_as_stored(row, fields, connection) for row in rows])
                count += len(rows)
    return count


def _chunks(lines):
    rows = []
    for line in lines:
        rows.append(json.loads(line))
        if len(rows) == CHUNK:
            yield rows
            rows = []
    if rows:
        yield rows


def _as_stored(row, fields, connection):
    return [_value(value, field, connection) for value, field in zip(row, fields, strict=True)]


def _value(value, field, connection):
    """``value`` as this database stores it, without what save() would change (auto_now and the like)."""
    if isinstance(field, models.JSONField):
        # Null inside a JSON column that may not be NULL is JSON's own null.
        if value is None and field.null:
            return None
        return field.get_db_prep_value(value, connection)
    return field.get_db_prep_save(field.to_python(value), connection)


def as_json(value):
    """Exact text for what JSON has no form for; ``to_python`` of each field reads it back."""
    for kind, write in WRITERS:
        if isinstance(value, kind):
            return write(value)
    raise TypeError(f"A column holds a {type(value).__name__}, which a backup cannot write yet.")


WRITERS = (
    ((datetime, date, time), lambda value: value.isoformat()),
    (timedelta, duration_iso_string),
    ((Decimal, UUID), str),
    ((bytes, memoryview), lambda value: base64.b64encode(bytes(value)).decode("ascii")),
)
