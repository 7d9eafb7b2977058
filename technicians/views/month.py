"""A technician's own month: what he finished, what had to be done again, what he collected."""

import calendar
import re
from datetime import date, timedelta

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.views.generic import TemplateView

from core.calendar import midnight
from technicians.models import Fee, WorkOrder
from technicians.models.choices import Kind
from technicians.views.day import WORK

SHOWN = 200
MONTH = re.compile("(20[0-9]{2})-([0-9]{2})", re.ASCII)


def month_asked(text):
    """The first day of the month an address names (2026-11); of this month where it names none."""
    named = MONTH.fullmatch(text or "")
    if named and 1 <= int(named[2]) <= 12:
        return date(int(named[1]), int(named[2]), 1)
    return timezone.localdate().replace(day=1)


def after(first):
    """The first day of the month after."""
    return first + timedelta(days=calendar.monthrange(first.year, first.month)[1])


class MyMonth(PermissionRequiredMixin, TemplateView):
    """Jobs by kind, rework and fees of one month; each figure stands above the orders it counts."""

    permission_required = WORK
    raise_exception = True
    template_name = "technicians/my_month.html"

    def get_context_data(self, **kwargs):
        user, first = self.request.user, month_asked(self.request.GET.get("month"))
        begins, ends = midnight(first), midnight(after(first))
        mine = WorkOrder.objects.of_person(user).filter(completed_at__gte=begins, completed_at__lt=ends)
        again = Q(rework_count__gt=0)
        counted = mine.values("kind").annotate(jobs=Count("pk"), reworked=Count("pk", filter=again)).order_by("kind")
        rows = [{**row, "label": Kind(row["kind"]).label} for row in counted]
        fees = Fee.objects.filter(collected_by=user, collected_at__gte=begins, collected_at__lt=ends)
        by_means = fees.values("means").annotate(sum=Sum("amount")).order_by("means")
        listed = mine.select_related("matter__customer").order_by("-completed_at", "-pk")
        return super().get_context_data(
            month=first,
            before=(first - timedelta(days=1)).replace(day=1),
            after=after(first) if after(first) <= timezone.localdate() else None,
            rows=rows,
            jobs=sum(row["jobs"] for row in rows),
            reworked=sum(row["reworked"] for row in rows),
            late=mine.filter(was_punctual=False).count(),
            means=[(Fee.Means(row["means"]).label, row["sum"]) for row in by_means],
            collected=fees.total(),
            orders=listed[:SHOWN],
            **kwargs,
        )
