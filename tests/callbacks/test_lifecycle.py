"""Every verb of a follow-up call in every state: where it leads, who may, and that a refusal leaves no trace."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from callbacks.models import CallWeek, FollowUpCall, NumberTask
from callbacks.models.call import WAITING
from workflow.errors import MoveRefused
from workflow.models import Event
from workflow.perform import perform

from tests.factories.callbacks import CallFactory
from tests.factories.cases import person
from tests.factories.customers import PhoneFactory

S = FollowUpCall.Status
pytestmark = pytest.mark.django_db

LIFECYCLE = {
    "fall_due": ({S.PLANNED, S.RESCHEDULED}, S.DUE),
    "retry": ({S.UNREACHED}, S.PLANNED),
    "pull_forward": ({S.PLANNED}, S.DUE),
    "lapse": ({S.DUE, S.UNREACHED}, S.LAPSED),
    "cancel": (set(WAITING), S.CANCELLED),
    "dial": ({S.DUE}, S.IN_CALL),
    "release": ({S.IN_CALL}, S.DUE),
    "no_answer": ({S.IN_CALL}, S.UNREACHED),
    "reschedule": ({S.IN_CALL}, S.RESCHEDULED),
    "decline": ({S.IN_CALL}, S.DECLINED),
    "record": ({S.IN_CALL}, S.RECORDED),
    "transfer": ({S.IN_CALL}, S.TRANSFERRED),
    "submit_week": ({S.RECORDED, S.TRANSFERRED, S.DECLINED}, S.IN_REVIEW),
    "resubmit": ({S.SENT_BACK}, S.IN_REVIEW),
    "review": ({S.IN_REVIEW}, S.REVIEWED),
    "send_back": ({S.IN_REVIEW}, S.SENT_BACK),
    # Acts: the state stays.
    "switch_phone": ({S.IN_CALL}, None),
    "move": ({S.PLANNED, S.DUE}, None),
    "assign": (set(WAITING), None),
}
PROBLEM = {"area": "installation", "tone": "problem", "text": "门缝大，关上后下面透光。"}


def arrange(verb, call, by):
    """What must be there for the verb to succeed, and its arguments."""
    details = {
        "dial": lambda: {"phone": PhoneFactory(customer=call.customer)},
        "switch_phone": lambda: {"phone": PhoneFactory(customer=call.customer, number="07146351234")},
        "no_answer": lambda: {"kind": "busy"},
        "decline": lambda: {"reason": "不需要"},
        "record": lambda: {"verdict": "satisfied"},
        "transfer": lambda: {
            "verdict": "dissatisfied", "answers": [PROBLEM], "gift": "none",
            "complaint": {"content": "门缝大", "area": "installation", "severity": "minor"},
        },
        "submit_week": lambda: {
            "week": CallWeek.objects.create(caller=by, monday="2026-11-23", submitted_at=timezone.now())
        },
        "send_back": lambda: {"comment": "没写产品"},
        "resubmit": lambda: {"words": "补：M-203"},
        "cancel": lambda: {"reason": "已退货"},
        "move": lambda: {"due_on": timezone.localdate() + timedelta(days=2), "reason": "客户出差"},
        "assign": lambda: {"caller": person("agent")},
    }  # fmt: skip
    return details.get(verb, dict)()


def who(verb, caller, leader):
    """Whoever calls makes the call and completes it; another one reviews it, hands it out, cancels it."""
    if verb in ("fall_due", "retry", "lapse", "cancel", "move", "assign", "review", "send_back"):
        return leader
    return caller


def test_the_table_names_every_verb():
    declared = {name for name in vars(FollowUpCall) if hasattr(getattr(FollowUpCall, name, None), "_django_fsm")}
    assert declared == set(LIFECYCLE)


@pytest.mark.req("S0-43", "S0-48", "S0-63", "S0-66", "S0-67", "S2-07")
@pytest.mark.parametrize("status", list(S))
@pytest.mark.parametrize("verb", LIFECYCLE)
def test_every_verb_in_every_state(verb, status, working_hours):
    sources, target = LIFECYCLE[verb]
    caller, leader = person("agent"), person("specialist")
    call = CallFactory(status=status, called_by=caller)
    by = who(verb, caller, leader)
    details = arrange(verb, call, by)
    if status not in sources:
        with pytest.raises((MoveRefused, PermissionDenied)):
            perform(call, verb, by=by, **details)
        kept = FollowUpCall.objects.get(pk=call.pk)
        assert (kept.status, kept.version) == (status, 1)
        assert [event.kind for event in Event.objects.filter(action=verb, matter=call.matter)] == ["refused"]
        return
    if verb in ("fall_due", "retry", "lapse"):
        by = None
    perform(call, verb, by=by, **details)
    stored = FollowUpCall.objects.get(pk=call.pk)
    assert stored.status == (target or status)
    event = Event.objects.get(action=verb, matter=call.matter)
    assert (event.source, event.target) == ((status, target) if target else ("", ""))


@pytest.mark.req("S2-07")
def test_nobody_reviews_his_own_call(specialist):
    call = CallFactory(status=S.IN_REVIEW, called_by=specialist)
    with pytest.raises(PermissionDenied):
        perform(call, "review", by=specialist)
    with pytest.raises(PermissionDenied):
        perform(call, "send_back", by=specialist, comment="缺")
    perform(call, "review", by=person("specialist"))


@pytest.mark.req("S2-161")
def test_a_call_is_locked_to_whoever_dialled(in_call, specialist):
    call = in_call()
    for verb, details in (("record", {"verdict": "satisfied"}), ("no_answer", {"kind": "off"})):
        with pytest.raises(PermissionDenied):
            perform(call, verb, by=person("agent"), **details)
    with pytest.raises(MoveRefused):
        perform(call, "dial", by=person("agent"), phone=PhoneFactory(customer=call.customer))
    perform(call, "release", by=specialist)  # whoever leads may free it


@pytest.mark.req("S2-161")
@pytest.mark.parametrize(("hour", "allowed"), [(8, False), (9, True), (11, True), (12, False), (13, False), (14, True),
                                               (19, True), (20, False)])  # fmt: skip
def test_nobody_is_called_in_his_rest(caller, hour, allowed):
    call = CallFactory()
    phone = PhoneFactory(customer=call.customer)
    now = timezone.localtime().replace(hour=hour, minute=0, second=0, microsecond=0)
    if allowed:
        assert perform(call, "dial", by=caller, phone=phone, now=now).record.status == S.IN_CALL
    else:
        with pytest.raises(MoveRefused):
            perform(call, "dial", by=caller, phone=phone, now=now)


@pytest.mark.req("S2-161", "S2-156")
def test_his_own_hours_count_and_a_visit_is_no_call(caller):
    call = CallFactory(customer__quiet_hours="15:00–16:30")
    at = timezone.localtime().replace(hour=15, minute=30)
    phone = PhoneFactory(customer=call.customer)
    with pytest.raises(MoveRefused, match="16:30"):
        perform(call, "dial", by=caller, phone=phone, now=at)
    met = perform(call, "dial", by=caller, mode="visit", now=at).record
    assert (met.status, met.number_used, met.mode) == (S.IN_CALL, "", "visit")


@pytest.mark.req("S0-69")
def test_a_number_of_somebody_else_is_no_number_of_his(caller, working_hours):
    call = CallFactory()
    with pytest.raises(ValidationError):
        perform(call, "dial", by=caller, phone=PhoneFactory())


@pytest.mark.req("S0-69")
def test_unreached_has_kinds_a_bad_number_becomes_a_task_once(in_call, caller):
    call = in_call()
    call = perform(call, "no_answer", by=caller, kind="wrong_person").record
    assert (call.tries, call.unreached_kind) == (1, "wrong_person")
    task = NumberTask.objects.get()
    assert (task.customer, task.outcome, task.phone.number) == (call.customer, "wrong_person", call.number_used)
    call = perform(call, "retry", by=None).record
    call = perform(call, "fall_due", by=None).record
    call = perform(call, "dial", by=caller, phone=task.phone).record
    perform(call, "no_answer", by=caller, kind="no_such_number")
    assert NumberTask.objects.count() == 1
    assert [row.outcome for row in call.attempts.all()] == ["wrong_person", "no_such_number"]


@pytest.mark.req("S0-66", "S0-64")
def test_a_redial_on_the_landline_is_another_attempt_of_the_same_call(in_call, caller):
    call = in_call()
    landline = call.customer.add_phone("0714-6351234")
    call = perform(call, "switch_phone", by=caller, phone=landline).record
    assert [(row.no, row.outcome, row.kind) for row in call.attempts.all()] == [
        (1, "switched", "mobile"), (2, "talking", "landline")]  # fmt: skip
    call.customer.refresh_from_db()
    assert call.customer.preferred_phone == landline
    assert (call.status, call.number_used) == (S.IN_CALL, landline.number)


@pytest.mark.req("S0-63", "S0-48")
def test_not_convenient_with_and_without_a_time(in_call, caller):
    at = timezone.now() + timedelta(days=2)
    call = perform(in_call(), "reschedule", by=caller, at=at).record
    assert (call.call_at, call.agreed, call.caller) == (at, True, caller)
    other = perform(in_call(), "reschedule", by=caller).record
    assert (other.agreed, other.call_at > timezone.now()) == (False, True)
    with pytest.raises(ValidationError):
        perform(in_call(), "reschedule", by=caller, at=timezone.now())


@pytest.mark.req("S0-44", "S0-45", "S0-55", "S2-163")
@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "verdict"),
        ({"verdict": "dissatisfied"}, "problem"),
        ({"verdict": "average", "answers": [PROBLEM]}, "doubt_cleared"),
        ({"verdict": "satisfied", "answers": [PROBLEM | {"tone": "question", "settled": False}]}, "doubt_cleared"),
    ],
)
def test_a_call_ends_with_its_record_or_not_at_all(in_call, caller, said, field):
    call = in_call()
    with pytest.raises(ValidationError) as refused:
        perform(call, "record", by=caller, **said)
    assert field in refused.value.message_dict
    kept = FollowUpCall.objects.get(pk=call.pk)
    assert (kept.status, kept.answers.count(), kept.verdict) == (S.IN_CALL, 0, "")


@pytest.mark.req("S0-55")
def test_a_doubt_cleared_is_recorded_as_such(in_call, caller):
    call = perform(in_call(), "record", by=caller, verdict="average", doubt_cleared=True,
                   answers=[PROBLEM | {"settled": True, "reply": "新门有味道属正常，通风一周"}]).record  # fmt: skip
    assert (call.status, call.doubt_cleared, call.answers.get().settled) == (S.RECORDED, True, True)


@pytest.mark.req("S2-04", "S3-157", "S3-158")
def test_the_checklists_are_asked(in_call, caller):
    call = in_call(script="equipment")
    with pytest.raises(ValidationError):
        perform(call, "record", by=caller, verdict="satisfied")
    call = perform(call, "record", by=caller, verdict="satisfied", frequency="daily", condition="正常").record
    assert call.frequency == "daily"
    call = in_call(script="provider")
    with pytest.raises(ValidationError):
        perform(call, "record", by=caller, verdict="basically")
    call = perform(call, "record", by=caller, verdict="basically", time_agreed=True, on_time=False).record
    assert (call.time_agreed, call.on_time) == (True, False)


@pytest.mark.req("S2-05")
def test_a_late_entry_keeps_both_times(in_call, caller):
    spoken = timezone.now() - timedelta(days=2)
    call = perform(in_call(mode="visit"), "record", by=caller, verdict="satisfied", spoken_at=spoken).record
    assert call.spoken_at == spoken
    assert call.entered_at > spoken
    with pytest.raises(ValidationError):
        perform(in_call(), "record", by=caller, verdict="satisfied",
                spoken_at=timezone.now() + timedelta(hours=1))  # fmt: skip
