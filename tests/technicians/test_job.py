"""The job on the technician's phone: one step a screen, in the order of the work, through the forms that stand on it."""

import json

import pytest
from django.urls import reverse
from django.utils import timezone

from technicians.models import DispatchRule, Fee, WorkOrder
from technicians.models.choices import Criterion
from workflow.errors import MoveRefused
from workflow.models import Attachment, Promise
from workflow.perform import perform

from tests.factories.customers import PhoneFactory, ServiceCardFactory, WarrantyPlanFactory
from tests.factories.files import picture, upload
from tests.factories.technicians import TechnicianFactory, WorkOrderFactory, photograph, quote_for, send
from tests.technicians.test_pages import browser

S = WorkOrder.Status
pytestmark = pytest.mark.django_db


def covered(technician, **fields):
    """An order that is free of charge unless people caused it, with this technician on it."""
    WarrantyPlanFactory()
    order = WorkOrderFactory(**fields)
    WorkOrder.objects.filter(pk=order.pk).update(card=ServiceCardFactory(customer=order.customer))
    send(order, technician)
    return WorkOrder.objects.get(pk=order.pk)


def job(client, order):
    page = client.get(reverse("technicians:job", args=[order.pk]))
    assert page.status_code == 200
    return page


def press(client, order, **fields):
    """Send the step that stands on the page as its form shows it."""
    step = job(client, order).context["current"]
    shown = {name: step.form[name].value() for name in step.form.fields}
    sent = {name: value for name, value in shown.items() if value not in (None, "", False, [])} | fields
    answer = client.post(step.url, sent)
    assert answer.status_code == 302, getattr(answer.context and answer.context.get("form"), "errors", answer)
    assert answer.url.startswith(reverse("technicians:job", args=[order.pk]))
    return step.name


@pytest.mark.req("S1-03", "S1-13", "S3-07", "S3-35", "S3-47")
@pytest.mark.parametrize("kind", ["repair", "replacement", "adjustment"])
def test_a_free_job_goes_through_its_steps_on_the_phone(kind, technician):
    order, phone = covered(technician, kind=kind, status=S.DISPATCHED), browser(technician.user)
    walked = [
        press(phone, order, words="已联系客户，时间不变。"),
        press(phone, order),
        press(phone, order, **{"slot-before": upload()}),
        press(phone, order, situation="螺丝松动", difficulty="easy", human_damage="no"),
        press(phone, order, **{"slot-after": upload(picture(colour="tan"))}),
        press(phone, order, cause="螺丝松动", work_done="紧固", advice="轻关门", tested="on", cleaned="on"),
        press(phone, order, met=Criterion.values, opinion="satisfied", name="张伟"),
    ]
    assert walked == ["acknowledge", "arrive", "before", "start_free", "after", "complete", "customer_accept"]
    order = WorkOrder.objects.get()
    assert (order.status, order.opinion, order.work_done) == (S.CUSTOMER_ACCEPTED, "satisfied", "紧固")
    assert job(phone, order).context["current"] is None


def test_a_paid_job_is_quoted_signed_and_paid(technician):
    order, phone = WorkOrderFactory(status=S.ON_SITE), browser(technician.user)
    send(order, technician)
    names = [step.name for step in job(phone, order).context["steps"]]
    assert names[2:5] == ["before", "quote", "confirm_quote"]
    press(phone, order, **{"slot-before": upload()})
    assert job(phone, order).context["current"].name == "quote"
    WorkOrder.objects.filter(pk=order.pk).update(status=S.QUOTED)
    quote_for(order, technician.user, total=160)
    page = job(phone, order)
    assert page.context["current"].name == "confirm_quote"
    assert "160.00" in page.text
    press(phone, order, name="张伟", how="spoken")
    WorkOrder.objects.filter(pk=order.pk).update(status=S.CUSTOMER_ACCEPTED)
    assert press(phone, order) == "collect_fee"
    assert WorkOrder.objects.get().owed == 0


