"""What comes next for a compensation: the step that leads on, what stands beside it, and the rest."""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from compensation.models import Compensation
from compensation.models.compensation import declaration_filled
from workflow.transitions import Move

S = Compensation.Status
DECISIONS = frozenset({"approve_small", "approve_goodwill", "gm_approve", "gm_reject", "reject_small", "send_back"})
NEXT = {
    S.DRAFT: ("appraise", "ask_appraisal", "approve_goodwill"),
    S.APPRAISED: ("approve_small", "require_visit"),
    S.DEPARTMENT_APPROVED: ("pay",),
    S.VISIT_PENDING: ("record_agreement",),
    S.AGREED: ("submit_to_gm", "collect_material"),
    S.GM_REVIEW: ("gm_approve",),
    S.APPROVED: ("pay",),
    S.PAID: ("report", "dispose"),
    S.REPORTED: ("acknowledge",),
    S.WRITE_OFF_PENDING: ("declare_write_off", "fill_write_off"),
    S.REJECTED: ("renegotiate",),
}
WAITS_FOR = {
    S.DRAFT: _("an appraisal, or the supervisor's approval"),
    S.APPRAISED: _("the department's decision"),
    S.DEPARTMENT_APPROVED: _("the payment"),
    S.VISIT_PENDING: _("the joint visit and the agreement"),
    S.AGREED: _("the supervisor puts it before the general manager"),
    S.GM_REVIEW: _("the general manager"),
    S.APPROVED: _("the payment"),
    S.PAID: _("the report, or the disposal"),
    S.WRITE_OFF_PENDING: _("the declaration, booked by finance"),
    S.REJECTED: _("new terms, or its end"),
}
OWN_PAGE = frozenset({"record_agreement", "amend", "appraise"})
HIDDEN = frozenset({"add_note", "make_promise", "keep_promise", "drop_promise", "describe_file", "withdraw_file",
                    "issue_link", "revoke_link"})  # fmt: skip


@dataclass
class Steps:
    """The moves of a page."""

    next: Move | None = None
    menu: list = field(default_factory=list)
    waits_for: str = ""
    decides: bool = False

    own_page = OWN_PAGE


def steps_for(compensation, user):
    """What this person may do with it now. What needs a yes or no is done on the page made for that."""
    moves = {move.verb: move for move in compensation.moves_for(user) if _makes_sense(compensation, move.verb, user)}
    lead = [moves[verb] for verb in NEXT.get(compensation.status, ()) if verb in moves]
    first = next((move for move in lead if not move.reason), None)
    decides = any(verb in moves and not moves[verb].reason for verb in DECISIONS)
    left = [
        move
        for verb, move in moves.items()
        if move is not first and verb not in HIDDEN and not (decides and verb in DECISIONS)
    ]
    waits_for = "" if first else WAITS_FOR.get(compensation.status, "")
    return Steps(first if not (first and first.verb in DECISIONS) else None, left, waits_for, decides)


def _makes_sense(compensation, verb, user):
    if verb == "acknowledge":
        return compensation.readings.filter(reader=user, read_at__isnull=True).exists()
    if verb == "declare_write_off":
        return declaration_filled(compensation)
    return True
