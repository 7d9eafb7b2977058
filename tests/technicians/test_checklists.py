"""Checklists: written by the manager, gone through by the technician on his phone, before work is called done."""

import pytest
from django.urls import reverse

from customers.models import ProductGroup
from technicians.models import CheckedLine, Checklist, WorkOrder
from workflow.errors import MoveRefused
from workflow.perform import perform

from tests.factories.cases import person
from tests.factories.files import picture, upload
from tests.factories.technicians import WorkOrderFactory, photograph
from tests.technicians.test_job import covered, job, press, queued
from tests.technicians.test_pages import browser

S = WorkOrder.Status
pytestmark = pytest.mark.django_db
DONE = {"cause": "螺丝松动", "work_done": "紧固", "advice": "轻关门", "tested": True, "cleaned": True}


@pytest.fixture
def safety(db):
    return Checklist.objects.create(name="安全", required="戴手套\n断电\n", further="梯子有人扶")


def at_work(technician, **fields):
    order = covered(technician, **{"status": S.IN_PROGRESS} | fields)
    photograph(order, technician.user)
    return order


def again(order):
    return WorkOrder.objects.get(pk=order.pk)


@pytest.mark.req("S3-44", "S3-45", "S3-49")
def test_work_is_not_done_while_a_line_is_neither_ticked_nor_excused(technician, safety):
    order = at_work(technician)
    with pytest.raises(MoveRefused, match="检查清单|checklist"):
        perform(order, "complete", by=technician.user, **DONE)
    url = reverse("technicians:workorder-tick-off", args=[order.pk])
    phone = browser(technician.user)
    refused = phone.post(url, {"version": again(order).version, "ticked": ["戴手套", "梯子有人扶"]})
    assert refused.status_code == 422
    assert "断电" in str(refused.context["form"].errors["excuse"])
    assert not CheckedLine.objects.exists()
    phone.post(url, {"version": again(order).version, "ticked": ["戴手套"], "excuse": "没有电器"})
    rows = list(CheckedLine.objects.values_list("text", "excuse", "by"))
    assert rows == [("戴手套", "", technician.user_id), ("断电", "没有电器", technician.user_id)]
    assert perform(again(order), "complete", by=technician.user, **DONE).record.status == S.COMPLETED


@pytest.mark.req("S3-49")
def test_the_checklist_is_a_step_on_the_phone_after_the_photos(technician, safety):
    order, phone = covered(technician, status=S.IN_PROGRESS), browser(technician.user)
    names = [step.name for step in job(phone, order).context["steps"]]
    assert names[-4:] == ["after", "checklist", "complete", "customer_accept"]
    assert press(phone, order, **{"slot-after": upload(picture(colour="tan"))}) == "after"
    assert [step.name for step in job(phone, order).context["shown"]] == names[-3:]
    assert press(phone, order, ticked=["戴手套", "断电"]) == "checklist"
    assert job(phone, order).context["current"].name == "complete"


def test_without_a_list_there_is_no_such_step(technician):
    order, phone = at_work(technician), browser(technician.user)
    page = job(phone, order)
    assert "checklist" not in [step.name for step in page.context["steps"]]
    assert page.context["current"].name == "complete"


@pytest.mark.req("S3-49")
def test_lines_ticked_without_a_line_are_sent_before_the_end_of_the_work(technician, safety):
    order, phone = at_work(technician), browser(technician.user)
    tick, end = (reverse(f"technicians:workorder-{verb}", args=[order.pk]) for verb in ("tick-off", "complete"))
    first, second = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
    for _twice in range(2):
        sent = queued(phone, tick, op=first, version=again(order).version, ticked=["戴手套", "断电"])
        assert sent[0] == 200
        done = {name: "on" if value is True else value for name, value in DONE.items()}
        assert queued(phone, end, op=second, after=first, **done)[0] == 200
    assert again(order).status == S.COMPLETED
    assert CheckedLine.objects.count() == 2


def test_a_list_changed_meanwhile_is_gone_through_again(technician, safety):
    order, phone = at_work(technician), browser(technician.user)
    Checklist.objects.update(required="戴手套\n戴护目镜")
    url = reverse("technicians:workorder-tick-off", args=[order.pk])
    status, said = queued(phone, url, version=again(order).version, ticked=["戴手套", "断电"])
    assert status == 422
    assert len(said["errors"]) >= 1


