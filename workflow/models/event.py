from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import bulk, writing
from customers.models import Customer
from workflow.actors import actor_of, user_of
from workflow.signals import events_recorded

# What an event of the system holds; the rest of it is empty.
COLUMNS = {
    "matter_id": "integer",
    "customer_id": "integer",
    "subject_type_id": "integer",
    "subject_id": "integer",
    "kind": "text",
    "action": "text",
    "at": "moment",
    "data": "json",
}


class EventQuerySet(models.QuerySet):
    def write(self, matter, action, *, by, at, subject=None, **fields):
        """Write one line of a matter's timeline and tell who listens (``events_recorded``)."""
        event = self.model(
            matter=matter,
            customer_id=matter.customer_id,
            subject_type=ContentType.objects.get_for_model(type(subject)) if subject is not None else None,
            subject_id=subject.pk if subject is not None else None,
            action=action,
            actor=actor_of(by),
            by=user_of(by),
            at=at,
            **fields,
        )
        writing.insert(event)
        events_recorded.send(Event, events=[event], now=at)
        return event

    def write_many(self, events):
        """Store events of the system in one INSERT of what such an event holds; each gets its key.

        A thousand of them fall due at once; bulk_create asks every column of every row what it makes of its value.
        """
        rows = [
            (e.matter_id, e.customer_id, e.subject_type_id, e.subject_id, e.kind, e.action, e.at, e.data)
            for e in events
        ]
        fallen, given = bulk.table(rows, **COLUMNS)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO workflow_event ({', '.join(COLUMNS)}, source, target, actor, visibility, note) "  # noqa: S608
                f"SELECT {', '.join(COLUMNS)}, '', '', 'system', 'all', '' FROM {fallen} RETURNING id",
                [given],
            )
            for event, (pk,) in zip(events, cursor.fetchall(), strict=True):
                event.pk, event._state.adding = pk, False
        return events

    def seen_by(self, user):
        """Leave out the lines this person has no right to: money and restricted ones (S2-180)."""
        hidden = [
            level
            for level, right in (
                (Event.Visibility.MONEY, "workflow.view_money_event"),
                (Event.Visibility.RESTRICTED, "workflow.view_restricted_event"),
            )
            if not user.has_perm(right)
        ]
        return self.exclude(visibility__in=hidden) if hidden else self

    def newest_first(self):
        return self.order_by("-at", "-pk")

    def with_people(self):
        return self.select_related("by")


class Event(models.Model):
    """One line of a customer's service file: who did what to which record, and when (S0-30, S2-58).

    ``note`` holds the person's own words; ``data`` only ids and codes, so that a customer can be erased without
    rewriting history.
    """

    class Kind(models.TextChoices):
        VERB = "verb", _("act")
        NOTE = "note", _("note")
        REFUSED = "refused", _("refused attempt")
        DEADLINE = "deadline", _("deadline")
        FILE = "file", _("file")

    class Visibility(models.TextChoices):
        ALL = "all", _("everyone on the matter")
        MONEY = "money", _("those who deal with money")
        RESTRICTED = "restricted", _("those with the right")

    class Actor(models.TextChoices):
        USER = "user", _("staff")
        CUSTOMER = "customer", _("customer")
        SYSTEM = "system", _("system")

    matter = models.ForeignKey("workflow.Matter", models.PROTECT, related_name="events", null=True, blank=True)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="events", null=True, blank=True)
    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+", null=True, blank=True)
    subject_id = models.PositiveBigIntegerField(null=True, blank=True)
    subject = GenericForeignKey("subject_type", "subject_id")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.VERB)
    action = models.CharField(max_length=40)
    source = models.CharField(max_length=30, blank=True)
    target = models.CharField(max_length=30, blank=True)
    actor = models.CharField(max_length=10, choices=Actor.choices, default=Actor.SYSTEM)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)
    visibility = models.CharField(max_length=10, choices=Visibility.choices, default=Visibility.ALL)
    note = models.TextField(blank=True)
    data = models.JSONField(default=dict, blank=True)
    # The record's version after this act; empty where the act left the version alone.
    version = models.PositiveIntegerField(null=True, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [
            models.Index(fields=["matter", "-at", "-id"], name="events_of_matter"),
            models.Index(fields=["customer", "-at", "-id"], name="events_of_customer"),
            models.Index(
                fields=["subject_type", "subject_id", "-id"], condition=~Q(kind="deadline"), name="events_of_subject"
            ),
        ]
        permissions = [("make_promise", _("Can promise a customer something"))]

    def __str__(self):
        return f"{self.action} {self.at:%Y-%m-%d %H:%M}"
