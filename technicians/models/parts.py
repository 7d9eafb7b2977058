"""What a work order gathers on its way: its crew, who was there, what was used, what was explained."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import PriceItem
from technicians.models.technician import Technician

User = settings.AUTH_USER_MODEL


class CrewMember(models.Model):
    """One who was sent to an order; whoever was taken off it keeps his row, with the time (S3-30)."""

    order = models.ForeignKey("technicians.WorkOrder", models.CASCADE, related_name="crew")
    technician = models.ForeignKey(Technician, models.PROTECT, related_name="jobs")
    leads = models.BooleanField(pgettext_lazy("crew", "leads"), default=False)
    slip = models.PositiveSmallIntegerField(pgettext_lazy("crew", "slip no."))
    assigned_at = models.DateTimeField(pgettext_lazy("crew", "sent at"))
    released_at = models.DateTimeField(pgettext_lazy("crew", "taken off at"), null=True, blank=True)

    class Meta:
        verbose_name = _("crew member")
        verbose_name_plural = _("crew")
        ordering = ["slip", "-leads", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "technician"], condition=Q(released_at=None), name="one_place_in_a_crew"
            ),
            models.UniqueConstraint(
                fields=["order"], condition=Q(released_at=None, leads=True), name="one_leader_of_a_crew"
            ),
        ]
        indexes = [
            models.Index(fields=["technician", "order"], condition=Q(released_at=None), name="orders_of_technician")
        ]

    def __str__(self):
        return str(self.technician)


class PreferredWindow(models.Model):
    """When it suits the customer (S0-29, S0-58, S3-08)."""

    order = models.ForeignKey("technicians.WorkOrder", models.CASCADE, related_name="preferred")
    starts_at = models.DateTimeField(pgettext_lazy("window", "from"))
    ends_at = models.DateTimeField(pgettext_lazy("window", "until"))

    class Meta:
        verbose_name = _("preferred time")
        verbose_name_plural = _("preferred times")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("starts_at")), name="preferred_window_ends_after_it_begins"
            )
        ]

    def __str__(self):
        return f"{self.starts_at} – {self.ends_at}"

    def holds(self, starts_at, ends_at):
        return self.starts_at <= starts_at and ends_at <= self.ends_at


class Attendance(models.Model):
    """Somebody of ours was with the customer: at which visit, as what (S0-13, S3-08)."""

    class Capacity(models.TextChoices):
        TECHNICIAN = "technician", pgettext_lazy("attendance", "technician")
        SUPERVISOR = "supervisor", pgettext_lazy("attendance", "supervisor")

    order = models.ForeignKey("technicians.WorkOrder", models.CASCADE, related_name="attendances")
    visit = models.PositiveSmallIntegerField(pgettext_lazy("attendance", "visit no."))
    user = models.ForeignKey(User, models.PROTECT, verbose_name=_("person"), related_name="+")
    capacity = models.CharField(pgettext_lazy("attendance", "as"), max_length=12, choices=Capacity)
    at = models.DateTimeField(pgettext_lazy("attendance", "at"))

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        ordering = ["visit", "pk"]
        constraints = [models.UniqueConstraint(fields=["order", "visit", "user"], name="one_attendance_a_visit")]
        indexes = [models.Index(fields=["at", "order"], name="attendances_by_day")]

    def __str__(self):
        return f"{self.user} {self.get_capacity_display()}"


class PartUsed(models.Model):
    """A part that went into the job, from the price list or in words (S2-142)."""

    order = models.ForeignKey("technicians.WorkOrder", models.CASCADE, related_name="parts_used")
    item = models.ForeignKey(
        PriceItem, models.PROTECT, verbose_name=pgettext_lazy("part", "part"), related_name="+", null=True, blank=True
    )
    name = models.CharField(pgettext_lazy("part", "name"), max_length=80)
    quantity = models.DecimalField(
        pgettext_lazy("part", "quantity"),
        max_digits=8,
        decimal_places=2,
        default=Decimal(1),
        validators=[MinValueValidator(Decimal("0.01"))],
    )
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("part used")
        verbose_name_plural = _("parts used")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="part_used_is_some")]

    def __str__(self):
        return self.name


class OrderExplanation(models.Model):
    """Why it takes longer, told the customer with a definite time; the older ones stay (S2-118, S3-22)."""

    order = models.ForeignKey("technicians.WorkOrder", models.CASCADE, related_name="explanations")
    reason = models.TextField(_("reason"))
    settled_by = models.DateTimeField(pgettext_lazy("explanation", "settled by"))
    addressee = models.CharField(pgettext_lazy("explanation", "addressed to"), max_length=60)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("written explanation")
        verbose_name_plural = _("written explanations")
        ordering = ["pk"]

    def __str__(self):
        return f"{self.order} → {self.settled_by:%Y-%m-%d}"


class DispatchRule(models.Model):
    """A rule of dispatching and of work on site that a company may switch off (S2-124)."""

    class Code(models.TextChoices):
        CERTIFICATE = "certificate", pgettext_lazy("dispatch rule", "an expired certificate holds dispatch")
        SKILL = "skill", pgettext_lazy("dispatch rule", "a missing skill holds dispatch")
        EVIDENCE = "evidence", pgettext_lazy("dispatch rule", "work begins after a photo of what there is")

    code = models.CharField(_("rule"), max_length=20, choices=Code, unique=True)
    active = models.BooleanField(_("in force"), default=True)

    class Meta:
        verbose_name = _("rule of dispatching")
        verbose_name_plural = _("rules of dispatching")

    def __str__(self):
        return self.get_code_display()

    @classmethod
    def holds(cls, code):
        """Whether the rule is in force; it is unless it was switched off."""
        return not cls.objects.filter(code=code, active=False).exists()
