from datetime import datetime

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core import bulk, moments
from core.visibility import VisibleQuerySet

DEFAULT_LADDER = [
    {"step": "half", "at": 0.5, "role": "owner"},
    {"step": "warning", "at": 0.8, "role": "owner"},
    {"step": "breach", "at": 1, "role": "supervisor"},
    {"step": "second_breach", "at": 1.5, "role": "manager"},
]


class DeadlinePolicyQuerySet(models.QuerySet):
    def active(self):
        return self.filter(active=True)

    def choose(self, kinds, scope):
        """Kind → the policy that applies to ``scope``: most dimensions win, then the stricter (design 3.6)."""
        chosen = {}
        for policy in self.active().filter(kind__in=kinds):
            if policy.matches(scope):
                rival = chosen.get(policy.kind)
                if rival is None or policy.rank > rival.rank:
                    chosen[policy.kind] = policy
        return chosen


class DeadlinePolicy(models.Model):
    """How long something may take, and who is told as the time runs out: data a manager edits.

    A case keeps a copy of the values it started with (``Deadline.policy_values``), so a change here never rewrites a
    running clock.
    """

    class Unit(models.TextChoices):
        MINUTE = "minute", _("minutes")
        HOUR = "hour", _("hours")
        DAY = "day", _("days")

    class Calendar(models.TextChoices):
        CLOCK = "clock", _("running hours")
        WORKING = "working", _("service hours")
        DAY = "day", _("calendar days")

    kind = models.SlugField(_("clock"), max_length=30)
    name = models.CharField(_("name"), max_length=80)
    value = models.PositiveIntegerField(_("value"))
    unit = models.CharField(_("unit"), max_length=10, choices=Unit.choices)
    calendar = models.CharField(_("calendar"), max_length=10, choices=Calendar.choices)
    scope = models.JSONField(_("applies to"), default=dict, blank=True)
    ladder = models.JSONField(_("warning ladder"), default=list, blank=True)
    pause_in = models.JSONField(_("stands still while"), default=list, blank=True)
    repeats = models.BooleanField(_("starts again when met"), default=False)
    active = models.BooleanField(_("active"), default=True)
    preset = models.SlugField(_("trade preset"), max_length=20, blank=True)
    cites = models.CharField(_("source"), max_length=80, blank=True)

    objects = DeadlinePolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("deadline policy")
        verbose_name_plural = _("deadline policies")

    def __str__(self):
        return self.name

    @property
    def length(self):
        """How long in words, in the reader's language: 72 hours, 1 day."""
        return moments.amount(self.value, self.unit)

    def matches(self, scope):
        return all(scope.get(dimension) == code for dimension, code in self.scope.items())

    @property
    def rank(self):
        """Narrower first, then shorter; the id settles what is equal."""
        minutes = self.value * {"minute": 1, "hour": 60, "day": 1440}[self.unit]
        return (len(self.scope), -minutes, -self.pk)

    def frozen(self):
        """The values a case takes along."""
        return {
            "policy": self.pk,
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "calendar": self.calendar,
            "ladder": self.ladder or DEFAULT_LADDER,
            "pause_in": self.pause_in,
            "repeats": self.repeats,
        }


