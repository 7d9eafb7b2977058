"""What comes next for a delivery: the one step that leads on, and the order of all the others on its page."""

from django.utils.translation import gettext_lazy as _

from cases.models.delivery import Status, fee_disputed, no_fee_dispute
from cases.steps import ELSEWHERE
from cases.steps import Steps as StepsOfPage
from workflow.transitions import Move, declaration

NEXT = {
    Status.TO_APPROVE: ("approve_date",),
    Status.REGISTERED: ("check_order", "set_date"),
    Status.PREPARING: ("ship",),
    Status.SHIPPED: ("trace_waybill", "send_notice", "pick_up"),
    Status.DAMAGED: ("claim_carrier", "settle_damage"),
}
BESIDE = {
    Status.TO_APPROVE: ("refuse_date", "set_date"),
    Status.PREPARING: ("record_progress", "move_date"),
    Status.SHIPPED: ("pick_up_damaged",),
    Status.DAMAGED: ("settle_damage",),
}
WAITS_FOR = {
    Status.TO_APPROVE: _("a superior agrees to the date"),
    Status.REGISTERED: _("the order follower checks the order"),
    Status.PREPARING: _("the order follower ships it"),
    Status.SHIPPED: _("the order follower tells the customer of it"),
    Status.DAMAGED: _("an agent settles the damage"),
}
# What a verb acts on, as far as the page knows without asking the database again.
HAS_SOMETHING = {
    "check_order": lambda issue: issue.deadline is not None,
    "trace_waybill": lambda issue: issue.traced_at is None,
    "send_notice": lambda issue: issue.noticed_at is None and issue.traced_at is not None,
    "pick_up": lambda issue: issue.noticed_at is not None,
    "pick_up_damaged": lambda issue: issue.noticed_at is not None,
    "claim_carrier": lambda issue: not getattr(issue, "has_claim", False),
    "dispute_fee": no_fee_dispute,
    "settle_fee": fee_disputed,
}


class Steps(StepsOfPage):
    own_page = frozenset({"send_notice", "ship"})


def makes_sense(issue, verb):
    needs = HAS_SOMETHING.get(verb)
    return needs is None or bool(needs(issue))


def leading(issue):
    """The verbs that lead on; a date that is set is set anew only when somebody wants it."""
    return [verb for verb in NEXT.get(issue.status, ()) if not (verb == "set_date" and issue.deadline)]


def steps_for(issue, user):
    """What this person may do with the delivery now, sorted for its page."""
    moves = {move.verb: move for move in issue.moves_for(user) if makes_sense(issue, move.verb)}
    lead = [moves[verb] for verb in leading(issue) if verb in moves]
    first = next((move for move in lead if not move.reason), None)
    beside = [moves[verb] for verb in BESIDE.get(issue.status, ()) if verb in moves and moves[verb] is not first]
    shown = {move.verb for move in [first, *beside] if move}
    left = [move for verb, move in moves.items() if verb not in shown | ELSEWHERE]
    waits = "" if first else WAITS_FOR.get(issue.status, "")
    return Steps(first, beside, [(_("Steps"), left)] if left else [], waits, moves)


def next_step(issue, user):
    """The step that leads on, for a row of a list: decided without asking the database; guards are left to its form."""
    for verb in leading(issue):
        meta = declaration(issue, verb)
        if meta is not None and makes_sense(issue, verb) and meta.has_perm(issue, user):
            return Move(issue, verb, meta)
    return None
