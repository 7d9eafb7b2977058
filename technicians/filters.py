"""The filters beside the list of work orders."""

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Region
from core.filters import DayRange, FilterSet
from core.search import search
from technicians.models import CrewMember, Technician, WorkOrder, choices

FOUND = 300


class WorkOrderFilter(FilterSet):
    """Words, state, kind, skill, who is sent, region, day of the appointment."""

    q = django_filters.CharFilter(label=_("Words, name, number"), method="with_words")
    status = django_filters.ChoiceFilter(label=_("Status"), choices=WorkOrder.Status.choices, empty_label=_("Status"))
    kind = django_filters.ChoiceFilter(
        label=pgettext_lazy("work order", "Kind of order"), choices=choices.Kind.choices,
        empty_label=pgettext_lazy("work order", "Kind of order"),
    )  # fmt: skip
    technician = django_filters.ModelChoiceFilter(
        label=_("Technician"), queryset=Technician.objects.select_related("user"), method="of_technician",
        empty_label=_("Technician"),
    )  # fmt: skip
    region = django_filters.ModelChoiceFilter(
        label=_("Region"), queryset=Region.objects.in_use(), empty_label=_("Region")
    )
    appointed = DayRange(label=pgettext_lazy("work order", "Appointment"), field_name="window_from")

    class Meta:
        model = WorkOrder
        fields = []

    def with_words(self, queryset, name, value):
        orders = [hit.pk for hit in search(value, self.request.user, FOUND, kind="workorder")]
        customers = [hit.pk for hit in search(value, self.request.user, FOUND, kind="customer")]
        return queryset.filter(Q(pk__in=orders) | Q(matter__customer__in=customers))

    def of_technician(self, queryset, name, value):
        return queryset.filter(pk__in=CrewMember.objects.filter(technician=value, released_at=None).values("order"))
