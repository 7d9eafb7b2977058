"""The queues of deliveries, and who works through them."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.models.delivery import APPROVE, FOLLOW, OPEN_RIGHT, Risk, Status


@dataclass(frozen=True)
class Queue:
    """One list of what to do: whose right it needs, which rows it holds, what it says when it is empty."""

    label: str
    right: str
    rows: Q
    empty: str


def standing(*statuses):
    return Q(status__in=statuses)


AT_RISK = standing(Status.PREPARING) & (~Q(risk=Risk.NONE) | Q(in_stock=False))
FEES = standing(Status.SHIPPED, Status.DAMAGED) & Q(disputed_at__isnull=False) & Q(dispute_settled_at__isnull=True)
QUEUES = {
    "approve": Queue(pgettext_lazy("queue", "Dates to agree to"), APPROVE, standing(Status.TO_APPROVE),
                     _("No date waits for an answer.")),
    "undated": Queue(pgettext_lazy("queue", "Without a deadline"), OPEN_RIGHT,
                     standing(Status.REGISTERED) & Q(deadline__isnull=True), _("Every order has its date.")),
    "check": Queue(pgettext_lazy("queue", "Orders to check"), FOLLOW,
                   standing(Status.REGISTERED) & Q(deadline__isnull=False), _("Every order was checked.")),
    "risk": Queue(pgettext_lazy("queue", "Late or not in stock"), FOLLOW, AT_RISK, _("No date is in danger.")),
    "prepare": Queue(pgettext_lazy("queue", "Being prepared"), FOLLOW, standing(Status.PREPARING),
                     _("Nothing is being prepared.")),
    "notify": Queue(pgettext_lazy("queue", "To announce"), FOLLOW, standing(Status.SHIPPED) & Q(noticed_at__isnull=True),
                    _("Every customer knows of his goods.")),
    "arriving": Queue(pgettext_lazy("queue", "To be picked up"), OPEN_RIGHT,
                      standing(Status.SHIPPED) & Q(noticed_at__isnull=False), _("Everything was picked up.")),
    "damaged": Queue(pgettext_lazy("queue", "Damaged"), OPEN_RIGHT, standing(Status.DAMAGED),
                     _("No damage is unsettled.")),
    "fees": Queue(pgettext_lazy("queue", "Fees disputed"), APPROVE, FEES, _("No fees are disputed.")),
}  # fmt: skip
# What the number in the navigation counts: not what merely takes its time.
PRESSING = ("approve", "undated", "check", "risk", "notify", "damaged", "fees")


def queues_of(user):
    """The queues this person works through, in order: (name, queue)."""
    return [(name, queue) for name, queue in QUEUES.items() if user.has_perm(queue.right)]
