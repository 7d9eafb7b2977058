"""Everything a work order's page shows, read in a handful of statements however much there is (performance 1)."""

from functools import cached_property

from django.contrib.contenttypes.models import ContentType
from django.db.models import F
from django.utils import timezone

from core.clocks import Clock
from core.gather import PreparedGather
from core.prepared import StandIn, numbers_of
from customers.models import Phone
from technicians.models import (
    Attendance,
    CheckedLine,
    CrewMember,
    Fee,
    OrderExplanation,
    PartUsed,
    PreferredWindow,
    Quote,
    QuoteLine,
    WorkOrder,
)
from technicians.steps import steps_for
from workflow.models import Attachment, Deadline, Event, Promise
from workflow.photos import photos_of
from workflow.timeline import EVENTS_A_PAGE, Cursor, Names, clock_label, lines_of, page_of_events, want_names

PHOTOS = 60
PEOPLE = {
    "attendances": ("user_id",),
    "checked": ("by_id",),
    "explanations": ("by_id",),
    "quotes": ("made_by_id",),
    "fees": ("collected_by_id",),
    "attachments": ("uploaded_by_id",),
    "promises": ("promised_by_id",),
}
_PARTS = PreparedGather()


def parts_of(user, order, matter, root, kind, before):
    """Name → rows of everything the page shows, by the keys of the order, its matter and its file."""
    # As a subquery: a bare number that stands in for the key would be out of the column's range.
    itself = WorkOrder.objects.filter(pk=order).values("pk")
    events = Event.objects.filter(subject_type=kind, subject_id__in=itself).seen_by(user)
    files = Attachment.objects.filter(matter=matter, withdrawn_at__isnull=True)
    return {
        "crew": CrewMember.objects.filter(order=order).annotate(
            name=F("technician__user__name"), phone=F("technician__user__phone")
        ),
        "preferred": PreferredWindow.objects.filter(order=order),
        "attendances": Attendance.objects.filter(order=order),
        "parts": PartUsed.objects.filter(order=order),
        "checked": CheckedLine.objects.filter(order=order),
        "explanations": OrderExplanation.objects.filter(order=order),
        "quotes": Quote.objects.filter(order=order),
        "quote_lines": QuoteLine.objects.filter(quote__order=order).annotate(
            item_name=F("item__name"), item_name_en=F("item__name_en"), item_unit=F("item__unit")
        ),
        "fees": Fee.objects.filter(order=order),
        "deadlines": Deadline.objects.filter(subject_type=kind, subject_id__in=itself),
        "attachments": files.filter(pk__in=files.order_by("-pk").values("pk")[:PHOTOS]),
        "promises": Promise.objects.filter(matter=matter, kept_at__isnull=True, dropped_at__isnull=True),
        "phones": Phone.objects.filter(customer__root=root),
        "reworks": WorkOrder.objects.filter(rework_of=order).only("number", "status", "matter"),
        "events": page_of_events(events, before),
    }


class OrderFile:
    """One work order as this person may see it."""

    def __init__(self, order, user, *, now=None, before=None, new_since=None):
        self.order, self.user = order, user
        self.now, self.before, self.new_since = now or timezone.now(), before, new_since
        self.names = Names()
        for name, rows in self._read().items():
            setattr(self, name, rows)
        self.more_events = len(self.events) > EVENTS_A_PAGE
        self.events = sorted(self.events, key=lambda one: (one.at, one.pk), reverse=True)[:EVENTS_A_PAGE]
        want_names(self.events, self.names)
        for part, columns in PEOPLE.items():
            for row in getattr(self, part):
                self.names.want("user", *(getattr(row, column) for column in columns))
        self.names.load()
        for part, columns in PEOPLE.items():
            for row in getattr(self, part):
                for column in columns:
                    setattr(row, column.removesuffix("_id") + "_name", self.names("user", getattr(row, column)))

    def _read(self):
        one, user, before = self.order, self.user, self.before
        return _PARTS.of(
            lambda order, matter, root, kind, at, event, **person: parts_of(
                StandIn(user, **person), order, matter, root, kind, Cursor(at, event) if before else None
            ),
            user.scope,
            **numbers_of(user),
            order=one.pk,
            matter=one.matter_id,
            root=one.matter.customer.root_id,
            kind=ContentType.objects.get_for_model(WorkOrder).pk,
            at=before.at if before else None,
            event=before.pk if before else None,
        )

    @cached_property
    def steps(self):
        return steps_for(self.order, self.user)

    @cached_property
    def lines(self):
        by_pk, photos = {row.pk: row for row in self.attachments}, {}
        for event in self.events:
            found = [by_pk[pk] for pk in event.data.get("attachments") or () if pk in by_pk]
            if found:
                photos[event.pk] = photos_of(found)
        return lines_of(self.events, self.names, photos=photos, is_new=self._is_new)

    def _is_new(self, event):
        return self.new_since is not None and event.at >= self.new_since and event.by_id == self.user.pk

    @property
    def older(self):
        return Cursor(self.events[-1].at, self.events[-1].pk) if self.more_events else None

    @cached_property
    def clocks(self):
        """Open clocks by what is due first, then the latest of each that was met."""
        opened = sorted(
            (row for row in self.deadlines if row.is_open), key=lambda row: (row.due_at is None, row.due_at)
        )
        running = {row.kind for row in opened}
        latest = {row.kind: row for row in self.deadlines if row.met_at and row.kind not in running}
        return [
            Clock.of(
                label=clock_label(row.kind), due=row.due_at, started=row.started_at, met=row.met_at,
                paused=row.is_paused, now=self.now,
            )
            for row in [*opened, *latest.values()]
        ]  # fmt: skip

    @property
    def present(self):
        rows = [row for row in self.crew if row.released_at is None]
        return sorted(rows, key=lambda row: (not row.leads, row.pk))

    @property
    def quotes_with_lines(self):
        """Quotes, the newest first, each with its lines."""
        for quote in self.quotes:
            quote.rows = [line for line in self.quote_lines if line.quote_id == quote.pk]
            for line in quote.rows:
                line.component_label = line.get_component_display()
        return sorted(self.quotes, key=lambda quote: -quote.pk)

    @cached_property
    def photos(self):
        """The photos in three lots: what the customer and the office sent, before, after."""
        kinds = {"before": (Attachment.Kind.BEFORE,), "after": (Attachment.Kind.AFTER,)}
        taken = {kind for group in kinds.values() for kind in group}
        lots = {name: [row for row in self.attachments if row.kind in group] for name, group in kinds.items()}
        lots["others"] = [row for row in self.attachments if row.kind not in taken]
        return {name: photos_of(rows) for name, rows in lots.items()}
