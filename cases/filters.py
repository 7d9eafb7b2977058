"""The filters beside the lists of complaints."""

import django_filters
from django import forms
from django.contrib.auth import get_user_model
from django.db.models import F, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Region
from cases.models import Complaint, ComplaintClass, choices
from core.filters import DayRange, FilterSet
from core.prepared import Prepared
from core.search import search

FOUND = 300  # what a text filter looks through at most: the newest that match
OPEN = "open"


class Tick(forms.CheckboxInput):
    """A box that is either ticked or says nothing: an unticked one is no filter."""

    def value_from_datadict(self, data, files, name):
        return True if data.get(name) in ("on", "true", "1") else None


def tick(label, method):
    return django_filters.BooleanFilter(label=label, method=method, widget=Tick)


def choice(label, options, **kwargs):
    return django_filters.ChoiceFilter(label=label, choices=options, empty_label=label, **kwargs)


def offered(regions=None):
    """What the lists of a filter hold, as (filter, key, name, English name): everything, or what belongs to some regions."""
    places = Region.objects.in_use()
    people = get_user_model().objects.active().in_role("agent", "specialist", "supervisor", "manager")
    if regions is not None:
        # No region is a list of none: an empty IN would leave the whole part out.
        places, people = places.filter(pk__in=[*regions, 0]), people.of_regions([*regions, 0])
    called = Coalesce(NullIf("name", Value("")), "username")
    return _part("klass", ComplaintClass.objects.filter(active=True), english=F("name_en")).union(
        _part("department", Department.objects.in_use()),
        _part("region", places),
        _part("owner", people, name=called),
        all=True,
    )


def _part(part, rows, name=F("name"), english=Value("")):  # noqa: B008 (expressions are never changed)
    return rows.order_by().values_list(Value(part), "pk", name, english)


OFFERED = Prepared(offered)


class ComplaintFilter(FilterSet):
    """What a list of complaints may be narrowed by; what it offers to choose from costs one statement."""

    q = django_filters.CharFilter(label=_("Words, name, number"), method="with_words")
    status = choice(_("Status"), [(OPEN, _("all open")), *Complaint.Status.choices], method="in_status")
    severity = choice(_("Severity"), choices.Severity.choices)
    klass = choice(_("Class"), ())
    department = choice(_("Department"), ())
    owner = choice(_("Handler"), (), field_name="matter__owner")
    region = choice(_("Region"), ())
    type = choice(_("Type"), choices.Type.choices)
    channel = choice(_("Channel"), choices.Channel.choices)
    received = DayRange(label=_("Received"), field_name="received_at")
    overdue = tick(_("late"), "is_overdue")
    grave = tick(pgettext_lazy("filter", "grave"), "is_flagged_grave")
    urgent = tick(pgettext_lazy("filter", "goes first"), "goes_first")
    unverified = tick(_("not verified"), "is_unverified")

    class Meta:
        model = Complaint
        fields = []

    def __init__(self, data=None, queryset=None, *, request=None, **kwargs):
        super().__init__(data, queryset, request=request, **kwargs)
        self._offer(self.offers(request))

    @classmethod
    def offers(cls, request):
        """What its choices hold for this person, as the database says it just now."""
        if not hasattr(request, "_complaint_filter_offers"):
            user = request.user
            rows = OFFERED.rows(**({} if user.sees_everything else {"regions": user.region_ids}))
            request._complaint_filter_offers = tuple(sorted(rows))
        return request._complaint_filter_offers

    def _offer(self, rows):
        found = {name: [] for name in ("klass", "department", "region", "owner")}
        is_english = (get_language() or "").startswith("en")
        for part, pk, name, english in rows:
            found[part].append((str(pk), english if is_english and english else name))
        for name, options in found.items():
            self.filters[name].extra["choices"] = options
        if len(found["region"]) < 2:
            del self.filters["region"]

    USUAL = ("q", "status", "severity", "klass", "owner")

    @property
    def usual(self):
        """The filters that are always in sight."""
        return [self.form[name] for name in self.USUAL if name in self.form.fields]

    @property
    def further(self):
        return [field for field in self.form if field.name not in self.USUAL]

    def with_words(self, queryset, name, value):
        hits = search(value, self.request.user, FOUND, kind="complaint")
        return queryset.filter(pk__in=[hit.pk for hit in hits])

    def in_status(self, queryset, name, value):
        return queryset.open() if value == OPEN else queryset.filter(status=value)

    def is_overdue(self, queryset, name, value):
        return queryset.open().overdue(timezone.now()) if value else queryset

    def is_flagged_grave(self, queryset, name, value):
        return queryset.filter(is_grave=True) if value else queryset

    def goes_first(self, queryset, name, value):
        return queryset.urgent() if value else queryset

    def is_unverified(self, queryset, name, value):
        return queryset.unverified() if value else queryset