def test_nothing_is_touched_before_it_was_photographed(technician):
    order = covered(technician, status=S.ON_SITE)
    start = {"situation": "合页松", "difficulty": "easy", "human_damage": False}
    with pytest.raises(MoveRefused, match="照片|photo"):
        perform(order, "start_free", by=technician.user, **start)
    photograph(order, technician.user, kind=Attachment.Kind.BEFORE)
    assert perform(order, "start_free", by=technician.user, **start).record.status == S.IN_PROGRESS


def test_a_company_may_do_without_photos_before_and_an_appraisal_needs_none(technician):
    look = WorkOrderFactory(kind="appraisal", status=S.ON_SITE)
    send(look, technician)
    start = {"situation": "合页松", "difficulty": "easy", "human_damage": False}
    perform(look, "start_free", by=technician.user, **start)
    DispatchRule.objects.create(code="evidence", active=False)
    order = covered(technician, status=S.ON_SITE)
    perform(order, "start_free", by=technician.user, **start)


def test_the_card_says_everything_one_needs_at_the_door(technician):
    order = covered(technician, status=S.ACKNOWLEDGED, bring="锁体一只")
    PhoneFactory(customer=order.customer)
    Promise.objects.create(matter=order.matter, customer=order.customer, what="带新锁来")
    picture = photograph(order, technician.user, kind=Attachment.Kind.CLOSE_UP)
    card = WorkOrder.objects.get().card
    card.opening_direction, card.colour, card.measured_size = card.Opening.values[0], "胡桃", "2050×860"
    card.save()
    text = job(browser(technician.user), order).text
    small = reverse("workflow:thumbnail", args=[picture.pk])
    shown = (
        "锁体一只",
        "带新锁来",
        "胡桃",
        "2050×860",
        card.get_opening_direction_display(),
        "tel:",
        "amap",
        "baidu",
        "qq.com",
        small,
    )
    assert [word for word in shown if word not in text] == []


@pytest.mark.req("S1-13", "S2-131")
def test_conduct_and_guides_are_one_tap_away(technician):
    order, phone = covered(technician, status=S.ACKNOWLEDGED), browser(technician.user)
    handbook = reverse("knowledge:handbook")
    assert f'href="{handbook}"' in job(phone, order).text
    assert phone.get(handbook).status_code == 200


@pytest.mark.req("S3-47")
def test_an_order_without_its_record_is_not_closed(agent):
    bare, whole = (WorkOrderFactory(status=S.CUSTOMER_ACCEPTED, work_done=done) for done in ("", "换锁体"))
    with pytest.raises(MoveRefused):
        perform(bare, "close", by=agent, satisfied=True, words="满意")
    assert perform(whole, "close", by=agent, satisfied=True, words="满意").record.status == S.CLOSED


def test_at_most_three_choices_stand_at_the_thumb(technician):
    for status in (S.DISPATCHED, S.ACKNOWLEDGED, S.ON_SITE, S.IN_PROGRESS, S.COMPLETED, S.REWORK):
        order = covered(technician, status=status)
        PhoneFactory(customer=order.customer)
        page = job(browser(technician.user), order).text
        bar = page.split('<div class="job-bar">')[1].split("</div>\n")[0]
        assert bar.count('class="button big') <= 3, status


def test_only_the_crew_has_the_job_on_its_phone(agent, technician):
    order = covered(technician, status=S.ACKNOWLEDGED)
    url = reverse("technicians:job", args=[order.pk])
    assert browser(agent).get(url).status_code == 403
    assert browser(TechnicianFactory().user).get(url).status_code == 404
    order.crew.update(released_at=timezone.now())
    assert browser(technician.user).get(url).status_code == 404


# --- what was done without a line -------------------------------------------------------------------------------------
def queued(client, url, **fields):
    answer = client.post(url, fields, headers={"X-Queued": "1"})
    return answer.status_code, json.loads(answer.content)


