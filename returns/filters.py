"""The filters beside the lists of returns."""

import django_filters
from django.utils.translation import gettext_lazy as _

from cases.filters import FOUND, choice
from core.filters import DayRange, FilterSet
from core.search import search
from returns.models import ReturnRequest, choices
from returns.models.request import FINAL

OPEN = "open"


class ReturnFilter(FilterSet):
    """What a list of returns may be narrowed by."""

    q = django_filters.CharFilter(label=_("Words, number, waybill"), method="with_words")
    status = choice(_("Status"), [(OPEN, _("all open")), *ReturnRequest.Status.choices], method="in_status")
    kind = choice(_("Kind"), choices.Kind.choices)
    reason = choice(_("Reason"), choices.Reason.choices)
    liability = choice(_("Who answers for it"), choices.Liability.choices)
    received = DayRange(label=_("Received"), field_name="received_at")

    class Meta:
        model = ReturnRequest
        fields = []

    USUAL = ("q", "status", "kind", "reason")

    @property
    def usual(self):
        """The filters that are always in sight."""
        return [self.form[name] for name in self.USUAL]

    @property
    def further(self):
        return [field for field in self.form if field.name not in self.USUAL]

    def with_words(self, queryset, name, value):
        hits = search(value, self.request.user, FOUND, kind="return")
        return queryset.filter(pk__in=[hit.pk for hit in hits])

    def in_status(self, queryset, name, value):
        return queryset.exclude(status__in=FINAL) if value == OPEN else queryset.filter(status=value)
