"""Who may be sent when: skills, regions, certificates, leave, half hours; and that the database refuses the second."""

import threading
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connections
from django.db.utils import IntegrityError
from django.utils import timezone

from technicians.models import Booking, CrewMember, DispatchRule, WorkOrder, grant_leave
from workflow.models import Attachment, Deadline, DeadlinePolicy
from workflow.perform import Done, begin, perform

from tests.factories.accounts import RegionFactory
from tests.factories.cases import ComplaintFactory, MatterFactory, person
from tests.factories.customers import ServiceCardFactory
from tests.factories.technicians import TechnicianFactory, WorkOrderFactory, tomorrow

S = WorkOrder.Status


def dispatch(order, by, technician, hour=9, hours=2, **more):
    starts_at, ends_at = tomorrow(hour, hours)
    details = {"technician": technician, "window_from": starts_at, "window_until": ends_at} | more
    return perform(order, "dispatch", by=by, **details).record


@pytest.mark.django_db
class TestWhoMayGo:
    @pytest.mark.req("S0-36", "S2-127", "S3-30", "S1-60")
    def test_a_crew_is_sent_with_its_half_hours_and_a_slip(self, dispatcher, technician):
        helper, order = TechnicianFactory(), WorkOrderFactory()
        order = dispatch(order, dispatcher, technician, helpers=[helper])
        assert Booking.objects.filter(order=order).count() == 2 * 4
        assert [(row.technician, row.leads) for row in order.present_crew] == [(technician, True), (helper, False)]
        assert order.slip_number == f"{order.number}-1"

    @pytest.mark.req("S3-42")
    def test_skills_are_matched(self, dispatcher, technician):
        order = WorkOrderFactory(skill="glass")
        with pytest.raises(ValidationError) as refused:
            dispatch(order, dispatcher, technician)
        assert "technician" in refused.value.error_dict
        DispatchRule.objects.create(code="skill", active=False)
        assert dispatch(order, dispatcher, technician).status == S.DISPATCHED

    def test_nobody_is_sent_into_another_region(self, dispatcher):
        stranger = TechnicianFactory(region=RegionFactory())
        with pytest.raises(ValidationError):
            dispatch(WorkOrderFactory(), dispatcher, stranger)

    @pytest.mark.req("S2-124")
    def test_an_expired_certificate_holds_dispatch_unless_the_company_only_warns(self, dispatcher, technician):
        papers = technician.certificates
        papers.create(name="电工证", obtained_on=date(2020, 1, 1), valid_until=date(2023, 1, 1))
        papers.create(name="安全培训", kind="training", obtained_on=date(2020, 1, 1), valid_until=date(2021, 1, 1))
        with pytest.raises(ValidationError, match="电工证"):
            dispatch(WorkOrderFactory(), dispatcher, technician)
        papers.create(name="电工证", obtained_on=date(2023, 1, 1), valid_until=date(2099, 1, 1))
        assert dispatch(WorkOrderFactory(), dispatcher, technician)

    @pytest.mark.req("S0-29", "S0-58", "S3-08")
    def test_a_time_outside_what_suits_the_customer_needs_a_reason(self, dispatcher, technician, agent):
        window = tomorrow(14, 4)
        order = begin(
            WorkOrder.accept,
            "accept",
            by=agent,
            kind="repair",
            content="锁坏了",
            customer=MatterFactory().customer,
            windows=[window],
        ).record
        with pytest.raises(ValidationError) as refused:
            dispatch(order, dispatcher, technician, hour=9)
        assert "why_outside" in refused.value.error_dict
        assert dispatch(order, dispatcher, technician, hour=9, why_outside="客户同意改上午").window_from
        other = WorkOrderFactory()
        other.preferred.create(starts_at=window[0], ends_at=window[1])
        assert dispatch(other, dispatcher, technician, hour=15)

    @pytest.mark.req("S0-06")
    def test_who_installed_it_does_not_appraise_it(self, dispatcher, technician):
        card = ServiceCardFactory(installer=technician.user)
        with pytest.raises(ValidationError):
            dispatch(WorkOrderFactory(kind="appraisal", card=card), dispatcher, technician)
        assert dispatch(WorkOrderFactory(kind="repair", card=card), dispatcher, technician)


