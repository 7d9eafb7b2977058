"""How long, from when and for what goods are repaired free of charge (S3-14, S3-25, S3-107, S3-108)."""

import calendar
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from customers.models.product import ProductGroup


def add_months(day, months):
    """The same day of the month so many months on, clamped to that month's end."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    month += 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


@dataclass(frozen=True)
class WarrantyState:
    """Whether a card is in warranty on a day: ``state`` in, out, excluded or unknown; ``ends_on`` its last day."""

    state: str
    ends_on: date | None = None
    reason: str = ""

    LABELS = {
        "in": _("In warranty"),
        "out": _("Out of warranty"),
        "excluded": _("Not covered"),
        "unknown": _("Warranty unknown"),
    }

    @property
    def label(self):
        return self.LABELS[self.state]

    @property
    def is_covered(self):
        return self.state == "in"


class WarrantyPlanQuerySet(models.QuerySet):
    def promised(self, group, *, on):
        """The plan in force for a product group on a day: of the nearest group of its lineage, the latest."""
        lineage = [ancestor.pk for ancestor in group.lineage()]
        plans = self.filter(group__in=lineage, since__lte=on)
        return min(
            plans,
            key=lambda plan: (lineage.index(plan.group_id), -plan.since.toordinal()),
            default=None,
        )

    def promises(self):
        """The same for many cards: ``promised(group key, day)`` from two queries made now."""
        parents = dict(ProductGroup.objects.values_list("pk", "parent_id"))
        plans = {}
        for plan in self.order_by("group", "-since"):
            plans.setdefault(plan.group_id, []).append(plan)

        def promised(group, on):
            passed = set()
            while group is not None and group not in passed:
                passed.add(group)
                plan = next((plan for plan in plans.get(group, ()) if plan.since <= on), None)
                if plan is not None:
                    return plan
                group = parents.get(group)
            return None

        return promised


class WarrantyPlan(models.Model):
    """What is promised for a product group from a date on.

    A card keeps the plan that was promised when it was registered. To promise something else from now on, add a plan
    with a later ``since``; correcting a plan corrects every card that has it, and the correction stays in its history.
    """

    class StartEvent(models.TextChoices):
        ACCEPTED = "accepted", _("acceptance by the customer")
        INSTALLED = "installed", pgettext_lazy("warranty", "installation")
        BOUGHT = "bought", pgettext_lazy("warranty", "purchase")
        DELIVERED = "delivered", pgettext_lazy("warranty", "delivery")

    name = models.CharField(_("name"), max_length=60)
    group = models.ForeignKey(
        ProductGroup,
        models.CASCADE,
        verbose_name=_("product group"),
        related_name="plans",
    )
    months = models.PositiveSmallIntegerField(_("months"))
    start_event = models.CharField(
        _("counted from"),
        max_length=10,
        choices=StartEvent.choices,
        default=StartEvent.ACCEPTED,
    )
    since = models.DateField(_("promised since"), default=date(2000, 1, 1))
    terms = models.TextField(
        pgettext_lazy("warranty", "terms"),
        blank=True,
        help_text=_("What is not covered: wear, misuse, own alterations …"),
    )
    history = HistoricalRecords()

    objects = WarrantyPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("warranty plan")
        verbose_name_plural = _("warranty plans")
        ordering = ["group", "-since"]
        constraints = [models.UniqueConstraint(fields=["group", "since"], name="one_warranty_plan_per_group_and_date")]

    def __str__(self):
        return self.name


class WarrantyCoverage(models.Model):
    """One line of a plan's coverage table: a fault, a part or a charge with its own length, or excluded (S3-25)."""

    class Kind(models.TextChoices):
        FAULT = "fault", pgettext_lazy("warranty", "fault")
        PART = "part", pgettext_lazy("warranty", "part")
        CHARGE = "charge", pgettext_lazy("warranty", "charge")

    plan = models.ForeignKey(
        WarrantyPlan,
        models.CASCADE,
        verbose_name=_("warranty plan"),
        related_name="coverage",
    )
    kind = models.CharField(_("kind"), max_length=6, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=60)
    covered = models.BooleanField(pgettext_lazy("warranty", "covered"), default=True)
    months = models.PositiveSmallIntegerField(
        _("months"), null=True, blank=True, help_text=_("Empty: as long as the plan.")
    )

    class Meta:
        verbose_name = _("covered by warranty")
        verbose_name_plural = _("covered by warranty")
        ordering = ["kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "kind", "name"],
                name="one_coverage_line_per_plan_and_name",
            ),
        ]

    def __str__(self):
        return self.name
