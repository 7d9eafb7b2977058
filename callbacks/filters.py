"""The filters beside the list of calls."""

from datetime import timedelta

import django_filters
from django.contrib.auth import get_user_model
from django.db.models import F, Q
from django.forms import HiddenInput
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Region
from callbacks.models import CallAnswer, CallTemplate, Campaign, FollowUpCall, MonthSummary, Theme
from callbacks.models.call import VERDICTS
from callbacks.monthly import NOT_REACHED, REVIEWING, SATISFIED
from cases.filters import choice, tick
from cases.models.choices import Verdict
from core.filters import DayRange, FilterSet
from core.search import search

FOUND = 300
LATE = timedelta(days=1)
SAID = ~Q(verdict="") | Q(told_progress=True)
# What a figure of the month counts, as a condition on calls (callbacks.monthly.outcome_of says the same of one).
GROUPS = {
    "counted": ~Q(status="cancelled"),
    "waiting": Q(status__in=["planned", "due", "rescheduled", "in_call"]),
    "done": Q(status__in=["recorded", "transferred"]) | (Q(status__in=REVIEWING) & SAID),
    "turned_down": Q(status="declined") | (Q(status__in=REVIEWING) & ~SAID),
    "not_made": Q(status__in=NOT_REACHED),
}
VERDICT_GROUPS = {"good": list(SATISFIED), "bad": [Verdict.AVERAGE, Verdict.DISSATISFIED]}


class CallFilter(FilterSet):
    """By words, step, caller, verdict, state, day, branch; the narrow ones lead here from figures (S0-69)."""

    q = django_filters.CharFilter(label=_("Words, name, number"), method="with_words")
    state = choice(
        _("Status"),
        [("counted", _("all that count")), ("waiting", _("all waiting")), ("done", _("all spoken with")),
         ("turned_down", _("all declined")), ("not_made", _("all not reached")), *FollowUpCall.Status.choices],
        method="in_state",
    )  # fmt: skip
    step = choice(_("Step"), (), field_name="template")
    verdict = choice(
        pgettext_lazy("of a customer", "Verdict"),
        [("good", _("satisfied in all")), ("bad", _("not satisfied")), *VERDICTS],
        method="with_verdict",
    )
    caller = choice(pgettext_lazy("of follow-up calls", "Caller"), (), method="of_caller")
    region = choice(_("Region"), ())
    due = DayRange(label=pgettext_lazy("call", "Due"), field_name="due_on")
    campaign = choice(_("Call list"), ())
    theme = django_filters.NumberFilter(method="of_theme", widget=HiddenInput)
    product = django_filters.NumberFilter(method="of_product", widget=HiddenInput)
    technician = django_filters.NumberFilter(method="of_technician", widget=HiddenInput)
    dealer = django_filters.NumberFilter(method="of_dealer", widget=HiddenInput)
    area = django_filters.CharFilter(method="with_problem", widget=HiddenInput)
    member = tick(pgettext_lazy("filter", "members"), "of_members")
    handed = tick(pgettext_lazy("filter", "handed over"), "handed_over")
    late = tick(pgettext_lazy("filter", "entered late"), "entered_late")

    class Meta:
        model = FollowUpCall
        fields = []

    USUAL = ("q", "state", "step", "verdict", "caller")

    def __init__(self, data=None, queryset=None, *, request=None, **kwargs):
        super().__init__(data, queryset, request=request, **kwargs)
        user = request.user
        mine = {} if user.sees_everything else {"pk__in": user.region_ids}
        people = get_user_model().objects.active().in_role("agent", "specialist", "supervisor", "manager")
        regions = [(str(pk), name) for pk, name in Region.objects.in_use().filter(**mine).values_list("pk", "name")]
        self.filters["step"].extra["choices"] = [(str(row.pk), str(row)) for row in CallTemplate.objects.all()]
        self.filters["caller"].extra["choices"] = [
            (str(row.pk), str(row)) for row in people.only("name", "username").order_by("name")
        ]
        self.filters["region"].extra["choices"] = regions
        self.filters["campaign"].extra["choices"] = [
            (str(pk), name)
            for pk, name in Campaign.objects.visible_to(user).order_by("-pk").values_list("pk", "name")[:50]
        ]
        if len(regions) < 2:
            del self.filters["region"]

    @property
    def usual(self):
        return [self.form[name] for name in self.USUAL if name in self.form.fields]

    @property
    def further(self):
        return [field for field in self.form if field.name not in self.USUAL]

    def with_words(self, queryset, name, value):
        hits = search(value, self.request.user, FOUND, kind="follow_up_call")
        pks = [hit.pk for hit in hits]
        whom = search(value, self.request.user, FOUND, kind="customer")
        return queryset.filter(Q(pk__in=pks) | Q(customer__root__in=[hit.pk for hit in whom]))

    def in_state(self, queryset, name, value):
        return queryset.filter(GROUPS.get(value) or Q(status=value))

    def with_verdict(self, queryset, name, value):
        rows = queryset.filter(verdict__in=VERDICT_GROUPS.get(value, [value]))
        return rows.filter(GROUPS["done"])

    def of_theme(self, queryset, name, value):
        theme = Theme.objects.filter(pk=_key(value), summary__in=MonthSummary.objects.visible_to(self.request.user))
        return queryset.filter(pk__in=next(iter(theme.values_list("calls", flat=True)), []))

    def of_product(self, queryset, name, value):
        return queryset.filter(card__product=_key(value))

    def of_technician(self, queryset, name, value):
        return queryset.filter(technician=_key(value))

    def of_dealer(self, queryset, name, value):
        return queryset.filter(customer__dealer=_key(value))

    def with_problem(self, queryset, name, value):
        problems = CallAnswer.objects.filter(area=value, tone="problem")
        return queryset.filter(pk__in=problems.values("call"))

    def of_caller(self, queryset, name, value):
        return queryset.filter(Q(called_by=value) | Q(called_by=None, caller=value))

    def of_members(self, queryset, name, value):
        return queryset.filter(customer__is_member=True) if value else queryset

    def handed_over(self, queryset, name, value):
        return queryset.filter(complaint__isnull=False) if value else queryset

    def entered_late(self, queryset, name, value):
        return queryset.filter(entered_at__gt=F("spoken_at") + LATE) if value else queryset


def _key(number):
    """A key out of a number that was typed; 0, which is nobody's, for what is none."""
    return int(number) if 0 < number < 2**63 else 0