@pytest.mark.django_db
class TestHalfHours:
    def test_the_second_at_the_same_time_is_refused_and_told_by_whom(self, dispatcher, technician):
        first = dispatch(WorkOrderFactory(), dispatcher, technician)
        second = WorkOrderFactory()
        with pytest.raises(ValidationError, match=first.number):
            dispatch(second, dispatcher, technician, hour=10)
        assert WorkOrder.objects.get(pk=second.pk).status == S.ACCEPTED
        assert dispatch(second, dispatcher, technician, hour=11)

    def test_the_key_itself_refuses(self, technician):
        order, now = WorkOrderFactory(), timezone.now()
        Booking.objects.create(technician=technician, slot_at=now, order=order)
        with pytest.raises(IntegrityError):
            Booking.objects.create(technician=technician, slot_at=now, order=order)

    def test_a_long_job_over_a_day_of_leave_is_refused_though_it_begins_before(self, dispatcher, technician):
        day = timezone.localdate() + timedelta(days=2)
        grant_leave(technician, first_on=day, last_on=day, reason="事假", by=dispatcher)
        with pytest.raises(ValidationError, match=f"{day}"):
            dispatch(WorkOrderFactory(), dispatcher, technician, hours=60)
        assert dispatch(WorkOrderFactory(), dispatcher, technician, hours=8)

    def test_leave_is_refused_where_a_job_lies_in_it(self, dispatcher, technician):
        order = dispatch(WorkOrderFactory(), dispatcher, technician)
        day = timezone.localtime(order.window_from).date()
        with pytest.raises(ValidationError, match=order.number):
            grant_leave(technician, first_on=day, last_on=day, reason="事假", by=dispatcher)

    def test_a_job_of_several_days_takes_the_hours_he_works(self, technician):
        starts_at, _ends_at = tomorrow(8)
        slots = technician.slots(starts_at, starts_at + timedelta(days=1, hours=10))
        assert len(slots) == 2 * 20
        assert {timezone.localtime(at).hour for at in slots} == set(range(8, 18))

    @pytest.mark.req("S2-136")
    def test_moving_cancelling_and_finishing_give_the_time_back(self, dispatcher, technician, agent):
        order = dispatch(WorkOrderFactory(), dispatcher, technician)
        perform(order, "reschedule", by=agent, why="customer_asks", agreed=True, words="客户要下周")
        assert not Booking.objects.exists()
        starts_at, ends_at = tomorrow(9)
        perform(order, "redispatch", by=dispatcher, technician=technician, window_from=starts_at, window_until=ends_at)
        assert Booking.objects.count() == 4
        perform(order, "cancel", by=agent, reason="客户不修了")
        assert not Booking.objects.exists()

    @pytest.mark.req("S2-139")
    def test_nobody_at_home_needs_a_photo_and_any_other_reason_the_consent(self, dispatcher, technician):
        order = dispatch(WorkOrderFactory(), dispatcher, technician)
        for why, agreed, field in (("not_at_home", True, "photo"), ("ours", False, "agreed")):
            with pytest.raises(ValidationError) as refused:
                perform(order, "reschedule", by=technician.user, why=why, agreed=agreed, words="门关着")
            assert field in refused.value.error_dict

    def test_reassigned_is_gone_and_what_he_sends_meets_a_conflict(self, dispatcher, technician):
        other, order = TechnicianFactory(), dispatch(WorkOrderFactory(), dispatcher, technician)
        starts_at, ends_at = tomorrow(14)
        perform(
            order, "reassign", by=dispatcher, technician=other, reason="车坏了", window_from=starts_at,
            window_until=ends_at,
        )  # fmt: skip
        event = order.matter.events.get(action="reassign")
        assert (event.data["to"], event.data["former"]) == ([other.user_id], [technician.user_id])
        assert not WorkOrder.objects.of_person(technician.user).exists()
        assert WorkOrder.objects.visible_to(technician.user).get() == order  # his answer waits for him there
        assert not Attachment.objects.visible_to(technician.user).exists()


