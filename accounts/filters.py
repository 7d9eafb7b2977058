"""What the list of staff can be narrowed to."""

import django_filters
from django import forms
from django.contrib.auth.models import Group
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Region, User
from accounts.roles import in_order, role_label
from core.filters import FilterSet


def roles():
    return [(name, role_label(name)) for name in in_order(Group.objects.values_list("name", flat=True))]


def regions():
    return [(region.pk, region.name) for region in Region.objects.all()]


class StaffFilter(FilterSet):
    q = django_filters.CharFilter(
        method="named",
        label=_("Name, user name or work number"),
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Name, user name or work number")}),
    )
    role = django_filters.ChoiceFilter(choices=roles, method="in_role", label=_("Role"), empty_label=_("All roles"))
    region = django_filters.ChoiceFilter(
        choices=regions, method="of_region", label=_("Region"), empty_label=_("All regions")
    )
    state = django_filters.ChoiceFilter(
        choices=[("gone", pgettext_lazy("staff", "Deactivated"))],
        method="in_state",
        label=_("State"),
        empty_label=pgettext_lazy("staff", "Working here"),
    )

    class Meta:
        model = User
        fields = []

    @property
    def qs(self):
        """Those who left are shown only when they are asked for."""
        people = super().qs
        return people if self.active.get("state") else people.filter(is_active=True)

    def named(self, people, name, value):
        return people.filter(
            Q(name__icontains=value) | Q(username__icontains=value) | Q(work_number__istartswith=value)
        )

    def in_role(self, people, name, value):
        return people.in_role(value)

    def of_region(self, people, name, value):
        return people.of_region(value)

    def in_state(self, people, name, value):
        return people.filter(is_active=False)
