"""The whole job in a browser, as three people: from the logged complaint to the closed file, one event for each step."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from cases.models import Complaint, PlanOption, StandardPlan
from workflow.models import Event
from workflow.perform import begin

from tests.cases.intake import NUMBER, at_work, on_the_line
from tests.factories.cases import ComplaintClassFactory, DepartmentFactory, person
from tests.factories.customers import CustomerFactory, PhoneFactory, ServiceCardFactory
from tests.texts import real_texts

pytestmark = pytest.mark.django_db(transaction=True)

OWN_TEXT = "主卧门板从锁孔往下裂了一道缝，手指能摸到，今年三月装的，平时没磕碰过。希望换一扇新的。"


def some_text():
    """A text a customer really wrote, where they are at hand; one of our own otherwise."""
    return next((text for text in real_texts() if 40 <= len(text) <= 400), OWN_TEXT)


@pytest.fixture
def people():
    leader = person("supervisor", name="刘洋")
    return person("agent", name="王敏", superior=leader), leader, person("manager", name="陈静")


def take_call(page, text):
    """The caller's words typed into the call screen and sent; the complaint they became."""
    page.locator("[name=content]").fill(text)
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    page.wait_for_url("**/call/done/**")
    return Complaint.objects.get()


def log(agent, text, **fields):
    customer = CustomerFactory(name="张伟")
    PhoneFactory(customer=customer)
    card = ServiceCardFactory(customer=customer)
    details = {
        "customer": customer,
        "content": text,
        "klass": ComplaintClassFactory(),
        "items": [{"card": card, "product": card.product, "room": "主卧", "part": "门扇", "symptom": "开裂"}],
    } | fields
    return begin(Complaint.register, "register", by=agent, now=timezone.now(), **details).record


class Desk:
    """One person at the complaint's page."""

    def __init__(self, page, complaint):
        self.page, self.complaint = page, complaint

    def open(self):
        self.page.goto(self.complaint.get_absolute_url())
        return self

    def next_step(self, label):
        """Press the one primary button; it must be the step expected."""
        button = self.page.locator("[data-next-step]")
        assert label in button.inner_text()
        button.click()
        return self.form()

    def menu(self, label):
        self.page.locator(".page-head details.menu > summary").click()
        self.page.locator(".page-head .menu-item", has_text=label).first.click()
        return self.form()

    def beside(self, label):
        self.page.locator(".page-head a.button", has_text=label).first.click()
        return self.form()

    def form(self):
        return self.page.locator("form[data-main]:visible").first

    def send(self, form, **fields):
        """Fill in and submit; segments are chosen by their value."""
        for name, value in fields.items():
            name = name.replace("__", "-")
            control = form.locator(f"[name='{name}']").first
            kind = control.evaluate("e => e.type || e.tagName")
            if kind == "radio":
                form.locator(f"[name='{name}'][value='{value}']").check(force=True)
            elif kind == "select-one":
                control.select_option(str(value))
            elif kind == "checkbox":
                control.check(force=True)
            else:
                control.fill(str(value))
        with self.page.expect_navigation():
            form.locator("[data-submit]").click()
        self.page.wait_for_load_state()

    def status(self):
        return Complaint.objects.get(pk=self.complaint.pk).status


