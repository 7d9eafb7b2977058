from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer


class MergeQuerySet(models.QuerySet):
    def standing(self):
        """Those that nobody has undone."""
        return self.filter(undone_at=None)

    def of_file(self, customer):
        """What was merged into a file and into the files merged into it, newest first."""
        return self.standing().filter(kept__root=customer.root_id).select_related("merged", "by").order_by("-pk")


class Merge(models.Model):
    """Two files are one person's: ``merged`` points to ``kept``, and what is on either counts for both (S1-74).

    ``taken``: field → what stood in the kept file (``before``) and what it took from the other (``after``), so that it
    can be undone. Personal data stand here alone; erasing the customer empties them.
    """

    kept = models.ForeignKey(Customer, models.PROTECT, verbose_name=_("kept file"), related_name="merges")
    merged = models.ForeignKey(Customer, models.PROTECT, verbose_name=_("merged file"), related_name="merged_by")
    kept_version = models.PositiveIntegerField(editable=False)
    merged_version = models.PositiveIntegerField(editable=False)
    taken = models.JSONField(default=dict, blank=True, editable=False)
    op = models.UUIDField(null=True, unique=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("merged by"), related_name="+")
    at = models.DateTimeField(_("merged at"), default=timezone.now)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("undone by"), related_name="+", null=True, blank=True
    )
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        constraints = [
            models.UniqueConstraint(fields=["merged"], condition=Q(undone_at=None), name="one_standing_merge_per_file"),
            models.CheckConstraint(condition=~Q(kept=F("merged")), name="merge_of_two_files"),
        ]

    def __str__(self):
        return f"{self.merged_id} → {self.kept_id}"


class NotTheSame(models.Model):
    """Somebody has looked: these two files are two people's. They are not proposed again."""

    one = models.ForeignKey(Customer, models.CASCADE, verbose_name=_("customer"), related_name="+")
    other = models.ForeignKey(Customer, models.CASCADE, verbose_name=_("customer"), related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("pair of two people")
        verbose_name_plural = _("pairs of two people")
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="one_row_per_pair"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="pair_in_key_order"),
        ]

    def __str__(self):
        return f"{self.one_id} ≠ {self.other_id}"
