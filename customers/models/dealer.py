from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Region


class Dealer(models.Model):
    """A shop or dealer that sold the goods and is told how its customers fare."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    region = models.ForeignKey(
        Region,
        models.PROTECT,
        verbose_name=_("region"),
        related_name="dealers",
        null=True,
        blank=True,
    )
    contact = models.CharField(_("contact person"), max_length=60, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("dealer")
        verbose_name_plural = _("dealers")
        ordering = ["name"]

    def __str__(self):
        return self.name
