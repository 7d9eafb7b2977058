"""Tables of the whole house in which a customer may be mentioned: his numbers, name and address are looked for."""

import re
from urllib.parse import quote, quote_plus

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Cast

from core import search
from core.models import Draft, Job, Outbox, SavedFilter, SearchEntry, TableExport, TableImport
from core.phones import group
from customers.erasing import reach
from customers.models import Contact, Customer, Merge, Phone

GONE = "***"
# What a person is named by must be long enough not to hit everybody else's words.
SHORTEST = {"name": 2, "address": 4}
# Tables of the house that hold people's words; apps above name theirs.
_tables: list[type] = [Draft, SavedFilter, Job, Outbox, TableExport, TableImport, LogEntry]


def also(model):
    """Look for an erased customer in this table too; it belongs to no customer, but people write into it."""
    if model not in _tables:
        _tables.append(model)


class Traces:
    """What a customer may be known by in somebody's words."""

    def __init__(self, files):
        people = [*files, *Contact.objects.filter(customer__in=files)]
        self.names = {one.name for one in people if len(one.name) >= SHORTEST["name"]} - {GONE}
        self.places = {file.address for file in files if len(file.address) >= SHORTEST["address"]}
        for taken in Merge.objects.filter(kept__in=files).values_list("taken", flat=True):
            self.names |= {said for said in taken.get("name", {}).values() if len(said) >= SHORTEST["name"]} - {GONE}
            self.places |= {said for said in taken.get("address", {}).values() if len(said) >= SHORTEST["address"]}
        numbers = set(Phone.objects.filter(customer__in=files).values_list("number", flat=True))
        for model, name, number in _callers:
            rows = reach.rows_of(model, files)
            self.names |= {said for said in rows.values_list(name, flat=True) if len(said) >= SHORTEST["name"]}
            numbers |= {said for said in rows.values_list(number, flat=True) if said}
        self.numbers = {way for number in numbers for way in (number, number.split("x")[0], group(number)) if way}
        self.all = sorted(self.names | self.places | self.numbers, key=len, reverse=True)
        sought = {way for trace in self.all for way in (trace, quote(trace), quote_plus(trace), _escaped(trace))}
        self.pattern = re.compile("|".join(map(re.escape, sorted(sought, key=len, reverse=True)))) if sought else None

    def out_of(self, value):
        """The same text, list or dictionary without him."""
        if isinstance(value, str):
            return self.pattern.sub(GONE, value)
        if isinstance(value, list):
            return [self.out_of(one) for one in value]
        if isinstance(value, dict):
            return {self.out_of(key): self.out_of(one) for key, one in value.items()}
        return value

    def condition(self, field):
        """Rows in whose ``field`` one of the traces may stand, in any of the forms it is stored in."""
        found = Q()
        for trace in self.all:
            for way in {trace, quote(trace), quote_plus(trace), _escaped(trace)}:
                found |= Q(**{f"{field}__contains": way})
        return found


_callers: list[tuple[type, str, str]] = []


def callers_in(model, name, number):
    """These fields of a customer's table hold somebody who called for him, and from where."""
    if (model, name, number) not in _callers:
        _callers.append((model, name, number))


def _escaped(text):
    """How JSON writes it where only ASCII is stored."""
    return text.encode("ascii", "backslashreplace").decode()


def clean_house(files, traces, keys):
    """Take the customer out of what belongs to nobody in particular. ``keys``: those of his records, that drafts go by."""
    _drop_drafts(keys, traces)
    for file in files:
        SearchEntry.objects.filter(customer_id=file.pk).delete()
        search.forget("customer", file.pk)
    if traces.pattern:
        for model in _tables:
            _scrub(model, traces)
        for model in apps.get_models():
            if reach.paths(model) and model is not Customer:
                _scrub(model, traces, reach.rows_of(model, files), only_json=True)
    _throw_away_exports()


def _drop_drafts(keys, traces):
    """Drafts about his records, and those that name his number or his home; his name alone is taken out of the others."""
    telling = (
        re.compile("|".join(map(re.escape, traces.numbers | traces.places))) if traces.numbers | traces.places else None
    )
    drop = []
    for pk, key, data in Draft.objects.values_list("pk", "key", "data").iterator():
        about = {int(digits) for digits in re.findall(r"(?<![\dA-Za-z])\d{1,18}(?!\d)", key)}
        if about & keys or (telling and telling.search(f"{key} {_said(data)}")):
            drop.append(pk)
    Draft.objects.filter(pk__in=drop).delete()


def _said(value):
    if isinstance(value, dict):
        return " ".join(_said(one) for pair in value.items() for one in pair)
    if isinstance(value, list):
        return " ".join(map(_said, value))
    return str(value)


def _scrub(model, traces, rows=None, *, only_json=False):
    fields = [field for field in model._meta.concrete_fields if _may_hold_words(field, only_json)]
    for field in fields:
        is_json = isinstance(field, models.JSONField)
        asked = rows if rows is not None else model._base_manager.all()
        asked = asked.annotate(said=Cast(field.attname, models.TextField()))
        for row in asked.filter(traces.condition("said")).only("pk", field.attname):
            value = getattr(row, field.attname)
            clean = traces.out_of(value)
            if clean != value:
                model._base_manager.filter(pk=row.pk).update(
                    **{field.attname: clean if is_json else clean[: field.max_length]}
                )


def _may_hold_words(field, only_json):
    if isinstance(field, models.JSONField):
        return True
    return (
        not only_json and isinstance(field, models.CharField | models.TextField) and not (field.unique or field.choices)
    )


def _throw_away_exports():
    """Files of exports and imports may hold anybody: they are made again by whoever needs them."""
    names = list(Job.objects.exclude(result="").values_list("result", flat=True))
    Job.objects.exclude(result="").update(result="")
    for model in apps.get_models():
        if model._meta.app_label == "core" and not reach.paths(model):
            for field in (one for one in model._meta.concrete_fields if isinstance(one, models.FileField)):
                held = model._base_manager.exclude(**{field.attname: ""}).exclude(**{field.attname: None})
                names += held.values_list(field.attname, flat=True)
                held.update(**{field.attname: reach._nothing(field)})
    transaction.on_commit(lambda: [default_storage.delete(name) for name in names])
