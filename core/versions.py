"""Records that people edit by forms: each saved edit has a version, a moment and an author."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Submitted(models.Model):
    """A record made by a form: ``op`` is the submission that made it, ``sent`` a fingerprint of the words in it.

    A form sent twice makes one record, and is not taken for that record when it says something else (threats 15–17).
    """

    op = models.UUIDField(null=True, unique=True, editable=False)
    sent = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)

    class Meta:
        abstract = True


class Versioned(models.Model):
    """``version`` rises with each saved edit, so that a form opened before it is refused, not believed (threats 3)."""

    version = models.PositiveIntegerField(default=1, editable=False)
    changed_at = models.DateTimeField(_("changed at"), default=timezone.now, editable=False)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("changed by"),
        null=True,
        editable=False,
        related_name="+",
    )

    class Meta:
        abstract = True

    def save_edit(self, *, by, fields=()):
        """Save what a person changed; ``fields`` are the names of what differs. The row must be locked."""
        self.version += 1
        self.changed_at, self.changed_by = timezone.now(), by
        self.save()
