"""What the frame of every page leads to in this app, and what other pages offer about work orders."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.navigation import Entry
from core.navigation import register as enter
from customers.tallies import count_by_root, tally
from technicians.models import HandIn, WorkOrder
from workflow.offers import HEAD, MENU, TIMELINE, Offer, offer
from workflow.panels import Panel, panel

SHOWN = 20


def register():
    enter(Entry("orders", pgettext_lazy("navigation", "Work orders"), "technicians:orders", "wrench",
                permission="technicians.view_workorder", order=35, shortcut="g w", count=_to_dispatch, is_work=True))  # fmt: skip
    enter(Entry("roster", pgettext_lazy("navigation", "Roster of technicians"), "technicians:roster", "calendar-range",
                permission="technicians.view_roster", order=37, shortcut="g r"))  # fmt: skip
    enter(Entry("repair-register", pgettext_lazy("navigation", "Repair register"), "technicians:register", "clipboard-list",
                permission="technicians.view_roster", order=39))  # fmt: skip
    enter(Entry("today", pgettext_lazy("navigation", "My visits"), "technicians:today", "map-pin",
                permission="technicians.work_workorder", order=5, shortcut="g i", is_work=True))  # fmt: skip
    enter(Entry("hand-ins", pgettext_lazy("navigation", "Hand-ins"), "technicians:hand-ins", "wallet",
                permission="technicians.receive_handin", roles=("technician",), order=58, count=_to_count,
                is_work=True))  # fmt: skip
    offer("cases.Complaint", of_complaint)
    offer("technicians.WorkOrder", of_order)
    panel("orders", orders_of, order=20)
    tally("orders", gettext_lazy("Work orders"), _orders_of_files, order=20)


def _to_dispatch(user):
    """What waits for the dispatcher; nothing for others."""
    if not user.has_perm("technicians.dispatch_workorder"):
        return None
    return WorkOrder.objects.visible_to(user).to_dispatch()


def _to_count(user):
    """What finance has to count."""
    return HandIn.objects.waiting() if user.has_perm("technicians.receive_handin") else None


def _orders_of_files(roots, user):
    return count_by_root(WorkOrder.objects.visible_to(user), roots, "matter__customer__root")


def of_complaint(complaint, user):
    if complaint.is_final or not user.has_perm("technicians.accept_workorder"):
        return []
    url = f"{reverse('technicians:accept')}?complaint={complaint.pk}"
    return [Offer(_("New work order"), url, icon="wrench", place=MENU, order=5)]


def of_order(order, user):
    """Papers to print, files to add, and an order to rework what was closed."""
    offers = []
    if user.has_perm("technicians.work_workorder") and order.is_in_crew(user):
        offers.append(Offer(_("Job on the phone"), reverse("technicians:job", args=[order.pk]), "smartphone", HEAD))
    if user.has_perm("technicians.print_workorder"):
        papers = [("acceptance-paper", _("Repair acceptance form")), ("sheet-paper", _("Repair sheet"))]
        papers += [("slip-paper", _("Dispatch slip"))] if order.slips else []
        offers += [
            Offer(label, reverse(f"technicians:{name}", args=[order.pk]), "printer", MENU) for name, label in papers
        ]
    if user.has_perm("workflow.add_attachment"):
        url = reverse("technicians:workorder-attach-files", args=[order.pk])
        offers.append(Offer(_("Add files"), url, icon="camera", place=TIMELINE, shortcut="f"))
    if order.status == "closed" and user.has_perm("technicians.accept_workorder"):
        url = f"{reverse('technicians:accept')}?rework_of={order.pk}"
        offers.append(Offer(_("Rework it"), url, icon="rotate-ccw", place=HEAD))
    return offers


def orders_of(customer, user, now):
    """A customer's work orders on his service file, the newest first; nothing where there is none to show."""
    if not user.has_perm("technicians.view_workorder"):
        return None
    seen = WorkOrder.objects.visible_to(user)
    if user.role_names == {"technician"}:
        seen = seen.of_person(user)
    rows = list(seen.filter(matter__customer__root=customer.root_id).order_by("-created_at", "-pk")[:SHOWN])
    if not rows and not user.has_perm("technicians.accept_workorder"):
        return None
    return Panel("technicians/_file_orders.html", {"orders": rows, "customer": customer})
