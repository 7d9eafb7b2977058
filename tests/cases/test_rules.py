"""The rules of the lifecycle, one by one: what holds a step back, and what a step leaves behind."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from cases.models import Complaint, Guard, PlanOption, Sanction, choices
from cases.models.plan import skipped_rungs
from customers.models import ServiceCard
from payments.models import Tier
from workflow.errors import MoveRefused
from workflow.models import Attachment, Deadline, Event, Handover
from workflow.perform import begin, perform
from workflow.presets import choose_preset

from tests.factories.cases import (
    AppraisalFactory,
    ComplaintClassFactory,
    ComplaintFactory,
    DepartmentFactory,
    PlanOptionFactory,
    StandardPlanFactory,
    StrandFactory,
    person,
)
from tests.factories.customers import CustomerFactory, ServiceCardFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 16, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
FINDINGS = {
    "cause": "service_dispute",
    "liability": "company",
    "analysis": "约好的时间没有上门。",
    "key_point": "师傅爽约",
    "remote": "unsuitable",
    "demand_reasonable": True,
}
ADVICE = {"remedy": "advice", "steps": "致歉，当天上门", "cost": 50}
REPAIR = {"remedy": "repair", "steps": "上门修边", "cost": 90, "skip_reason": "漆面已裂"}


@pytest.fixture
def investigating(agent):
    return ComplaintFactory(status="investigating", matter__owner=agent)


def propose(complaint, agent, options=(ADVICE,), **findings):
    return perform(complaint, "propose_plan", by=agent, options=list(options), **(FINDINGS | findings)).record


def photo(complaint):
    matter = complaint.matter
    return Attachment.objects.create(
        matter=matter,
        customer=matter.customer,
        media="photo",
        file="x.jpg",
        name="x",
        content_type="image/jpeg",
        sha256="",
    )


@pytest.mark.req("S1-22", "S2-177", "S3-147", "S3-05")
def test_the_class_brings_its_department_and_every_case_its_number(agent):
    repair_quality = ComplaintClassFactory(code="installation", department=DepartmentFactory(code="tech", name="技术"))
    service = ComplaintClassFactory(code="attitude", department=DepartmentFactory(code="service", name="客服"))
    made = [
        begin(Complaint.register, "register", by=agent, customer=CustomerFactory(), content="x", klass=klass).record
        for klass in (repair_quality, service)
    ]
    assert [complaint.department.code for complaint in made] == ["tech", "service"]
    assert made[0].number != made[1].number
    assert all(complaint.number.startswith("TS") for complaint in made)


@pytest.mark.req("S1-20", "S2-172")
def test_intake_needs_its_content(agent):
    with pytest.raises(ValidationError) as wrong:
        begin(Complaint.register, "register", by=agent, customer=CustomerFactory(), content="  ")
    assert "content" in wrong.value.error_dict


@pytest.mark.req("S1-12")
def test_service_staff_register_and_others_do_not(agent):
    assert begin(Complaint.register, "register", by=agent, customer=CustomerFactory(), content="门裂了").record.pk
    with pytest.raises(PermissionDenied):
        begin(Complaint.register, "register", by=person("finance"), customer=CustomerFactory(), content="门裂了")


@pytest.mark.req("S0-32", "S2-174")
def test_an_invalid_complaint_ends_with_a_reasoned_answer(agent, supervisor):
    complaint = ComplaintFactory(status="judging", matter__owner=agent)
    no = {"grounds_sufficient": False, "demand_reasonable": False, "in_scope": True}
    perform(complaint, "judge_invalid", by=supervisor, reason="照片显示为磕碰", **no)
    with pytest.raises(ValidationError):
        perform(complaint, "answer_customer", by=agent, answer=" ", channel="phone")
    perform(complaint, "answer_customer", by=agent, answer="耐心解释了原因", channel="phone", understood=True)
    complaint = Complaint.objects.get(pk=complaint.pk)
    assert (complaint.status, complaint.answer) == ("closed", "耐心解释了原因")
    assert Event.objects.get(action="answer_customer").data == {"channel": "phone", "understood": True}


@pytest.mark.req("S2-173", "S3-04")
def test_grounds_demand_and_scope_are_judged_apart(supervisor):
    complaint = ComplaintFactory(status="judging")
    with pytest.raises(ValidationError):
        perform(
            complaint,
            "judge_invalid",
            by=supervisor,
            reason="不成立",
            grounds_sufficient=True,
            demand_reasonable=True,
            in_scope=True,
        )
    perform(
        complaint,
        "judge_invalid",
        by=supervisor,
        reason="别家的产品",
        grounds_sufficient=True,
        demand_reasonable=True,
        in_scope=False,
    )
    stored = Complaint.objects.get(pk=complaint.pk)
    assert (stored.grounds_sufficient, stored.demand_reasonable, stored.in_scope) == (True, True, False)


@pytest.mark.req("S2-175")
def test_a_valid_complaint_has_its_department_and_agreed_day(supervisor):
    complaint, day = ComplaintFactory(status="judging"), timezone.localdate() + timedelta(days=3)
    quality = DepartmentFactory()
    details = {"department": quality, "severity": "moderate", "reason": "属实"}
    with pytest.raises(ValidationError):
        perform(
            complaint,
            "judge_valid",
            by=supervisor,
            investigate_until=timezone.localdate() - timedelta(days=1),
            **details,
        )
    perform(complaint, "judge_valid", by=supervisor, investigate_until=day, **details)
    stored = Complaint.objects.get(pk=complaint.pk)
    assert (stored.department, stored.investigate_until, stored.severity) == (quality, day, "moderate")


@pytest.mark.req("S0-25", "S1-24", "S2-176")
@pytest.mark.parametrize("missing", ["analysis", "key_point", "cause", "demand_reasonable"])
def test_a_plan_needs_the_findings(investigating, agent, missing):
    with pytest.raises(ValidationError) as wrong:
        propose(investigating, agent, **{missing: None if missing == "demand_reasonable" else ""})
    assert missing in wrong.value.error_dict
    assert Complaint.objects.get().status == "investigating"


@pytest.mark.req("S1-26")
def test_a_plan_needs_an_option_with_its_cost(investigating, agent):
    with pytest.raises(ValidationError):
        propose(investigating, agent, options=())
    propose(investigating, agent)
    assert PlanOption.objects.get().cost == 50


@pytest.mark.req("S3-90", "S2-40", "S2-176")
def test_human_error_names_its_kind_and_person(investigating, agent):
    with pytest.raises(ValidationError) as wrong:
        propose(investigating, agent, cause="human_error", human_error="knowledge")
    assert "responsible_person" in wrong.value.error_dict
    propose(investigating, agent, cause="human_error", human_error="knowledge", responsible_person=agent)
    stored = Complaint.objects.get()
    assert (stored.human_error, stored.responsible_person) == ("knowledge", agent)


@pytest.mark.req("S3-92")
def test_installation_damage_says_who_installed(investigating, agent):
    with pytest.raises(ValidationError) as wrong:
        propose(investigating, agent, cause="installation_damage")
    assert "installed_by" in wrong.value.error_dict
    propose(investigating, agent, cause="installation_damage", installed_by="customer", liability="customer")
    assert Complaint.objects.get().liability == "customer"


@pytest.mark.req("S3-91")
def test_transport_damage_only_after_the_rest_is_ruled_out(investigating, agent):
    with pytest.raises(ValidationError) as wrong:
        propose(investigating, agent, cause="transport_damage", liability="carrier")
    assert "others_ruled_out" in wrong.value.error_dict
    propose(investigating, agent, cause="transport_damage", liability="carrier", others_ruled_out=True)
    assert Complaint.objects.get().status == "plan_proposed"


@pytest.mark.req("S0-05", "S0-07")
def test_liability_for_a_product_fault_needs_appraisal_and_photo(investigating, agent):
    fault = {"cause": "product_quality", "is_damaged": True}
    with pytest.raises(ValidationError):
        propose(investigating, agent, **fault)
    technician = person("technician")
    AppraisalFactory(
        complaint=investigating, technician=technician, requested_by=agent, verdict="customer", done_at=timezone.now()
    )
    photo(investigating)
    with pytest.raises(ValidationError):
        propose(investigating, agent, **fault)
    Attachment.objects.all().delete()
    AppraisalFactory(
        complaint=investigating,
        technician=technician,
        requested_by=agent,
        verdict="not_customer",
        done_at=timezone.now(),
    )
    with pytest.raises(ValidationError):
        propose(investigating, agent, **fault)
    photo(investigating)
    assert propose(investigating, agent, **fault).status == "plan_proposed"


def test_nobody_appraises_what_he_installed(agent):
    fitter = person("technician")
    complaint = ComplaintFactory(status="investigating", matter__owner=agent)
    card = ServiceCardFactory(customer=complaint.matter.customer)
    ServiceCard.objects.filter(pk=card.pk).update(installer=fitter)
    complaint.items.create(card=card)
    with pytest.raises(ValidationError):
        perform(complaint, "request_appraisal", by=agent, technician=fitter, words="看看")
    perform(complaint, "request_appraisal", by=agent, technician=person("technician"), words="看看")


def test_nobody_countersigns_himself(agent, supervisor):
    complaint = ComplaintFactory(status="investigating", matter__owner=agent)
    appraisal = AppraisalFactory(
        complaint=complaint, technician=supervisor, requested_by=agent, done_at=timezone.now(), verdict="not_customer"
    )
    with pytest.raises(PermissionDenied):
        perform(complaint, "countersign_appraisal", by=supervisor, appraisal=appraisal, words="同意")


@pytest.mark.req("S3-02", "S3-72")
def test_a_visit_comes_after_help_from_afar(investigating, agent):
    with pytest.raises(ValidationError) as wrong:
        propose(investigating, agent, options=[REPAIR], remote="not_tried")
    assert "remote" in wrong.value.error_dict
    perform(investigating, "record_remote_help", by=agent, result="failed", words="视频指导调合页，还是刮地")
    findings = {name: value for name, value in FINDINGS.items() if name != "remote"}
    perform(investigating, "propose_plan", by=agent, options=[REPAIR], **findings)
    assert Complaint.objects.get().remote == "failed"


@pytest.mark.req("S3-72")
def test_what_is_solved_from_afar_is_closed_at_once(agent):
    complaint = ComplaintFactory(matter__owner=agent)
    with pytest.raises(MoveRefused):
        perform(complaint, "answer_on_the_spot", by=agent, answer="调好了")
    perform(complaint, "record_remote_help", by=agent, result="solved", words="按图拧紧螺丝，试关正常")
    perform(complaint, "answer_on_the_spot", by=agent, answer="电话里调好了", verdict="satisfied")
    assert Complaint.objects.get().status == "closed"


@pytest.mark.req("S3-145")
@pytest.mark.parametrize(
    ("remedies", "skipped"),
    [
        ({"advice"}, []),
        ({"touch_up"}, []),
        ({"repair"}, ["touch_up"]),
        ({"replacement"}, ["touch_up", "repair", "part"]),
        ({"touch_up", "repair", "part", "replacement"}, []),
        ({"part", "touch_up"}, ["repair"]),
    ],
)
def test_the_remedy_ladder_notices_skipped_rungs(remedies, skipped):
    assert skipped_rungs(remedies) == skipped


@pytest.mark.req("S3-145")
def test_a_skipped_rung_needs_its_reason_unless_the_rule_is_off(investigating, agent):
    bold = {"remedy": "replacement", "steps": "重做", "cost": 700}
    with pytest.raises(ValidationError):
        propose(investigating, agent, options=[bold])
    Guard.objects.create(code="ladder", active=False)
    propose(investigating, agent, options=[bold])


@pytest.mark.req("S2-178", "S2-179")
def test_the_leader_sees_every_option_and_selects_one(investigating, agent, supervisor):
    propose(investigating, agent, options=[ADVICE, REPAIR])
    one, two = investigating.options.all()
    with pytest.raises(ValidationError):
        perform(investigating, "approve_plan", by=supervisor, option=two, instruction="办", viewed=[two.pk])
    with pytest.raises(PermissionDenied):
        perform(investigating, "approve_plan", by=agent, option=two, instruction="办", viewed=[one.pk, two.pk])
    perform(investigating, "approve_plan", by=supervisor, option=two, instruction="按二办", viewed=[one.pk, two.pk])
    two.refresh_from_db()
    assert (two.selected, two.instruction, two.selected_by) == (True, "按二办", supervisor)
    assert set(investigating.strands.values_list("kind", flat=True)) == {"notify", "execute", "dispatch"}


def test_nobody_approves_his_own_plan(supervisor):
    complaint = ComplaintFactory(status="investigating", matter__owner=supervisor)
    propose(complaint, supervisor)
    option = complaint.options.get()
    with pytest.raises(PermissionDenied):
        perform(complaint, "approve_plan", by=supervisor, option=option, instruction="办", viewed=[option.pk])


@pytest.mark.req("S3-146")
def test_money_is_approved_only_if_the_customer_spoke_of_it_and_within_the_limit(investigating, agent, supervisor):
    Tier.objects.create(role="supervisor", limit=500, since=NOW.date())
    for raised_by, amount, refusal in (
        ("company", 100, ValidationError),
        ("customer", 501, PermissionDenied),
        ("customer", 500, None),
    ):
        complaint = ComplaintFactory(status="plan_proposed", plan_round=1)
        option = PlanOptionFactory(complaint=complaint, remedy="cash", compensation=amount, raised_by=raised_by)
        details = {"option": option, "instruction": "同意", "viewed": [option.pk]}
        if refusal:
            with pytest.raises(refusal):
                perform(complaint, "approve_plan", by=supervisor, **details)
        else:
            perform(complaint, "approve_plan", by=supervisor, **details)


@pytest.mark.req("S0-28", "S2-181", "S3-06", "S3-109")
def test_the_plan_is_carried_out_only_after_the_customer_agreed(investigating, agent, supervisor):
    propose(investigating, agent)
    option = investigating.options.get()
    perform(investigating, "approve_plan", by=supervisor, option=option, instruction="办", viewed=[option.pk])
    with pytest.raises(MoveRefused):
        perform(investigating, "finish_implementation", by=agent, told="好了", channel="phone")
    perform(
        investigating,
        "accept_plan",
        by=agent,
        how="signature",
        words="客户当面签字",
        steps_agreed="先补漆，周六上午十点上门",
    )
    told = Event.objects.get(action="accept_plan")
    assert told.data == {"how": "signature"}
    assert "周六上午十点" in told.note
    assert investigating.strands.get(kind="notify").done_by == agent


@pytest.mark.req("S2-184")
def test_the_customers_choice_is_on_record(agent):
    complaint = ComplaintFactory(status="plan_approved", plan_round=1)
    PlanOptionFactory(complaint=complaint, selected=True)
    other = PlanOptionFactory(complaint=complaint, remedy="replacement")
    perform(complaint, "decline_plan", by=agent, words="要换新的", preferred=other)
    other.refresh_from_db()
    assert other.customers_choice
    assert Complaint.objects.get(pk=complaint.pk).status == "investigating"


@pytest.mark.req("S1-29")
def test_a_revised_plan_keeps_the_old_one(investigating, agent, supervisor):
    propose(investigating, agent)
    option = investigating.options.get()
    perform(investigating, "approve_plan", by=supervisor, option=option, instruction="办", viewed=[option.pk])
    perform(investigating, "accept_plan", by=agent, words="好")
    perform(investigating, "revise_plan", by=agent, reason="配件停产")
    propose(investigating, agent, options=[REPAIR])
    assert list(investigating.options.values_list("round", "remedy")) == [(1, "advice"), (2, "repair")]


@pytest.mark.req("S3-88")
@pytest.mark.parametrize(("level", "severity"), [(1, "serious"), (2, "moderate"), (3, "minor"), (4, "minor")])
def test_the_remedy_level_suggests_the_severity(agent, level, severity):
    complaint = begin(
        Complaint.register, "register", by=agent, customer=CustomerFactory(), content="门裂", remedy_level=level
    ).record
    assert complaint.severity == severity


@pytest.mark.req("S3-88")
def test_a_small_trouble_is_settled_by_an_approved_standard_plan(agent, manager):
    complaint = ComplaintFactory(matter__owner=agent)
    plan = StandardPlanFactory()
    with pytest.raises(ValidationError):
        perform(complaint, "apply_standard_plan", by=agent, plan=plan, words="好")
    plan.approved_by, plan.approved_at = manager, timezone.now()
    plan.save()
    perform(complaint, "apply_standard_plan", by=agent, plan=plan, words="客户说自己会装")
    actions = set(Event.objects.values_list("action", flat=True))
    assert {"propose_plan", "approve_plan", "accept_plan", "apply_standard_plan"} <= actions
    assert Complaint.objects.get().status == "implementing"
    assert dict(complaint.strands.values_list("kind", "done_by")) == {"notify": agent.pk, "execute": None}


@pytest.mark.req("S3-89")
def test_the_seven_causes():
    assert len(choices.Cause.choices) == 7


@pytest.mark.req("S1-25")
def test_the_stage_of_the_cause_is_kept(investigating, agent):
    propose(investigating, agent, stage="production")
    assert Complaint.objects.get().stage == "production"
    assert {"design", "production", "service", "other"} == set(choices.Stage.values)


@pytest.mark.req("S3-94")
def test_speed_is_measured_at_three_points(agent, supervisor):
    complaint = ComplaintFactory(status="investigating", matter__owner=agent)
    hour = timedelta(hours=1)
    perform(complaint, "record_findings", by=agent, now=NOW + hour, **FINDINGS)
    perform(complaint, "propose_plan", by=agent, now=NOW + 2 * hour, options=[ADVICE])
    option = complaint.options.get()
    perform(complaint, "approve_plan", by=supervisor, option=option, instruction="办", viewed=[option.pk])
    perform(complaint, "accept_plan", by=agent, words="好")
    for strand in complaint.strands.filter(done_at__isnull=True):
        perform(complaint, "finish_strand", by=agent, strand=strand, outcome="办完")
    perform(complaint, "finish_implementation", by=agent, now=NOW + 9 * hour, told="已告知", channel="phone")
    stored = Complaint.objects.get()
    assert stored.located_at == NOW + hour
    assert stored.planned_at == NOW + 2 * hour
    assert stored.implemented_at == NOW + 9 * hour


@pytest.mark.req("S3-143")
@pytest.mark.parametrize("liability", ["company", "carrier", "customer"])
def test_service_is_given_whatever_the_cause(investigating, agent, liability):
    assert propose(investigating, agent, liability=liability).status == "plan_proposed"


@pytest.mark.req("S0-35", "S1-67")
def test_finishing_waits_for_the_strands_and_tells_the_customer(agent):
    complaint = ComplaintFactory(status="implementing", plan_round=1, matter__owner=agent)
    strand = StrandFactory(complaint=complaint)
    with pytest.raises(MoveRefused):
        perform(complaint, "finish_implementation", by=agent, told="修好了", channel="phone")
    perform(complaint, "finish_strand", by=agent, strand=strand, outcome="不需要上门", needed=False)
    with pytest.raises(ValidationError):
        perform(complaint, "finish_implementation", by=agent, told="", channel="phone")
    perform(complaint, "finish_implementation", by=agent, told="已电话告知修好", channel="phone")
    assert Event.objects.get(action="finish_implementation", kind="verb").note == "已电话告知修好"


def test_an_open_record_of_the_matter_holds_the_finish(agent):
    complaint = ComplaintFactory(status="implementing", plan_round=1, matter__owner=agent)
    sibling = ComplaintFactory(matter=complaint.matter)
    with pytest.raises(MoveRefused):
        perform(complaint, "finish_implementation", by=agent, told="好了", channel="phone")
    perform(sibling, "merge", by=agent, into=complaint, reason="同一件事")
    perform(complaint, "finish_implementation", by=agent, told="好了", channel="phone")


@pytest.mark.req("S0-37", "S2-169", "S2-181")
def test_no_closing_without_evaluation_and_follow_up(supervisor, agent):
    complaint = ComplaintFactory(status="evaluating", matter__owner=agent)
    with pytest.raises(MoveRefused):
        perform(complaint, "close", by=supervisor, summary="完")
    perform(complaint, "evaluate", by=supervisor, overall="satisfied", words="及时", feedback="客户说不错")
    with pytest.raises(MoveRefused):
        perform(complaint, "close", by=supervisor, summary="完")
    perform(complaint, "record_follow_up", by=agent, verdict="dissatisfied", words="还是响")
    with pytest.raises(MoveRefused):
        perform(complaint, "close", by=supervisor, summary="完")
    perform(complaint, "record_follow_up", by=agent, verdict="satisfied", words="好了")
    perform(complaint, "close", by=supervisor, summary="合页要成对换")
    assert complaint.evaluations.get().feedback == "客户说不错"


@pytest.mark.req("S2-169")
def test_unreached_closes_only_when_the_attempts_are_used_up_with_a_reason(supervisor, agent):
    complaint = ComplaintFactory(status="awaiting_follow_up")
    for _ in range(2):
        perform(complaint, "record_follow_up", by=agent, verdict="unreached", words="无人接听")
        with pytest.raises(MoveRefused):
            perform(complaint, "close", by=supervisor, summary="完")
    with pytest.raises(ValidationError):
        perform(complaint, "record_follow_up", by=agent, verdict="unreached", words="关机")
    perform(complaint, "record_follow_up", by=agent, verdict="unreached", words="关机", reason="三次未接，已发短信")
    perform(complaint, "close", by=supervisor, summary="完")


@pytest.mark.req("S2-180")
def test_a_sanction_is_seen_only_with_the_right(supervisor, agent):
    complaint = ComplaintFactory(status="evaluating")
    perform(
        complaint, "evaluate", by=supervisor, overall="satisfied", words="好", sanctioned=agent, sanction="口头提醒"
    )
    assert Sanction.objects.get().person == agent
    lines = Event.objects.filter(matter=complaint.matter)
    assert lines.seen_by(supervisor).filter(action="sanction").exists()
    assert not lines.seen_by(agent).filter(action="sanction").exists()


@pytest.mark.req("S1-89")
def test_a_dispute_goes_through_its_stages_to_terms(supervisor):
    complaint = ComplaintFactory(status="implementing", plan_round=1)
    perform(complaint, "open_dispute", by=supervisor, stage="negotiation", reason="要求全退")
    perform(complaint, "advance_dispute", by=supervisor, stage="mediation", reason="消协调解")
    assert Complaint.objects.get().dispute_stage == "mediation"
    perform(complaint, "settle_dispute", by=supervisor, to="implementing", terms="补偿三百并修好")
    assert Complaint.objects.get().status == "implementing"
    assert complaint.strands.filter(done_at__isnull=True).count() == 2


@pytest.mark.req("S1-17")
def test_a_department_accepts_before_a_case_moves(agent, quality):
    logistics = DepartmentFactory(code="logistics", name="物流部")
    complaint = ComplaintFactory(matter__owner=agent, department=quality)
    perform(complaint, "transfer", by=agent, department=logistics, reason="运输造成")
    assert Complaint.objects.get().department == quality
    with pytest.raises(PermissionDenied):
        perform(complaint, "answer_transfer", by=person("agent"), accept=True, words="接")
    perform(complaint, "answer_transfer", by=person("agent", department=logistics), accept=True, words="接了")
    assert Complaint.objects.get().department == logistics
    assert complaint.transfers.get().origin == quality


@pytest.mark.req("S2-32")
def test_checkpoints_are_ticked_once(agent):
    complaint = ComplaintFactory(severity="serious", matter__owner=agent)
    for checkpoint in ("shipped", "arrived", "exchanged", "refunded", "difference_refunded", "transfer_received"):
        perform(complaint, "pass_checkpoint", by=agent, checkpoint=checkpoint)
    with pytest.raises(ValidationError):
        perform(complaint, "pass_checkpoint", by=agent, checkpoint="shipped")
    assert complaint.checkpoints.count() == 6


@pytest.mark.req("S1-28", "S3-09")
def test_check_ins_repeat_while_a_plan_is_carried_out(agent):
    choose_preset("doors")
    complaint = ComplaintFactory(status="plan_approved", plan_round=1, matter__owner=agent)
    perform(complaint, "accept_plan", by=agent, now=NOW, words="好")
    first = Deadline.objects.of(complaint).get(kind="check_in")
    assert first.due_at == NOW + timedelta(days=3)
    contact = {"channel": "phone", "result": "reached", "words": "告知进度"}
    perform(complaint, "record_contact", by=agent, now=NOW + timedelta(days=2), **contact)
    second = Deadline.objects.of(complaint).get(kind="check_in", cycle=2)
    assert second.due_at == NOW + timedelta(days=5)
    perform(complaint, "record_contact", by=agent, now=NOW + timedelta(days=2), **(contact | {"result": "no_answer"}))
    assert Deadline.objects.of(complaint).filter(kind="check_in").count() == 2


@pytest.mark.req("S3-01", "S3-71", "S3-102")
def test_replies_have_their_policies_per_trade(agent):
    choose_preset("furniture")
    minor = begin(Complaint.register, "register", by=agent, now=NOW, customer=CustomerFactory(), content="x").record
    worse = begin(
        Complaint.register, "register", by=agent, now=NOW, customer=CustomerFactory(), content="x", severity="moderate"
    ).record
    assert Deadline.objects.of(minor).get(kind="first_reply").due_at == NOW + timedelta(hours=48)
    assert Deadline.objects.of(worse).get(kind="first_reply").due_at == NOW + timedelta(hours=24)


@pytest.mark.req("S2-85")
def test_an_entry_counts_when_a_second_person_verified_it(agent):
    complaint = begin(Complaint.register, "register", by=agent, customer=CustomerFactory(), content="x").record
    specialist = person("specialist")
    perform(complaint, "verify_entry", by=specialist, words="已核对订单")
    assert Complaint.objects.get().verified_by == specialist
    own = begin(Complaint.register, "register", by=specialist, customer=CustomerFactory(), content="y").record
    with pytest.raises(PermissionDenied):
        perform(own, "verify_entry", by=specialist)


@pytest.mark.req("S2-86")
def test_a_leader_assigns_and_a_colleague_takes_over(agent, supervisor):
    complaint, colleague = ComplaintFactory(), person("agent")
    perform(complaint, "assign", by=supervisor, owner=agent, words="你来跟")
    complaint.matter.refresh_from_db()
    assert complaint.matter.owner == agent
    perform(complaint, "take_over", by=colleague)
    complaint.matter.refresh_from_db()
    assert complaint.matter.owner == colleague
    with pytest.raises(PermissionDenied):
        perform(complaint, "assign", by=agent, owner=agent)


@pytest.mark.req("S2-36")
def test_a_handover_counts_when_it_is_accepted(agent):
    colleague, complaint = person("agent"), ComplaintFactory(matter__owner=agent)
    handover = Handover.objects.give(
        [(complaint.matter, "")], kind="owner", giver=agent, receiver=colleague, note="客户脾气急", now=NOW
    )
    complaint.matter.refresh_from_db()
    assert complaint.matter.owner == agent
    with pytest.raises(MoveRefused):
        handover.accept(by=person("agent"), now=NOW)
    handover.accept(by=colleague, now=NOW)
    complaint.matter.refresh_from_db()
    assert complaint.matter.owner == colleague
    with pytest.raises(MoveRefused):
        handover.accept(by=colleague, now=NOW)


@pytest.mark.req("S1-16")
def test_notes_can_be_read_by_all_concerned(agent):
    complaint = ComplaintFactory()
    perform(complaint, "add_note", by=agent, text="客户下午在家")
    assert Event.objects.filter(matter=complaint.matter).seen_by(person("parts_clerk")).get().note == "客户下午在家"


@pytest.mark.req("S3-112", "S1-04")
def test_everything_done_can_be_traced_from_the_customer(agent, supervisor):
    complaint = begin(Complaint.register, "register", by=agent, customer=CustomerFactory(), content="门裂").record
    perform(complaint, "start_judging", by=agent, department=DepartmentFactory(), reply="已回电")
    trail = Event.objects.filter(customer=complaint.matter.customer).order_by("pk")
    assert list(trail.values_list("action", "by")) == [("register", agent.pk), ("start_judging", agent.pk)]


def test_correcting_the_record_needs_a_change_and_a_reason(agent):
    complaint = ComplaintFactory(matter__owner=agent)
    with pytest.raises(ValidationError):
        perform(complaint, "correct", by=agent, content=complaint.content, reason="x")
    perform(complaint, "correct", by=agent, content="更正", reason="听错了房间")
    assert Event.objects.get(action="correct").data == {"fields": ["content"]}


# --- what the customer caused himself -----------------------------------------------------------------------------------
@pytest.fixture
def his_own_cause(investigating):
    AppraisalFactory(
        complaint=investigating, technician=person("technician"), requested_by=person("agent"), done_at=NOW,
        verdict="customer", findings="钥匙划痕，使用不当。",
    )  # fmt: skip
    return investigating


@pytest.mark.req("S0-01")
def test_what_the_customer_caused_himself_is_charged_at_a_price_on_the_plan(agent, his_own_cause):
    with pytest.raises(ValidationError) as refused:
        propose(his_own_cause, agent, [REPAIR])
    assert "options" in refused.value.message_dict
    propose(his_own_cause, agent, [ADVICE, REPAIR | {"charge": 150}])
    option = PlanOption.objects.get(remedy="repair")
    assert (option.charge, option.service_kind) == (150, choices.ServiceKind.PAID_SERVICE)


@pytest.mark.req("S0-01")
def test_without_an_appraisal_the_findings_say_whose_cause_it_was(agent, investigating):
    with pytest.raises(ValidationError):
        propose(investigating, agent, [REPAIR], liability="customer")
    propose(investigating, agent, [ADVICE], liability="customer")


def test_a_later_appraisal_that_clears_the_customer_counts(agent, his_own_cause):
    AppraisalFactory(
        complaint=his_own_cause, technician=person("technician"), requested_by=person("agent"),
        done_at=NOW + timedelta(days=1), verdict="not_customer", findings="拼缝开胶",
    )  # fmt: skip
    propose(his_own_cause, agent, [REPAIR])
    assert PlanOption.objects.get(remedy="repair").charge == 0


@pytest.mark.req("S0-01")
def test_a_free_standard_plan_is_not_for_what_the_customer_caused(agent, his_own_cause):
    plan = StandardPlanFactory(approved_by=person("manager"), approved_at=NOW)
    with pytest.raises(ValidationError) as refused:
        perform(his_own_cause, "apply_standard_plan", by=agent, plan=plan, words="客户同意")
    assert "plan" in refused.value.message_dict


def test_the_company_may_choose_to_repair_for_nothing(agent, his_own_cause):
    Guard.objects.create(code=Guard.Code.OWN_CAUSE, active=False)
    propose(his_own_cause, agent, [REPAIR])
    assert his_own_cause.options.get().charge == 0
