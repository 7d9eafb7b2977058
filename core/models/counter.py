"""Rows that only count."""

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import editions


class Counter(models.Model):
    """How many numbers of one series were given out; core/numbers.py gives them."""

    series = models.CharField(_("series"), max_length=32, primary_key=True)
    value = models.BigIntegerField(_("last number given"), default=0)

    class Meta:
        verbose_name = _("counter")
        verbose_name_plural = _("counters")

    def __str__(self):
        return f"{self.series}: {self.value}"


class EditionQuerySet(models.QuerySet):
    def bump(self, name):
        """Say that the tables of this name have changed: this process forgets its copy, others see the new number."""
        if not self.filter(name=name).update(number=F("number") + 1):
            self.bulk_create(
                [Edition(name=name, number=1)], update_conflicts=True, unique_fields=["name"], update_fields=["number"]
            )
        editions.changed_here(name)


class Edition(models.Model):
    """Which edition of a slow-changing set of tables is current, so that processes may keep a copy in memory."""

    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=32, primary_key=True)
    number = models.BigIntegerField(_("number"), default=1)

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")

    def __str__(self):
        return f"{self.name} {self.number}"
