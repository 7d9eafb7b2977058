"""Parcels of a return on their way, and what the goods looked like when they were examined."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.models.choices import Cause
from core.visibility import VisibleQuerySet
from returns.models import choices
from returns.models.policy import Carrier

User = settings.AUTH_USER_MODEL
SILENT_AFTER = timedelta(days=5)  # a parcel of which nothing was heard for so long is asked after (S2-25, S2-30)


class ParcelQuerySet(VisibleQuerySet):
    def on_the_way(self):
        return self.filter(arrived_at__isnull=True, ended_at__isnull=True)

    def silent(self, now):
        return self.on_the_way().filter(heard_at__lte=now - SILENT_AFTER)


class Parcel(models.Model):
    """Goods on their way back to us, or out to the customer (S2-25, S2-30, S2-107)."""

    class Direction(models.TextChoices):
        BACK = "back", _("back to us")
        OUT = "out", _("to the customer")

    class Trouble(models.TextChoices):
        NONE = "", "—"
        SILENT = "silent", _("no news")
        UNDELIVERABLE = "undeliverable", _("cannot be delivered")
        MISDELIVERED = "misdelivered", _("delivered to somebody else")
        BROKEN = "broken", pgettext_lazy("parcel", "broken")
        LOST = "lost", pgettext_lazy("parcel", "lost")

    request = models.ForeignKey("returns.ReturnRequest", models.CASCADE, related_name="parcels")
    region = models.ForeignKey("accounts.Region", models.PROTECT, related_name="+")
    direction = models.CharField(_("direction"), max_length=4, choices=Direction.choices)
    carrier = models.ForeignKey(Carrier, models.PROTECT, verbose_name=_("carrier"), related_name="+", null=True)
    number = models.CharField(_("waybill number"), max_length=40, blank=True)
    collect_on_delivery = models.BooleanField(_("charges to be collected"), default=False)
    trouble = models.CharField(_("trouble"), max_length=15, choices=Trouble.choices, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    difference = models.DecimalField(_("what the carrier costs more"), max_digits=8, decimal_places=2, default=0)
    difference_payer = models.CharField(_("who bears it"), max_length=10, choices=choices.Payer.choices, blank=True)
    sent_at = models.DateTimeField(_("sent at"), default=timezone.now)
    heard_at = models.DateTimeField(_("last heard of"), default=timezone.now)
    arrived_at = models.DateTimeField(_("arrived at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = ParcelQuerySet.as_manager()

    class Meta:
        verbose_name = _("parcel")
        verbose_name_plural = _("parcels")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["number"], name="parcels_by_number"),
            models.Index(
                fields=["heard_at", "id"],
                condition=Q(arrived_at__isnull=True, ended_at__isnull=True),
                name="parcels_on_the_way",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["carrier", "number"], condition=~Q(number=""), name="a_waybill_number_once_a_carrier"
            )
        ]

    def __str__(self):
        return f"{self.carrier or ''} {self.number}".strip()

    @property
    def is_on_the_way(self):
        return self.arrived_at is None and self.ended_at is None


class Inspection(models.Model):
    """What came of looking at the goods: the inspection report (S3-64, S3-80, S3-84)."""

    request = models.ForeignKey("returns.ReturnRequest", models.CASCADE, related_name="inspections")
    place = models.CharField(_("place"), max_length=120)
    on_site = models.BooleanField(_("on site"), default=False)
    traces = models.CharField(_("traces of use"), max_length=12, choices=choices.Traces.choices)
    cause = models.CharField(_("cause"), max_length=20, choices=Cause.choices)
    findings = models.TextField(_("findings"))
    by = models.ForeignKey(User, models.PROTECT, verbose_name=_("inspected by"), related_name="+", null=True)
    at = models.DateTimeField(_("inspected at"), default=timezone.now)
    passed = models.BooleanField(_("confirmed"), null=True)

    class Meta:
        verbose_name = _("inspection")
        verbose_name_plural = _("inspections")
        ordering = ["pk"]

    def __str__(self):
        return f"{self.request} {self.at:%Y-%m-%d}"
