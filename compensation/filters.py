import django_filters
from django.utils.translation import gettext_lazy as _

from compensation.models import Basis, Compensation, Route, Status
from core.filters import FilterSet
from payments.models import Giving


class CompensationFilter(FilterSet):
    status = django_filters.ChoiceFilter(label=_("Status"), empty_label=_("Status"), choices=Status.choices)
    route = django_filters.ChoiceFilter(label=_("Route"), empty_label=_("Route"), choices=Route.choices)
    basis = django_filters.ChoiceFilter(label=_("For"), empty_label=_("For"), choices=Basis.choices)
    giving = django_filters.ChoiceFilter(label=_("Remedy"), empty_label=_("Remedy"), choices=Giving.choices)
    complaint = django_filters.NumberFilter(
        label=_("Complaint"), field_name="complaint_id", min_value=1, max_value=2**62
    )

    class Meta(FilterSet.Meta):
        model = Compensation
        fields = []
