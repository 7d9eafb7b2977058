"""The forms of moves: refused with the reason, come back whole, and lost ones keep the person's own text."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import damage
from cases.models import Complaint, PlanOption
from cases.steps import steps_for
from workflow.models import Event, Handover, HandoverItem, Matter
from workflow.perform import perform

from tests.factories.cases import AppraisalFactory, ComplaintFactory, DepartmentFactory, PlanOptionFactory, person

pytestmark = pytest.mark.django_db


def url(verb, complaint):
    return reverse(f"cases:complaint-{verb.replace('_', '-')}", args=[complaint.pk])


def judged(**more):
    return {
        "grounds_sufficient": "yes", "demand_reasonable": "yes", "in_scope": "yes", "department": DepartmentFactory().pk,
        "severity": "moderate", "reason": "照片清楚，保修期内。", "op": str(uuid.uuid4()),
    } | more  # fmt: skip


def plan(**more):
    return {
        "op": str(uuid.uuid4()), "cause": "product_quality", "liability": "undecided", "remote": "unsuitable",
        "demand_reasonable": "yes", "key_point": "拼缝开胶", "analysis": "出厂前未压实", "option-TOTAL_FORMS": "2",
        "option-INITIAL_FORMS": "0", "option-0-remedy": "touch_up", "option-0-steps": "补漆", "option-0-cost": "８０",
        "option-0-raised_by": "nobody", "option-1-remedy": "replacement", "option-1-steps": "换门", "option-1-cost": "1280",
        "option-1-compensation": "200", "option-1-raised_by": "customer", "option-1-skip_reason": "客户不接受维修",
    } | more  # fmt: skip


def test_an_act_leads_back_to_the_page_where_its_line_is_new(client):
    agent = person("agent")
    complaint = ComplaintFactory(status="judging", matter__owner=agent)
    client.force_login(agent)
    answer = client.post(url("judge_valid", complaint), judged(version=1), follow=True)
    assert Complaint.objects.get(pk=complaint.pk).status == "investigating"
    assert 'class="is-new"' in answer.content.decode()
    assert "照片清楚" in answer.content.decode()


def test_a_wrong_form_comes_back_whole(client):
    agent = person("agent")
    complaint = ComplaintFactory(status="judging", matter__owner=agent)
    client.force_login(agent)
    answer = client.post(url("judge_valid", complaint), judged(severity="", reason="已经写了很多"))
    assert answer.status_code == 422
    assert "已经写了很多" in answer.content.decode()
    assert Complaint.objects.get(pk=complaint.pk).version == 1


def test_a_stale_form_keeps_the_text_and_can_be_used_again(client):
    agent, other = person("agent"), person("supervisor", name="刘洋")
    complaint = ComplaintFactory(status="judging", matter__owner=agent)
    perform(complaint, "set_severity", by=other, severity="serious", reason="孩子被夹到")
    client.force_login(agent)
    sent = judged(version=1, reason="我写的理由")
    lost = client.post(url("judge_valid", complaint), sent)
    page = lost.content.decode()
    assert lost.status_code == 409
    assert "我写的理由" in page
    assert "刘洋" in page
    assert "孩子被夹到" in page
    again = client.post(url("judge_valid", complaint), sent | {"again": "1"})
    form = again.context["form"]
    assert again.status_code == 200
    assert (form["reason"].value(), form["version"].value()) == ("我写的理由", "2")
    assert form["op"].value() != sent["op"]
    assert Complaint.objects.get(pk=complaint.pk).status == "judging"


@pytest.mark.req("S0-31", "S2-58")
def test_a_shortcut_by_address_is_refused_and_noted(client):
    leader = person("supervisor")
    complaint = ComplaintFactory(status="registered")
    client.force_login(leader)
    assert client.get(url("close", complaint)).status_code == 409
    answer = client.post(url("close", complaint), {"summary": "直接结案", "status": "closed", "approved_by": "1"})
    assert answer.status_code == 409
    assert "直接结案" in answer.content.decode()
    assert Complaint.objects.get(pk=complaint.pk).status == "registered"
    assert Event.objects.get(matter=complaint.matter, kind="refused").action == "close"


@pytest.mark.req("S2-178", "S1-26", "S0-25", "S1-24")
def test_options_are_proposed_side_by_side(client):
    agent = person("agent")
    complaint = ComplaintFactory(status="investigating", matter__owner=agent)
    client.force_login(agent)
    more = client.post(url("propose_plan", complaint), plan(more="1"))
    assert more.status_code == 200
    assert len(more.context["form"].options.forms) == 3
    assert not Event.objects.filter(action="propose_plan").exists()
    assert client.post(url("propose_plan", complaint), plan()).status_code == 302
    assert list(PlanOption.objects.values_list("remedy", "cost", "compensation")) == [
        ("touch_up", 80, 0),
        ("replacement", 1280, 200),
    ]
    assert "补漆" in client.get(complaint.get_absolute_url()).content.decode()


def test_a_plan_without_an_option_says_so(client):
    agent = person("agent")
    complaint = ComplaintFactory(status="investigating", matter__owner=agent)
    client.force_login(agent)
    empty = {f"option-{n}-{name}": "" for n in (0, 1) for name in ("remedy", "steps", "cost", "skip_reason")}
    answer = client.post(url("propose_plan", complaint), plan(**empty, **{"option-1-compensation": "0"}))
    assert answer.status_code == 422
    assert Complaint.objects.get(pk=complaint.pk).status == "investigating"


@pytest.mark.req("S2-179")
def test_the_leader_sees_all_options_and_chooses_one(client):
    leader = person("supervisor")
    complaint = ComplaintFactory(status="plan_proposed", plan_round=1)
    one, two = (
        PlanOptionFactory(complaint=complaint, steps="补漆"),
        PlanOptionFactory(complaint=complaint, steps="换门"),
    )
    client.force_login(leader)
    page = client.get(url("approve_plan", complaint)).content.decode()
    assert "补漆" in page
    assert "换门" in page
    data = {"option": two.pk, "viewed": [one.pk, two.pk], "instruction": "三天内换好", "op": str(uuid.uuid4())}
    assert client.post(url("approve_plan", complaint), data).status_code == 302
    assert PlanOption.objects.get(selected=True) == two
    assert "三天内换好" in client.get(complaint.get_absolute_url()).content.decode()


@pytest.mark.req("S1-16")
def test_a_note_tells_the_colleague_it_names(client):
    agent, other = person("agent"), person("agent", name="刘洋洋")
    person("agent", name="刘洋")
    complaint = ComplaintFactory(matter__owner=agent)
    client.force_login(agent)
    client.post(url("add_note", complaint), {"text": "@刘洋洋请看照片", "op": str(uuid.uuid4())})
    assert Event.objects.get(action="add_note").data["mentions"] == [other.pk]


@pytest.mark.req("S2-180")
def test_sanctions_are_seen_only_by_those_with_the_right(client):
    leader, agent = person("supervisor"), person("agent", name="冯某某")
    complaint = ComplaintFactory(status="evaluating")
    details = {"overall": "satisfied", "words": "已处理", "sanctioned": agent, "sanction": "扣绩效五分"}
    perform(complaint, "evaluate", by=leader, **details)
    for user, seen in ((leader, True), (person("agent"), False)):
        client.force_login(user)
        assert ("扣绩效五分" in client.get(complaint.get_absolute_url()).content.decode()) is seen


@pytest.mark.req("S3-91")
def test_transport_is_the_cause_only_after_the_others_are_ruled_out(client):
    agent = person("agent")
    complaint = ComplaintFactory(status="investigating", matter__owner=agent)
    client.force_login(agent)
    sent = {name: value for name, value in plan(cause="transport_damage").items() if not name.startswith("option")}
    assert client.post(url("record_findings", complaint), sent).status_code == 422
    sent |= {"others_ruled_out": "on", "op": str(uuid.uuid4())}
    assert client.post(url("record_findings", complaint), sent).status_code == 302
    assert Complaint.objects.get(pk=complaint.pk).cause == "transport_damage"


@pytest.mark.req("S3-140", "S3-141", "S3-142", "S3-139")
@pytest.mark.parametrize(
    ("kinds", "glass", "cause"),
    [
        ([], False, "transport_damage"),
        (["other", "chat"], False, "transport_damage"),
        (["close_up", "packing_damage"], False, "transport_damage"),
        (["whole", "part", "close_up", *["packing_side"] * 6], False, "product_quality"),
        (["whole", "part", "close_up", *["packing_side"] * 5], False, ""),
        (["whole", "part", "close_up", *["packing_side"] * 6], True, ""),
        (["packing_damage"], True, ""),
    ],
)
def test_photos_speak_for_a_cause(kinds, glass, cause):
    said = damage.judge(kinds, has_glass=glass)
    assert said.cause == cause
    assert said.reason
    assert {one.kind for one in said.missing} == {
        kind
        for kind, count in (("packing_side", 6), ("whole", 1), ("part", 1), ("close_up", 1))
        if kinds.count(kind) < count
    }


@pytest.mark.parametrize(
    ("status", "fields", "role", "verb"),
    [
        ("registered", {}, "agent", "start_judging"),
        ("registered", {"type": "enquiry"}, "agent", "answer_on_the_spot"),
        ("judging", {}, "agent", "judge_valid"),
        ("rejected", {}, "agent", "answer_customer"),
        ("investigating", {}, "agent", "propose_plan"),
        ("plan_proposed", {}, "supervisor", "approve_plan"),
        ("plan_proposed", {}, "agent", None),
        ("plan_approved", {}, "agent", "accept_plan"),
        ("implementing", {}, "agent", "finish_implementation"),
        ("evaluating", {}, "supervisor", "evaluate"),
        ("awaiting_follow_up", {}, "agent", "record_follow_up"),
        ("awaiting_follow_up", {"follow_up_verdict": "satisfied"}, "supervisor", "close"),
        ("in_dispute", {}, "supervisor", "settle_dispute"),
        ("closed", {}, "supervisor", None),
    ],
)
def test_one_step_leads_on(status, fields, role, verb):
    steps = steps_for(ComplaintFactory(status=status, **fields), person(role))
    assert (steps.next.verb if steps.next else None) == verb
    assert steps.next is None or steps.next.verb not in [move.verb for _label, moves in steps.menu for move in moves]


def test_what_a_guard_holds_back_says_why():
    complaint = ComplaintFactory(status="implementing", plan_round=1)
    complaint.strands.create(round=1, kind="execute")
    steps = steps_for(complaint, person("supervisor"))
    assert steps.next.verb == "finish_strand"
    held = [move for _label, moves in steps.menu for move in moves if move.verb == "finish_implementation"]
    assert held[0].reason


# --- several at once, and handovers ---------------------------------------------------------------------------------------
def test_minor_ones_are_evaluated_together_row_by_row(client):
    leader = person("supervisor")
    minor, moved = ComplaintFactory(status="evaluating"), ComplaintFactory(status="closed")
    grave = ComplaintFactory(status="evaluating", severity="serious")
    client.force_login(leader)
    data = {"pk": [minor.pk, moved.pk, grave.pk], "overall": "satisfied", "words": "及时", "op": str(uuid.uuid4())}
    for _press in (1, 2):
        answer = client.post(reverse("cases:evaluate-many"), data)
    assert [bool(one.outcome.get("is_done")) for one in sorted(answer.context["complaints"], key=lambda c: c.pk)] == [
        True,
        False,
        False,
    ]
    assert list(Complaint.objects.order_by("pk").values_list("status", flat=True)) == [
        "awaiting_follow_up",
        "closed",
        "evaluating",
    ]
    assert Event.objects.filter(action="evaluate", kind="verb").count() == 1


@pytest.mark.req("S2-86")
def test_the_matters_of_somebody_who_is_ill_are_handed_round(client):
    leader, ill, one, two = person("manager"), person("agent"), person("agent"), person("agent")
    for _n in range(4):
        ComplaintFactory(matter__owner=ill)
    client.force_login(leader)
    data = {"person": ill.pk, "receivers": [one.pk, two.pk], "reason": "请病假", "op": str(uuid.uuid4())}
    for _press in (1, 2):
        assert client.post(reverse("cases:reassign"), data).status_code == 302 or _press == 2
    assert [Matter.objects.filter(owner=user).count() for user in (ill, one, two)] == [0, 2, 2]
    assert Event.objects.filter(action="reassign", note="请病假").count() == 4


@pytest.mark.req("S2-36", "S2-84")
def test_an_evening_handover_is_offered_taken_and_finished(client):
    giver, receiver = person("agent"), person("agent")
    complaint = ComplaintFactory(matter__owner=giver)
    foreign = ComplaintFactory()
    client.force_login(giver)
    data = {
        "kind": "shift", "receiver": receiver.pk, "matters": [complaint.matter_id], "note": "客户脾气急",
        f"task-{complaint.matter_id}": "上午十点前回电", "due_at": "2099-01-05T12:00", "op": str(uuid.uuid4()),
    }  # fmt: skip
    assert client.post(reverse("cases:handover-new"), data | {"matters": [foreign.matter_id]}).status_code == 422
    for _press in (1, 2):
        assert client.post(reverse("cases:handover-new"), data).status_code == 302
    handover = Handover.objects.get()
    client.force_login(receiver)
    assert "上午十点前回电" in client.get(reverse("cases:handover", args=[handover.pk])).content.decode()
    for _press in (1, 2):
        assert client.post(reverse("cases:handover-accept", args=[handover.pk])).status_code == 302
    assert Event.objects.filter(action="accept_handover").count() == 1
    item = HandoverItem.objects.get()
    assert "上午十点前回电" in client.get(reverse("home"), {"view": "shift"}).content.decode()
    done = client.post(reverse("cases:handover-item-done", args=[item.pk]), {"result": "已回电，周三上门"})
    assert done.status_code == 302
    assert HandoverItem.objects.get().result == "已回电，周三上门"
    assert Matter.objects.get(pk=complaint.matter_id).owner == giver
    client.force_login(person("agent"))
    assert client.get(reverse("cases:handover", args=[handover.pk])).status_code == 404


def test_a_technician_sees_what_he_is_asked_to_appraise(client):
    technician = person("technician")
    asked, other = ComplaintFactory(status="investigating"), ComplaintFactory(status="investigating")
    AppraisalFactory(complaint=asked, technician=technician, requested_by=technician, requested_at=timezone.now())
    client.force_login(technician)
    assert client.get(asked.get_absolute_url()).status_code == 200
    assert client.get(other.get_absolute_url()).status_code == 404