@pytest.mark.django_db
@pytest.mark.req("S2-126", "S2-138", "S3-21", "S3-26", "S3-99")
def test_an_agreed_appointment_takes_the_place_of_the_on_site_clock(dispatcher, technician, agent):
    for kind, minutes in (("send", 15), ("on_site", 20), ("agree", 120)):
        DeadlinePolicy.objects.create(kind=kind, name=kind, value=minutes, unit="minute", calendar="clock")
    now, customer = timezone.now(), MatterFactory().customer
    order = begin(
        WorkOrder.accept, "accept", by=agent, now=now, kind="repair", content="锁坏了", customer=customer
    ).record

    def clocks():
        return {row.kind: row.due_at for row in Deadline.objects.of(order).open()}

    first = clocks()
    assert {kind: (due - now) / timedelta(minutes=1) for kind, due in first.items()} == {
        "send": 15,
        "on_site": 20,
        "agree": 120,
    }
    order = dispatch(order, dispatcher, technician)
    assert clocks() == {"on_site": order.window_until, "agree": first["agree"]}
    perform(order, "acknowledge", by=technician.user, words="已约好")
    assert clocks() == {"on_site": order.window_until}


ROUNDS = 200


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_two_who_book_the_same_time_one_wins_each_round():
    people = [person("dispatcher"), person("dispatcher")]
    technician = TechnicianFactory()
    for number in range(ROUNDS):
        orders = [WorkOrderFactory(), WorkOrderFactory()]
        starts_at, ends_at = tomorrow(9)
        shift = timedelta(days=number)
        results = together(
            *(
                lambda order=order, by=by, late=timedelta(minutes=30 * late): perform(
                    order, "dispatch", by=by, technician=technician,
                    window_from=starts_at + shift + late, window_until=ends_at + shift + late,  # noqa: B023
                )
                for late, (order, by) in enumerate(zip(orders, people, strict=True))
            )
        )  # fmt: skip
        assert sum(isinstance(one, Done) for one in results) == 1, results
        assert sum(isinstance(one, ValidationError) for one in results) == 1, results
    assert CrewMember.objects.count() == ROUNDS
    assert Booking.objects.count() == ROUNDS * 4


def together(*acts):
    """Run the acts at the same moment, each on a connection of its own; their results, or what they raised."""
    results, line = [None] * len(acts), threading.Barrier(len(acts))

    def run(index, act):
        try:
            line.wait(timeout=120)
            results[index] = act()
        except Exception as error:
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=240)
    return results


@pytest.mark.django_db
@pytest.mark.req("S0-35", "S0-36")
def test_a_complaint_waits_for_its_orders_and_its_strands_end_with_them(dispatcher, technician, agent):
    complaint = ComplaintFactory(status="implementing", plan_round=1, matter__owner=agent)
    for kind in ("execute", "dispatch"):
        complaint.strands.create(round=1, kind=kind)
    order = begin(WorkOrder.accept, "accept", by=agent, kind="repair", content="换锁", complaint=complaint).record
    assert order in complaint.matter.open_records(besides=complaint)
    dispatch(order, dispatcher, technician)
    done = dict(complaint.strands.values_list("kind", "done_at"))
    assert done["dispatch"]
    assert done["execute"] is None
    WorkOrder.objects.filter(pk=order.pk).update(status="customer_accepted", work_done="换好了")
    perform(order, "close", by=agent, satisfied=True, words="客户满意")
    assert not complaint.strands.filter(done_at=None).exists()
    assert complaint.matter.open_records(besides=complaint) == []
