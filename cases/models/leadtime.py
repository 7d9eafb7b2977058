"""How long goods take to leave us now, by product line: what is consulted before a date is promised (S3-117 … S3-119)."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models.product import ProductGroup

MONTH = timedelta(days=31)


class LeadTimeQuerySet(models.QuerySet):
    def stale(self, today):
        """Those nobody looked at for a month (S3-119)."""
        return self.filter(evaluated_on__lt=today - MONTH)

    def by_group(self):
        """Key of the product group → its row; None → the row of everything else."""
        return {row.group_id: row for row in self}

    def of(self, products):
        """The row that says most days of those for these products; None where none is kept."""
        rows = self.by_group()
        found = [_nearest(product, rows) for product in products]
        return max((row for row in found if row is not None), key=lambda row: row.days, default=None)


def _nearest(product, rows):
    """The row of a product's group, else of what that is part of, else the general one."""
    return next((rows[group.pk] for group in product.group.lineage() if group.pk in rows), rows.get(None))


class LeadTime(models.Model):
    """The present lead time of one product line, who evaluated it last and when (公司售后注意事项)."""

    group = models.OneToOneField(
        ProductGroup, models.PROTECT, verbose_name=_("product line"), related_name="+", null=True, blank=True
    )
    days = models.PositiveSmallIntegerField(_("days until it leaves us"), help_text=_("Calendar days from the order."))
    note = models.CharField(pgettext_lazy("lead time", "how dispatch stands"), max_length=200, blank=True)
    evaluated_on = models.DateField(_("evaluated on"))
    evaluated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("evaluated by"), related_name="+", null=True
    )

    objects = LeadTimeQuerySet.as_manager()

    class Meta:
        verbose_name = _("lead time")
        verbose_name_plural = _("lead times")
        constraints = [
            # NULL is no value to a unique column, so the general row is kept single by itself.
            models.UniqueConstraint(
                models.Value(1), condition=models.Q(group__isnull=True), name="one_general_lead_time"
            )
        ]

    def __str__(self):
        return str(self.group or _("everything else"))

    def is_stale(self, today):
        return self.evaluated_on < today - MONTH
