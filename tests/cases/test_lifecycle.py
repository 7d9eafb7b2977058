"""Every verb of a complaint in every state: where it leads, who may, and that a refusal leaves no trace."""

import pytest
from django.utils import timezone

from cases.models import Complaint
from cases.models.complaint import OPEN
from workflow.errors import MoveRefused
from workflow.media import prepare
from workflow.models import Attachment, CustomerLink, Event, Promise
from workflow.perform import perform

from tests.factories.cases import (
    AppraisalFactory,
    ComplaintFactory,
    DepartmentFactory,
    PlanOptionFactory,
    StandardPlanFactory,
    StrandFactory,
    person,
)
from tests.factories.files import upload

S = Complaint.Status
pytestmark = pytest.mark.django_db

# Verb → the states it may start from → the state it leads to (None: the state stays).
LIFECYCLE = {
    "answer_on_the_spot": ({S.REGISTERED}, S.CLOSED),
    "start_judging": ({S.REGISTERED}, S.JUDGING),
    "judge_invalid": ({S.JUDGING}, S.REJECTED),
    "answer_customer": ({S.REJECTED}, S.CLOSED),
    "reconsider": ({S.REJECTED}, S.JUDGING),
    "judge_valid": ({S.JUDGING}, S.INVESTIGATING),
    "propose_plan": ({S.INVESTIGATING}, S.PLAN_PROPOSED),
    "return_plan": ({S.PLAN_PROPOSED}, S.INVESTIGATING),
    "approve_plan": ({S.PLAN_PROPOSED}, S.PLAN_APPROVED),
    "apply_standard_plan": ({S.REGISTERED, S.JUDGING, S.INVESTIGATING}, S.IMPLEMENTING),
    "accept_plan": ({S.PLAN_APPROVED}, S.IMPLEMENTING),
    "decline_plan": ({S.PLAN_APPROVED}, S.INVESTIGATING),
    "revise_plan": ({S.IMPLEMENTING}, S.INVESTIGATING),
    "finish_implementation": ({S.IMPLEMENTING}, S.EVALUATING),
    "evaluate": ({S.EVALUATING}, S.AWAITING_FOLLOW_UP),
    "close": ({S.AWAITING_FOLLOW_UP}, S.CLOSED),
    "reopen": ({S.EVALUATING, S.AWAITING_FOLLOW_UP, S.CLOSED}, S.INVESTIGATING),
    "open_dispute": ({S.PLAN_PROPOSED, S.PLAN_APPROVED, S.IMPLEMENTING, S.AWAITING_FOLLOW_UP}, S.IN_DISPUTE),
    "settle_dispute": ({S.IN_DISPUTE}, S.IMPLEMENTING),
    "withdraw": (set(OPEN), S.WITHDRAWN),
    "merge": (set(OPEN), S.MERGED),
    # Acts: the state stays.
    "record_contact": (set(OPEN), None),
    "record_remote_help": ({S.REGISTERED, S.JUDGING, S.INVESTIGATING}, None),
    "request_appraisal": ({S.JUDGING, S.INVESTIGATING}, None),
    "record_appraisal": (set(OPEN), None),
    "countersign_appraisal": (set(OPEN), None),
    "record_findings": ({S.INVESTIGATING}, None),
    "finish_strand": ({S.IMPLEMENTING}, None),
    "pass_checkpoint": (set(OPEN), None),
    "explain_in_writing": (set(OPEN), None),
    "record_follow_up": ({S.AWAITING_FOLLOW_UP}, None),
    "advance_dispute": ({S.IN_DISPUTE}, None),
    "assign": (set(OPEN), None),
    "take_over": (set(OPEN), None),
    "transfer": (set(OPEN), None),
    "answer_transfer": (set(OPEN), None),
    "set_severity": (set(OPEN), None),
    "flag_grave": (set(OPEN), None),
    "flag_risk": (set(OPEN), None),
    "chase": (set(OPEN), None),
    "escalate": (set(OPEN), None),
    "answer_escalation": (set(S), None),
    "verify_entry": (set(S), None),
    "correct": (set(OPEN), None),
    "add_note": (set(S), None),
    "make_promise": (set(S), None),
    "keep_promise": (set(S), None),
    "drop_promise": (set(S), None),
    "attach_files": (set(S), None),
    "describe_file": (set(S), None),
    "withdraw_file": (set(S), None),
    "issue_link": (set(OPEN), None),
    "revoke_link": (set(S), None),
}
FINDINGS = {
    "cause": "product_quality",
    "liability": "company",
    "analysis": "拼缝开胶，出厂前未压实。",
    "key_point": "面板拼缝开胶",
    "remote": "unsuitable",
    "demand_reasonable": True,
}


