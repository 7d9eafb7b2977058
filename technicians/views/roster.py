"""《维修排班表》: who goes where in a week, on screen and on paper (S0-36)."""

from datetime import timedelta

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from accounts.models import Region
from core.calendar import local_day, midnight
from core.forms import DayField
from core.models import Installation
from technicians.models import CrewMember, Leave, Technician, WorkOrder


class Roster(PermissionRequiredMixin, TemplateView):
    """Rows are technicians, columns days; each cell holds the jobs in their order, or the leave."""

    permission_required = "technicians.view_roster"
    raise_exception = True
    template_name = "technicians/roster.html"
    on_paper = False

    def get_template_names(self):
        return ["technicians/papers/roster.html" if self.on_paper else self.template_name]

    @property
    def monday(self):
        try:
            day = DayField(required=False).clean(self.request.GET.get("week")) or timezone.localdate()
        except ValidationError:
            day = timezone.localdate()
        return day - timedelta(days=day.weekday())

    def get_context_data(self, **kwargs):
        user, monday = self.request.user, self.monday
        days = [monday + timedelta(days=number) for number in range(7)]
        regions = Region.objects.in_use()
        if not user.sees_everything:
            regions = regions.filter(pk__in=user.region_ids)
        regions = list(regions)
        chosen = next((one for one in regions if one.code == self.request.GET.get("region")), None)
        return super().get_context_data(
            title=_("Repair roster"),
            company=Installation.objects.current().company if self.on_paper else "",
            region=chosen,
            regions=regions,
            days=days,
            today=timezone.localdate(),
            rows=week_of([chosen] if chosen else regions, user, days),
            before=monday - timedelta(days=7),
            after=monday + timedelta(days=7),
            printed_at=timezone.now(),
            **kwargs,
        )


def week_of(regions, user, days):
    """(technician, what each day holds) of everybody of the regions; four statements, however many there are."""
    people = Technician.objects.active().filter(home__in=regions).select_related("user", "home")
    begins, ends = midnight(days[0]), midnight(days[-1] + timedelta(days=1))
    jobs = CrewMember.objects.filter(
        technician__home__in=regions,
        released_at=None,
        order__in=WorkOrder.objects.visible_to(user),
        order__window_from__lt=ends,
        order__window_until__gt=begins,
    ).exclude(order__status="cancelled")
    cells = {}
    for job in jobs.select_related("order__matter__customer").order_by("order__window_from", "pk"):
        order = job.order
        first, last = local_day(order.window_from), local_day(order.window_until - timedelta(microseconds=1))
        for day in days:
            if first <= day <= last:
                cells.setdefault((job.technician_id, day), []).append(order)
    away = {}
    for leave in Leave.objects.filter(technician__home__in=regions, first_on__lte=days[-1], last_on__gte=days[0]):
        for day in days:
            if leave.first_on <= day <= leave.last_on:
                away[leave.technician_id, day] = leave
    return [(one, [(day, cells.get((one.pk, day), []), away.get((one.pk, day))) for day in days]) for one in people]
