"""The two doors through which every change of status enters (design 3.2–3.4).

``perform`` moves one record for one caller; ``perform_many`` moves what falls due in bulk. Pages, tasks and the API come
here; a verb is called directly only inside another verb, on rows already locked.
"""

import hashlib
import json
from dataclasses import dataclass, field
from functools import cache

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, models
from django.db.models import F
from django.db.transaction import atomic
from django.utils import timezone
from django.utils.translation import gettext as _

from core.prepared import PreparedRow
from workflow.actors import actor_of, caller_of, user_of
from workflow.errors import MoveRefused, OperationConflict, Refusal, StaleVersion
from workflow.files import with_files
from workflow.models import Event, Operation
from workflow.signals import events_recorded
from workflow.transitions import declaration


@dataclass
class Done:
    """What came of an act: the record, and whether this was only the echo of an earlier press."""

    record: models.Model
    replayed: bool = False
    result: dict = field(default_factory=dict)


class _BodyEncoder(DjangoJSONEncoder):
    def default(self, value):
        if isinstance(value, models.Model):
            return f"{value._meta.label}:{value.pk}"
        if isinstance(value, models.QuerySet | set | frozenset | tuple):
            return sorted(str(self.default(item)) if isinstance(item, models.Model) else str(item) for item in value)
        if hasattr(value, "read") and hasattr(value, "name"):
            return [value.name, getattr(value, "size", 0)]
        if hasattr(value, "__dict__"):
            return {key: item for key, item in vars(value).items() if not key.startswith("_")}
        return super().default(value)


