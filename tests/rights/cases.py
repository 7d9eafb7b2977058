"""Who may do what on the pages of complaints, verb by verb: the declaration is here, the code is tried against it."""

from django.utils import timezone

from workflow.models import Handover

from tests.factories.cases import AppraisalFactory, ComplaintFactory, MatterFactory, person
from tests.factories.customers import CustomerFactory
from tests.rights.harness import ALL, OFFICE, SEERS, R, having


def complaint(world, region):
    return ComplaintFactory(matter=MatterFactory(customer=CustomerFactory(region=region)))


def appraisal(world, region):
    """One that is done, in the address of its complaint."""
    done = AppraisalFactory(
        complaint=complaint(world, region),
        technician=person("technician", region=region),
        requested_by=person("agent", region=region),
        done_at=timezone.now(),
    )
    return {"pk": done.complaint_id, "appraisal": done.pk}


def explanation(world, region):
    about, now = complaint(world, region), timezone.now()
    by = person("agent", region=region)
    written = about.explanations.create(new_due_at=now, reason="缺货", addressee="赵女士", by=by)
    return {"pk": about.pk, "explanation": written.pk}


def shift_handover(world, region):
    """Left for whoever has the next shift in the region."""
    giver = person("agent", region=region)
    matter = complaint(world, region).matter
    items = [(matter, "回电")]
    return Handover.objects.give(items, kind="shift", giver=giver, receiver=None, now=matter.opened_at)


def shift_item(world, region):
    return shift_handover(world, region).items.get()


HANDLE, JUDGE, LEAD = "cases.handle_complaint", "cases.judge_complaint", "cases.lead_complaint"
RIGHT_OF = {
    "answer-on-the-spot": HANDLE,
    "record-contact": "cases.follow_up_complaint",
    "record-remote-help": HANDLE,
    "start-judging": HANDLE,
    "judge-valid": JUDGE,
    "judge-invalid": JUDGE,
    "answer-customer": HANDLE,
    "reconsider": "cases.reconsider_complaint",
    "request-appraisal": HANDLE,
    "record-appraisal": "cases.appraise_complaint",
    "countersign-appraisal": "cases.countersign_appraisal",
    "record-findings": HANDLE,
    "propose-plan": HANDLE,
    "return-plan": "cases.approve_plan",
    "approve-plan": "cases.approve_plan",
    "apply-standard-plan": HANDLE,
    "accept-plan": "cases.follow_up_complaint",
    "decline-plan": "cases.follow_up_complaint",
    "revise-plan": HANDLE,
    "finish-strand": HANDLE,
    "pass-checkpoint": HANDLE,
    "explain-in-writing": HANDLE,
    "finish-implementation": HANDLE,
    "evaluate": "cases.evaluate_complaint",
    "record-follow-up": "cases.follow_up_complaint",
    "close": "cases.close_complaint",
    "reopen": "cases.reopen_complaint",
    "open-dispute": "cases.dispute_complaint",
    "advance-dispute": "cases.dispute_complaint",
    "settle-dispute": "cases.dispute_complaint",
    "withdraw": HANDLE,
    "merge": HANDLE,
    "assign": "cases.assign_complaint",
    "take-over": HANDLE,
    "transfer": HANDLE,
    "answer-transfer": HANDLE,
    "set-severity": HANDLE,
    "flag-grave": "cases.escalate_complaint",
    "flag-risk": HANDLE,
    "chase": "cases.register_complaint",
    "escalate": "cases.escalate_complaint",
    "answer-escalation": "cases.answer_escalation",
    "verify-entry": "cases.verify_complaint",
    "correct": HANDLE,
    "add-note": "workflow.add_event",
    "make-promise": "workflow.make_promise",
    "keep-promise": "workflow.make_promise",
    "drop-promise": "workflow.make_promise",
    "attach-files": "workflow.add_attachment",
    "describe-file": "workflow.add_attachment",
    "withdraw-file": "workflow.withdraw_attachment",
    "issue-link": "workflow.add_customerlink",
    "revoke-link": "workflow.add_customerlink",
}
# A technician sees a matter only while he is asked to appraise it.
UNSEEN = {"technician"}
PRINTS = having("cases.print_complaint")
HANDS_OVER = having("workflow.hand_over_matter")
# A handover is nobody's business but that of those who hand over, and of those who see every region.
NOT_CONCERNED = ALL - HANDS_OVER - SEERS

CASES = [
    R("cases:complaint", of=complaint, get=OFFICE, unseen=UNSEEN),
    R("cases:complaint-viewers", of=complaint, get=OFFICE, unseen=UNSEEN),
    R("cases:complaint-colleagues", of=complaint, get=OFFICE, unseen=UNSEEN),
    *(
        R(f"cases:complaint-{verb}", of=complaint, unseen=UNSEEN, get=having(right), post=having(right), shown={200, 409},
          why="409: refused in this state, to who has the right")
        for verb, right in RIGHT_OF.items()
    ),
    R("cases:complaint-files", of=complaint, get=OFFICE, unseen=UNSEEN),
    R("cases:complaint-progress", of=complaint, get=OFFICE, unseen=UNSEEN),
    R("cases:complaint-paper", of=complaint, get=PRINTS, unseen=UNSEEN),
    R("cases:appraisal-paper", of=appraisal, get=PRINTS, unseen=UNSEEN),
    R("cases:explanation-paper", of=explanation, get=PRINTS, unseen=UNSEEN),
    R("cases:dossier-paper", of=complaint, get=PRINTS, unseen=UNSEEN),
    R("cases:dossier-file", of=complaint, get=PRINTS, unseen=UNSEEN),
    R("cases:photo-archive", get=ALL),
    R("cases:complaint-list", get=ALL),
    R("cases:progress", get=ALL),
    R("cases:archive", get=ALL),
    R("cases:unassigned", get=having(HANDLE)),
    R("cases:ledger", get=having("cases.verify_complaint")),
    R("cases:board", get=having("cases.view_board")),
    R("cases:evaluate-many", get=having("cases.evaluate_complaint"), post=having("cases.evaluate_complaint")),
    R("cases:assign-many", get=having("cases.assign_complaint"), post=having("cases.assign_complaint")),
    R("cases:handovers", get=HANDS_OVER),
    R("cases:handover-new", get=HANDS_OVER, post=HANDS_OVER),
    R("cases:reassign", get=having("workflow.reassign_matter"), post=having("workflow.reassign_matter")),
    R("cases:handover", of=shift_handover, get=HANDS_OVER | SEERS, unseen=NOT_CONCERNED),
    R("cases:handover-paper", of=shift_handover, get=HANDS_OVER | SEERS, unseen=NOT_CONCERNED),
    R("cases:handover-accept", of=shift_handover, post=HANDS_OVER, unseen=NOT_CONCERNED),
    R("cases:handover-decline", of=shift_handover, post=HANDS_OVER, unseen=NOT_CONCERNED),
    R("cases:handover-item-done", of=shift_item, get=HANDS_OVER, post=HANDS_OVER, unseen=NOT_CONCERNED),
]  # fmt: skip
