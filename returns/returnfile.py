"""Everything a return's page shows, read in a handful of statements however much there is (performance 1)."""

from functools import cached_property

from django.db.models import F, Q

from cases.casefile import PHOTOS, clock_name
from cases.models import Complaint
from core.clocks import Clock
from core.gather import gather
from customers.models import Phone
from payments.models import Payment, PayOrder
from returns import refunds
from returns.models import Carrier, Inspection, Ledger, News, Parcel, ReturnLine, ReturnRequest
from returns.news import STEPS
from returns.steps import steps_for
from workflow.models import Attachment, Deadline, Event, Matter, Promise
from workflow.photos import photos_of
from workflow.timeline import EVENTS_A_PAGE, Names, lines_of, page_of_events, want_names


def parts_of(request, user, before):
    """Name → rows of everything the page of a return shows a person."""
    mine = {"request": request}
    files = Attachment.objects.shown().filter(matter=request.matter_id)
    lines = ReturnLine.objects.filter(**mine)
    parts = {
        "lines": lines.annotate(
            model_no=F("order_line__product__model_no"),
            product_name=F("order_line__product__name"),
            room=F("order_line__room"),
            order_id=F("order_line__order"),
            order_number=F("order_line__order__number"),
            new_model_no=F("replacement__model_no"),
        ),
        "ledgers": Ledger.objects.filter(order_line__in=lines.values("order_line")),
        "parcels": Parcel.objects.filter(**mine).annotate(carrier_name=F("carrier__name")),
        "inspections": Inspection.objects.filter(**mine),
        "news": News.objects.filter(**mine),
        "deadlines": Deadline.objects.of(request),
        "promises": Promise.objects.filter(matter=request.matter_id),
        "attachments": files.filter(pk__in=files.order_by("-pk").values("pk")[:PHOTOS]),
        "events": page_of_events(Event.objects.filter(matter=request.matter_id).seen_by(user), before),
        "phones": Phone.objects.filter(customer__root=request.matter.customer.root_id),
        "payments": Payment.objects.filter(order__in=PayOrder.objects.of(request).values("pk")),
        "carriers": Carrier.objects.filter(Q(accepted=True)),
    }
    return parts | {f"beside_{model._meta.model_name}": _beside(model, request) for model in Matter.record_models()}


def _beside(model, request):
    """The other records of the matter, whatever they are."""
    rows = model.objects.filter(matter=request.matter_id)
    if model is ReturnRequest:
        rows = rows.exclude(pk=request.pk)
    return rows.only("number", "status", "matter")


class ReturnFile:
    """One return as this person may see it. ``before`` shows older lines; ``new_since`` marks what he has just done."""

    def __init__(self, request, user, *, now, before=None, new_since=None):
        self.request, self.user, self.now, self.new_since = request, user, now, new_since
        self.names = Names()
        for name, rows in gather(parts_of(request, user, before)).items():
            setattr(self, name, rows)
        self._stitch()
        want_names(self.events, self.names)
        self.names.want("user", request.received_by_id, request.approved_by_id, request.inspector_id)
        for row in self.inspections:
            self.names.want("user", row.by_id)
        self.names.load()
        for row in self.inspections:
            row.by_name = self.names("user", row.by_id)

    def _stitch(self):
        cache = self.request.__dict__.setdefault("_prefetched_objects_cache", {})
        cache.update({name: getattr(self, name) for name in ("lines", "parcels", "inspections", "news")})
        for line in self.lines:
            line.title = " ".join(filter(None, (line.room, line.model_no, line.product_name)))
        self.more_events = len(self.events) > EVENTS_A_PAGE
        self.events = sorted(self.events, key=lambda one: (one.at, one.pk), reverse=True)[:EVENTS_A_PAGE]
        self.beside = [
            row for model in Matter.record_models() for row in getattr(self, f"beside_{model._meta.model_name}")
        ]
        self.complaint = next((row for row in self.beside if isinstance(row, Complaint)), None)
        for row in self.news:
            row.text = STEPS.get(row.step, "")
        self.news.sort(key=lambda row: (row.at, row.pk), reverse=True)

    # --- what the page asks for ----------------------------------------------------------------------------------------
    @cached_property
    def steps(self):
        return steps_for(self.request, self.user)

    @cached_property
    def timeline(self):
        photos, by_pk = {}, {row.pk: row for row in self.attachments}
        for event in self.events:
            found = [by_pk[pk] for pk in event.data.get("attachments", ()) if pk in by_pk]
            if found:
                photos[event.pk] = photos_of(found)
        return lines_of(self.events, self.names, photos=photos, is_new=self._is_new)

    def _is_new(self, event):
        return self.new_since is not None and event.at >= self.new_since and event.by_id == self.user.pk

    @property
    def older(self):
        from_event = self.events[-1] if self.more_events else None
        return f"{from_event.at.isoformat()}_{from_event.pk}" if from_event else None

    @cached_property
    def clocks(self):
        """Open clocks by what is due first, then the latest of each that was met."""
        opened = sorted(
            (row for row in self.deadlines if row.is_open), key=lambda row: (row.due_at is None, row.due_at)
        )
        running = {row.kind for row in opened}
        latest = {row.kind: row for row in self.deadlines if row.met_at and row.kind not in running}
        return [
            Clock.of(label=clock_name(row), due=row.due_at, started=row.started_at, met=row.met_at, paused=row.is_paused,
                     now=self.now)
            for row in [*opened, *latest.values()]
        ]  # fmt: skip

    @property
    def due(self):
        return refunds.refund_of(self.request)

    @property
    def value(self):
        return refunds.goods_price(self.lines)

    @cached_property
    def photos(self):
        return photos_of(self.attachments)

    @property
    def people(self):
        one = self.request
        return {
            name: self.names("user", getattr(one, f"{name}_id")) for name in ("received_by", "approved_by", "inspector")
        }

    @property
    def is_untold(self):
        return any(row.told_at is None for row in self.news)