class DeadlineQuerySet(VisibleQuerySet):
    def open(self):
        return self.filter(met_at__isnull=True, ended_at__isnull=True)

    def running(self):
        return self.open().filter(due_at__isnull=False)

    def due(self, now):
        """Whose next step of the ladder has come."""
        return self.filter(next_at__lte=now, met_at__isnull=True, ended_at__isnull=True)

    def with_customer(self):
        """With the customer of the matter, and nothing else of it."""
        return self.annotate(customer_id=F("matter__customer_id"))

    def note_steps(self, deadlines):
        """Store ``next_step``, ``next_at`` and ``breached_at`` of all of them: one UPDATE from one value.

        It takes a tenth of the time of bulk_update, which writes a CASE for each row.
        """
        rows = [(row.pk, row.next_step, row.next_at, row.breached_at) for row in deadlines]
        noted, given = bulk.table(rows, pk="integer", step="integer", following="moment", broken="moment")
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE workflow_deadline SET next_step = step, next_at = following, breached_at = broken "  # noqa: S608
                f"FROM {noted} WHERE workflow_deadline.id = given.pk",
                [given],
            )

    def meet(self, record, kinds, now):
        """Mark the open clocks of these kinds as kept at ``now``; one met after its time was broken at that time.

        It is broken even if the sweep had not come by yet (threats 21). Written out because every act of a complaint
        passes here, and composing the statement takes Django far longer than the database takes to run it.
        """
        moment = connection.ops.adapt_datetimefield_value(now)
        kind = ContentType.objects.get_for_model(type(record))
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE workflow_deadline SET met_at = %s, next_at = NULL, breached_at = "  # noqa: S608 (places only)
                "CASE WHEN breached_at IS NULL AND due_at <= %s THEN due_at ELSE breached_at END "
                "WHERE subject_type_id = %s AND subject_id = %s AND met_at IS NULL AND ended_at IS NULL "
                f"AND kind IN ({', '.join(['%s'] * len(kinds))})",
                [moment, moment, kind.pk, record.pk, *kinds],
            )

    def of(self, record):
        return self.filter(subject_type=ContentType.objects.get_for_model(type(record)), subject_id=record.pk)


class Deadline(models.Model):
    """A promise of time on one record: by when, what warns before it, and whether it was kept.

    ``next_at`` is the next step of the ladder (design 3.6). Both it and ``due_at`` are empty while the clock is paused.
    """

    matter = models.ForeignKey("workflow.Matter", models.PROTECT, related_name="deadlines", null=True, blank=True)
    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    subject_id = models.PositiveBigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    kind = models.SlugField(_("clock"), max_length=30)
    cycle = models.PositiveSmallIntegerField(_("cycle"), default=1)
    policy_values = models.JSONField(default=dict)
    started_at = models.DateTimeField(_("started at"))
    due_at = models.DateTimeField(_("due at"), null=True, blank=True)
    next_step = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(_("paused at"), null=True, blank=True)
    met_at = models.DateTimeField(_("met at"), null=True, blank=True)
    breached_at = models.DateTimeField(_("breached at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "kind", "cycle"], name="one_clock_per_subject_kind_and_cycle"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"],
                condition=Q(met_at__isnull=True, ended_at__isnull=True),
                name="open_deadlines_by_next",
            ),
            models.Index(
                fields=["due_at", "id"],
                condition=Q(met_at__isnull=True, ended_at__isnull=True),
                name="open_deadlines_by_due",
            ),
            models.Index(
                fields=["matter"],
                condition=Q(met_at__isnull=True, ended_at__isnull=True),
                name="open_deadlines_of_matter",
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.cycle}"

    @property
    def is_open(self):
        return self.met_at is None and self.ended_at is None

    @property
    def is_paused(self):
        return self.is_open and self.due_at is None

    def state(self, now):
        """``met``, ``ended``, ``paused``, ``late``, ``soon`` (past the warning step) or ``running``."""
        if self.met_at:
            return "late" if self.breached_at else "met"
        if self.ended_at:
            return "ended"
        if self.due_at is None:
            return "paused"
        if now >= self.due_at:
            return "late"
        return "soon" if self.share(now) >= 0.8 else "running"

    def share(self, now):
        """How much of the time is used up, from 0 to 1."""
        if self.due_at is None or self.due_at <= self.started_at:
            return 0.0
        return max(0.0, min(1.0, (now - self.started_at) / (self.due_at - self.started_at)))

    @property
    def ladder(self):
        return self.policy_values.get("ladder") or DEFAULT_LADDER

    def step_at(self, index) -> datetime | None:
        """When step ``index`` of the ladder comes; steps past 1 lie beyond the due time by the same measure."""
        if self.due_at is None or index >= len(self.ladder):
            return None
        return self.started_at + (self.due_at - self.started_at) * self.ladder[index]["at"]

    def climb(self):
        """Go on to the next step of the ladder."""
        self.next_step += 1
        self.next_at = self.step_at(self.next_step)
