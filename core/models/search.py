"""What can be found by typing words, numbers or the end of a telephone number. How is in core/search.py."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.fields import TokensField
from core.visibility import VisibleQuerySet


class SearchEntry(models.Model):
    """The words of one record, cut into the pieces the database has an index on.

    customer_id and region_id are copies without a foreign key: core knows no app of ours. An entry without a region is
    seen only by those who see everything.
    """

    kind = models.CharField(_("kind"), max_length=32)
    object_id = models.BigIntegerField(_("record"))
    customer_id = models.BigIntegerField(_("customer"), null=True)
    region_id = models.BigIntegerField(_("region"), null=True)
    at = models.DateTimeField(_("date"))
    text = models.TextField(_("text"))
    tokens = TokensField()

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("search entry")
        verbose_name_plural = _("search entries")
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="one_search_entry_per_record")]
        indexes = [
            models.Index(fields=["at", "id"], name="search_newest"),
            models.Index(fields=["region_id", "at", "id"], name="search_newest_of_region"),
            models.Index(fields=["customer_id"], name="search_of_customer"),
        ]

    def __str__(self):
        return f"{self.kind} {self.object_id}"
