"""Sending what the Outbox holds: channels register a handler per kind, the tasks call deliver()."""

import logging

from django.db import transaction
from django.utils import timezone

from core.models.outbox import LEASE, Message, Outbox

__all__ = ["Message", "NotYet", "Outbox", "Undeliverable", "deliver", "deliver_waiting", "handler"]

log = logging.getLogger(__name__)

BATCH = 20
# A sender stops taking from its batch when this little of the lease is left: the next sender gets those rows.
SAFETY = LEASE / 5

_handlers = {}


class NotYet(Exception):
    """The handler asks for a later moment, in quiet hours for example."""

    def __init__(self, until):
        super().__init__(f"not before {until}")
        self.until = until


class Undeliverable(Exception):
    """The handler knows that no further attempt can succeed, because the addressee is gone for example."""


def handler(kind, *, transactional=False):
    """Register the function that sends messages of this kind; it gets the Outbox row and raises when it fails.

    ``transactional`` is for handlers that only write rows of ours: what they write and the mark "sent" are committed
    together. Others are called outside of a transaction, because a slow mail server must not hold one open; they pass
    the row's key on where the channel can tell repetitions by it.
    """

    def register(send):
        _handlers[kind] = (send, transactional)
        return send

    return register


def deliver(pk):
    """Send one message unless it is sent or being sent; return whether this call sent it."""
    row = Outbox.objects.claim(pk, timezone.now())
    return _send(row) if row else False


def deliver_waiting(stop_at=None):
    """Send everything that waits, or until the moment ``stop_at``; return how many were sent."""
    sent = 0
    while stop_at is None or timezone.now() < stop_at:
        rows = Outbox.objects.claim_some(timezone.now(), BATCH)
        if not rows:
            break
        for row in rows:
            if timezone.now() > row.next_at - SAFETY:
                break
            sent += _send(row)
    return sent


def _send(row):
    try:
        send, transactional = _handlers[row.kind]
        if transactional:
            with transaction.atomic():
                send(row)
                return row.sent(timezone.now())
        send(row)
        return row.sent(timezone.now())
    except NotYet as later:
        row.postponed(later.until)
    except Undeliverable as error:
        log.warning("Outbox row %s (%s) cannot be delivered: %s", row.pk, row.kind, error)
        row.not_sent(error, timezone.now(), final=True)
    except Exception as error:
        log.warning("Outbox row %s (%s) failed at attempt %s: %s", row.pk, row.kind, row.attempts, type(error).__name__)
        row.not_sent(error, timezone.now())
    return False
