from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.models.choices import ServiceKind


class Remedy(models.TextChoices):
    """What can be done about it, mildest first: the ladder of S3-145, then money and the rest (S0-09, S3-109)."""

    ADVICE = "advice", _("explanation or advice")
    SMALL_PART = "small_part", _("small part by post, customer fits it")
    TOUCH_UP = "touch_up", _("touch-up")
    REPAIR = "repair", pgettext_lazy("remedy", "repair visit")
    PART = "part", _("part resent")
    REPLACEMENT = "replacement", _("whole item replaced")
    REFUND = "refund", pgettext_lazy("remedy", "refund")
    DIFFERENCE = "difference", _("price difference")
    CASH = "cash", _("compensation in money")
    GIFT = "gift", _("gift")


LADDER = (Remedy.TOUCH_UP, Remedy.REPAIR, Remedy.PART, Remedy.REPLACEMENT)
GOODS_AND_WORK = frozenset({Remedy.SMALL_PART, *LADDER})
MONEY = frozenset({Remedy.REFUND, Remedy.DIFFERENCE, Remedy.CASH})
ON_SITE = frozenset({Remedy.TOUCH_UP, Remedy.REPAIR})


class RaisedBy(models.TextChoices):
    """Who first spoke of money (S3-146, X10)."""

    NOBODY = "nobody", pgettext_lazy("raised by", "nobody")
    CUSTOMER = "customer", pgettext_lazy("raised by", "the customer")
    COMPANY = "company", _("our side")


def skipped_rungs(remedies):
    """Which milder rungs of the remedy ladder a set of options leaves out (S3-145)."""
    reached = [LADDER.index(remedy) for remedy in remedies if remedy in LADDER]
    if not reached:
        return []
    return [rung for rung in LADDER[: max(reached)] if rung not in remedies]


class PlanOption(models.Model):
    """One way to settle a complaint, with its steps and its cost; the leader sees all and selects one (S2-178, S2-179)."""

    complaint = models.ForeignKey("cases.Complaint", models.CASCADE, related_name="options")
    # Plans are never overwritten: each round of proposing has a number of its own (S1-29).
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    remedy = models.CharField(_("remedy"), max_length=20, choices=Remedy.choices)
    service_kind = models.CharField(_("service"), max_length=20, choices=ServiceKind.choices, blank=True)
    steps = models.TextField(_("steps"), help_text=_("What will be done, in what order, by whom."))
    cost = models.DecimalField(
        _("estimated cost"), max_digits=12, decimal_places=2, validators=[MinValueValidator(Decimal(0))]
    )
    compensation = models.DecimalField(
        _("money to the customer"),
        max_digits=12,
        decimal_places=2,
        default=Decimal(0),
        validators=[MinValueValidator(Decimal(0))],
    )
    charge = models.DecimalField(
        _("the customer pays"),
        max_digits=12,
        decimal_places=2,
        default=Decimal(0),
        validators=[MinValueValidator(Decimal(0))],
    )
    days = models.PositiveSmallIntegerField(_("days needed"), null=True, blank=True)
    raised_by = models.CharField(
        _("who first spoke of money"), max_length=10, choices=RaisedBy.choices, default=RaisedBy.NOBODY
    )
    skip_reason = models.CharField(_("why nothing milder"), max_length=200, blank=True)
    standard_plan = models.ForeignKey("cases.StandardPlan", models.PROTECT, null=True, blank=True, related_name="+")
    selected = models.BooleanField(_("selected"), default=False)
    # The leader lets the customer take this one instead of the selected one (S2-184).
    offered = models.BooleanField(_("the customer may choose it"), default=False)
    customers_choice = models.BooleanField(_("the customer's choice"), default=False)
    instruction = models.TextField(_("leader's instruction"), blank=True)
    selected_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    selected_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("plan option")
        verbose_name_plural = _("plan options")
        ordering = ["round", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["complaint", "round"], condition=models.Q(selected=True), name="one_option_selected_a_round"
            ),
            models.CheckConstraint(
                condition=models.Q(cost__gte=0, compensation__gte=0, charge__gte=0), name="option_amounts_not_negative"
            ),
        ]

    def __str__(self):
        return self.get_remedy_display()

    @property
    def gives_money(self):
        return self.remedy in MONEY or self.compensation > 0


class StandardPlanQuerySet(models.QuerySet):
    def usable(self):
        return self.filter(active=True, approved_at__isnull=False)

    def for_complaint(self, complaint):
        """Those approved for the complaint's class (or for any) and its remedy level."""
        plans = self.usable().filter(models.Q(klass=complaint.klass) | models.Q(klass__isnull=True))
        return plans.filter(level=complaint.remedy_level) if complaint.remedy_level else plans


class StandardPlan(models.Model):
    """A plan approved beforehand for small troubles: proposed, approved and accepted in one act (S3-88 levels 3 and 4)."""

    name = models.CharField(_("name"), max_length=80)
    klass = models.ForeignKey(
        "cases.ComplaintClass",
        models.PROTECT,
        verbose_name=_("class"),
        null=True,
        blank=True,
        related_name="standard_plans",
    )
    level = models.PositiveSmallIntegerField(_("remedy level"), choices=[(3, "3"), (4, "4")])
    remedy = models.CharField(_("remedy"), max_length=20, choices=Remedy.choices)
    service_kind = models.CharField(_("service"), max_length=20, choices=ServiceKind.choices, blank=True)
    steps = models.TextField(_("steps"))
    cost = models.DecimalField(
        _("estimated cost"),
        max_digits=12,
        decimal_places=2,
        default=Decimal(0),
        validators=[MinValueValidator(Decimal(0))],
    )
    needs_visit = models.BooleanField(_("somebody has to go there"), default=False)
    active = models.BooleanField(_("active"), default=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)

    objects = StandardPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("standard plan")
        verbose_name_plural = _("standard plans")
        permissions = [("approve_standardplan", _("Can approve standard plans"))]
        constraints = [
            models.CheckConstraint(condition=models.Q(level__in=[3, 4]), name="standard_plans_are_for_small_troubles")
        ]

    def __str__(self):
        return self.name
