"""Records that people edit by forms: each saved edit has a version, a moment and an author."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


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
