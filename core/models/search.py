"""What can be found by typing words, numbers, names or the end of a telephone number. How is in core/search."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.fields import TokensField
from core.visibility import VisibleQuerySet


class SearchEntry(models.Model):
    """The words of one record, cut into the pieces the database has an index on.

    customer_id and region_id are copies without a foreign key: core knows no app of ours. An entry without a region is
    seen only by those who see everything. ``personal`` are names, addresses and telephone numbers, found by those alone
    who may see personal data. ``cut`` is the way of cutting the entry was made by (core.search.CUT).
    """

    kind = models.CharField(_("kind"), max_length=32)
    object_id = models.BigIntegerField(_("record"))
    customer_id = models.BigIntegerField(_("customer"), null=True)
    region_id = models.BigIntegerField(_("region"), null=True)
    at = models.DateTimeField(_("date"))
    ended = models.BooleanField(pgettext_lazy("record", "ended"), default=False)
    text = models.TextField(_("text"), default="")
    personal = models.TextField(_("personal data"))
    tokens = TokensField()
    cut = models.PositiveSmallIntegerField(default=0)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("search entry")
        verbose_name_plural = _("search entries")
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="one_search_entry_per_record")]
        indexes = [
            # The order in which they are shown, of all and of one region.
            models.Index(fields=["kind", "ended", "-at", "-id"], name="search_open_newest"),
            models.Index(fields=["region_id", "kind", "ended", "-at", "-id"], name="search_of_region"),
            models.Index(fields=["customer_id"], name="search_of_customer"),
            models.Index(fields=["cut"], name="search_cut"),
        ]

    def __str__(self):
        return f"{self.kind} {self.object_id}"
