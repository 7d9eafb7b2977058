"""What a call hands over in the same act: complaints, follow-ups, praise, intentions; both stand or neither (S0-46 … S0-68)."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from callbacks import handing_over
from callbacks.models import CallRules, Commendation, FollowUpCall
from cases.models import Complaint
from cases.models.choices import Verdict
from notifications.rules import rule_for
from payments.models import Tier
from workflow.errors import MoveRefused
from workflow.models import Deadline, DeadlinePolicy, Event, Promise
from workflow.perform import perform

from tests.callbacks.test_lifecycle import PROBLEM
from tests.factories.callbacks import CallFactory, ReasonFactory
from tests.factories.cases import ComplaintClassFactory, ComplaintFactory, MatterFactory, person

S = FollowUpCall.Status
pytestmark = pytest.mark.django_db
SAID = {"verdict": "dissatisfied", "answers": [PROBLEM], "gift": "proposed", "gift_words": "木蜡油一瓶，表歉意"}


@pytest.fixture
def clock(db):
    return DeadlinePolicy.objects.create(
        kind="plan", name="72 小时", value=72, unit="hour", calendar="clock", scope={"type": "complaint"}
    )


def handed(call, caller, **more):
    complaint = {"content": "门缝大，关上后下面透光。", "area": "installation", "klass": ComplaintClassFactory(),
                 "severity": "moderate"} | more  # fmt: skip
    return perform(call, "transfer", by=caller, complaint=complaint, **SAID).record


@pytest.mark.req("S0-46", "S0-57", "S0-58", "S0-59", "S0-60", "S0-68")
def test_work_needed_becomes_a_complaint_with_its_own_72_hours_in_the_same_act(in_call, caller, clock, client):
    visit = {"kind": "visit", "what": "周六上午", "due_at": timezone.now() + timedelta(days=2), "channel": "visit"}
    call = handed(in_call(), caller, visit=visit)
    complaint = Complaint.objects.get()
    assert call.complaint == complaint
    assert list(complaint.follow_up_calls.all()) == [call]
    assert (complaint.channel, complaint.content, complaint.received_by) == (
        "follow_up",
        "门缝大，关上后下面透光。",
        caller,
    )
    assert complaint.items.get().card == call.card
    assert complaint.matter != call.matter
    running = Deadline.objects.of(complaint).get(kind="plan")
    assert running.due_at - running.started_at == timedelta(hours=72)
    assert running.started_at == call.spoken_at
    assert Promise.objects.get(matter=complaint.matter).what == "周六上午"
    assert complaint.department == ComplaintClassFactory().department
    # both ways on the timelines
    assert Event.objects.get(matter=call.matter, action="transfer").data["complaint"] == complaint.pk
    assert Event.objects.get(matter=complaint.matter, action="come_from_call").data["call"] == call.pk
    assert (call.gift, call.gift_words) == ("proposed", "木蜡油一瓶，表歉意")
    client.force_login(caller)
    way_back = reverse("callbacks:of-complaint", args=[complaint.pk])
    assert way_back in client.get(complaint.get_absolute_url()).content.decode()
    assert client.get(way_back).url == call.get_absolute_url()


@pytest.mark.req("S0-57", "S0-67")
def test_a_failure_half_way_leaves_neither(in_call, caller, monkeypatch):
    call = in_call()
    register = Complaint.register

    def broken(**fields):
        register(**fields)
        raise RuntimeError("the power fails")

    monkeypatch.setattr(Complaint, "register", broken)
    with pytest.raises(RuntimeError):
        handed(call, caller)
    kept = FollowUpCall.objects.get(pk=call.pk)
    assert (kept.status, kept.verdict, kept.complaint, kept.answers.count()) == (S.IN_CALL, "", None, 0)
    assert not Complaint.objects.exists()
    assert not Event.objects.filter(action__in=["transfer", "register"]).exists()


@pytest.mark.req("S0-45", "S0-60")
@pytest.mark.parametrize(("change", "field"), [({"answers": []}, "problem"), ({"gift_words": ""}, "gift_words")])
def test_what_is_handed_over_says_what_and_which_gift(in_call, caller, change, field):
    call = in_call()
    with pytest.raises(ValidationError) as refused:
        perform(call, "transfer", by=caller, complaint={"content": "门缝大"}, **SAID | change)
    assert field in refused.value.message_dict
    assert not Complaint.objects.exists()


@pytest.mark.req("S0-61")
def test_a_grave_incident_goes_to_the_general_manager(in_call, caller):
    handed(in_call(), caller, is_grave=True)
    complaint = Complaint.objects.get()
    assert complaint.is_grave
    assert complaint.escalations.get().level == "general_manager"


@pytest.mark.req("S0-54", "S0-53")
def test_praise_stands_in_the_register_and_is_reported(in_call, caller):
    fitter = person("technician", name="陈刚")
    praise = {"person": fitter, "name": "", "words": "守时，打扫干净"}
    call = perform(in_call(), "record", by=caller, verdict="completely", praise=praise).record
    noted = Commendation.objects.get()
    assert (noted.person, noted.words, noted.call, noted.noted_by) == (fitter, "守时，打扫干净", call, caller)
    event = Event.objects.get(action="commend")
    assert event.data == {"commendation": noted.pk, "person": fitter.pk}


@pytest.mark.req("S2-06", "S0-54")
@pytest.mark.parametrize("action", ["commend", "report_intention"])
def test_leaders_are_told_of_praise_and_the_manager_of_intentions(in_call, caller, action):
    manager, general = person("manager"), person("general_manager")
    praise = {"person": None, "name": "小陈", "words": "好"}
    perform(in_call(script="equipment"), "record", by=caller, verdict="satisfied", frequency="weekly", wants_refit=True,
            intention="想加一台", praise=praise)  # fmt: skip
    event = Event.objects.get(action=action)
    heard = set().union(*(addressee(event) for addressee in rule_for(event).addressees))
    assert manager.pk in heard
    assert (general.pk in heard) == (action == "commend")


@pytest.fixture
def following(in_call):
    """A call that follows up a complaint in a state."""

    def make(status, **fields):
        call = in_call()
        complaint = ComplaintFactory(
            matter=MatterFactory(customer=call.customer), status=status, implemented_at=timezone.now(), **fields
        )
        ReasonFactory(call=call, subject_type=handing_over.ContentType.objects.get_for_model(Complaint),
                      subject_id=complaint.pk)  # fmt: skip
        return call, complaint

    return make


@pytest.mark.req("S2-169", "S2-125")
def test_the_result_reaches_the_complaint_that_waits_for_it(following, caller):
    call, complaint = following("awaiting_follow_up")
    clock = Deadline.objects.create(
        matter=complaint.matter, subject=complaint, kind="follow_up", started_at=timezone.now(),
        due_at=timezone.now() + timedelta(days=3),
    )  # fmt: skip
    perform(call, "record", by=caller, verdict="satisfied")
    complaint = Complaint.objects.get(pk=complaint.pk)
    assert (complaint.follow_up_verdict, complaint.is_followed_up) == ("satisfied", True)
    clock.refresh_from_db()
    assert clock.met_at is not None


@pytest.mark.req("S2-169")
def test_what_was_said_before_the_evaluation_counts_afterwards(following, caller):
    call, complaint = following("evaluating")
    perform(call, "record", by=caller, verdict="basically")
    perform(complaint, "evaluate", by=person("supervisor"), overall="satisfied", words="处理及时")
    complaint = Complaint.objects.get(pk=complaint.pk)
    assert (complaint.status, complaint.follow_up_verdict) == ("awaiting_follow_up", "basically")


@pytest.mark.req("S2-169", "S0-69")
def test_each_attempt_in_vain_is_counted_on_the_complaint(following, caller):
    call, complaint = following("awaiting_follow_up")
    perform(call, "no_answer", by=caller, kind="off")
    complaint = Complaint.objects.get(pk=complaint.pk)
    assert (complaint.follow_up_verdict, complaint.follow_up_tries) == (Verdict.UNREACHED, 1)


@pytest.mark.req("S0-68", "S3-110")
@pytest.mark.parametrize("status", ["awaiting_follow_up", "evaluating", "closed"])
def test_dissatisfied_after_a_service_opens_that_complaint_again(following, caller, status):
    fields = {"closed_at": timezone.now()} if status == "closed" else {}
    call, complaint = following(status, **fields)
    call = handed(call, caller)
    complaint = Complaint.objects.get(pk=complaint.pk)
    assert Complaint.objects.count() == 1
    assert (call.complaint, complaint.status, complaint.reopened_count) == (complaint, "investigating", 1)


@pytest.mark.req("S0-68")
def test_a_customer_with_an_open_complaint_hears_how_it_stands_or_the_call_waits(in_call, caller):
    call = in_call()
    ComplaintFactory(matter=MatterFactory(customer=call.customer))
    call = perform(call, "record", by=caller, told_progress=True).record
    assert (call.status, call.verdict) == (S.RECORDED, "")
    CallRules.objects.update(hold_for_complaint=True)
    waiting = CallFactory(customer=call.customer)
    with pytest.raises(MoveRefused):
        perform(waiting, "dial", by=caller, mode="visit")


@pytest.mark.req("S0-60")
def test_a_gift_within_ones_limit_stands_in_the_register_above_it_nothing_is_done(in_call, caller):
    call = in_call()
    said = SAID | {"gift": "given", "complaint": {"content": "门缝大", "severity": "minor"}}
    with pytest.raises(ValidationError) as refused:
        perform(call, "transfer", by=caller, gift_value=5000, **said)
    assert "gift_value" in refused.value.message_dict
    assert (Complaint.objects.count(), FollowUpCall.objects.get(pk=call.pk).status) == (0, S.IN_CALL)
    Tier.objects.create(role="agent", limit=50, giving="gift")
    call = perform(call, "transfer", by=caller, gift_value=30, **said).record
    assert (call.gift_given.item, call.gift_given.value, call.gift_given.matter) == (
        "木蜡油一瓶，表歉意", 30, call.complaint.matter)  # fmt: skip
