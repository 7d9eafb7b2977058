"""The duty roster of agents, a week at a time: seen by everybody, planned by leaders (S2-60)."""

import re
from datetime import date, timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from accounts.models import DutyShift, Region, ShiftHours, User
from accounts.models.roster import Shift
from core.calendar import is_working
from core.visibility import visible

# Whose telephone duty is planned here; a technician's day is made of bookings instead.
ON_THE_ROSTER = ("agent", "specialist", "supervisor")
WEEK = timedelta(days=7)


def monday_of(text):
    """The Monday of an ISO week such as ``2026-W47``; of the current week where the text names none."""
    match = re.fullmatch(r"(20\d\d)-W(\d\d)", text or "")
    try:
        return date.fromisocalendar(int(match[1]), int(match[2]), 1)
    except (TypeError, ValueError):
        today = timezone.localdate()
        return today - timedelta(days=today.weekday())


def week_of(monday):
    """How a week is written in an address."""
    return "{}-W{:02}".format(*monday.isocalendar()[:2])


def cell(user_id, day, shift):
    """How one place on the roster is written in a form."""
    return f"{user_id}.{day.isoformat()}.{shift}"


class Week:
    """The roster of one week as one user may see it, and plan it."""

    def __init__(self, user, monday, region=None):
        self.user, self.monday, self.region = user, monday, region
        self.days = [monday + timedelta(days=number) for number in range(7)]

    @cached_property
    def days_off(self):
        return [day for day in self.days if not is_working(day)]

    @cached_property
    def people(self):
        people = visible(User.objects.active(), self.user).in_role(*ON_THE_ROSTER)
        if self.region:
            people = people.of_region(self.region)
        return list(people.select_related("department").order_by("department", "work_number", "username"))

    def may_plan(self, person):
        return self.user.has_perm("accounts.plan_roster") or self.user.manages(person)

    @cached_property
    def planned(self):
        return [person for person in self.people if self.may_plan(person)]

    @cached_property
    def taken(self):
        """Every place somebody is on duty, as cells."""
        shifts = DutyShift.objects.between(self.days[0], self.days[-1]).filter(user__in=self.people)
        return {cell(shift.user_id, shift.date, shift.shift) for shift in shifts}

    @cached_property
    def places(self):
        """The cells this user may fill or clear."""
        return {
            cell(person.pk, day, shift): DutyShift(user=person, date=day, shift=shift)
            for person in self.planned for day in self.days for shift in Shift.values
        }  # fmt: skip

    def rows(self):
        """Each person, whether this user plans for him, and each day's shifts with their cell and whether taken."""
        return [
            (person, self.may_plan(person), [(day, self.places_of(person, day)) for day in self.days])
            for person in self.people
        ]

    def places_of(self, person, day):
        keys = [(shift, cell(person.pk, day, shift)) for shift in Shift]
        return [(shift, key, key in self.taken) for shift, key in keys]

    def totals(self):
        """How many are on duty, day by day and shift by shift."""
        return [
            [(shift, sum(cell(person.pk, day, shift) in self.taken for person in self.people)) for shift in Shift]
            for day in self.days
        ]

    def copy_from(self, other, by):
        """Fill the free places as they were filled in the week ``other``; the number filled."""
        distance = self.monday - other.monday
        before = DutyShift.objects.between(other.days[0], other.days[-1])
        wanted = {cell(shift.user_id, shift.date + distance, shift.shift) for shift in before} - self.taken
        return DutyShift.objects.plan([self.places[key] for key in wanted if key in self.places], [], by=by)


class RosterView(TemplateView):
    template_name = "accounts/roster.html"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if request.user.is_authenticated:
            asked = request.POST if request.method == "POST" else request.GET
            self.week = Week(request.user, monday_of(asked.get("week")), self.region(asked.get("region")))

    def region(self, text):
        return next((region for region in self.regions if str(region.pk) == text), None)

    @cached_property
    def regions(self):
        user, regions = self.request.user, Region.objects.in_use()
        return list(regions if user.sees_everything else regions.filter(pk__in=user.region_ids))

    def get_context_data(self, **kwargs):
        week = self.week
        return super().get_context_data(
            week=week,
            this=week_of(week.monday),
            previous=week_of(week.monday - WEEK),
            next=week_of(week.monday + WEEK),
            today=timezone.localdate(),
            regions=self.regions if len(self.regions) > 1 else [],
            hours=ShiftHours.objects.all(),
            on_duty=User.objects.on_duty(timezone.now()).filter(pk__in=[person.pk for person in week.people]),
            may_plan=bool(week.planned),
            **kwargs,
        )

    def post(self, request):
        """Fill and clear the places whose box differs from what the page showed; what others changed since stays."""
        week = self.week
        if not week.planned:
            raise PermissionDenied(_("The roster is planned by supervisors and managers."))
        on, was = set(request.POST.getlist("on")), set(request.POST.getlist("was"))
        if not (on | was) <= week.places.keys():
            raise Http404(_("There is no such place on this roster."))
        filled = [week.places[key] for key in on - was - week.taken]
        cleared = [week.places[key] for key in was - on]
        changed = DutyShift.objects.plan(filled, cleared, by=request.user)
        messages.success(request, ngettext("%d shift changed.", "%d shifts changed.", changed) % changed)
        return redirect(roster_url(week))


class RosterPrintView(RosterView):
    template_name = "accounts/roster_print.html"
    http_method_names = ["get", "head", "options"]

    def get_context_data(self, **kwargs):
        days = self.week.days
        return super().get_context_data(
            title=_("Duty roster"), number=f"{days[0]} – {days[-1]}", region=self.week.region, **kwargs
        )


class RosterCopyView(RosterView):
    """Plan a week like the one before it."""

    http_method_names = ["post", "options"]

    def post(self, request):
        week = self.week
        if not week.planned:
            raise PermissionDenied(_("The roster is planned by supervisors and managers."))
        copied = week.copy_from(Week(request.user, week.monday - WEEK, week.region), by=request.user)
        messages.success(request, ngettext("%d shift copied.", "%d shifts copied.", copied) % copied)
        return redirect(roster_url(week))


def roster_url(week):
    region = f"&region={week.region.pk}" if week.region else ""
    return f"{reverse('accounts:roster')}?week={week_of(week.monday)}{region}"
