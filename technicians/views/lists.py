"""The lists of work orders: one list with its queues as tabs."""

from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.models import Complaint
from cases.models.parts import Strand
from core.calendar import midnight
from core.clocks import Clock
from core.lists import FilteredListView
from technicians.filters import WorkOrderFilter
from technicians.models import WorkOrder

SHOWN = 20  # confirmed problems without an order; the rest follow when these have theirs

# Queue → its label and what stands in it.
QUEUES = {
    "open": pgettext_lazy("work orders", "Open"),
    "dispatch": pgettext_lazy("work orders", "To dispatch"),
    "today": pgettext_lazy("work orders", "Today"),
    "parts": pgettext_lazy("work orders", "Waiting for parts"),
    "decide": pgettext_lazy("work orders", "To decide"),
    "late": pgettext_lazy("work orders", "Late"),
    "close": pgettext_lazy("work orders", "To close"),
    "all": pgettext_lazy("work orders", "All"),
}


def in_queue(orders, queue, now):
    """The orders of one queue."""
    today = midnight(timezone.localdate(now))
    match queue:
        case "dispatch":
            return orders.to_dispatch()
        case "today":
            return orders.open().filter(window_from__lt=today + timedelta(days=1), window_until__gte=today)
        case "parts":
            return orders.waiting_for_parts()
        case "decide":
            return orders.filter(status="escalated")
        case "late":
            return orders.late(now)
        case "close":
            return orders.to_accept()
        case "all":
            return orders
    return orders.open()


class OrderList(FilteredListView):
    """Work orders of the person's regions; a technician's own."""

    queryset = WorkOrder.objects.all()
    filterset_class = WorkOrderFilter
    permission_required = "technicians.view_workorder"
    template_name = "technicians/order_list.html"
    partial_template_name = "technicians/_order_rows.html"
    orders = {
        "newest": ("-created_at", "-pk"),
        "oldest": ("created_at", "pk"),
        "appointment": ("window_from", "pk"),
        "urgent": ("-urgency", "created_at", "pk"),
    }
    order_labels = {
        "newest": _("Newest first"),
        "oldest": _("Oldest first"),
        "appointment": pgettext_lazy("work order", "By appointment"),
        "urgent": pgettext_lazy("work order", "Water, danger and electricity first"),
    }

    @property
    def queue(self):
        asked = self.request.GET.get("queue")
        return asked if asked in QUEUES else "open"

    def get_order(self):
        asked = self.request.GET.get("order")
        usual = {"dispatch": "urgent", "today": "appointment", "close": "oldest", "parts": "oldest"}
        return asked if asked in self.orders else usual.get(self.queue, "newest")

    def get_queryset(self):
        orders = super().get_queryset()
        if self.viewer.role_names == {"technician"}:
            orders = orders.of_person(self.viewer)
        return in_queue(orders, self.queue, timezone.now()).with_facts()

    def get_context_data(self, **kwargs):
        context, now = super().get_context_data(**kwargs), timezone.now()
        for row in context["rows"]:
            row.clock = Clock.of(due=row.clock_due, started=row.clock_started, now=now) if row.clock_due else None
        tabs = [
            {"label": label, "url": f"{self.request.path}?queue={name}", "is_current": name == self.queue}
            for name, label in QUEUES.items()
        ]
        unassigned = []
        if self.queue == "dispatch" and self.viewer.has_perm("technicians.accept_workorder"):
            unassigned = list(without_an_order(self.viewer)[:SHOWN])
        return context | {"tabs": tabs, "queue": self.queue, "unassigned": unassigned}


def without_an_order(user):
    """Confirmed problems whose plan sends a technician, and for which no order was opened yet (S0-19)."""
    waiting = Strand.objects.filter(
        complaint=OuterRef("pk"), kind=Strand.Kind.DISPATCH, round=OuterRef("plan_round"), done_at=None
    )
    orders = WorkOrder.objects.exclude(status="cancelled").filter(complaint=OuterRef("pk"))
    seen = Complaint.objects.visible_to(user).filter(status=Complaint.Status.IMPLEMENTING)
    return seen.filter(Exists(waiting), ~Exists(orders)).order_by("created_at", "pk")
