"""What comes next for a complaint: the one step that leads on, and the order of all the others on its page."""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from cases.models import Complaint
from cases.models.choices import Remote
from workflow.transitions import Move, declaration

S = Complaint.Status

# The steps that lead on from each state, the likelier first. A step a guard holds back gives way to the one after it.
NEXT = {
    S.REGISTERED: ("answer_on_the_spot", "start_judging"),
    S.JUDGING: ("judge_valid",),
    S.REJECTED: ("answer_customer",),
    S.INVESTIGATING: ("propose_plan",),
    S.PLAN_PROPOSED: ("approve_plan",),
    S.PLAN_APPROVED: ("accept_plan",),
    S.IMPLEMENTING: ("finish_implementation", "finish_strand"),
    S.EVALUATING: ("evaluate",),
    S.AWAITING_FOLLOW_UP: ("close", "record_follow_up"),
    S.IN_DISPUTE: ("settle_dispute",),
}
# What stands beside it: the other answer to the same question, or the short way.
BESIDE = {
    S.REGISTERED: ("apply_standard_plan",),
    S.JUDGING: ("judge_invalid", "apply_standard_plan"),
    S.REJECTED: ("reconsider",),
    S.INVESTIGATING: ("apply_standard_plan",),
    S.PLAN_PROPOSED: ("return_plan",),
    S.PLAN_APPROVED: ("decline_plan",),
    S.AWAITING_FOLLOW_UP: ("reopen",),
    S.IN_DISPUTE: ("advance_dispute",),
    S.CLOSED: ("reopen",),
}
# Whose turn it is where the person who looks cannot take the next step.
WAITS_FOR = {
    S.REGISTERED: _("the handler starts judging"),
    S.JUDGING: _("the handler or supervisor judges it"),
    S.REJECTED: _("the handler answers the customer"),
    S.INVESTIGATING: _("the handler proposes a plan"),
    S.PLAN_PROPOSED: _("a leader chooses a plan"),
    S.PLAN_APPROVED: _("the customer is asked whether he agrees"),
    S.IMPLEMENTING: _("the handler finishes the work"),
    S.EVALUATING: _("the supervisor evaluates it"),
    S.AWAITING_FOLLOW_UP: _("the follow-up and the closing"),
    S.IN_DISPUTE: _("the supervisor settles the dispute"),
}
GROUPS = (
    (_("Contact"), ("record_contact", "chase", "make_promise", "record_remote_help", "record_follow_up")),
    (_("Find out"), ("record_findings", "request_appraisal", "record_appraisal", "countersign_appraisal", "correct",
                     "verify_entry")),
    (_("Carry out"), ("apply_standard_plan", "finish_strand", "pass_checkpoint", "explain_in_writing", "revise_plan",
                      "finish_implementation")),
    (_("Hand on"), ("assign", "take_over", "transfer", "answer_transfer", "escalate", "answer_escalation")),
    (_("Mark"), ("set_severity", "flag_risk", "flag_grave")),
    (_("End"), ("reopen", "open_dispute", "advance_dispute", "merge", "withdraw")),
)  # fmt: skip
# Whose form is too much for a dialog.
OWN_PAGE = frozenset({"propose_plan", "approve_plan", "return_plan", "record_appraisal"})
# These have a place of their own on the page, beside what they are about.
ELSEWHERE = frozenset(
    {
        "add_note",
        "keep_promise",
        "drop_promise",
        "attach_files",
        "describe_file",
        "withdraw_file",
        "issue_link",
        "revoke_link",
    }
)


@dataclass
class Steps:
    """The moves of a page: ``next`` is the one that leads on, ``beside`` its alternatives, ``menu`` the rest in groups."""

    next: Move | None = None
    beside: list = field(default_factory=list)
    menu: list = field(default_factory=list)
    waits_for: str = ""
    by_verb: dict = field(default_factory=dict)

    own_page = OWN_PAGE

    def __contains__(self, verb):
        return verb in self.by_verb


def steps_for(complaint, user):
    """What this person may do with the complaint now, sorted for its page."""
    moves = {move.verb: move for move in complaint.moves_for(user) if _makes_sense(complaint, move.verb)}
    lead = [moves[verb] for verb in NEXT.get(complaint.status, ()) if verb in moves]
    first = next((move for move in lead if not move.reason), None)
    beside = [moves[verb] for verb in BESIDE.get(complaint.status, ()) if verb in moves]
    shown = {move.verb for move in [first, *beside] if move}
    left = {verb: move for verb, move in moves.items() if verb not in shown | ELSEWHERE}
    menu = []
    for label, verbs in GROUPS:
        group = [left.pop(verb) for verb in verbs if verb in left]
        if group:
            menu.append((label, group))
    if left:
        menu.insert(0, (_("Steps"), list(left.values())))
    return Steps(first, beside, menu, "" if first else WAITS_FOR.get(complaint.status, ""), moves)


# What a verb acts on, as far as the page knows without asking the database again; a verb not named here always has something.
HAS_SOMETHING = {
    "record_appraisal": lambda complaint: any(row.done_at is None for row in complaint.appraisals.all()),
    "countersign_appraisal": lambda complaint: any(
        row.done_at and not row.countersigned_at for row in complaint.appraisals.all()
    ),
    "answer_transfer": lambda complaint: any(row.answered_at is None for row in complaint.transfers.all()),
    "answer_escalation": lambda complaint: any(row.answered_at is None for row in complaint.escalations.all()),
    "verify_entry": lambda complaint: complaint.verified_at is None,
    "flag_grave": lambda complaint: not complaint.is_grave,
    "answer_on_the_spot": lambda complaint: complaint.type in complaint.ANSWERABLE or complaint.remote == Remote.SOLVED,
    "finish_strand": lambda complaint: bool(complaint.open_strands),
}


def _makes_sense(complaint, verb):
    needs = HAS_SOMETHING.get(verb)
    return needs is None or needs(complaint)


def next_step_depends_on(complaint):
    """What ``next_step`` reads of a row beside its status, its handler and who looks."""
    return (
        complaint.type,
        complaint.remote,
        getattr(complaint, "has_open_strands", False),
        complaint.is_followed_up,
    )


def next_step(complaint, user):
    """The step that leads on, for a row of a list: decided without asking the database.

    Rows may carry ``has_open_strands`` (annotation of ``ComplaintQuerySet.as_rows``).
    """
    for verb in NEXT.get(complaint.status, ()):
        if verb == "answer_on_the_spot" and not _makes_sense(complaint, verb):
            continue
        if verb == "finish_implementation" and getattr(complaint, "has_open_strands", False):
            continue
        if verb == "close" and not complaint.is_followed_up:
            continue
        meta = declaration(complaint, verb)
        if meta is not None and meta.has_perm(complaint, user):
            return Move(complaint, verb, meta)
    return None
