"""The filters beside the list of calls."""

from datetime import timedelta

import django_filters
from django.contrib.auth import get_user_model
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Region
from callbacks.models import Campaign, CallTemplate, FollowUpCall
from callbacks.models.call import SPOKEN, VERDICTS, WAITING
from cases.filters import choice, tick
from core.filters import DayRange, FilterSet
from core.search import search

FOUND = 300
LATE = timedelta(days=1)
GROUPS = {
    "waiting": list(WAITING),
    "done": [status for status in SPOKEN if status != FollowUpCall.Status.DECLINED],
    "not_made": ["lapsed", "unreached"],
}


class CallFilter(FilterSet):
    """By words, step, caller, verdict, state, day, branch; the narrow ones lead here from figures (S0-69)."""

    q = django_filters.CharFilter(label=_("Words, name, number"), method="with_words")
    state = choice(
        _("Status"),
        [("waiting", _("all waiting")), ("done", _("all spoken with")), ("not_made", _("all not reached")),
         *FollowUpCall.Status.choices],
        method="in_state",
    )  # fmt: skip
    step = choice(_("Step"), (), field_name="template")
    verdict = choice(_("Verdict"), VERDICTS)
    caller = choice(_("Caller"), (), method="of_caller")
    region = choice(_("Region"), ())
    due = DayRange(label=pgettext_lazy("call", "Due"), field_name="due_on")
    campaign = choice(_("Call list"), ())
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
        return queryset.filter(status__in=GROUPS.get(value, [value]))

    def of_caller(self, queryset, name, value):
        return queryset.filter(Q(called_by=value) | Q(called_by=None, caller=value))

    def of_members(self, queryset, name, value):
        return queryset.filter(customer__is_member=True) if value else queryset

    def handed_over(self, queryset, name, value):
        return queryset.filter(complaint__isnull=False) if value else queryset

    def entered_late(self, queryset, name, value):
        return queryset.filter(entered_at__gt=F("spoken_at") + LATE) if value else queryset
