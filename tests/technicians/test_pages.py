"""The pages of work orders: a whole job through the forms, lists that cost the same, papers, nothing of anybody else's."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from technicians.models import CrewMember, Leave, Technician, WorkOrder
from technicians.models.choices import Criterion

from tests.factories.cases import ComplaintFactory, MatterFactory, person
from tests.factories.customers import PriceItemFactory
from tests.factories.files import upload
from tests.factories.technicians import TechnicianFactory, WorkOrderFactory, photograph, quote_for, send, tomorrow

S = WorkOrder.Status
pytestmark = pytest.mark.django_db


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def act(client, order, verb, **fields):
    """Fill in the form of a verb as it is shown and send it; the order as it stands then."""
    url = reverse(f"technicians:workorder-{verb.replace('_', '-')}", args=[order.pk])
    form = client.get(url).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    sent = {name: value for name, value in shown.items() if value not in (None, "", False, [])} | fields
    answer = client.post(url, {name: getattr(value, "pk", value) for name, value in sent.items()})
    assert answer.status_code == 302, getattr(answer.context and answer.context.get("form"), "errors", answer)
    return WorkOrder.objects.get(pk=order.pk)


@pytest.mark.req("S0-03", "S0-27", "S1-59", "S1-63", "S2-130", "S2-132", "S2-135", "S3-28", "S3-44", "S3-45", "S3-46")
def test_a_whole_paid_job_through_the_forms(agent, dispatcher, technician):
    item = PriceItemFactory(code="lock")
    desk, hub, phone = browser(agent), browser(dispatcher), browser(technician.user)
    complaint = ComplaintFactory(status="implementing", plan_round=1, matter__owner=agent)
    complaint.strands.create(round=1, kind="execute")
    starts_at, ends_at = tomorrow(9)
    local = "%Y-%m-%dT%H:%M"
    accept = {
        "op": str(uuid.uuid4()), "kind": "repair", "content": "门锁打不开", "first_from": f"{starts_at:{local}}",
        "first_until": f"{ends_at:{local}}",
    }  # fmt: skip
    url = f"{reverse('technicians:accept')}?complaint={complaint.pk}"
    first, again = desk.post(url, accept), desk.post(url, accept)
    assert first.status_code == again.status_code == 302
    order = WorkOrder.objects.get()
    order = act(hub, order, "dispatch", technician=technician.pk)
    assert (order.window_from, order.window_until) == (starts_at, ends_at)
    order = act(phone, order, "acknowledge", words="已联系，明早九点")
    order = act(phone, order, "arrive", missing="少带一把锉刀")
    quote = {"situation": "锁舌断了", "difficulty": "easy", "human_damage": "yes", "item-0": item.pk, "quantity-0": "2"}
    order = act(phone, order, "quote", **quote)
    assert order.live_quote.total == 160
    photograph(order, technician.user, kind="before")
    order = act(phone, order, "confirm_quote", name="张伟", how="spoken")
    photograph(order, technician.user)
    done = {"cause": "锁舌断", "work_done": "换锁", "advice": "轻关门", "tested": "on", "cleaned": "on", "name-0": "木螺丝",
            "count-0": "4"}  # fmt: skip
    order = act(phone, order, "complete", **done)
    order = act(phone, order, "customer_accept", met=Criterion.values, opinion="satisfied", words="挺好", name="张伟")
    order = act(phone, order, "collect_fee", amount="160", means="cash")
    order = act(desk, order, "close", satisfied="yes", words="客户满意")
    assert order.status == S.CLOSED
    assert not complaint.strands.filter(done_at=None).exists()
    page = desk.get(order.get_absolute_url()).text
    assert "换锁" in page
    assert "160.00" in page


def test_a_signature_drawn_on_the_screen_is_kept(technician):
    order = WorkOrderFactory(status=S.QUOTED)
    send(order, technician)
    quote_for(order, technician.user)
    photograph(order, technician.user, kind="before")
    dot = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+M8AAAMBAQDJ/pLvAAAAAElFTkSuQmCC"
    url = reverse("technicians:workorder-confirm-quote", args=[order.pk])
    phone = browser(technician.user)
    broken = phone.post(url, {"name": "张伟", "how": "signature", "drawn": "data:image/png;base64,%%%"})
    assert broken.status_code == 422
    assert phone.post(url, {"name": "张伟", "how": "signature", "drawn": dot}).status_code == 302
    assert WorkOrder.objects.get(pk=order.pk).live_quote.signature.media == "photo"


@pytest.mark.req("S0-36", "S3-42", "S1-60")
def test_the_dispatcher_sees_who_is_free_and_who_may_go(dispatcher):
    fits, away = TechnicianFactory(skills=["glass"]), TechnicianFactory()
    starts_at, ends_at = tomorrow(9)
    busy = WorkOrderFactory()
    fits.bookings.create(slot_at=starts_at, order=busy)
    day = starts_at.date()
    Leave.objects.create(technician=away, first_on=day, last_on=day, reason="事假")
    order = WorkOrderFactory(skill="glass")
    rows = browser(dispatcher).get(reverse("technicians:workorder-dispatch", args=[order.pk])).context["rows"]
    assert [(row.technician, row.fits, row.on_leave, row.jobs) for row in rows] == [
        (fits, True, False, 1),
        (away, False, True, 0),
    ]
    assert [f"{a:%H:%M}-{b:%H:%M}" for a, b in rows[0].stretches] == ["08:00-09:00", "09:30-18:00"]


def test_a_refused_form_keeps_what_was_typed(dispatcher, technician):
    order = WorkOrderFactory(skill="glass")
    starts_at, ends_at = tomorrow(9)
    sent = {"technician": technician.pk, "window_from": f"{starts_at:%Y-%m-%dT%H:%M}",
            "window_until": f"{ends_at:%Y-%m-%dT%H:%M}", "words": "带上梯子"}  # fmt: skip
    answer = browser(dispatcher).post(reverse("technicians:workorder-dispatch", args=[order.pk]), sent)
    assert answer.status_code == 422
    assert "带上梯子" in answer.text
    assert "technician" in answer.context["form"].errors


def test_a_technician_reaches_no_order_that_is_not_his(technician):
    mine, other, taken = (WorkOrderFactory(status=S.ACKNOWLEDGED) for _ in range(3))
    send(mine, technician)
    send(other, TechnicianFactory())
    CrewMember.objects.filter(pk=send(taken, technician).pk).update(released_at=timezone.now())
    picture = photograph(other, person("agent"))
    phone = browser(technician.user)
    listed = [row.pk for row in phone.get(reverse("technicians:orders")).context["rows"]]
    assert listed == [mine.pk]
    for order in (other, taken):
        assert phone.get(order.get_absolute_url()).status_code == 404
        assert phone.get(reverse("technicians:workorder-arrive", args=[order.pk])).status_code == 404
    assert phone.post(reverse("technicians:workorder-arrive", args=[other.pk])).status_code == 404
    stale = phone.post(reverse("technicians:workorder-arrive", args=[taken.pk]), {"version": 0})
    assert stale.status_code == 409
    assert taken.matter.customer.name not in stale.text
    assert phone.post(reverse("technicians:workorder-close", args=[mine.pk])).status_code == 403
    assert phone.get(reverse("workflow:attachment", args=[picture.pk])).status_code == 404
    assert phone.get(reverse("customers:file", args=[other.matter.customer_id])).status_code == 404


@pytest.mark.parametrize("queue", ["open", "dispatch", "today", "late", "all"])
def test_a_list_costs_the_same_for_one_row_and_for_fifty(queue, dispatcher, django_assert_max_num_queries):
    client, now = browser(dispatcher), timezone.now()
    window = {"window_from": now, "window_until": now + timedelta(hours=2)} if queue == "today" else {}
    WorkOrderFactory(**window)
    url = f"{reverse('technicians:orders')}?queue={queue}"
    client.get(url)
    for _more in range(2):
        with django_assert_max_num_queries(9 if queue == "dispatch" else 8):  # one more: who has no order yet
            page = client.get(url)
        assert page.status_code == 200
        for _row in range(25):
            send(WorkOrderFactory(**window), Technician.objects.first() or TechnicianFactory())


def test_the_page_of_an_order_costs_little(agent, technician, django_assert_max_num_queries):
    order = WorkOrderFactory(status=S.IN_PROGRESS)
    send(order, technician)
    for number in range(12):
        order.parts_used.create(name=f"螺丝{number}", at=timezone.now())
    client = browser(agent)
    client.get(order.get_absolute_url())
    with django_assert_max_num_queries(12):
        page = client.get(order.get_absolute_url())
    assert "螺丝11" in page.text


@pytest.mark.req("S2-127", "S2-137", "S3-22", "S2-118")
def test_papers_carry_number_and_boxes_to_sign(agent, dispatcher, technician):
    starts_at, ends_at = tomorrow(9)
    order = WorkOrderFactory(slips=2, window_from=starts_at, window_until=ends_at)
    send(order, technician)
    row = order.explanations.create(
        reason="缺锁体", settled_by=ends_at, addressee="张伟", by=technician.user, at=timezone.now()
    )
    client = browser(agent)
    for name in ("acceptance-paper", "slip-paper", "sheet-paper"):
        page = client.get(reverse(f"technicians:{name}", args=[order.pk]))
        assert page.status_code == 200
        assert order.number in page.text
        assert page.text.count('class="signature"') == 3
    assert f"{order.number}-2" in client.get(reverse("technicians:slip-paper", args=[order.pk])).text
    letter = client.get(reverse("technicians:explanation-paper", args=[order.pk, row.pk]))
    assert "缺锁体" in letter.text


@pytest.mark.req("S0-36", "S2-124")
def test_the_roster_and_the_technicians_pages(dispatcher, technician):
    client = browser(dispatcher)
    starts_at, ends_at = tomorrow(9)
    order = WorkOrderFactory(status=S.ACKNOWLEDGED, window_from=starts_at, window_until=ends_at)
    send(order, technician)
    for name in ("roster", "roster-paper"):
        page = client.get(reverse(f"technicians:{name}"), {"week": f"{starts_at:%Y-%m-%d}"})
        assert order.matter.customer.name in page.text
    assert client.get(reverse("technicians:roster"), {"week": "abc"}).status_code == 200
    day = timezone.localdate() + timedelta(days=9)
    leave = {"op": str(uuid.uuid4()), "first_on": f"{day}", "last_on": f"{day}", "reason": "婚假"}
    url = reverse("technicians:leave-new", args=[technician.pk])
    assert [client.post(url, leave).status_code for _ in range(2)] == [302, 302]
    assert technician.bookings.count() == 48
    taken = client.post(url, leave | {"op": str(uuid.uuid4())})
    assert taken.status_code == 422
    given = Leave.objects.get()
    client.post(reverse("technicians:leave-cancel", args=[technician.pk, given.pk]))
    assert not technician.bookings.exists()
    newcomer = person("technician")
    new = {"op": str(uuid.uuid4()), "user": newcomer.pk, "home": technician.home_id, "skills": ["glass"],
           "begins_at": "08:00", "ends_at": "17:30", "capacity": 5, "active": "on"}  # fmt: skip
    assert client.post(reverse("technicians:technician-new"), new).status_code == 302
    assert Technician.objects.get(user=newcomer).skills == ["glass"]
    paper = {"op": str(uuid.uuid4()), "kind": "certificate", "name": "电工证", "obtained_on": "2024-01-01",
             "valid_until": "2025-01-01"}  # fmt: skip
    assert client.post(reverse("technicians:certificate-new", args=[technician.pk]), paper).status_code == 302
    assert "电工证" in client.get(reverse("technicians:technicians")).text


@pytest.mark.req("S2-139")
def test_nobody_at_home_with_a_photo(technician):
    order = WorkOrderFactory(status=S.ACKNOWLEDGED)
    send(order, technician)
    url = reverse("technicians:workorder-reschedule", args=[order.pk])
    sent = {"why": "not_at_home", "words": "敲门无人应", "photo": upload()}
    assert browser(technician.user).post(url, sent).status_code == 302
    assert WorkOrder.objects.get(pk=order.pk).status == S.RESCHEDULED
    assert order.files().count() == 1


def test_an_order_for_a_customer_by_hand_and_of_a_stranger(agent):
    client, matter = browser(agent), MatterFactory()
    url = f"{reverse('technicians:accept')}?customer={matter.customer_id}"
    assert client.post(url, {"op": str(uuid.uuid4()), "kind": "adjustment", "content": "调门"}).status_code == 302
    assert WorkOrder.objects.get().matter.owner == agent
    assert client.get(f"{reverse('technicians:accept')}?customer=99999").status_code == 404
    assert client.post(url, {"op": str(uuid.uuid4()), "kind": "repair", "content": ""}).status_code == 422
