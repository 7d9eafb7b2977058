"""What is watched: problems nobody goes to, what goes first, what the supervisor decides, special parts."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from technicians.models import WorkOrder
from workflow.models import Event
from workflow.perform import perform

from tests.factories.accounts import RegionFactory
from tests.factories.cases import ComplaintFactory, MatterFactory
from tests.factories.customers import CustomerFactory
from tests.factories.technicians import TechnicianFactory, WorkOrderFactory, send, tomorrow
from tests.technicians.test_pages import browser

S = WorkOrder.Status
pytestmark = pytest.mark.django_db


def confirmed(**fields):
    complaint = ComplaintFactory(status="implementing", plan_round=1, **fields)
    complaint.strands.create(round=1, kind="dispatch")
    return complaint


def to_dispatch(user):
    return browser(user).get(f"{reverse('technicians:orders')}?queue=dispatch")


@pytest.mark.req("S0-19")
def test_a_confirmed_problem_without_an_order_is_listed_until_it_has_one(dispatcher):
    waits, served, done = confirmed(), confirmed(), confirmed()
    WorkOrderFactory(complaint=served, matter=served.matter)
    done.strands.update(done_at=timezone.now())
    called_off = WorkOrderFactory(complaint=waits, matter=waits.matter, status=S.CANCELLED)
    page = to_dispatch(dispatcher)
    assert page.context["unassigned"] == [waits]
    assert f"{reverse('technicians:accept')}?complaint={waits.pk}" in page.text
    WorkOrder.objects.filter(pk=called_off.pk).update(status=S.ACCEPTED)
    assert to_dispatch(dispatcher).context["unassigned"] == []


@pytest.mark.req("S0-19")
def test_confirmed_problems_of_another_region_are_not_shown(dispatcher, other_region_matter):
    confirmed(matter=other_region_matter)
    assert to_dispatch(dispatcher).context["unassigned"] == []


@pytest.fixture
def other_region_matter(db):
    return MatterFactory(customer=CustomerFactory(region=RegionFactory(code="elsewhere")))


@pytest.mark.req("S2-121")
def test_water_and_electricity_go_before_what_came_earlier(dispatcher):
    now = timezone.now()
    plain = WorkOrderFactory(created_at=now - timedelta(hours=9))
    light = WorkOrderFactory(created_at=now - timedelta(hours=2), urgency="electricity")
    tap = WorkOrderFactory(created_at=now - timedelta(hours=1), urgency="water")
    assert [row.pk for row in to_dispatch(dispatcher).context["rows"]] == [tap.pk, light.pk, plain.pk]


@pytest.mark.req("S2-129")
def test_the_repair_centres_supervisor_decides_or_reports_it_to_whom_it_concerns(technician, dispatcher, agent):
    starts_at, ends_at = tomorrow()
    stuck = WorkOrderFactory(status=S.ESCALATED)
    send(stuck, technician)
    for outsider in (technician.user, agent):
        with pytest.raises(PermissionDenied):
            perform(stuck, "supervisor_decide", by=outsider, to=S.CANCELLED, decision="不修了")
    with pytest.raises(ValidationError):
        perform(stuck, "supervisor_decide", by=dispatcher, to=S.WAITING_PARTS, decision=" ")
    goes = TechnicianFactory()
    order = perform(
        stuck, "supervisor_decide", by=dispatcher, to=S.DISPATCHED, decision="换人处理", technician=goes,
        window_from=starts_at, window_until=ends_at,
    ).record  # fmt: skip
    assert (order.status, order.leader) == (S.DISPATCHED, goes)
    other = WorkOrderFactory(status=S.ESCALATED)
    perform(other, "supervisor_decide", by=dispatcher, to=S.WAITING_PARTS, decision="已报自来水公司")
    assert Event.objects.get(subject_id=other.pk, action="supervisor_decide").note == "已报自来水公司"


@pytest.mark.req("S2-140")
def test_a_broken_special_part_is_explained_before_one_waits_for_it(technician):
    order = WorkOrderFactory(status=S.ON_SITE)
    send(order, technician)
    wait = {"part": "进口锁体", "agreed": True, "special": True}
    with pytest.raises(ValidationError) as refused:
        perform(order, "wait_parts", by=technician.user, **wait)
    assert "explained" in refused.value.error_dict
    url = reverse("technicians:workorder-wait-parts", args=[order.pk])
    sent = {"part": "进口锁体", "agreed": "on", "special": "on", "explained": "锁体停产，要从厂家调，客户表示理解"}
    assert browser(technician.user).post(url, sent).status_code == 302
    assert "客户表示理解" in Event.objects.get(action="wait_parts").note
