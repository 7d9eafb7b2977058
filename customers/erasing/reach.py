"""Which rows belong to a customer, and what of them can tell who he is."""

from functools import cache

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Q
from django_fsm import FSMFieldMixin

from customers.models import Customer

DEEP = 5  # foreign keys from a row to its customer: line, quote, order, matter, customer
# Names that hold codes wherever they stand; what is unique names a row and says nothing about a person.
CODES = frozenset(
    [
        "action",
        "code",
        "content_type",
        "currency",
        "kind",
        "source",
        "status",
        "target",
        "token_hash",
        "verb",
    ]
)
_kept: dict[type, frozenset[str]] = {}
_deleted: list[type] = []


def keep(model, *fields):
    """These fields of a table tell nothing about a person and stay when he is erased."""
    _kept[model] = _kept.get(model, frozenset()) | frozenset(fields)


def delete(model):
    """The rows of this table are deleted with their customer; one that others point at must be deleted after those."""
    if model not in _deleted:
        _deleted.append(model)


def forget(files):
    """Empty or delete every row that belongs to these files, the customers' own rows aside."""
    names = []
    for model in _deleted:
        rows = rows_of(model, files)
        names += _stored(model, rows)
        rows.delete()
    for model in apps.get_models():
        if model is not Customer and model not in _deleted and paths(model):
            rows = rows_of(model, files)
            names += _stored(model, rows)
            if empty := {field.attname: _nothing(field) for field in words(model)}:
                rows.update(**empty)
    transaction.on_commit(lambda: [default_storage.delete(name) for name in names])


def rows_of(model, files):
    """The rows of a table that belong to these files."""
    belongs = Q()
    for path in paths(model):
        belongs |= Q(**{f"{path}__in": files})
    # A subquery of keys: UPDATE knows no joins.
    return model._base_manager.filter(pk__in=model._base_manager.filter(belongs).values("pk"))


@cache
def paths(model):
    """The ways from a row to its customer by foreign keys: the shortest that is never empty, else all there are."""
    found = sorted(_ways(model), key=lambda way: len(way[0]))
    sure = [way for way in found if way[1]]
    return ["__".join(names) for names, _sure in (sure[:1] or found)]


def _ways(model, before=(), sure=True, passed=()):
    if len(before) >= DEEP or model in passed:
        return
    for field in model._meta.concrete_fields:
        if not isinstance(field, models.ForeignKey):
            continue
        way, certain = (*before, field.name), sure and not field.null
        if field.related_model is Customer:
            yield way, certain
        elif field.related_model is not model:
            yield from _ways(field.related_model, way, certain, (*passed, model))


def words(model):
    """The fields of a table that people write into."""
    unique = {name for fields in model._meta.unique_together for name in fields}
    unique |= {name for rule in model._meta.total_unique_constraints for name in rule.fields}
    kept = CODES | unique | _kept.get(model, frozenset())
    return [field for field in model._meta.concrete_fields if _is_words(field) and field.name not in kept]


def _is_words(field):
    coded = field.unique or field.choices or isinstance(field, models.SlugField | FSMFieldMixin)
    return isinstance(field, models.CharField | models.TextField | models.FileField) and not coded


def _nothing(field):
    return None if field.null else ""


def _stored(model, rows):
    """The names of the files these rows hold."""
    fields = [field.attname for field in model._meta.concrete_fields if isinstance(field, models.FileField)]
    return [name for row in (rows.values_list(*fields) if fields else ()) for name in row if name]
