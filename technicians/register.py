"""The register of repair sheets of a day, a week or a month, and the figures drawn from it (S2-119, S2-120, S2-142, S2-143).

Every figure is counted from what was recorded, over the orders *finished* in the period:
timely: nobody came after the end of the agreed time; passed: it was neither sent back to rework nor opened again as a
rework. The register itself also holds the orders that were visited and not finished.
"""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum
from django.utils.translation import pgettext_lazy

from core.calendar import midnight
from technicians.models import Attendance, CrewMember, PartUsed, WorkOrder
from technicians.models.choices import Kind

TIMELY_OWED, PASSED_OWED = 95, 90  # per cent, S2-119 and S2-120
PERIODS = {
    "day": pgettext_lazy("period", "Day"),
    "week": pgettext_lazy("period", "Week"),
    "month": pgettext_lazy("period", "Month"),
}
LATE = Q(was_punctual=False)


def again():
    """Orders that had to be done again: sent back before acceptance, or opened anew after."""
    reworks = WorkOrder.objects.filter(rework_of=OuterRef("pk")).exclude(status="cancelled")
    return Q(rework_count__gt=0) | Q(Exists(reworks))


@dataclass(frozen=True)
class Period:
    """A day, the week from Monday, or the month a day lies in."""

    name: str
    on: date

    @property
    def first(self):
        if self.name == "week":
            return self.on - timedelta(days=self.on.weekday())
        return self.on.replace(day=1) if self.name == "month" else self.on

    @property
    def last(self):
        if self.name == "week":
            return self.first + timedelta(days=6)
        if self.name == "month":
            return self.first.replace(day=calendar.monthrange(self.on.year, self.on.month)[1])
        return self.on

    @property
    def range(self):
        """The two moments it lies between; the second is the first after it."""
        return midnight(self.first), midnight(self.last + timedelta(days=1))


@dataclass(frozen=True)
class Tally:
    """Figures of one technician, one kind of order or of all."""

    key: object
    label: str
    jobs: int
    late: int
    failed: int
    hours: object

    @property
    def timely(self):
        """Per cent that were timely; None where nothing was finished."""
        return _share(self.jobs - self.late, self.jobs)

    @property
    def passed(self):
        return _share(self.jobs - self.failed, self.jobs)

    @property
    def is_late(self):
        return self.timely is not None and self.timely < TIMELY_OWED

    @property
    def is_failing(self):
        return self.passed is not None and self.passed < PASSED_OWED


def _share(part, whole):
    return round(100 * part / whole, 1) if whole else None


class Register:
    """What this person may see of a period."""

    def __init__(self, user, period):
        self.user, self.period = user, period
        self.begins, self.ends = period.range

    @property
    def finished(self):
        seen = WorkOrder.objects.visible_to(self.user)
        return seen.filter(completed_at__gte=self.begins, completed_at__lt=self.ends)

    @property
    def sheets(self):
        """Every order finished or visited in the period, oldest first, with who led and when he came first."""
        visits = Attendance.objects.filter(at__gte=self.begins, at__lt=self.ends)
        leader = CrewMember.objects.filter(order=OuterRef("pk"), leads=True).order_by("-slip", "-pk")
        in_time = Q(completed_at__gte=self.begins, completed_at__lt=self.ends)
        orders = WorkOrder.objects.visible_to(self.user).filter(in_time | Q(pk__in=visits.values("order")))
        return orders.annotate(
            leader_name=Subquery(leader.values("technician__user__name")[:1]),
            came_at=Subquery(visits.filter(order=OuterRef("pk")).order_by("at").values("at")[:1]),
        ).order_by("created_at", "pk")

    def narrowed(self, technician=None, kind=None, category=None, fact=None):
        """The sheets behind one figure; figures are about finished orders only."""
        if {technician, kind, category, fact} == {None}:
            return self.sheets
        orders = self.sheets.filter(completed_at__gte=self.begins, completed_at__lt=self.ends)
        if technician is not None:
            orders = orders.filter(Exists(self._led().filter(order=OuterRef("pk"), technician=technician)))
        if kind is not None:
            orders = orders.filter(kind=kind)
        if category is not None:
            orders = orders.filter(card__product__group=category)
        if fact is not None:
            orders = orders.filter(LATE if fact == "late" else again())
        return orders

    @staticmethod
    def _led():
        """Whoever leads the crew now: an order counts for one technician."""
        return CrewMember.objects.filter(leads=True, released_at=None)

    def _tallies(self, orders, *keys):
        marked = orders.annotate(is_again=Exists(WorkOrder.objects.filter(again(), pk=OuterRef("pk"))))
        return marked.order_by(*keys).values(*keys).annotate(
            jobs=Count("pk"),
            late=Count("pk", filter=LATE),
            failed=Count("pk", filter=Q(is_again=True)),
            worked=Sum("hours"),
        )  # fmt: skip

    @cached_property
    def by_kind(self):
        rows = self._tallies(self.finished, "kind")
        return [Tally(r["kind"], Kind(r["kind"]).label, r["jobs"], r["late"], r["failed"], r["worked"]) for r in rows]

    @cached_property
    def by_category(self):
        """By group of product; orders without a service card belong to none."""
        group = "card__product__group"
        rows = self._tallies(self.finished.exclude(**{group: None}), f"{group}__name", group)
        return [Tally(r[group], r[f"{group}__name"], r["jobs"], r["late"], r["failed"], r["worked"]) for r in rows]

    @cached_property
    def by_technician(self):
        leader = self._led().filter(order=OuterRef("pk"))
        led = self.finished.annotate(
            leader=Subquery(leader.values("technician")[:1]),
            leader_name=Subquery(leader.values("technician__user__name")[:1]),
        ).exclude(leader=None)
        rows = self._tallies(led, "leader_name", "leader")
        return [Tally(r["leader"], r["leader_name"], r["jobs"], r["late"], r["failed"], r["worked"]) for r in rows]

    @cached_property
    def whole(self):
        """All kinds together."""
        rows = self.by_kind
        hours = sum(row.hours or 0 for row in rows)
        jobs, late, failed = (sum(getattr(row, name) for row in rows) for name in ("jobs", "late", "failed"))
        return Tally(None, "", jobs, late, failed, hours)

    @cached_property
    def materials(self):
        """(name, quantity, in how many orders) of what was used up, the most used first."""
        used = PartUsed.objects.filter(order__in=self.finished.values("pk")).values(material=F("name"))
        summed = used.annotate(quantity=Sum("quantity"), orders=Count("order", distinct=True))
        return list(summed.order_by("-orders", "material"))
