"""Statements that write many rows the way forms write one."""

from django.utils import timezone


def correct_many(model, changes, *, by, fields):
    """Apply key → {field: value} to rows that people edit, each locked and with a new version; returns them changed.

    ``fields`` are all names that may occur. What was edited meanwhile in other fields stays.
    """
    locked = model._default_manager.select_for_update(of=("self",), no_key=True)
    rows = list(locked.filter(pk__in=changes).order_by("pk"))
    touched = set()
    for row in rows:
        for name, value in changes[row.pk].items():
            setattr(row, name, value)
            touched.add(name)
        row.version += 1
        row.changed_at, row.changed_by = timezone.now(), by
    names = [name for name in fields if name in touched]
    if rows:
        model._default_manager.bulk_update(rows, [*names, "version", "changed_at", "changed_by"], batch_size=200)
    return rows


def differences(record, values, fields):
    """field → value of what the row says and the record does not; what the row does not say stays."""
    return {name: values[name] for name in fields if name in values and values[name] != getattr(record, name)}
