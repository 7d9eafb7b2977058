"""From events to calls: the ladder, services, VIPs, lists; once each, near ones made one, lapsing, catching up."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from callbacks import falling, planning
from callbacks.models import CallReason, CallRules, CallTemplate, FollowUpCall
from callbacks.models.rules import STEPS
from cases.models import Complaint
from core.calendar import midnight
from customers.models import Consent, Customer, ServiceCard
from workflow.errors import MoveRefused
from workflow.perform import perform

from tests.factories.callbacks import CallFactory
from tests.factories.cases import ComplaintFactory, MatterFactory, PlanOptionFactory, person
from tests.factories.customers import CustomerFactory, ProductFactory, ServiceCardFactory

S = FollowUpCall.Status
pytestmark = pytest.mark.django_db


def at(day, hour=10):
    return midnight(day) + timedelta(hours=hour)


def register(customer, installed_on, now, **fields):
    card = ServiceCardFactory(customer=customer, installed_on=installed_on, accepted_on=None, **fields)
    planning.plan_cards([card], now)
    return card


def days(customer):
    return sorted(
        FollowUpCall.objects.filter(customer=customer).exclude(status="cancelled").values_list("due_on", flat=True)
    )


@pytest.mark.req("S0-39", "S0-40", "S3-36")
def test_a_registered_card_plans_five_calls_from_the_installation_date(caller):
    customer = CustomerFactory()
    card = ServiceCard.objects.register(
        by=caller, customer=customer, product=ProductFactory(), installed_on=timezone.localdate(), room="主卧"
    )
    calls = FollowUpCall.objects.filter(card=card).order_by("due_on")
    assert [call.template.code for call in calls] == ["week", "month", "quarter", "half", "year"]
    assert all(call.status == S.PLANNED and call.anchor_on == card.installed_on for call in calls)
    planning.plan_cards([card], timezone.now())  # heard twice
    planning.plan_cards([card, card], timezone.now())
    assert calls.count() == 5 == CallReason.objects.count()


@pytest.mark.req("S0-39")
@pytest.mark.parametrize(("year", "february"), [(2027, date(2027, 2, 28)), (2028, date(2028, 2, 29))])
def test_the_last_of_january(year, february):
    customer, anchor = CustomerFactory(), date(year, 1, 31)
    register(customer, anchor, at(anchor))
    assert days(customer) == [
        date(year, 2, 7), february, date(year, 4, 30), date(year, 7, 31), date(year + 1, 1, 31)
    ]  # fmt: skip


LADDER = [CallTemplate(code=code, months=months, days=more) for code, _t, _n, _e, months, more, _w, _s in STEPS[:5]]


@pytest.mark.req("S0-39")
@given(st.dates(date(2024, 1, 1), date(2032, 12, 31)))
def test_every_anchor_gives_five_rising_days_none_chained(anchor):
    found = [due for _rung, due, _lapses in planning.rungs(LADDER, anchor, anchor)]
    assert found[0] == anchor + timedelta(days=7)
    for due, months in zip(found[1:], (1, 3, 6, 12), strict=True):
        whole = anchor.year * 12 + anchor.month - 1 + months
        assert (due.year, due.month) == (whole // 12, whole % 12 + 1)
        last = (date(due.year + due.month // 12, due.month % 12 + 1, 1) - timedelta(days=1)).day
        assert due.day == min(anchor.day, last)
    assert found == sorted(set(found))


@pytest.mark.req("S0-39")
def test_a_card_registered_late_owes_only_what_is_still_to_come():
    customer, today = CustomerFactory(), date(2026, 11, 30)
    register(customer, date(2026, 9, 10), at(today))
    # The month's turn lasts until the third month is due; the week's is over.
    assert days(customer) == [date(2026, 10, 10), date(2026, 12, 10), date(2027, 3, 10), date(2027, 9, 10)]


@pytest.mark.req("S0-39")
def test_nothing_is_owed_from_before_the_first_day_with_the_system(monkeypatch):
    monkeypatch.setattr(planning, "went_live_on", lambda: date(2026, 11, 1))
    customer = CustomerFactory()
    register(customer, date(2026, 9, 10), at(date(2026, 11, 2)))
    assert days(customer) == [date(2026, 12, 10), date(2027, 3, 10), date(2027, 9, 10)]


@pytest.mark.req("S2-164")
def test_doors_of_one_day_are_one_call_with_all_its_reasons():
    customer, today = CustomerFactory(), date(2026, 11, 20)
    for room in ("主卧", "次卧", "书房"):
        register(customer, today, at(today), room=room)
    call = FollowUpCall.objects.filter(customer=customer).earliest("due_on")
    assert FollowUpCall.objects.filter(customer=customer).count() == 5
    assert call.reasons.count() == 3
    register(customer, today - timedelta(days=3), at(today), room="阳台")  # within the days that make one
    call = FollowUpCall.objects.get(pk=call.pk)
    assert (call.reasons.count(), call.due_on) == (4, today + timedelta(days=4))
    register(customer, today - timedelta(days=9), at(today), room="入户")
    assert FollowUpCall.objects.filter(customer=customer).count() > 5


@pytest.mark.req("S3-156")
def test_a_job_of_a_provider_is_followed_by_a_call_with_its_two_questions(caller):
    today = timezone.localdate()
    ours, theirs = CustomerFactory(), CustomerFactory()
    register(ours, today, timezone.now(), installer=caller)
    for _twice in range(2):
        card = register(theirs, today, timezone.now(), installed_by="合作安装队")
    planning.plan_cards([card], timezone.now())
    assert not FollowUpCall.objects.filter(customer=ours, script="provider").exists()
    call = FollowUpCall.objects.get(customer=theirs, script="provider")
    assert call.reasons.count() == 2
    assert (call.due_on, call.late_after) == (today + timedelta(days=1), today + timedelta(days=3))


@pytest.mark.req("S2-164")
def test_a_call_somebody_holds_takes_no_further_reason():
    customer, today = CustomerFactory(), date(2026, 11, 20)
    CallFactory(customer=customer, due_on=today + timedelta(days=7), status=S.IN_CALL)
    register(customer, today, at(today))
    assert FollowUpCall.objects.filter(customer=customer).count() == 6


def finished(customer, supervisor, agent, card=None, remedy="repair"):
    """A complaint whose work was done just now."""
    complaint = ComplaintFactory(
        matter=MatterFactory(customer=customer, owner=agent), status="implementing", plan_round=1
    )
    PlanOptionFactory(complaint=complaint, selected=True, remedy=remedy)
    if card:
        complaint.items.create(card=card, product=card.product)
    perform(complaint, "finish_implementation", by=agent, told="已告知", channel="phone")
    return Complaint.objects.get(pk=complaint.pk)


@pytest.mark.req("S2-125", "S2-164", "S2-169", "S3-110")
def test_a_finished_service_is_asked_about_within_three_days(caller):
    complaint = finished(CustomerFactory(), None, caller)
    call = FollowUpCall.objects.get()
    today = timezone.localdate()
    assert call.template.code == "service"
    assert call.script == "service"
    assert today < call.due_on <= call.late_after <= today + timedelta(days=3)
    assert call.reasons.get().subject_id == complaint.pk


@pytest.mark.req("S0-39", "S2-125")
def test_a_repair_starts_the_ladder_again_other_work_does_not(caller):
    customer, today = CustomerFactory(), timezone.localdate()
    card = register(customer, today - timedelta(days=40), timezone.now())
    before = set(FollowUpCall.objects.values_list("pk", flat=True))
    finished(customer, None, caller, card, remedy="advice")
    assert set(FollowUpCall.objects.exclude(template__code="service").values_list("pk", flat=True)) == before
    finished(customer, None, caller, card, remedy="repair")
    assert set(FollowUpCall.objects.filter(status=S.CANCELLED).values_list("pk", flat=True)) <= before
    ladder = CallReason.objects.filter(trigger="card", dropped_at=None).order_by("due_on")
    assert [(row.template.code, row.cycle, row.anchor_on) for row in ladder] == [
        (code, 2, today) for code in ("week", "month", "quarter", "half", "year")
    ]
    planning.reanchor([card], today, timezone.now())  # heard twice
    assert ladder.count() == 5


@pytest.mark.req("S0-68", "S3-110")
def test_a_complaint_opened_again_takes_its_call_back(caller):
    complaint = finished(CustomerFactory(), None, caller)
    perform(complaint, "reopen", by=person("supervisor"), reason="没修好")
    assert FollowUpCall.objects.get().status == S.CANCELLED


@pytest.mark.req("S2-87")
def test_a_vip_is_called_once_a_month():
    vip = CustomerFactory(is_vip=True)
    CustomerFactory()
    now = at(date(2026, 11, 3))
    for _again in range(3):
        falling.plan_vips(now)
    call = FollowUpCall.objects.get()
    assert (call.customer, call.template.code, call.due_on.month) == (vip, "vip", 11)
    falling.plan_vips(at(date(2026, 12, 1)))
    assert FollowUpCall.objects.count() == 2


@pytest.mark.req("S0-39")
def test_a_date_that_was_missing_or_corrected_is_noticed_the_next_day():
    customer = CustomerFactory()
    card = register(customer, None, at(date(2026, 11, 2)))
    assert days(customer) == []
    ServiceCard.objects.filter(pk=card.pk).update(installed_on=date(2026, 11, 1))
    falling.sweep(at(date(2026, 11, 3)))
    assert days(customer)[0] == date(2026, 11, 8)
    ServiceCard.objects.filter(pk=card.pk).update(installed_on=date(2026, 10, 31))
    falling.sweep(at(date(2026, 11, 4)))
    assert days(customer)[0] == date(2026, 11, 7)
    assert len(days(customer)) == 5


@pytest.mark.req("S2-02")
def test_time_passes_over_calls(caller, working_hours):
    customer, anchor = CustomerFactory(), date(2026, 1, 31)
    register(customer, anchor, at(anchor))
    falling.sweep(at(date(2026, 2, 6), 23))
    assert not FollowUpCall.objects.due().exists()
    falling.sweep(at(date(2026, 2, 7), 0))
    call = FollowUpCall.objects.due().get()
    assert call.template.code == "week"
    # left open for half an hour
    now = at(date(2026, 2, 7))
    call = perform(call, "dial", by=caller, mode="visit", now=now).record
    falling.sweep(now + timedelta(minutes=29))
    assert FollowUpCall.objects.get(pk=call.pk).status == S.IN_CALL
    falling.sweep(now + timedelta(minutes=30))
    assert FollowUpCall.objects.get(pk=call.pk).status == S.DUE
    # nobody called until the next step came
    falling.sweep(at(date(2026, 2, 27)))
    falling.sweep(at(date(2026, 2, 28)))
    assert FollowUpCall.objects.get(pk=call.pk).status == S.LAPSED
    assert FollowUpCall.objects.due().get().template.code == "month"


@pytest.mark.req("S0-69")
def test_after_a_month_of_standstill_everything_is_there_once_the_oldest_first(caller):
    customer, anchor = CustomerFactory(), date(2026, 1, 31)
    register(customer, anchor, at(anchor))
    for _again in range(3):
        falling.sweep(at(date(2026, 3, 2)))
    due = FollowUpCall.objects.on_list_of(caller).order_by("call_at", "pk")
    assert [call.template.code for call in due] == ["week", "month"]
    falling.sweep(at(date(2026, 3, 6)))  # its days on the list are over, and the next step has come
    assert [call.template.code for call in FollowUpCall.objects.due()] == ["month"]


@pytest.mark.req("S0-69", "S2-162")
def test_after_the_last_attempt_it_is_given_up(in_call, caller):
    call = in_call()
    now = timezone.now()
    for attempt in range(1, 4):
        call = perform(call, "no_answer", by=caller, kind="no_answer", now=now).record
        falling.sweep(now + timedelta(hours=1))
        call = FollowUpCall.objects.get(pk=call.pk)
        assert call.status == (S.UNREACHED if attempt < 3 else S.LAPSED)
        if attempt < 3:
            now += timedelta(days=2)
            falling.sweep(now)
            call = FollowUpCall.objects.get(pk=call.pk)
            assert call.status == S.DUE
            phone = call.customer.phones.get()
            call = perform(call, "dial", by=caller, phone=phone, now=now).record


def test_the_rules_have_one_row():
    assert CallRules.current().pk == CallRules.current(lock=True).pk == 1


@pytest.mark.req("S2-161")
def test_who_wants_no_calls_is_owed_none(caller, working_hours):
    customer, today = CustomerFactory(), timezone.localdate()
    register(customer, today, timezone.now())
    CallFactory(customer=customer)
    Consent.objects.note(customer, Customer.Purpose.CALLS, given=False, by=caller, channel="phone")
    assert set(FollowUpCall.objects.values_list("status", flat=True)) == {S.CANCELLED}
    register(Customer.objects.get(pk=customer.pk), today, timezone.now(), room="阳台")
    assert not FollowUpCall.objects.waiting().exists()
    due = CallFactory(customer=Customer.objects.get(pk=customer.pk))
    with pytest.raises(MoveRefused):
        perform(due, "dial", by=caller, mode="visit")
