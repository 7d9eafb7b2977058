"""The front door: once, in order, with the right, or not at all."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.models import Complaint
from workflow.errors import MoveRefused, OperationConflict, StaleVersion
from workflow.models import CustomerLink, Event, Operation
from workflow.perform import perform, perform_many

from tests.factories.cases import ComplaintFactory, DepartmentFactory, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def complaint():
    return ComplaintFactory()


@pytest.fixture
def judging(agent):
    return ComplaintFactory(status="judging", matter__owner=agent)


def start(complaint, by, **more):
    return perform(complaint, "start_judging", by=by, department=DepartmentFactory(), reply="已联系客户", **more)


def test_an_act_is_stored_with_its_event_and_version(complaint, agent):
    start(complaint, agent, version=1)
    stored = Complaint.objects.get()
    event = Event.objects.get()
    assert (stored.status, stored.version) == ("judging", 2)
    assert (event.action, event.by, event.note, event.version) == ("start_judging", agent, "已联系客户", 2)


def test_the_same_press_again_gives_the_same_answer_and_no_second_effect(complaint, agent):
    op = uuid.uuid4()
    first, second = start(complaint, agent, op=op, version=1), start(complaint, agent, op=op, version=1)
    assert (first.replayed, second.replayed) == (False, True)
    assert second.record.version == 2
    assert Event.objects.count() == 1


@pytest.mark.parametrize(
    ("caller", "verb", "body"),
    [
        (lambda agent: person("agent"), "add_note", {"text": "客户下午在家"}),
        (lambda agent: agent, "chase", {}),
        (lambda agent: agent, "add_note", {"text": "别的话"}),
    ],
)
def test_an_operation_belongs_to_its_caller_verb_and_body(complaint, agent, caller, verb, body):
    op = uuid.uuid4()
    perform(complaint, "add_note", by=agent, op=op, text="客户下午在家")
    with pytest.raises(OperationConflict):
        perform(complaint, verb, by=caller(agent), op=op, **body)
    assert Event.objects.exclude(kind="refused").count() == 1


def test_a_stale_form_is_refused_and_changes_nothing(complaint, agent):
    start(complaint, agent, version=1)
    with pytest.raises(StaleVersion):
        perform(complaint, "transfer", by=agent, version=1, department=DepartmentFactory(code="x"), reason="转")
    assert Event.objects.filter(kind="refused", action="transfer").count() == 1
    assert Complaint.objects.get().version == 2


def test_a_chase_does_not_make_a_colleagues_form_stale(complaint, agent):
    perform(complaint, "chase", by=agent, words="又来电")
    start(complaint, agent, version=1)
    assert Complaint.objects.get().chase_count == 1


def test_an_act_queued_behind_ones_own_passes(complaint, agent):
    op = uuid.uuid4()
    start(complaint, agent, op=op, version=1)
    perform(
        complaint, "set_severity", by=agent, version=1, after=op, severity="moderate", reason="比说的重"
    )  # the phone queued it while offline
    assert Complaint.objects.get().version == 3


def test_an_act_queued_behind_ones_own_is_stale_after_somebody_elses(complaint, agent, supervisor):
    op = uuid.uuid4()
    start(complaint, agent, op=op, version=1)
    perform(complaint, "assign", by=supervisor, owner=agent)
    with pytest.raises(StaleVersion):
        perform(complaint, "set_severity", by=agent, version=1, after=op, severity="moderate", reason="重")


def test_the_wrong_state_is_refused_with_a_reason_and_on_record(complaint, supervisor):
    with pytest.raises(MoveRefused) as refusal:
        perform(complaint, "close", by=supervisor, summary="完")
    assert "已登记" in refusal.value.reason or "registered" in refusal.value.reason
    assert list(Event.objects.values_list("kind", "action", "by")) == [("refused", "close", supervisor.pk)]
    assert Complaint.objects.get().status == "registered"


def test_a_missing_right_is_refused_and_on_record(judging):
    outsider = person("parts_clerk")
    with pytest.raises(PermissionDenied):
        perform(judging, "judge_invalid", by=outsider, reason="x")
    assert Event.objects.get().data == {"code": "right"}


def test_a_demotion_counts_at_once(judging, agent):
    agent.groups.clear()
    fresh = type(agent).objects.get(pk=agent.pk)
    with pytest.raises(PermissionDenied):
        perform(judging, "chase", by=fresh)


def test_only_the_handler_or_a_leader_handles(judging, supervisor):
    with pytest.raises(PermissionDenied):
        perform(judging, "set_severity", by=person("agent"), severity="serious", reason="x")
    perform(judging, "set_severity", by=supervisor, severity="serious", reason="客户受伤")
    assert Complaint.objects.get().severity == "serious"


def test_bad_arguments_leave_no_trace(judging, agent):
    with pytest.raises(ValidationError):
        perform(judging, "transfer", by=agent, department=DepartmentFactory(code="x"), reason="  ")
    assert not Event.objects.exists()
    assert Complaint.objects.get().version == 1


@pytest.mark.req("S2-58")
def test_no_change_of_status_without_words(agent):
    approved = ComplaintFactory(status="plan_approved")
    with pytest.raises(ValidationError):
        perform(approved, "accept_plan", by=agent, words="   ")
    assert Complaint.objects.get().status == "plan_approved"


def test_a_customer_may_do_only_what_the_link_allows(complaint):
    link, _token = CustomerLink.objects.issue(complaint.matter, by=None)
    perform(complaint, "chase", by=link, words="")
    event = Event.objects.get()
    assert (event.actor, event.by) == ("customer", None)
    with pytest.raises(PermissionDenied):
        perform(complaint, "withdraw", by=link, reason="不要了")


def test_a_link_of_another_matter_opens_nothing(complaint):
    link, _token = CustomerLink.objects.issue(ComplaintFactory().matter, by=None)
    with pytest.raises(PermissionDenied):
        perform(complaint, "chase", by=link)


def test_the_matter_closes_with_its_last_record_and_opens_again(supervisor):
    complaint = ComplaintFactory(status="awaiting_follow_up", follow_up_verdict="satisfied")
    perform(complaint, "close", by=supervisor, summary="补胶")
    complaint.matter.refresh_from_db()
    assert complaint.matter.closed_at is not None
    perform(complaint, "reopen", by=supervisor, reason="又裂")
    complaint.matter.refresh_from_db()
    assert complaint.matter.closed_at is None
    assert Complaint.objects.get().reopened_count == 1


def test_many_move_at_once_with_an_event_each():
    due = [ComplaintFactory(status="awaiting_follow_up") for _ in range(3)]
    other = ComplaintFactory(status="judging")
    Complaint.objects.update(closed_at=timezone.now())
    moved = perform_many(Complaint.objects.all(), "close", timezone.now(), batch=2)
    assert moved == 3
    assert set(Complaint.objects.filter(pk__in=[c.pk for c in due]).values_list("status", "version")) == {("closed", 2)}
    assert Event.objects.filter(action="close", source="awaiting_follow_up").count() == 3
    assert Complaint.objects.get(pk=other.pk).status == "judging"
    assert not Complaint.objects.filter(pk__in=[c.pk for c in due], matter__closed_at__isnull=True).exists()


def test_the_front_door_costs_six_statements(complaint, agent):
    department = DepartmentFactory()
    details = {"department": department, "reply": "已联系客户"}
    perform(ComplaintFactory(), "start_judging", by=agent, **details)  # rights and content types are read once
    with CaptureQueriesContext(connection) as queries:
        perform(complaint, "start_judging", by=agent, op=uuid.uuid4(), version=1, **details)
    statements = [q["sql"] for q in queries if not q["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))]
    assert len(statements) <= 6, "\n".join(s[:80] + " … " + s[-90:] for s in statements)


def test_operations_remember_the_version_they_made(complaint, agent):
    op = uuid.uuid4()
    start(complaint, agent, op=op)
    assert Operation.objects.get(op=op).version == 2


def test_an_act_stores_only_what_it_changed(complaint, agent):
    row = Complaint.objects.get(pk=complaint.pk)
    Complaint.objects.filter(pk=complaint.pk).update(chase_count=7, severity="moderate")
    row.severity = "serious"
    row.save_changes()
    stored = Complaint.objects.get(pk=complaint.pk)
    assert (stored.severity, stored.chase_count) == ("serious", 7)


def test_what_is_changed_and_changed_back_is_stored(complaint):
    row = Complaint.objects.get(pk=complaint.pk)
    before = row.severity
    row.severity = "serious"
    row.save_changes()
    row.severity = before
    row.save_changes()
    assert Complaint.objects.get(pk=complaint.pk).severity == before
    Complaint.objects.filter(pk=complaint.pk).update(severity="serious")
    row.refresh_from_db(fields=["severity"])
    row.severity = before
    row.save_changes()
    assert Complaint.objects.get(pk=complaint.pk).severity == before
