"""The lists of returns: all of them, and the queues each role works through."""

from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Subquery
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.clocks import Clock
from core.lists import FilteredListView
from core.prepared import PreparedCounts
from returns.filters import ReturnFilter
from returns.models import ReturnLine, ReturnRequest
from returns.queues import QUEUES, queues_of
from returns.steps import Steps, next_step
from workflow.models import Deadline
from workflow.timeline import clock_label

CAP = 99
_counts = PreparedCounts(CAP + 1)


def as_rows(queryset):
    """With what a row of a list shows: the customer, the goods, the clock that runs out first."""
    lines = ReturnLine.objects.filter(request=OuterRef("pk")).order_by("pk")
    clocks = Deadline.objects.running().filter(matter=OuterRef("matter"), kind__startswith="return_").order_by("due_at")
    return queryset.select_related("matter__customer", "matter__owner", "region").annotate(
        goods=Subquery(lines.values("order_line__product__model_no")[:1]),
        goods_name=Subquery(lines.values("order_line__product__name")[:1]),
        clock_kind=Subquery(clocks.values("kind")[:1]),
        clock_due=Subquery(clocks.values("due_at")[:1]),
        clock_started=Subquery(clocks.values("started_at")[:1]),
    )


class Row:
    """One return as a list shows it: its clock, its next step, what it is about."""

    def __init__(self, record, user, now):
        self.record = record
        self.step = next_step(record, user)
        self.in_dialog = self.step is not None and self.step.verb not in Steps.own_page
        self.clock = None
        if record.clock_due and not record.is_final:
            label = clock_label(record.clock_kind)
            self.clock = Clock.of(label=label, due=record.clock_due, started=record.clock_started, now=now)


class Returns(FilteredListView):
    """Every return one may see, newest first."""

    filterset_class = ReturnFilter
    orders = {"newest": ("-received_at", "-pk"), "oldest": ("received_at", "pk")}
    order_labels = {"newest": _("newest first"), "oldest": _("first come first")}
    permission_required = "returns.view_returnrequest"
    template_name = "returns/request_list.html"
    partial_template_name = "returns/_request_list.html"
    queryset = as_rows(ReturnRequest.objects.all())
    title = _("Returns and exchanges")
    empty = _("No return fits. They are taken up from an order, a customer's file or a complaint.")
    queue = ""

    def get_context_data(self, **kwargs):
        user, now = self.request.user, timezone.now()
        kwargs |= {"title": self.title, "empty": self.empty, "queue": self.queue}
        context = super().get_context_data(**kwargs)
        context["rows"] = [Row(record, user, now) for record in context["page"].rows]
        context["queues"] = self._queues(user)
        return context

    def _queues(self, user):
        queues = queues_of(user)
        counts = _counts.of(user, {name: _OF_QUEUE[name] for name, _queue in queues})
        return [(name, queue.label, counts.get(name, 0)) for name, queue in queues]


def _standing_in(name):
    return lambda person: ReturnRequest.objects.visible_to(person).filter(QUEUES[name].rows)


# The same function each time, so that the prepared statement is found again.
_OF_QUEUE = {name: _standing_in(name) for name in QUEUES}


class Queue(Returns):
    """The returns of one queue, first come first served (S2-28)."""

    orders = {"oldest": ("received_at", "pk"), "newest": ("-received_at", "-pk")}

    def dispatch(self, request, *args, **kwargs):
        self.queue = kwargs["queue"]
        if self.queue not in QUEUES:
            raise Http404
        if request.user.is_authenticated and not request.user.has_perm(QUEUES[self.queue].right):
            raise PermissionDenied
        self.title, self.empty = QUEUES[self.queue].label, QUEUES[self.queue].empty
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self):
        return super().get_queryset().filter(QUEUES[self.queue].rows)