def test_a_list_applies_by_kind_of_order_and_group_of_the_product(technician):
    doors = ProductGroup.objects.create(code="all-doors", name="门")
    order = at_work(technician, kind="repair")
    group = order.card.product.group
    group.parent = doors
    group.save()
    other = ProductGroup.objects.create(code="chairs", name="椅")
    for name, facts in {
        "every": {}, "repair": {"kind": "repair"}, "adjust": {"kind": "adjustment"}, "doors": {"group": doors},
        "chairs": {"group": other}, "off": {"active": False},
    }.items():  # fmt: skip
        Checklist.objects.create(name=name, required=name, **facts)
    assert [one.name for one in Checklist.for_order(again(order))] == ["every", "repair", "doors"]
    assert [one.name for one in Checklist.for_order(WorkOrderFactory(kind="adjustment"))] == ["every", "adjust"]


@pytest.mark.req("S3-49")
def test_a_rework_is_looked_at_anew(technician, safety):
    order = at_work(technician)
    perform(order, "tick_off", by=technician.user, ticked=["戴手套", "断电"])
    perform(again(order), "complete", by=technician.user, **DONE)
    perform(again(order), "fail_acceptance", by=technician.user, failed=["works"], reason="还是松")
    perform(again(order), "resume", by=technician.user, words="重新调")
    assert again(order).unchecked == ["戴手套", "断电"]


@pytest.mark.req("S3-47", "S3-49")
def test_the_record_shows_what_was_ticked_on_the_page_the_timeline_and_the_sheet(technician, agent, safety):
    order, desk = at_work(technician), browser(agent)
    perform(order, "tick_off", by=technician.user, ticked=["戴手套"], excuse="没有电器")
    Checklist.objects.all().delete()
    page = desk.get(order.get_absolute_url())
    what = [line.what for line in page.context["timeline"]]
    assert any("断电" in line for line in what), what
    assert "没有电器" in page.text.split('id="timeline"')[0]
    sheet = desk.get(reverse("technicians:sheet-paper", args=[order.pk])).text
    assert [word for word in ("戴手套", "断电", "没有电器") if word not in sheet] == []


@pytest.mark.req("S3-49")
def test_an_incident_stands_in_the_record(technician, agent):
    order = covered(technician, status=S.ON_SITE)
    url = reverse("technicians:workorder-report-incident", args=[order.pk])
    assert url in job(browser(technician.user), order).text
    assert browser(technician.user).post(url, {"reason": "梯子滑倒，没有人受伤"}).status_code == 302
    assert "梯子滑倒" in browser(agent).get(order.get_absolute_url()).text
    assert again(order).status == S.ON_SITE


def test_only_who_is_sent_goes_through_the_list(technician, agent, safety):
    order = at_work(technician)
    url = reverse("technicians:workorder-tick-off", args=[order.pk])
    assert browser(agent).post(url, {"ticked": ["戴手套", "断电"]}).status_code == 403
    assert not CheckedLine.objects.exists()


@pytest.mark.req("S3-49")
def test_a_manager_words_the_lists_and_what_was_ticked_stays(technician, safety):
    desk, order = browser(person("manager")), at_work(technician)
    perform(order, "tick_off", by=technician.user, ticked=["戴手套", "断电"])
    url = reverse("technicians:checklist-edit", args=[safety.pk])
    seen = desk.get(url).context["form"].initial["seen"]
    fields = {"seen": seen, "name": "安全", "kind": "", "group": "", "required": "戴手套\n戴口罩", "active": "on"}
    assert desk.post(url, fields).status_code == 302
    assert again(order).unchecked == ["戴口罩"]
    assert list(order.checked.values_list("text", flat=True)) == ["戴手套", "断电"]
    long = "\n".join(f"第{n}条" for n in range(21))
    new = reverse("technicians:checklist-new")
    assert desk.post(new, {"name": "长", "required": long, "active": "on"}).status_code == 422
    assert desk.post(new, {"name": "宽", "required": "字" * 121, "active": "on"}).status_code == 422
    assert desk.post(new, {"name": "门", "kind": "repair", "required": "门缝", "active": "on"}).status_code == 302
    text = browser(person("supervisor")).get(reverse("technicians:checklists")).text
    assert "门缝" in text
    assert url not in text
