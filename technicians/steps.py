"""Which step leads on from where a work order stands, which stand beside it, and whose turn it is."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.steps import ELSEWHERE, Steps
from technicians.models import WorkOrder

S = WorkOrder.Status
NEXT = {
    S.ACCEPTED: ("dispatch",),
    S.DISPATCHED: ("acknowledge",),
    S.ACKNOWLEDGED: ("arrive",),
    S.ON_SITE: ("start_free", "quote"),
    S.QUOTED: ("confirm_quote",),
    S.IN_PROGRESS: ("complete",),
    S.WAITING_PARTS: ("parts_arrived",),
    S.RESCHEDULED: ("redispatch",),
    S.ESCALATED: ("supervisor_decide",),
    S.COMPLETED: ("customer_accept",),
    S.REWORK: ("resume",),
    S.PART_SHIPPED: ("confirm_self_fit",),
    S.CUSTOMER_ACCEPTED: ("close",),
}
BESIDE = {
    S.ACCEPTED: ("ship_for_self_fit",),
    S.DISPATCHED: ("refuse",),
    S.ACKNOWLEDGED: ("reschedule",),
    S.ON_SITE: ("quote", "wait_parts"),
    S.QUOTED: ("decline_quote", "requote"),
    S.IN_PROGRESS: ("tick_off", "wait_parts"),
    S.COMPLETED: ("fail_acceptance",),
    S.PART_SHIPPED: ("self_fit_failed",),
    S.CUSTOMER_ACCEPTED: ("collect_fee", "fail_acceptance"),
}
WAITS_FOR = {
    S.ACCEPTED: _("the dispatcher sends somebody"),
    S.DISPATCHED: _("the technician calls the customer and takes the job on"),
    S.ACKNOWLEDGED: _("the technician arrives"),
    S.ON_SITE: _("the technician finds out what is wrong"),
    S.QUOTED: _("the customer agrees to the price"),
    S.IN_PROGRESS: _("the technician finishes the work"),
    S.WAITING_PARTS: _("the parts clerk reports that the part is there"),
    S.RESCHEDULED: _("the dispatcher sets the new time"),
    S.ESCALATED: _("the supervisor of the repair centre decides"),
    S.COMPLETED: _("the customer looks at the work"),
    S.REWORK: _("the technician begins the rework"),
    S.PART_SHIPPED: _("the agent asks whether it is fitted"),
    S.CUSTOMER_ACCEPTED: _("the agent asks the customer and closes the order"),
}
GROUPS = (
    (pgettext_lazy("work order", "On site"), ("arrive", "quote", "start_free", "confirm_quote", "requote", "complete",
                                              "collect_fee", "agree_disposal", "tick_off", "report_incident")),
    (pgettext_lazy("work order", "Time and people"), ("reassign", "reschedule", "escalate", "explain", "refuse")),
    (pgettext_lazy("work order", "Parts"), ("wait_parts", "ship_for_self_fit")),
    (pgettext_lazy("work order", "Contact"), ("make_promise",)),
    (pgettext_lazy("work order", "End"), ("fail_acceptance", "decline_quote", "cancel")),
)  # fmt: skip
# Whose form is too much for a dialog.
OWN_PAGE = frozenset(
    {"dispatch", "redispatch", "reassign", "supervisor_decide", "quote", "complete", "confirm_quote", "customer_accept"}
)


class OrderSteps(Steps):
    """The moves of a work order's page."""

    own_page = OWN_PAGE


def steps_for(order, user):
    """What this person may do with the order now, sorted for its page."""
    moves = {move.verb: move for move in order.moves_for(user) if makes_sense(order, move.verb)}
    lead = [moves[verb] for verb in NEXT.get(order.status, ()) if verb in moves]
    first = next((move for move in lead if not move.reason), None)
    beside = [moves[verb] for verb in BESIDE.get(order.status, ()) if verb in moves and moves[verb] is not first]
    shown = {move.verb for move in [first, *beside] if move}
    left = {verb: move for verb, move in moves.items() if verb not in shown | ELSEWHERE}
    menu = []
    for label, verbs in GROUPS:
        group = [left.pop(verb) for verb in verbs if verb in left]
        if group:
            menu.append((label, group))
    if left:
        menu.insert(0, (_("Steps"), list(left.values())))
    return OrderSteps(first, beside, menu, "" if first else WAITS_FOR.get(order.status, ""), moves)


def makes_sense(order, verb):
    """Whether there is anything for a verb to act on; others always have something."""
    if verb == "collect_fee":
        return order.owed > 0
    if verb == "start_free":
        return order.kind == "appraisal" or (order.attribution != "customer" and order.card_id is not None)
    if verb == "tick_off":
        return bool(order.checklists)
    if verb == "quote":
        return order.kind != "appraisal"
    return True
