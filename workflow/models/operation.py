from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import writing


class OperationQuerySet(models.QuerySet):
    def claim(self, operation):
        """Store the operation unless its id was used before; True when it is new.

        One statement instead of a look-up and an insert: every act passes here.
        """
        return writing.insert(operation, "ON CONFLICT (op) DO NOTHING")


class Operation(models.Model):
    """One press of a button, named by the form's ``op``: sent again it gives the same answer and has no second effect.

    The row is written in the transaction of the act itself (design 3.3; threats 1, 15–17).
    """

    op = models.UUIDField(unique=True)
    caller = models.CharField(max_length=80)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    verb = models.CharField(max_length=40)
    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    subject_id = models.PositiveBigIntegerField()
    body_hash = models.CharField(max_length=64)
    result = models.JSONField(default=dict)
    # The version the record had after this act: what a later act queued behind it may build on (``after``).
    version = models.PositiveIntegerField(null=True)
    at = models.DateTimeField(default=timezone.now)

    objects = OperationQuerySet.as_manager()

    class Meta:
        verbose_name = _("operation")
        verbose_name_plural = _("operations")

    def __str__(self):
        return f"{self.verb} {self.op}"
