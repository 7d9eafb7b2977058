"""A list as somebody likes to see it."""

from functools import partial

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.prepared import PreparedRows

LONGEST_NAME = 60
LONGEST_QUERY = 2000
MOST_PER_USER = 200


class SavedFilterQuerySet(models.QuerySet):
    def offered_to(self, user, list_key):
        """The user's own filters of this list and those others share, own ones first."""
        offered = _ROWS.of(partial(_offered, list_key), list_key, user=user.pk)
        return sorted(offered, key=lambda saved: (saved.user_id != user.pk, saved.name))


def _offered(list_key, user):
    offered = SavedFilter.objects.filter(Q(user=user) | Q(shared=True), list_key=list_key).select_related("user")
    return offered.only("user__name", "user__username", "name", "query", "shared", "list_key")


_ROWS = PreparedRows()


class SavedFilter(models.Model):
    """The filters and the order of one list under a name; shared ones are offered to everybody who has that list."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("user"), related_name="saved_filters"
    )
    list_key = models.CharField(_("list"), max_length=80)
    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=LONGEST_NAME)
    query = models.CharField(_("filters"), max_length=LONGEST_QUERY, blank=True)
    shared = models.BooleanField(_("shared with everybody"), default=False)

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        constraints = [models.UniqueConstraint(fields=["user", "list_key", "name"], name="one_saved_filter_per_name")]

    def __str__(self):
        return self.name
