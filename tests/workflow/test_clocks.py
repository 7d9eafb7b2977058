"""The clocks of a complaint: when they start, stop, stand still, warn and break."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cases.models import Complaint, Escalation
from workflow.models import Deadline, DeadlinePolicy, Event
from workflow.perform import begin, perform
from workflow.presets import PRESETS, choose_preset
from workflow.sweep import sweep

from tests.factories.cases import ComplaintClassFactory, DepartmentFactory, PlanOptionFactory, person
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 16, 10, 0, tzinfo=SHANGHAI)
H = timedelta(hours=1)
FINDINGS = {
    "cause": "service_dispute",
    "liability": "company",
    "analysis": "约好的时间没有上门。",
    "key_point": "爽约",
    "remote": "unsuitable",
    "demand_reasonable": True,
}
OPTION = {"remedy": "advice", "steps": "道歉并重约", "cost": 0}


@pytest.fixture
def doors():
    choose_preset("doors")


def register(agent, now=MONDAY, **fields):
    fields = {"customer": CustomerFactory(), "content": "师傅没来", "klass": ComplaintClassFactory()} | fields
    return begin(Complaint.register, "register", by=agent, now=now, **fields).record


def investigating(agent, now=MONDAY, **fields):
    complaint = register(agent, now, **fields)
    perform(complaint, "start_judging", by=agent, now=now, department=DepartmentFactory(), reply="已回电")
    perform(
        complaint, "judge_valid", by=agent, now=now, department=DepartmentFactory(), severity="minor", reason="属实"
    )
    return complaint


def clock(complaint, kind, cycle=1):
    return Deadline.objects.of(complaint).get(kind=kind, cycle=cycle)


@pytest.mark.req("S0-26", "S1-23", "S3-103", "S3-106")
def test_registration_starts_the_clocks_of_the_policies(doors, agent):
    complaint = register(agent)
    due = dict(Deadline.objects.of(complaint).values_list("kind", "due_at"))
    assert due["plan"] == MONDAY + 72 * H
    assert due["first_reply"] == MONDAY + 24 * H
    # Seven working days later: Sunday does not count, Saturday does (Mon–Sat service).
    assert due["resolve"].astimezone(SHANGHAI) == datetime(2026, 11, 24, 10, 0, tzinfo=SHANGHAI)
    assert set(due) == {"plan", "first_reply", "resolve"}


@pytest.mark.req("S2-31")
def test_a_serious_complaint_is_followed_up_every_half_hour(doors, agent):
    complaint = register(agent, severity="serious")
    assert clock(complaint, "serious").due_at == MONDAY + timedelta(minutes=30)
    then = MONDAY + timedelta(minutes=20)
    perform(complaint, "record_contact", by=agent, now=then, channel="phone", result="reached", words="先安抚")
    assert clock(complaint, "serious").met_at == then
    assert clock(complaint, "serious", 2).due_at == then + timedelta(minutes=30)


@pytest.mark.req("S1-07", "S2-46")
def test_an_enquiry_has_its_own_clocks_and_no_72_hours(doors, agent):
    complaint = register(agent, type="enquiry")
    assert set(Deadline.objects.of(complaint).values_list("kind", flat=True)) == {"first_reply", "question"}


@pytest.mark.req("S3-26")
def test_a_repair_request_is_contacted_within_two_hours(doors, agent):
    complaint = register(agent, type="repair")
    assert clock(complaint, "contact").due_at == MONDAY + 2 * H


@pytest.mark.req("S0-26")
def test_an_answer_does_not_stop_the_72_hours_but_a_plan_does(doors, agent):
    complaint = investigating(agent)
    assert clock(complaint, "first_reply").met_at == MONDAY
    assert clock(complaint, "plan").is_open
    perform(complaint, "propose_plan", by=agent, now=MONDAY + H, options=[OPTION], **FINDINGS)
    assert clock(complaint, "plan").met_at == MONDAY + H


@pytest.mark.parametrize("way", ["return_plan", "decline_plan", "revise_plan", "reopen"])
def test_back_to_planning_starts_the_next_72_hours(doors, agent, supervisor, way):
    complaint = investigating(agent)
    perform(complaint, "propose_plan", by=agent, now=MONDAY, options=[OPTION], **FINDINGS)
    later = MONDAY + 5 * H
    option = complaint.options.get()
    if way == "return_plan":
        perform(complaint, way, by=supervisor, now=later, comment="再想想")
    else:
        seen = {"option": option, "instruction": "同意", "viewed": [option.pk]}
        perform(complaint, "approve_plan", by=supervisor, now=MONDAY, **seen)
        if way == "decline_plan":
            perform(complaint, way, by=agent, now=later, words="不要")
        else:
            perform(complaint, "accept_plan", by=agent, now=MONDAY, words="好")
    if way == "revise_plan":
        perform(complaint, way, by=agent, now=later, reason="缺货")
    if way == "reopen":
        for strand in complaint.strands.filter(done_at__isnull=True):
            perform(complaint, "finish_strand", by=agent, now=MONDAY, strand=strand, outcome="办完")
        perform(complaint, "finish_implementation", by=agent, now=MONDAY, told="已告知", channel="phone")
        perform(complaint, way, by=supervisor, now=later, reason="没修好")
    second = clock(complaint, "plan", 2)
    assert (second.started_at, second.due_at) == (later, later + 72 * H)


def test_nothing_at_71_hours_and_one_breach_at_73(doors, agent):
    agent.superior = person("supervisor")
    agent.save()
    complaint = investigating(agent)
    sweep(MONDAY + 71 * H)
    before = Event.objects.filter(kind="deadline", data__clock="plan").values_list("action", flat=True)
    assert "breach" not in before
    sweep(MONDAY + 73 * H)
    sweep(MONDAY + 73 * H)
    breaches = Event.objects.filter(kind="deadline", data__clock="plan", action="breach")
    assert breaches.count() == 1
    assert clock(complaint, "plan").breached_at == MONDAY + 72 * H
    assert Escalation.objects.get(complaint=complaint).to == agent.superior


def test_due_means_at_the_very_moment(doors, agent):
    complaint = investigating(agent)
    sweep(MONDAY + 72 * H - timedelta(seconds=1))
    assert clock(complaint, "plan").breached_at is None
    sweep(MONDAY + 72 * H)
    assert clock(complaint, "plan").breached_at is not None


def test_a_clock_set_back_fires_nothing_twice(doors, agent):
    investigating(agent)
    sweep(MONDAY + 73 * H)
    fired = Event.objects.filter(kind="deadline").count()
    sweep(MONDAY)
    sweep(MONDAY + 73 * H)
    assert Event.objects.filter(kind="deadline").count() == fired


def test_an_ended_case_fires_nothing(doors, agent):
    complaint = register(agent)
    perform(complaint, "withdraw", by=agent, now=MONDAY, reason="客户说是误会")
    assert not Deadline.objects.of(complaint).open().exists()
    assert sweep(MONDAY + 100 * H) == 0


def test_met_late_is_never_in_time(doors, agent):
    complaint = investigating(agent)
    late = MONDAY + 80 * H
    perform(complaint, "propose_plan", by=agent, now=late, options=[OPTION], **FINDINGS)
    plan = clock(complaint, "plan")
    assert (plan.met_at, plan.breached_at) == (late, MONDAY + 72 * H)
    assert plan.state(late) == "late"


def test_a_clock_stands_still_while_the_customer_decides(doors, agent, supervisor):
    complaint = investigating(agent)
    perform(complaint, "propose_plan", by=agent, now=MONDAY + H, options=[OPTION], **FINDINGS)
    option = complaint.options.get()
    seen = {"option": option, "instruction": "同意", "viewed": [option.pk]}
    perform(complaint, "approve_plan", by=supervisor, now=MONDAY + 2 * H, **seen)
    assert clock(complaint, "resolve").is_paused
    perform(complaint, "accept_plan", by=agent, now=MONDAY + 26 * H, words="同意")
    # It stood still from Monday 12:00 to Tuesday 12:00: one working day more.
    assert clock(complaint, "resolve").due_at.astimezone(SHANGHAI) == datetime(2026, 11, 25, 10, 0, tzinfo=SHANGHAI)


def test_a_case_keeps_the_values_it_started_with(doors, agent):
    complaint = register(agent)
    DeadlinePolicy.objects.filter(kind="plan").update(value=1)
    perform(complaint, "chase", by=agent)
    assert clock(complaint, "plan").due_at == MONDAY + 72 * H


def test_the_narrower_policy_wins_then_the_stricter(doors, agent):
    DeadlinePolicy.objects.create(
        kind="plan",
        name="木门",
        value=48,
        unit="hour",
        calendar="clock",
        scope={"type": "complaint", "class": "quality"},
    )
    DeadlinePolicy.objects.create(
        kind="plan",
        name="木门严",
        value=24,
        unit="hour",
        calendar="clock",
        scope={"type": "complaint", "class": "quality"},
    )
    assert clock(register(agent), "plan").due_at == MONDAY + 24 * H


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_runs(preset, agent):
    choose_preset(preset)
    for kind in ("complaint", "repair", "enquiry", "suggestion", "installation_help"):
        assert Deadline.objects.of(register(agent, type=kind)).exists()


@pytest.mark.req("S2-164")
def test_three_days_to_the_follow_up(doors, agent, supervisor):
    complaint = investigating(agent)
    PlanOptionFactory(complaint=complaint)
    Complaint.objects.filter(pk=complaint.pk).update(remedy_level=None)
    perform(complaint, "propose_plan", by=agent, now=MONDAY, options=[OPTION], **FINDINGS)
    option = complaint.options.get(remedy="advice")
    seen = {"option": option, "instruction": "同意", "viewed": [o.pk for o in complaint.options.filter(round=1)]}
    perform(complaint, "approve_plan", by=supervisor, now=MONDAY, **seen)
    perform(complaint, "accept_plan", by=agent, now=MONDAY, words="好")
    for strand in complaint.strands.filter(done_at__isnull=True):
        perform(complaint, "finish_strand", by=agent, now=MONDAY, strand=strand, outcome="办完")
    perform(complaint, "finish_implementation", by=agent, now=MONDAY, told="已告知", channel="phone")
    # The third day ends at midnight.
    assert clock(complaint, "follow_up").due_at.astimezone(SHANGHAI) == datetime(2026, 11, 20, tzinfo=SHANGHAI)
