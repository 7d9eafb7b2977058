"""What hangs on a follow-up call: why it is made, every attempt, what was said, whom it praises, what it leaves to do."""

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Region
from callbacks.models import choices
from callbacks.models.rules import CallTemplate
from cases.models.choices import Area
from core.versions import Submitted
from core.visibility import VisibleQuerySet
from customers.models import Customer, Phone


class Campaign(Submitted):
    """A list of customers to be called for one purpose: handed out by the specialist or themed (S2-02, S2-160)."""

    name = models.CharField(pgettext_lazy("campaign", "name"), max_length=60)
    kind = models.CharField(
        _("kind"), max_length=12, choices=choices.CampaignKind.choices, default=choices.CampaignKind.HAND_OUT
    )
    script = models.CharField(
        _("conversation"), max_length=10, choices=choices.Script.choices, default=choices.Script.PRODUCT
    )
    opening = models.CharField(
        _("occasion in a sentence"), max_length=200, blank=True, help_text=_("What the caller says it is about.")
    )
    begins_on = models.DateField(_("calls from"))
    ends_on = models.DateField(_("calls until"))
    caller = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=pgettext_lazy("of follow-up calls", "caller"),
        related_name="+",
        null=True,
        blank=True,
    )
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="+")
    chosen_by = models.JSONField(_("chosen by"), default=dict)  # the filter, as codes
    created_at = models.DateTimeField(_("created at"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("call list")
        verbose_name_plural = _("call lists")
        indexes = [models.Index(fields=["-created_at", "-id"], name="campaigns_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("begins_on")),
                name="campaign_ends_after_it_begins",
                violation_error_message=_("The last day lies before the first."),
            )
        ]

    def __str__(self):
        return self.name


class CallReason(models.Model):
    """Why a call is made; a merged call has several. One row per occasion, subject, step and cycle, for ever (X21)."""

    call = models.ForeignKey("callbacks.FollowUpCall", models.CASCADE, related_name="reasons")
    trigger = models.CharField(max_length=10, choices=choices.Trigger.choices)
    template = models.ForeignKey(CallTemplate, models.PROTECT, related_name="+")
    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    subject_id = models.PositiveBigIntegerField()
    cycle = models.PositiveIntegerField(default=1)
    anchor_on = models.DateField()
    due_on = models.DateField()
    satisfied_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("reason of a call")
        verbose_name_plural = _("reasons of calls")
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "template", "cycle"], name="one_call_per_occasion"
            )
        ]
        indexes = [models.Index(fields=["call"], name="reasons_of_call")]

    def __str__(self):
        return str(self.template)


class CallAttempt(models.Model):
    """One dialling; going on at another number is a further attempt of the same call (S0-66)."""

    call = models.ForeignKey("callbacks.FollowUpCall", models.CASCADE, related_name="attempts")
    no = models.PositiveSmallIntegerField()
    number = models.CharField(_("number"), max_length=30, blank=True)
    kind = models.CharField(_("kind of number"), max_length=10, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    begun_at = models.DateTimeField(_("begun at"))
    ended_at = models.DateTimeField(_("ended at"), null=True)
    outcome = models.CharField(
        _("outcome"), max_length=16, choices=choices.Outcome.choices, default=choices.Outcome.TALKING
    )

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["no"]
        constraints = [models.UniqueConstraint(fields=["call", "no"], name="attempts_are_counted")]

    def __str__(self):
        return f"{self.no} {self.get_outcome_display()}"


class CallAnswer(models.Model):
    """Something the customer said, under the side of our work it is about (S0-42, S0-45, S0-50)."""

    call = models.ForeignKey("callbacks.FollowUpCall", models.CASCADE, related_name="answers")
    area = models.CharField(_("side of our work"), max_length=20, choices=Area.choices)
    tone = models.CharField(_("kind"), max_length=10, choices=choices.Tone.choices)
    text = models.TextField(_("what was said"), max_length=2000)
    reply = models.TextField(_("what was answered"), max_length=2000, blank=True)
    settled = models.BooleanField(_("settled in the call"), null=True)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["pk"]
        indexes = [models.Index(fields=["call"], name="answers_of_call")]

    def __str__(self):
        return self.text[:40]


class Commendation(models.Model):
    """Who was praised, for what, by which customer: reported to the leaders (S0-54, S0-62)."""

    call = models.ForeignKey("callbacks.FollowUpCall", models.PROTECT, related_name="commendations")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("colleague praised"), related_name="+",
        null=True, blank=True,
    )  # fmt: skip
    name = models.CharField(_("praised, as the customer called him"), max_length=60, blank=True)
    words = models.TextField(_("praised for"), max_length=1000)
    at = models.DateTimeField(_("at"))
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("commendation")
        verbose_name_plural = _("commendations")
        indexes = [
            models.Index(fields=["-at", "-id"], name="commendations_newest"),
            models.Index(fields=["region", "-at", "-id"], name="commendations_of_region"),
        ]

    def __str__(self):
        return str(self.person or self.name or self.words[:20])


class NumberTask(models.Model):
    """A number that leads nowhere or to somebody else: somebody has to find the right one (S0-69)."""

    call = models.ForeignKey("callbacks.FollowUpCall", models.PROTECT, related_name="number_tasks")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="number_tasks")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    phone = models.ForeignKey(Phone, models.SET_NULL, related_name="+", null=True)
    outcome = models.CharField(max_length=16, choices=choices.Outcome.choices)
    raised_at = models.DateTimeField(_("raised at"))
    done_at = models.DateTimeField(_("done at"), null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    result = models.CharField(_("result"), max_length=200, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("number to be found out")
        verbose_name_plural = _("numbers to be found out")
        indexes = [
            models.Index(fields=["raised_at", "id"], condition=Q(done_at__isnull=True), name="number_tasks_open"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "phone"], condition=Q(done_at__isnull=True), name="one_open_task_per_number"
            )
        ]

    def __str__(self):
        return self.get_outcome_display()


class CallWeek(models.Model):
    """A caller's calls of one week as they went to the specialist, counted when they were sent (S2-07)."""

    caller = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="call_weeks")
    monday = models.DateField(_("week from"))
    submitted_at = models.DateTimeField(_("submitted at"))

    class Meta:
        verbose_name = _("week of calls")
        verbose_name_plural = _("weeks of calls")
        constraints = [models.UniqueConstraint(fields=["caller", "monday"], name="one_batch_per_caller_and_week")]

    def __str__(self):
        return f"{self.caller} {self.monday}"
