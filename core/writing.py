"""One row written by a statement composed once per model (performance 6).

Every act writes a few single rows; to put such a statement together anew takes Django longer than the database takes to
carry it out. No signal is sent and no related row is looked at: for our own models only.
"""

from functools import cache

from django.db import connection, models
from django.utils.functional import Promise


def insert(instance, tail=""):
    """Store a new instance and give it its key; False where ``tail`` (``ON CONFLICT … DO NOTHING``) left it out."""
    sql, fields = _insert(type(instance), connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} {tail} RETURNING id", [_value(field, instance, add=True) for field in fields])
        found = cursor.fetchone()
    if found is None:
        return False
    instance.pk, instance._state.adding, instance._state.db = found[0], False, connection.alias
    return True


def update(instance, fields):
    """Store these fields of a row that exists (and is locked by us)."""
    if not fields:
        return
    name, meta = connection.ops.quote_name, instance._meta
    places = ", ".join([f"{name(field.column)} = %s" for field in fields])
    values = [_value(field, instance, add=False) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {name(meta.db_table)} SET {places} WHERE {name(meta.pk.column)} = %s",  # noqa: S608 (names of ours)
            [*values, instance.pk],
        )


@cache
def _insert(model, vendor):
    name = connection.ops.quote_name
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    columns, places = ", ".join([name(field.column) for field in fields]), ", ".join(["%s"] * len(fields))
    return f"INSERT INTO {name(model._meta.db_table)} ({columns}) VALUES ({places})", fields  # noqa: S608 (names of ours)


# Their values are stored as they are; any other kind of field is asked.
PLAIN = {
    models.CharField,
    models.TextField,
    models.IntegerField,
    models.PositiveIntegerField,
    models.PositiveBigIntegerField,
    models.ForeignKey,
    models.BooleanField,
}


def _value(field, instance, add):
    if type(field) in PLAIN:
        value = getattr(instance, field.attname)
        return str(value) if isinstance(value, Promise) else value  # a translation is stored in the language of now
    return field.get_db_prep_save(field.pre_save(instance, add=add), connection)