def test_acts_queued_one_after_the_other_are_each_done_once(technician):
    order, phone = covered(technician, status=S.DISPATCHED), browser(technician.user)
    first, second = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
    call, arrive = (reverse(f"technicians:workorder-{verb}", args=[order.pk]) for verb in ("acknowledge", "arrive"))
    for _twice in range(2):
        assert queued(phone, call, op=first, version=order.version, words="已联系")[0] == 200
        assert queued(phone, arrive, op=second, after=first)[0] == 200
    order = WorkOrder.objects.get()
    assert (order.status, order.visits) == (S.ON_SITE, 1)


def test_what_was_reassigned_meanwhile_is_a_conflict_with_both_sides(technician, dispatcher):
    order, phone = covered(technician, status=S.ACKNOWLEDGED), browser(technician.user)
    order.crew.update(released_at=timezone.now())
    order.log("reassign", by=dispatcher, data={}, version=order.version + 1)
    url = reverse("technicians:workorder-arrive", args=[order.pk])
    status, said = queued(phone, url, op="33333333-3333-4333-8333-333333333333", version=order.version, words="到了")
    assert status == 409
    assert said["may"] is False
    assert [one["who"] for one in said["news"]] == [dispatcher.name]
    assert order.customer.name not in json.dumps(said, ensure_ascii=False)


def test_what_is_wrong_with_a_queued_form_is_said_in_words(technician):
    order, phone = covered(technician, status=S.DISPATCHED), browser(technician.user)
    status, said = queued(phone, reverse("technicians:workorder-acknowledge", args=[order.pk]), words="")
    assert (status, len(said["errors"])) == (422, 1)


def test_the_phone_asks_whose_session_it_is(technician, agent):
    url = reverse("technicians:line")
    assert browser(technician.user).get(url).json()["user"] == technician.user_id
    assert browser(agent).get(url).status_code == 403


def test_the_worker_and_the_manifest_stand_at_the_root(client):
    worker = client.get("/service-worker.js")
    assert worker["Content-Type"] == "text/javascript"
    assert 'addEventListener("fetch"' in worker.text
    said = client.get("/app.webmanifest").json()
    assert (said["start_url"], said["scope"], said["display"]) == (reverse("technicians:today"), "/", "standalone")


# --- my month -----------------------------------------------------------------------------------------------------------
def test_my_month_counts_ones_own_jobs_rework_and_fees(technician):
    now = timezone.now()
    for kind, count in (("repair", 0), ("repair", 1), ("adjustment", 0)):
        send(WorkOrderFactory(kind=kind, status=S.CUSTOMER_ACCEPTED, completed_at=now, rework_count=count), technician)
    other = WorkOrderFactory(status=S.CUSTOMER_ACCEPTED, completed_at=now)
    send(other, TechnicianFactory())
    for number, (by, amount) in enumerate([(technician.user, 80), (TechnicianFactory().user, 50)]):
        Fee.objects.create(
            order=other, number=f"SJ{number}", amount=amount, means="cash", collected_by=by, collected_at=now
        )
    phone, url = browser(technician.user), reverse("technicians:my-month")
    facts = phone.get(url).context
    assert [(row["kind"], row["jobs"], row["reworked"]) for row in facts["rows"]] == [
        ("adjustment", 1, 0),
        ("repair", 2, 1),
    ]
    assert (facts["jobs"], facts["reworked"], facts["collected"], len(facts["orders"])) == (3, 1, 80, 3)
    for month in ("2025-01", "abc", "2025-13", "²025-01"):
        assert phone.get(url, {"month": month}).status_code == 200
    assert phone.get(url, {"month": "2025-01"}).context["jobs"] == 0


def test_the_job_costs_the_same_however_much_there_is(technician, django_assert_max_num_queries):
    order, phone = covered(technician, status=S.IN_PROGRESS), browser(technician.user)
    photograph(order, technician.user)
    job(phone, order)
    for _more in range(2):
        with django_assert_max_num_queries(24):
            job(phone, order)
        for number in range(20):
            order.parts_used.create(name=f"螺丝{number}", at=timezone.now())
            Promise.objects.create(matter=order.matter, customer=order.customer, what="回电")