@pytest.mark.long
@pytest.mark.req("S0-31", "S0-33", "S0-35", "S0-37", "S2-169", "S2-178", "S2-179", "S2-181", "S0-34")
def test_from_the_logged_complaint_to_the_closed_file(open_page, people):
    agent, leader, manager = people
    text = some_text()
    at_work()
    on_the_line(name="张伟", rooms=["主卧"])
    page = open_page(f"/call/?phone={NUMBER}", user=agent)
    complaint = take_call(page, text)
    quality = DepartmentFactory()
    desk = Desk(page, complaint).open()
    assert text in desk.page.inner_text("main")

    desk.send(desk.next_step("开始判定"), department=quality.pk, reply="已收到，今天内回电。")
    desk.send(desk.next_step("判定成立"), severity="moderate", reason="照片清楚，保修期内。")
    desk.next_step("提出方案")
    desk.send(
        desk.form(), cause="product_quality", key_point="拼缝开胶", analysis="出厂前未压实。", liability="undecided",
        remote="unsuitable", demand_reasonable="yes", option__0__remedy="touch_up", option__0__steps="师傅上门补胶修色",
        option__0__cost="120", option__1__remedy="replacement", option__1__steps="按原尺寸重做门扇", option__1__cost="1280",
        option__1__skip_reason="客户不接受维修",
    )  # fmt: skip
    assert desk.status() == "plan_proposed"
    expect(desk.page.locator("[data-next-step]")).to_have_count(0)  # the leader's turn

    boss = Desk(open_page(complaint.get_absolute_url(), user=manager), complaint)
    boss.next_step("选定")
    expect(boss.page.locator("label.option")).to_have_count(2)
    option = PlanOption.objects.get(complaint=complaint, remedy="touch_up")
    boss.send(boss.form(), option=option.pk, instruction="三天内上门，修不好再换。")
    assert boss.status() == "plan_approved"

    desk.open()
    desk.send(desk.next_step("客户同意"), words="同意先修，周三上午在家。")
    for _strand in range(2):
        desk.send(desk.next_step("落实"), outcome="已办妥")
    desk.send(desk.next_step("完成"), told="已修好，客户当面验看。")
    assert desk.status() == "evaluating"

    chief = Desk(open_page(complaint.get_absolute_url(), user=leader), complaint)
    chief.send(chief.next_step("总评"), overall="satisfied", words="处理及时。", feedback="师傅很仔细")
    desk.open()
    desk.send(desk.next_step("回访"), verdict="satisfied", words="没有再开裂")
    chief.open()
    chief.send(chief.next_step("关闭"), summary="拼缝开胶：补胶加压后修色，不必换门。")
    assert chief.status() == "closed"
    assert "补胶加压" in chief.page.inner_text("main")

    chief.page.goto(reverse("cases:complaint-paper", args=[complaint.pk]))
    paper = chief.page.inner_text("body")
    for words in (
        complaint.number, "张伟", text, "照片清楚，保修期内。", "拼缝开胶", "师傅上门补胶修色", "按原尺寸重做门扇", "1,280.00",
        "三天内上门，修不好再换。", "同意先修，周三上午在家。", "已办妥", "已修好，客户当面验看。", "处理及时。", "没有再开裂",
        "补胶加压", "王敏", "陈静", "刘洋",
    ):  # fmt: skip
        assert words in paper, words

    told = list(
        Event.objects.filter(matter=complaint.matter, kind="verb").order_by("pk").values_list("action", flat=True)
    )
    assert told == [
        "register", "start_judging", "judge_valid", "propose_plan", "approve_plan", "accept_plan", "finish_strand",
        "finish_strand", "finish_implementation", "evaluate", "record_follow_up", "close",
    ]  # fmt: skip


@pytest.mark.req("S3-88")
def test_a_small_trouble_is_settled_by_a_standard_plan_and_a_chase_is_counted(open_page, people):
    agent, leader, _manager = people
    complaint = log(agent, "合页松了，关门有响声。", remedy_level=4)
    plan = StandardPlan.objects.create(
        name="寄合页一副", level=4, remedy="small_part", steps="当天寄出，附安装图。", cost=18, approved_by=leader,
        approved_at=timezone.now(),
    )  # fmt: skip
    desk = Desk(open_page(complaint.get_absolute_url(), user=agent), complaint)
    desk.send(desk.menu("催办"), words="客户问什么时候寄")
    desk.send(desk.beside("标准方案"), plan=plan.pk, words="客户同意自己装")
    assert desk.status() == "implementing"
    assert Complaint.objects.get(pk=complaint.pk).chase_count == 1
    actions = Event.objects.filter(matter=complaint.matter).values_list("action", flat=True)
    assert {"chase", "propose_plan", "approve_plan", "accept_plan", "apply_standard_plan"} <= set(actions)


def test_a_shortcut_by_address_is_refused_and_stands_on_the_timeline(open_page, people):
    agent, leader, _manager = people
    complaint = log(agent, OWN_TEXT)
    page = open_page(reverse("cases:complaint-start-judging", args=[complaint.pk]), user=leader)
    # The form of one verb sent to the address of another, as somebody would who skips the steps.
    page.evaluate(
        "url => { const form = document.querySelector('form[data-main]'); form.action = url;"
        " form.insertAdjacentHTML('beforeend', '<input name=summary value=结案了>'); form.submit(); }",
        reverse("cases:complaint-close", args=[complaint.pk]),
    )
    page.wait_for_url("**/close/")
    page.wait_for_selector("[data-refused]")
    assert "结案了" in page.inner_text("main")
    assert Complaint.objects.get(pk=complaint.pk).status == "registered"
    page.goto(complaint.get_absolute_url())
    assert "关闭" in page.inner_text("#timeline")
