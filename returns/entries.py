"""What the frame of every page leads to in this app, and what other pages offer of it."""

import uuid

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.navigation import Entry
from core.navigation import register as enter
from core.search import Found, Kind
from core.search import register as find
from customers.offers import on_order
from customers.phones import name_for
from customers.tallies import count_by_root, tally
from returns.models import ReturnRequest
from returns.queues import QUEUES
from workflow.offers import HEAD, MENU, TIMELINE, Offer, offer
from workflow.panels import Panel, panel


def register():
    enter(Entry("returns", pgettext_lazy("navigation", "Returns"), "returns:list", "undo-2",
                permission="returns.view_returnrequest", order=45, shortcut="g t", count=waiting_for, is_work=True))  # fmt: skip
    offer("returns.ReturnRequest", of_return)
    offer("cases.Complaint", of_complaint)
    on_order(of_order)
    panel("returns", returns_of, order=20)
    tally("returns", gettext_lazy("Returns"), _returns_of_files, order=20)
    find(
        Kind("return", gettext_lazy("Returns"), found, icon="undo-2", order=25, records=ReturnRequest.objects.to_index)
    )


def waiting_for(user):
    """The returns whose next step is this person's."""
    rows = [queue.rows for queue in QUEUES.values() if user.has_perm(queue.right)]
    if not rows:
        return None
    condition = rows[0]
    for other in rows[1:]:
        condition |= other
    return ReturnRequest.objects.visible_to(user).filter(condition)


def of_return(record, user):
    """Papers, the customer's link, files."""
    offers = []
    if user.has_perm("returns.print_returnrequest"):
        offers += [
            Offer(
                _("Print the request"), reverse("returns:request-paper", args=[record.pk]), "printer", MENU, order=10
            ),
            Offer(_("Return voucher"), reverse("returns:voucher-paper", args=[record.pk]), "ticket", MENU, order=20),
        ]
    if user.has_perm("workflow.add_customerlink") and not record.is_final:
        url = reverse("returns:returnrequest-issue-link", args=[record.pk])
        offers += [
            Offer(_("Copy the customer's link"), url, icon="link", place=HEAD, op=uuid.uuid4(), shortcut="l"),
            Offer(_("Link for the customer"), url, place=MENU, dialog=True),
        ]
    if user.has_perm("workflow.add_attachment"):
        url = reverse("returns:returnrequest-attach-files", args=[record.pk])
        offers.append(Offer(_("Add files"), url, icon="paperclip", place=TIMELINE, shortcut="f"))
    offers.append(Offer(_("All files"), reverse("returns:returnrequest-files", args=[record.pk]), place=MENU))
    return offers


def of_complaint(complaint, user):
    if complaint.is_final or not user.has_perm("returns.submit_returnrequest"):
        return []
    url = reverse("returns:new", args=[complaint.matter.customer_id])
    return [Offer(_("New return"), f"{url}?complaint={complaint.pk}", icon="undo-2", place=MENU, order=30)]


def of_order(order, user):
    """The way from an order to a return of its goods."""
    if not user.has_perm("returns.submit_returnrequest"):
        return []
    url = reverse("returns:new", args=[order.customer_id])
    wrong = reverse("returns:wrong-shipment-new", args=[order.pk])
    links = [(_("New return"), f"{url}?order={order.pk}", "undo-2")]
    return links + ([(_("Wrong shipment"), wrong, "package-x")] if user.has_perm("returns.add_wrongshipment") else [])


def returns_of(customer, user, now):
    """The returns of a customer, the newest few, for his service file; and the way to a new one."""
    if not user.has_perm("returns.view_returnrequest"):
        return None
    seen = ReturnRequest.objects.visible_to(user).filter(matter__customer__root=customer.root_id)
    rows = list(seen.select_related("matter").order_by("-received_at", "-pk")[:20])
    may_submit = user.has_perm("returns.submit_returnrequest")
    return Panel("returns/_file_returns.html", {"rows": rows, "may_submit": may_submit}) if rows or may_submit else None


def _returns_of_files(roots, user):
    return count_by_root(ReturnRequest.objects.visible_to(user), roots, "matter__customer__root")


def found(pks, user):
    rows = ReturnRequest.objects.visible_to(user).filter(pk__in=pks).select_related("matter__customer")
    return {
        row.pk: Found(
            row.number,
            row.get_absolute_url(),
            f"{name_for(user, row.customer.name)} · {row.get_kind_display()} · {row.get_status_display()}",
            row.received_at,
        )
        for row in rows
    }
