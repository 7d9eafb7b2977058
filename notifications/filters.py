"""What the list of notices can be narrowed by."""

import django_filters
from django.utils.translation import gettext_lazy as _

from core.filters import FilterSet
from notifications.models import Notice


class NoticeFilter(FilterSet):
    """All notices, or those nobody has opened yet."""

    unread = django_filters.BooleanFilter(label=_("Unread"), method="only_unread")

    class Meta:
        model = Notice
        fields = []

    def only_unread(self, queryset, name, value):
        return queryset.unread() if value else queryset