def body_hash(verb, details):
    """A fingerprint of what was asked, so that an operation id cannot be used for something else."""
    body = json.dumps([verb, details], cls=_BodyEncoder, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()


def locked(record):
    """The record as it now stands, locked until the transaction ends.

    On PostgreSQL the lock leaves foreign-key checks free (NO KEY), so that the sweep may write events beside it; on
    SQLite the IMMEDIATE transaction is the lock.
    """
    return _locking(type(record)).get(record.pk)


@cache
def _locking(model):
    rows = model._default_manager.select_for_update(of=("self",), no_key=True)
    return PreparedRow(rows.select_related("matter", "region").order_by())


def perform(record, verb, *, by, op=None, version=None, after=None, now=None, body=None, **details):
    """Do ``verb`` on ``record`` for ``by``, once, or refuse without a trace on the record.

    ``by`` is a User, a CustomerLink, or None for the system. ``op`` names the press of the button (UUID); ``version`` is
    the one the form was opened on; ``after`` an earlier op of the same caller this act was queued behind; ``body`` a
    fingerprint of what was sent, where the details are not to be it.
    Raises MoveRefused, StaleVersion, OperationConflict, PermissionDenied (each leaves a "refused" line on the timeline)
    or ValidationError (leaves none).
    """
    now = now or timezone.now()
    try:
        with with_files(), atomic():
            return _perform(record, verb, by, op, version, after, now, details, body or body_hash(verb, details))
    except (Refusal, PermissionDenied) as refusal:
        note_refusal(record, verb, by, refusal, now)
        raise


def locked_with(record, details):
    """The record and every other record of its kind among the details, locked in the order of their keys.

    Two merges in opposite directions lock the same rows in the same order: one waits, and then loses (threats 12).
    """
    others = {name: value for name, value in details.items() if type(value) is type(record) and value.pk != record.pk}
    rows = {row.pk: locked(row) for row in sorted([record, *others.values()], key=lambda row: row.pk)}
    for name, other in others.items():
        details[name] = rows[other.pk]
    return rows[record.pk]


def _perform(record, verb, by, op, version, after, now, details, body):
    record = locked_with(record, details)
    move = declaration(record, verb)
    stales = bool(move and move.custom["stales"])
    if op:
        operation = _operation(op, record, verb, by, body, now)
        operation.version = record.version + stales
        if not Operation.objects.claim(operation):
            return _echo(op, record, verb, by, body)
    _check_version(record, version, after, by)
    if move is None:
        raise MoveRefused(_wrong_state(record, verb), record=record, verb=verb)
    _check_right(move, record, by)
    for condition in move.conditions:
        if not condition(record):
            raise MoveRefused(
                str(getattr(condition, "reason", _("This is not possible yet."))), record=record, verb=verb
            )
    record._moment = now
    record.version += stales
    getattr(record, verb)(by=by, **details)
    return Done(record)


def _wrong_state(record, verb):
    # getattr keeps the label lazy until the person's language is known.
    marked = getattr(getattr(type(record), verb, None), "_django_fsm", None)
    if marked is None:
        raise AttributeError(f"{type(record).__name__} has no verb {verb}")
    label = next(iter(marked.transitions.values())).custom["label"]
    return _("“%(label)s” is not possible while this is “%(status)s”.") % {
        "label": label,
        "status": record.get_status_display(),
    }


def _check_right(move, record, by):
    if by is None:
        return
    if actor_of(by) == "customer":
        if not (move.custom["customer"] and by.matter_id == record.matter_id and by.is_live):
            raise PermissionDenied(_("This link does not allow that."))
        return
    if not (by.is_active and move.has_perm(record, by)):
        raise PermissionDenied(_("Your role does not include “%(label)s”.") % {"label": move.custom["label"]})


def _check_version(record, version, after, by):
    if after is not None:
        earlier = Operation.objects.filter(op=after, caller=caller_of(by), subject_id=record.pk).first()
        if earlier is not None and earlier.version == record.version:
            return
        if version is None:
            raise StaleVersion(record, earlier.version if earlier else 0)
    if version is not None and version != record.version:
        raise StaleVersion(record, version)


def repeated(record, verb, *, by, op, body):
    """What the same press gave before, or None: after the first press its form or its right may be there no more."""
    earlier = Operation.objects.filter(op=op, caller=caller_of(by), verb=verb, subject_id=record.pk, body_hash=body)
    return Done(record, replayed=True, result=earlier.get().result) if op and earlier.exists() else None


def _echo(op, record, verb, by, body):
    """The answer this operation gave before, if it did."""
    earlier = Operation.objects.filter(op=op).first()
    if earlier is None:
        return None
    same = (
        earlier.caller == caller_of(by)
        and earlier.verb == verb
        and earlier.subject_id == (record.pk if record is not None else earlier.subject_id)
        and earlier.body_hash == body
    )
    if not same:
        raise OperationConflict()
    if record is None:
        record = earlier.subject_type.model_class()._default_manager.get(pk=earlier.subject_id)
    return Done(record, replayed=True, result=earlier.result)


def _operation(op, record, verb, by, body, now):
    return Operation(
        op=op,
        caller=caller_of(by),
        by=user_of(by),
        verb=verb,
        subject_type=ContentType.objects.get_for_model(type(record)),
        subject_id=record.pk,
        body_hash=body,
        version=getattr(record, "version", None),
        at=now,
    )


def note_refusal(record, verb, by, refusal, now):
    """Write the line that says it was tried; the record itself is left as it is (design 3.4)."""
    code = getattr(refusal, "code", "right")
    Event.objects.create(
        matter_id=record.matter_id,
        customer_id=record.matter.customer_id,
        subject_type=ContentType.objects.get_for_model(type(record)),
        subject_id=record.pk,
        kind=Event.Kind.REFUSED,
        action=verb,
        actor=actor_of(by),
        by=user_of(by),
        at=now,
        data={"code": code},
    )


def begin(make, verb, *, by, op=None, now=None, **details):
    """Create a record once: ``make(by=, now=, **details)`` returns it; the same ``op`` again returns the same record.

    Raises OperationConflict, PermissionDenied (from ``make``) or ValidationError.
    """
    now, body = now or timezone.now(), body_hash(verb, details)
    try:
        with with_files(), atomic():
            if op and (echo := _echo(op, None, verb, by, body)):
                return echo
            record = make(by=by, now=now, **details)
            if op:
                _operation(op, record, verb, by, body, now).save()
            return Done(record)
    except IntegrityError:
        if op and (echo := _echo(op, None, verb, by, body)):
            return echo
        raise


def perform_many(queryset, verb, now, *, data=None, batch=1000):
    """Move what falls due, as the system: locks with SKIP LOCKED, source state in the WHERE, events in bulk.

    Only verbs without arguments and without effects of their own besides status and clocks can be done this way.
    Returns how many were moved.
    """
    moved, rest = 0, queryset
    while True:
        with atomic():
            rows = _move_batch(rest, queryset.model, verb, now, data or {}, batch)
        moved += len(rows)
        if len(rows) < batch:
            return moved
        rest = queryset.filter(pk__gt=rows[-1].pk)  # without it each batch would walk over all that are moved already


def _move_batch(queryset, model, verb, now, data, batch):
    marked = getattr(model, verb)._django_fsm
    target = next(iter(marked.transitions.values())).target
    rows = list(
        queryset.filter(status__in=list(marked.transitions))
        .select_for_update(skip_locked=True, of=("self",), no_key=True)
        .select_related("matter")
        .order_by("pk")[:batch]
    )
    if not rows:
        return rows
    model._default_manager.filter(pk__in=[row.pk for row in rows]).update(status=target, version=F("version") + 1)
    kind = ContentType.objects.get_for_model(model)
    events = Event.objects.bulk_create(
        Event(
            matter_id=row.matter_id,
            customer_id=row.matter.customer_id,
            subject_type=kind,
            subject_id=row.pk,
            action=verb,
            source=row.status,
            target=target,
            at=now,
            data=data,
            version=row.version + 1,
        )
        for row in rows
    )
    model.settle_many(rows, target, now)
    events_recorded.send(Event, events=events, now=now)
    return rows
