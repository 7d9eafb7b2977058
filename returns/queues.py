"""The queues of a return: whose turn it is, first come first served (S2-28)."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Queue:
    """One worklist: its name, whom it is for, which returns stand in it and in which order."""

    def __init__(self, label, right, rows, *, clock="", empty=""):
        self.label, self.right, self.rows, self.clock, self.empty = label, right, rows, clock, empty


def standing(*states):
    return Q(status__in=states)


REVIEW, SHIP, INSPECT, PAY = (
    "returns.review_returnrequest", "returns.ship_returnrequest", "returns.inspect_returnrequest", "returns.refund_returnrequest",
)  # fmt: skip
QUEUES = {
    "answer": Queue(pgettext_lazy("queue", "To answer"), REVIEW, standing("submitted"), clock="return_answer",
                    empty=_("Every request has been answered.")),
    "review": Queue(pgettext_lazy("queue", "To decide"), REVIEW, standing("reviewing"),
                    empty=_("Nothing waits to be decided.")),
    "coming": Queue(pgettext_lazy("queue", "To be sent by customers"), REVIEW, standing("approved"), clock="return_tracking",
                    empty=_("No customer owes us goods.")),
    "recall": Queue(pgettext_lazy("queue", "To hold back"), SHIP, standing("recalling"), clock="return_recall",
                    empty=_("No order has to be held back.")),
    "expected": Queue(pgettext_lazy("queue", "Expected"), SHIP, standing("in_transit"), empty=_("No parcel is on its way.")),
    "inspect": Queue(pgettext_lazy("queue", "To inspect"), INSPECT,
                     standing("received", "inspecting") | Q(status="approved", mode="on_site"), clock="return_inspect",
                     empty=_("Nothing waits to be inspected.")),
    "settle": Queue(pgettext_lazy("queue", "To settle"), "returns.except_returnrequest", standing("inspection_failed"),
                    empty=_("Nothing waits to be settled.")),
    "refund": Queue(pgettext_lazy("queue", "To refund"), PAY, standing("refund_due"), clock="return_refund",
                    empty=_("No refund is due.")),
    "ship": Queue(pgettext_lazy("queue", "To send"), SHIP, standing("exchange_due") | Q(must_send_back=True),
                  clock="return_ship", empty=_("Nothing has to be sent.")),
    "arriving": Queue(pgettext_lazy("queue", "Sent, not confirmed"), REVIEW, standing("exchange_shipped", "repair_due"),
                      empty=_("Every exchange has arrived.")),
}  # fmt: skip


def queues_of(user):
    """The queues this person works through, in order: (name, queue)."""
    return [(name, queue) for name, queue in QUEUES.items() if user.has_perm(queue.right)]
