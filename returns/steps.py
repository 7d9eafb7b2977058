"""What comes next for a return: the one step that leads on, and the order of all the others on its page."""

from django.utils.translation import gettext_lazy as _

from cases.steps import ELSEWHERE
from cases.steps import Steps as StepsOfPage
from returns.models import ReturnRequest
from returns.models.choices import Kind, Mode
from workflow.transitions import Move, declaration

S = ReturnRequest.Status

# The steps that lead on from each state, the likelier first. A step a guard holds back gives way to the one after it.
NEXT = {
    S.SUBMITTED: ("start_review",),
    S.REVIEWING: ("approve", "approve_refund_only", "approve_unshipped"),
    S.APPROVED: ("inspect", "enter_tracking"),
    S.IN_TRANSIT: ("receive",),
    S.RECEIVED: ("inspect",),
    S.INSPECTING: ("inspection_ok",),
    S.INSPECTION_FAILED: ("resolve_failed",),
    S.RECALLING: ("recalled",),
    S.REFUND_DUE: ("refund",),
    S.EXCHANGE_DUE: ("ship_exchange",),
    S.EXCHANGE_SHIPPED: ("confirm_exchange",),
    S.REPAIR_DUE: ("to_repair",),
    S.LAPSED: ("reopen",),
    S.REJECTED: ("send_back",),
    S.COMPLETED: ("send_back",),
}
# What stands beside it: the other answer to the same question.
BESIDE = {
    S.SUBMITTED: ("answer",),
    S.REVIEWING: ("reject",),
    S.IN_TRANSIT: ("refuse_parcel",),
    S.INSPECTING: ("inspection_bad",),
    S.RECALLING: ("recall_failed",),
    S.REFUND_DUE: ("set_payee",),
    S.EXCHANGE_DUE: ("confirm_address", "order_remake"),
}
# Whose turn it is where the person who looks cannot take the next step.
WAITS_FOR = {
    S.SUBMITTED: _("an agent answers and reviews it"),
    S.REVIEWING: _("an agent agrees to it or turns it down"),
    S.APPROVED: _("the customer sends the goods"),
    S.IN_TRANSIT: _("the parcel arrives at the warehouse"),
    S.RECEIVED: _("quality inspects the goods"),
    S.INSPECTING: _("quality says what came of it"),
    S.INSPECTION_FAILED: _("the supervisor settles it with the customer"),
    S.RECALLING: _("the warehouse holds the order back"),
    S.REFUND_DUE: _("finance pays the refund"),
    S.EXCHANGE_DUE: _("the warehouse sends the exchange"),
    S.EXCHANGE_SHIPPED: _("the customer has the exchange"),
    S.REPAIR_DUE: _("an agent hands it over to repair"),
}
GROUPS = (
    (_("Contact"), ("answer", "tell_customer", "make_promise")),
    (
        _("Goods"),
        (
            "enter_tracking",
            "trace_parcel",
            "refuse_parcel",
            "lose",
            "advance_exchange",
            "order_remake",
            "resend",
            "send_back",
        ),
    ),
    (_("Money"), ("set_payee", "take_top_up", "confirm_address", "confirm_extension")),
    (_("Mark"), ("call_platform",)),
    (_("End"), ("lapse", "cancel", "reject")),
)
# Whose form is too much for a dialog, or shows first what it will do.
PREVIEWED = frozenset(
    {"approve", "approve_refund_only", "approve_unshipped", "recalled", "lose", "inspection_ok", "resolve_failed", "refund",
     "ship_exchange"}
)  # fmt: skip
# What a verb acts on, as far as the page knows without asking the database again.
HAS_SOMETHING = {
    "approve": lambda one: one.kind not in (Kind.REFUND_ONLY, Kind.UNSHIPPED),
    "approve_refund_only": lambda one: one.kind == Kind.REFUND_ONLY,
    "approve_unshipped": lambda one: one.kind == Kind.UNSHIPPED,
    "inspect": lambda one: one.status != S.APPROVED or one.mode == Mode.ON_SITE,
    "enter_tracking": lambda one: one.mode != Mode.ON_SITE,
    "send_back": lambda one: one.must_send_back,
    "take_top_up": lambda one: one.top_up and not one.top_up_paid_at,
    "advance_exchange": lambda one: one.kind == Kind.EXCHANGE and not one.advance_shipped_at,
    "confirm_address": lambda one: one.kind == Kind.EXCHANGE,
    "confirm_extension": lambda one: one.extended_until is not None,
    "trace_parcel": lambda one: any(parcel.is_on_the_way for parcel in one.parcels.all()),
}


class Steps(StepsOfPage):
    own_page = PREVIEWED | {"receive", "inspect"}


def steps_for(request, user):
    """What this person may do with the return now, sorted for its page."""
    moves = {move.verb: move for move in request.moves_for(user) if makes_sense(request, move.verb)}
    lead = [moves[verb] for verb in NEXT.get(request.status, ()) if verb in moves]
    first = next((move for move in lead if not move.reason), None)
    beside = [moves[verb] for verb in BESIDE.get(request.status, ()) if verb in moves]
    shown = {move.verb for move in [first, *beside] if move}
    left = {verb: move for verb, move in moves.items() if verb not in shown | ELSEWHERE}
    menu = []
    for label, verbs in GROUPS:
        group = [left.pop(verb) for verb in verbs if verb in left]
        if group:
            menu.append((label, group))
    if left:
        menu.insert(0, (_("Steps"), list(left.values())))
    return Steps(first, beside, menu, "" if first else WAITS_FOR.get(request.status, ""), moves)


def makes_sense(request, verb):
    needs = HAS_SOMETHING.get(verb)
    return needs is None or bool(needs(request))


def next_step(request, user):
    """The step that leads on, for a row of a list: decided without asking the database; guards are left to its form."""
    for verb in NEXT.get(request.status, ()):
        meta = declaration(request, verb)
        if meta is not None and makes_sense(request, verb) and meta.has_perm(request, user):
            return Move(request, verb, meta)
    return None
