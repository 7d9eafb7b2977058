"""What leaves the system: written with the event that causes it, sent after the commit, once per key."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection, models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core import bulk
from core.wake import ring

LEASE = timedelta(minutes=5)  # longer than any channel's timeout, so that a second sender never overlaps a slow first
PAUSES = [timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360, 720)]  # after each failed attempt; then it has failed
# A row that waits longer than anything legitimately waits was written before the clock was set back: send it.
LONGEST_WAIT = timedelta(hours=36)
ROWS_PER_INSERT = 1000
WRITTEN = {
    "kind": "text",
    "to": "text",
    "key": "text",
    "context": "json",
    "next_at": "moment",
    "created_at": "moment",
}


@dataclass(frozen=True)
class Message:
    """One thing to send: the handler's kind, the addressee, a key that is sent once only, and ids to build it from."""

    kind: str
    to: str
    key: str
    context: dict = field(default_factory=dict)
    at: datetime | None = None  # not before this moment


class OutboxQuerySet(models.QuerySet):
    def write(self, messages, now):
        """Store the messages in one INSERT and wake a sender after the commit; return the rows that are new.

        A key that was written before, in this call too, is left as it is: nobody is told the same thing twice.
        """
        messages = list(messages)
        rows = []
        for start in range(0, len(messages), ROWS_PER_INSERT):
            rows += self._insert(messages[start : start + ROWS_PER_INSERT], now)
        if rows:
            ring("core.tasks.deliver_waiting")
        return rows

    def _insert(self, messages, now):
        values = [(m.kind, m.to, m.key, m.context, m.at or now, now) for m in messages]
        written, given = bulk.table(values, **WRITTEN)
        columns = ", ".join(map(connection.ops.quote_name, WRITTEN))
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO core_outbox ({columns}, state, attempts, error) "  # noqa: S608 (names of ours)
                f"SELECT {columns}, 'pending', 0, '' FROM {written} WHERE true ON CONFLICT (key) DO NOTHING RETURNING key, id",
                [given],
            )
            ids = dict(cursor.fetchall())
        # A key may stand twice in one call: pop() gives the row to the first of them. In the order of the fields,
        # because a thousand rows made by name take longer than the INSERT.
        return [
            Outbox(ids.pop(key), kind, to, key, facts, Outbox.State.PENDING, 0, at, "", made)
            for kind, to, key, facts, at, made in values
            if key in ids
        ]

    def waiting(self, now):
        """Rows to send now: due, or left behind by a sender whose lease has run out."""
        return self.filter(Q(next_at__lte=now) | Q(state=Outbox.State.PENDING, next_at__gt=now + LONGEST_WAIT))

    def failed(self):
        return self.filter(state=Outbox.State.FAILED)

    def claim(self, pk, now):
        """The row, ours for LEASE, or None when it is sent, not due yet, or in another sender's hands."""
        if self.filter(pk=pk).waiting(now).update(**_claimed(now)):
            return self.get(pk=pk)
        return None

    def claim_some(self, now, most):
        """Up to ``most`` waiting rows, oldest first, ours for LEASE; rows being claimed by others are passed over."""
        with transaction.atomic():
            due = self.waiting(now).order_by("next_at").select_for_update(skip_locked=True)
            pks = list(due.values_list("pk", flat=True)[:most])
            self.filter(pk__in=pks).update(**_claimed(now))
        return sorted(self.filter(pk__in=pks), key=lambda row: pks.index(row.pk))


class Outbox(models.Model):
    """One message on its way out, and what became of it."""

    class State(models.TextChoices):
        PENDING = "pending", _("waiting to be sent")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("could not be sent")

    kind = models.CharField(_("channel"), max_length=40)
    to = models.CharField(_("addressee"), max_length=200)
    key = models.CharField(_("key"), max_length=200, unique=True)
    context = models.JSONField(_("context"), default=dict)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    attempts = models.SmallIntegerField(_("attempts"), default=0)
    # When it may be claimed (again): when due, or while it is being sent when the sender's lease ends. Then empty.
    next_at = models.DateTimeField(_("next attempt"), null=True)
    error = models.CharField(_("last error"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("written at"))
    sent_at = models.DateTimeField(_("sent at"), null=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outgoing messages")
        indexes = [
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="outbox_waiting"),
            models.Index(fields=["-created_at"], condition=Q(state="failed"), name="outbox_failed"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["pending", "sending"], next_at__isnull=False)
                | Q(state__in=["sent", "failed"], next_at__isnull=True),
                name="outbox_waits_until_it_is_settled",
            )
        ]

    def __str__(self):
        return f"{self.kind} → {self.to}"

    def sent(self, now):
        """It arrived. False when the lease had run out and another sender took over meanwhile."""
        return self._settle(state=self.State.SENT, next_at=None, sent_at=now, error="")

    def postponed(self, until):
        """It is not to be sent yet (quiet hours): that was no attempt."""
        return self._settle(state=self.State.PENDING, next_at=until, attempts=F("attempts") - 1)

    def not_sent(self, error, now, final=False):
        """The channel refused or did not answer: again after a pause, or never when ``final`` or tried often enough."""
        error = f"{type(error).__name__}: {error}".replace("\x00", "")[:500]
        if final or self.attempts > len(PAUSES):
            return self._settle(state=self.State.FAILED, next_at=None, error=error)
        return self._settle(state=self.State.PENDING, next_at=now + PAUSES[self.attempts - 1], error=error)

    def retry(self, now):
        """Try a failed message anew, from the first attempt; False when it had not failed."""
        failed = Outbox.objects.filter(pk=self.pk, state=self.State.FAILED)
        again = failed.update(state=self.State.PENDING, attempts=0, next_at=now)
        if again:
            ring("core.tasks.deliver", self.pk)
        return bool(again)

    def _settle(self, **fields):
        # The number of attempts tells our claim from a later one of the same row.
        ours = Outbox.objects.filter(pk=self.pk, state=self.State.SENDING, attempts=self.attempts)
        return bool(ours.update(**fields))


def _claimed(now):
    return {"state": Outbox.State.SENDING, "next_at": now + LEASE, "attempts": F("attempts") + 1}
