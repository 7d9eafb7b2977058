"""Regions and departments: where people belong, and which unit can be made responsible."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.querysets import UnitQuerySet


class Region(models.Model):
    """A branch whose staff sees and works its own matters (S0-21)."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(pgettext_lazy("unit", "name"), max_length=60)
    hotline = models.CharField(_("hotline"), max_length=40, blank=True)
    active = models.BooleanField(pgettext_lazy("unit", "in use"), default=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        verbose_name = _("region")
        verbose_name_plural = _("regions")

    def __str__(self):
        return self.name


class Department(models.Model):
    """A unit of the company that can be made responsible for a matter, supervised by its manager (S1-08, S1-11)."""

    class Kind(models.TextChoices):
        SERVICE = "service", pgettext_lazy("department", "After-sales")
        COMPANY = "company", pgettext_lazy("department", "Rest of the company")

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(pgettext_lazy("unit", "name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.COMPANY)
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("manager"),
        related_name="managed_departments",
        null=True,
        blank=True,
    )
    active = models.BooleanField(pgettext_lazy("unit", "in use"), default=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering = ["-kind", "pk"]
        verbose_name = _("department")
        verbose_name_plural = _("departments")

    def __str__(self):
        return self.name
