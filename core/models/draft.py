"""What somebody has begun to write."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

MOST_BYTES = 64 * 1024
MOST_PER_USER = 200
KEPT = timedelta(days=60)


class DraftQuerySet(models.QuerySet):
    def keep(self, user, key, data, now):
        """Store what this user has typed under the key; beyond MOST_PER_USER drafts the oldest are dropped."""
        draft, created = self.update_or_create(user=user, key=key, defaults={"data": data, "updated_at": now})
        if created:
            oldest = self.filter(user=user).order_by("-updated_at", "-pk").values("pk")[MOST_PER_USER:]
            self.filter(pk__in=list(oldest.values_list("pk", flat=True))).delete()
        return draft

    def forget_old(self, now):
        """Delete what nobody has come back to: drafts hold names and telephone numbers."""
        return self.filter(updated_at__lt=now - KEPT).delete()[0]


class Draft(models.Model):
    """A form half filled in, kept for its writer until it is sent, also when the tab closes or the session ends."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("user"), related_name="drafts")
    key = models.CharField(_("form"), max_length=120)
    data = models.JSONField(_("fields"))
    updated_at = models.DateTimeField(_("last typed"))

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_draft_per_user_and_form")]

    def __str__(self):
        return self.key
