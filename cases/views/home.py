"""The start page: what this person has to do, in the order to do it; and the board of deadlines."""

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.views.generic import TemplateView

from cases.rows import chip_of, rows_of
from cases.worklist import SHOWN, columns, late_or_soon, sections_for, with_complaint
from core.clocks import Clock
from core.lists import capped_count
from core.navigation import CAP, RAIL, capped, entries_for
from core.prepared import PreparedCounts
from workflow.models import Deadline
from workflow.timeline import clock_label

COLUMN = 30  # cards of one column of the board
COUNTS = PreparedCounts(CAP + 1)


class Home(TemplateView):
    """Tabs with their counts, the rows of the open one: the counts cost one statement (the board's its own), the rows another.

    Behind the sections stand the lists of other areas whose work waits for this person; they lead to their own pages.
    """

    template_name = "cases/home.html"

    def get_context_data(self, **kwargs):
        user, now = self.request.user, timezone.now()
        sections = sections_for(user)
        elsewhere = [entry for entry in entries_for(user, RAIL) if entry.is_work]
        counted = {one.key: one.rows for one in sections if one.kind not in ("board", "health")}
        counts = COUNTS.of(user, counted | {entry.key: entry.count for entry in elsewhere if entry.count})
        counts |= {one.key: capped_count(one.rows(user), CAP) for one in sections if one.kind == "board"}
        current = self.current(sections, counts)
        tabs = [
            {
                "label": one.label,
                "url": f"{self.request.path}?view={one.key}",
                "count": capped(counts.get(one.key)),
                "is_current": one is current,
            }
            for one in sections
        ]
        tabs += [
            {"label": entry.label, "url": entry.url, "count": capped(counts.get(entry.key)), "is_current": False}
            for entry in elsewhere
        ]
        context = READ[current.kind](current, user, now) if current else {}
        return super().get_context_data(section=current, tabs=tabs, today=timezone.localdate(now), **context, **kwargs)

    def current(self, sections, counts):
        """The section asked for; otherwise the first that holds something."""
        asked = self.request.GET.get("view")
        chosen = [one for one in sections if one.key == asked] or [one for one in sections if counts.get(one.key)]
        return next(iter(chosen or sections), None)


class Board(TemplateView):
    """What is late and what will be late next, in four columns."""

    template_name = "cases/board.html"

    def get_context_data(self, **kwargs):
        if not self.request.user.has_perm("cases.view_board"):
            raise PermissionDenied
        return super().get_context_data(**read_board(None, self.request.user, timezone.now()), **kwargs)


def some(queryset, limit=SHOWN):
    """The first rows of an ordered queryset, as a filter that a gathered statement can hold."""
    return queryset.model._default_manager.filter(pk__in=queryset.values("pk")[:limit])


def read_complaints(section, user, now):
    complaints = list(section.rows(user).as_rows()[:SHOWN])
    return {"rows": rows_of(complaints, user, now)}


def read_promises(section, user, now):
    promises = list(with_complaint(section.rows(user))[:SHOWN])
    for promise in promises:
        promise.clock = Clock.of(due=promise.due_at, started=promise.promised_at, now=now) if promise.due_at else None
    return {"promises": promises}


def read_handovers(section, user, now):
    handovers = list(section.rows(user).select_related("giver").prefetch_related("items")[:SHOWN])
    return {"handovers": handovers}


def read_shift(section, user, now):
    items = list(with_complaint(section.rows(user).select_related("handover__giver"))[:SHOWN])
    for item in items:
        due = item.handover.due_at
        item.clock = Clock.of(due=due, started=item.handover.given_at, now=now) if due else None
    return {"items": items}


def read_escalations(section, user, now):
    return {"escalations": list(section.rows(user).select_related("complaint", "raised_by")[:SHOWN])}


def read_appraisals(section, user, now):
    rows = section.rows(user).select_related("complaint", "matter__customer__area", "requested_by")
    appraisals = list(rows.prefetch_related("matter__customer__phones", "complaint__items__product")[:SHOWN])
    return {"appraisals": appraisals}


def read_board(section, user, now):
    """Four columns: which clocks stand in them, then what is shown of each; a clock stands where its due time falls."""
    near, parts = late_or_soon(user, now), []
    for column in columns(now):
        rows = near.filter(due_at__lt=column.until)
        if column.since is not None:
            rows = rows.filter(due_at__gte=column.since)
        parts.append(some(rows.order_by("due_at", "pk"), COLUMN + 1).values_list("pk", flat=True))
    keys = list(parts[0].union(*parts[1:], all=True))
    clocks = with_complaint(Deadline.objects.filter(pk__in=keys)).only("matter", "kind", "due_at", "started_at")
    found = list(clocks.order_by("due_at", "pk"))
    return {"columns": [_column(column, found, now) for column in columns(now)]}


def _column(column, found, now):
    rows = [row for row in found if column.holds(row.due_at)]
    for row in rows:
        row.clock = Clock.of(label=clock_label(row.kind), due=row.due_at, started=row.started_at, now=now)
        row.chip = chip_of(row.clock)
    return {"column": column, "rows": rows[:COLUMN], "more": len(rows) > COLUMN}


def read_health(section, user, now):
    return {}


READ = {
    "complaints": read_complaints,
    "evaluate": read_complaints,
    "promises": read_promises,
    "handovers": read_handovers,
    "shift": read_shift,
    "escalations": read_escalations,
    "appraisals": read_appraisals,
    "board": read_board,
    "health": read_health,
}