def arrange(verb, complaint, leader):  # noqa: C901 — a table, read line by line
    """What must be there for the verb to succeed, and its arguments."""
    now = timezone.now()
    match verb:
        case "answer_on_the_spot":
            Complaint.objects.filter(pk=complaint.pk).update(type="enquiry")
            return {"answer": "门漆用湿布擦就可以。"}
        case "start_judging":
            return {"department": DepartmentFactory(), "reply": "已收到，今天内回电。"}
        case "judge_invalid":
            return {"reason": "超出保修", "grounds_sufficient": False, "demand_reasonable": False, "in_scope": False}
        case "judge_valid":
            return {"reason": "照片清楚", "department": DepartmentFactory(), "severity": "moderate"}
        case "answer_customer":
            return {"answer": "经核对不属于质量问题，已解释。", "channel": "phone"}
        case "propose_plan":
            return FINDINGS | {
                "options": [
                    {"remedy": "repair", "steps": "上门修边", "cost": 80, "skip_reason": "漆面已裂，补漆盖不住"}
                ]
            }
        case "record_findings":
            return FINDINGS
        case "approve_plan":
            option = PlanOptionFactory(complaint=complaint)
            Complaint.objects.filter(pk=complaint.pk).update(plan_round=1)
            return {"option": option, "instruction": "按此办理", "viewed": [option.pk]}
        case "return_plan":
            return {"comment": "再给一个换件方案"}
        case "apply_standard_plan":
            return {"plan": StandardPlanFactory(approved_by=leader, approved_at=now), "words": "同意自己装"}
        case "accept_plan" | "decline_plan":
            return {"words": "客户电话答复"}
        case "finish_strand":
            return {"strand": StrandFactory(complaint=complaint, round=complaint.plan_round), "outcome": "已办"}
        case "finish_implementation":
            return {"told": "已告知修好", "channel": "phone"}
        case "evaluate":
            return {"overall": "satisfied", "words": "处理及时"}
        case "close":
            Complaint.objects.filter(pk=complaint.pk).update(follow_up_verdict="satisfied")
            return {"summary": "拼缝开胶：补胶加压即可"}
        case "open_dispute" | "advance_dispute":
            return {"stage": "mediation", "reason": "金额谈不拢"}
        case "settle_dispute":
            return {"to": S.IMPLEMENTING, "terms": "补偿并修复"}
        case "merge":
            return {"into": ComplaintFactory(matter__customer=complaint.matter.customer), "reason": "同一件事"}
        case "record_contact":
            return {"channel": "phone", "result": "reached", "words": "已通话"}
        case "record_remote_help":
            return {"result": "failed", "words": "调合页无效"}
        case "request_appraisal":
            return {"technician": person("technician"), "words": "看门板"}
        case "record_appraisal":
            appraisal = AppraisalFactory(complaint=complaint, technician=leader, requested_by=leader)
            return {"appraisal": appraisal, "verdict": "not_customer", "findings": "拼缝开胶", "place": "客户家"}
        case "countersign_appraisal":
            other = person("technician")
            appraisal = AppraisalFactory(complaint=complaint, technician=other, requested_by=leader, done_at=now)
            return {"appraisal": appraisal, "words": "属实"}
        case "pass_checkpoint":
            return {"checkpoint": "shipped"}
        case "explain_in_writing":
            return {"reason": "等配件", "settled_by": now + timezone.timedelta(days=9), "addressee": "张伟"}
        case "record_follow_up":
            return {"verdict": "satisfied", "words": "都好了"}
        case "assign":
            return {"owner": person("agent")}
        case "transfer":
            return {"department": DepartmentFactory(code="logistics", name="物流部"), "reason": "运输造成"}
        case "answer_transfer":
            complaint.transfers.create(department=DepartmentFactory(), reason="请接", offered_by=leader)
            return {"accept": True, "words": "接了"}
        case "set_severity":
            return {"severity": "serious", "reason": "客户受伤"}
        case "flag_risk":
            return {"risky": True, "reason": "扬言曝光"}
        case "escalate":
            return {"level": "general_manager", "reason": "拿不准"}
        case "answer_escalation":
            return {"escalation": complaint.escalations.create(level="superior", reason="请示"), "answer": "照办"}
        case "correct":
            return {"content": "更正后的内容", "reason": "记错了"}
        case "add_note":
            return {"text": "客户下午在家"}
        case "make_promise":
            return {"kind": "reply", "what": "下午回电"}
        case "keep_promise" | "drop_promise":
            promise = Promise.objects.create(matter=complaint.matter, customer=complaint.customer, what="回电")
            return {"promise": promise, "outcome": "已回"}
        case "attach_files":
            return {"files": [("whole", prepare(upload()))]}
        case "describe_file" | "withdraw_file":
            attachment = Attachment.objects.create(matter=complaint.matter, customer=complaint.customer, media="photo")
            about = {"kind": "close_up"} if verb == "describe_file" else {"reason": "传错了"}
            return {"attachment": attachment} | about
        case "issue_link":
            return {"token_hash": "f" * 64}
        case "revoke_link":
            CustomerLink.objects.issue(complaint.matter, by=leader)
        case "reconsider" | "revise_plan" | "reopen" | "withdraw" | "flag_grave":
            return {"reason": "有新情况"}
    return {}


def test_the_table_names_every_verb():
    declared = {name for name in dir(Complaint) if hasattr(getattr(Complaint, name, None), "_django_fsm")}
    assert declared == set(LIFECYCLE)


@pytest.mark.req("S0-31", "S0-33", "S0-35", "S0-37", "S2-173", "S2-179")
@pytest.mark.parametrize("status", list(S))
@pytest.mark.parametrize("verb", LIFECYCLE)
def test_every_verb_in_every_state(verb, status):
    sources, target = LIFECYCLE[verb]
    fields = {"status": status}
    if status == S.MERGED:
        fields["merged_into"] = ComplaintFactory()
    complaint = ComplaintFactory(**fields)
    leader = person("supervisor")
    leader.groups.add(*person("technician").groups.all(), *person("specialist").groups.all())
    details = arrange(verb, complaint, leader)
    if status not in sources:
        with pytest.raises(MoveRefused):
            perform(complaint, verb, by=leader, **details)
        kept = Complaint.objects.get(pk=complaint.pk)
        assert (kept.status, kept.version) == (status, 1)
        assert [event.kind for event in Event.objects.filter(action=verb)] == ["refused"]
        return
    done = perform(complaint, verb, by=leader, **details)
    stored = Complaint.objects.get(pk=complaint.pk)
    assert stored.status == (target or status) == done.record.status
    event = Event.objects.get(action=verb, matter=complaint.matter)
    assert (event.by, event.actor) == (leader, "user")
    assert (event.source, event.target) == ((status, target) if target else ("", ""))
