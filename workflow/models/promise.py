from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.visibility import VisibleQuerySet
from customers.models import Customer
from workflow.models.deadline import Deadline

# The nearer the promised time, the more it presses: the handler is warned, then the supervisor told.
PROMISE_LADDER = [
    {"step": "warning", "at": 0.8, "role": "owner"},
    {"step": "breach", "at": 1, "role": "supervisor"},
]


class PromiseQuerySet(VisibleQuerySet):
    def make(self, record, **promised):
        """Write down a promise made on ``record``, and watch its time if it has one."""
        promise = self.put_down(record, **promised)
        Deadline.objects.bulk_create(promise.clocks(record.moment))
        return promise

    def put_down(self, record, *, by, kind, what, due_at, channel):
        """Write down a promise whose clock the caller starts, together with others (``Promise.clocks``)."""
        return self.create(
            matter_id=record.matter_id,
            customer_id=record.matter.customer_id,
            kind=kind,
            what=what,
            channel=channel,
            due_at=due_at,
            promised_at=record.moment,
            promised_by=by,
        )

    def open(self):
        return self.filter(kept_at__isnull=True, dropped_at__isnull=True)


class Promise(models.Model):
    """What a customer was promised, by whom and by when: a reply and its way (S2-47), a gift or a price (S2-33)."""

    class Kind(models.TextChoices):
        REPLY = "reply", _("reply")
        VISIT = "visit", _("visit")
        GIFT = "gift", _("gift")
        PRICE = "price", _("price")
        OTHER = "other", _("other")

    class Channel(models.TextChoices):
        PHONE = "phone", _("phone call")
        WECHAT = "wechat", _("WeChat")
        SMS = "sms", _("text message")
        EMAIL = "email", _("e-mail")
        VISIT = "visit", _("in person")

    matter = models.ForeignKey("workflow.Matter", models.PROTECT, related_name="promises", null=True, blank=True)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="promises")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.REPLY)
    what = models.CharField(_("what was promised"), max_length=200)
    channel = models.CharField(_("by"), max_length=10, choices=Channel.choices, default=Channel.PHONE)
    due_at = models.DateTimeField(_("until"), null=True, blank=True)
    promised_at = models.DateTimeField(_("promised at"), default=timezone.now)
    promised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    kept_at = models.DateTimeField(_("kept at"), null=True, blank=True)
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    dropped_at = models.DateTimeField(_("dropped at"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=200, blank=True)

    objects = PromiseQuerySet.as_manager()

    class Meta:
        verbose_name = _("promise")
        verbose_name_plural = _("promises")
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(kept_at__isnull=True, dropped_at__isnull=True),
                name="open_promises_by_due",
            ),
            models.Index(
                fields=["matter"],
                condition=Q(kept_at__isnull=True, dropped_at__isnull=True),
                name="open_promises_of_matter",
            ),
        ]

    def __str__(self):
        return self.what

    @property
    def is_open(self):
        return self.kept_at is None and self.dropped_at is None

    def clocks(self, now):
        """The deadline that watches its time, not saved yet; none for a promise without one."""
        if self.due_at is None:
            return []
        deadline = Deadline(
            matter_id=self.matter_id,
            subject_type=ContentType.objects.get_for_model(Promise),
            subject_id=self.pk,
            kind="promise",
            policy_values={"ladder": PROMISE_LADDER, "pause_in": []},
            started_at=now,
            due_at=self.due_at,
        )
        deadline.next_at = deadline.step_at(0)
        return [deadline]
