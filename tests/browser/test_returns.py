"""Returns in the browser, each through all the hands it passes: every step pressed on its page, never by its address."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from payments.models import Payment, Tier
from returns.models import Ledger, ReturnRequest
from workflow.models import Deadline
from workflow.presets import choose_preset
from workflow.sweep import sweep

from tests.factories.cases import person
from tests.factories.customers import OrderLineFactory, ProductFactory
from tests.factories.files import picture
from tests.factories.returns import (
    CarrierFactory,
    ReturnAddressFactory,
    ReturnPolicyFactory,
    ReturnRequestFactory,
    photo_of,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
REVIEW = {"verified": "订单、型号和问题已核对", "liability": "company", "cause": "product_quality"}
FOUND = {"traces": "none", "cause": "product_quality", "findings": "锁舌断裂，未使用"}


class Desk:
    """One person at the pages of the newest return."""

    def __init__(self, page):
        self.page = page

    def open(self):
        self.page.goto(ReturnRequest.objects.latest("pk").get_absolute_url())
        return self

    def stands_at(self, status):
        """The page says so, and so does the record."""
        request = ReturnRequest.objects.latest("pk")
        expect(self.page.locator(".case-head .chip-key")).to_have_text(str(ReturnRequest.Status(status).label))
        assert request.status == status
        return request

    def press(self, label):
        """The step of this name in the head of the page, or in its menu."""
        acts = self.page.locator(".case-acts")
        shown = acts.locator("> a.button").get_by_text(label, exact=True)
        if not shown.is_visible():
            acts.locator("details.menu > summary").click()
            shown = acts.locator("a.menu-item").get_by_text(label, exact=True)
        shown.click()
        form = self.page.locator("form[data-main]:visible")
        expect(form).to_have_count(1)
        return form

    def step(self, label, *, shows=(), **fields):
        """Take a step; ``shows`` are the words its preview must say before it is confirmed (none: it has no preview)."""
        self.send(self.open().press(label), **fields)
        if shows:
            self.confirm(*shows)
        return self

    def send(self, form, **fields):
        for name, value in fields.items():
            control = form.locator(f"[name='{name}']").first
            kind = control.evaluate("e => e.type || e.tagName")
            if kind == "radio":
                form.locator(f"[name='{name}'][value='{value}']").check(force=True)
            elif kind == "checkbox":
                control.check(force=True)
            elif kind == "select-one":
                control.select_option(str(value))
            elif kind == "file":
                control.set_input_files(value)
            else:
                control.fill(str(value))
        with self.page.expect_navigation():
            form.locator("[data-submit]").click()

    def confirm(self, *words):
        for said in words:
            expect(self.page.locator("form[data-main]")).to_contain_text(said)
        with self.page.expect_navigation():
            self.page.locator("button[name=confirm]").click()

    def cannot(self, label):
        """The step is not to be pressed as things are: not there, or grey in the menu."""
        self.open()
        expect(self.page.locator(".case-head h1")).to_be_visible()
        expect(self.page.locator(".case-acts a").get_by_text(label, exact=True)).to_have_count(0)


@pytest.fixture
def company(open_page, transactional_db):
    """Opens the pages of somebody of a role: ``company("finance")``."""
    choose_preset("doors")
    ReturnPolicyFactory()
    ReturnAddressFactory()
    CarrierFactory()
    return lambda role: Desk(open_page("/", user=person(role)))


def bought(**fields):
    return OrderLineFactory(**{"quantity": 2, "price": 500, "order__delivered_on": date(2026, 11, 26)} | fields)


def take_up(desk, line, **fields):
    """From the order's page to the new return."""
    desk.page.goto(reverse("customers:order", args=[line.order_id]))
    desk.page.locator("a[href*='/returns/new/']").first.click()
    form = desk.page.locator("form[data-main]:visible")
    expect(form).to_be_visible()
    desk.send(form, **{f"pick-{line.pk}": True, f"pieces-{line.pk}": 2, "words": "锁舌卡住，门关不上。"} | fields)
    desk.confirm("¥1,000.00")
    return desk.stands_at("submitted")


def add_photo(desk):
    photo = {"name": "lock.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    desk.page.goto(reverse("returns:returnrequest-attach-files", args=[ReturnRequest.objects.latest("pk").pk]))
    desk.send(desk.page.locator("form[data-main]:visible"), **{"slot-close_up": photo})


@pytest.mark.req("S1-37", "S3-11", "S2-95", "S2-97", "S2-109", "S3-65", "S3-85")
def test_a_quality_return_is_paid_back_with_the_postage(company):
    agent, store, lab, finance = map(company, ("agent", "parts_clerk", "quality", "finance"))
    take_up(agent, bought(), kind="return", reason="quality")
    agent.step("开始审核", **REVIEW)
    form = agent.press("同意退换")  # no photo yet: refused, with what was written kept
    agent.send(form, words="请寄回检测")
    expect(agent.page.locator("form[data-main]")).to_contain_text("还没有照片或视频")
    expect(agent.page.locator("[name=words]")).to_have_value("请寄回检测")
    add_photo(agent)
    agent.step("同意退换", words="请寄回检测", shows=["¥1,000.00"]).stands_at("approved")
    agent.step("登记退货单号", carrier=CarrierFactory().pk, number="SF2001", postage="18").stands_at("in_transit")
    store.step("收货", words="外箱完好", voucher_present="yes").stands_at("received")
    store.cannot("质检")
    lab.step("质检", **FOUND).stands_at("inspecting")
    lab.step("质检属实", words="属实，退款", option="refund", shows=["¥1,018.00"]).stands_at("refund_due")
    agent.cannot("退款")
    finance.step("退款", means="alipay", reference="ZF2001", shows=["¥1,018.00"])
    done = finance.stands_at("completed")
    assert (done.refunded_sum, Payment.objects.get().amount) == (1018, 1018)
    ledger = Ledger.objects.get()
    assert (ledger.taken, ledger.refunded) == (2, 1000)


@pytest.mark.req("S1-40", "S2-21", "S2-49", "S2-96", "S2-26")
def test_a_dearer_exchange_goes_out_when_the_top_up_is_paid(company):
    agent, store, lab = map(company, ("agent", "parts_clerk", "quality"))
    line, dearer = bought(), ProductFactory(name="静音锁体")
    wanted = {f"new-{line.pk}": dearer.model_no, f"newprice-{line.pk}": "560"}
    take_up(agent, line, kind="exchange", reason="personal", **wanted)
    agent.step("开始审核", **REVIEW | {"liability": "customer", "cause": "other"})
    agent.step("同意退换", words="换静音款，补差价", mode="courier", payer="customer", shows=["¥120.00"])
    assert agent.stands_at("approved").top_up == 120
    agent.step("登记退货单号", carrier=CarrierFactory().pk, number="SF2002")
    store.step("收货", words="完好", voucher_present="yes")
    lab.step("质检", **FOUND)
    lab.step("质检属实", words="可换", option="exchange", shows=[dearer.model_no]).stands_at("exchange_due")
    store.cannot("寄出换货")  # neither the address nor the money
    agent.step("确认地址", address="湖滨大道 18 号 3 栋 1201")
    store.cannot("寄出换货")
    agent.step("已补差价", reference="补差链接 120")
    out = {"carrier": CarrierFactory().pk, "number": "SF2003"}
    store.step("寄出换货", **out, shows=["湖滨大道 18 号 3 栋 1201", "SF2003"]).stands_at("exchange_shipped")
    agent.step("换货已签收", words="客户已签收").stands_at("completed")
    assert not Payment.objects.exists()


@pytest.mark.req("S2-29", "S2-48", "S2-110")
def test_a_refund_without_return_is_agreed_by_one_and_paid_by_another(company):
    agent, leader, finance = map(company, ("agent", "supervisor", "finance"))
    Tier.objects.create(role="supervisor", since=date(2026, 1, 1), limit=500)
    line = bought()
    take_up(agent, line, kind="refund_only", reason="personal", purpose="difference", asked_amount="100")
    agent.step("开始审核", **REVIEW)
    payee = {"payee_name": "张伟", "payee_account": "zw@alipay"}
    leader.step("同意退款", amount="100", words="补退差价", **payee, shows=["¥100.00", "¥900.00"])
    leader.stands_at("refund_due")
    leader.cannot("退款")
    finance.step("退款", means="alipay", reference="ZF2004", shows=["¥100.00"]).stands_at("completed")
    assert (Payment.objects.get().amount, Ledger.objects.get().taken, Ledger.objects.get().refunded) == (100, 0, 100)


@pytest.mark.req("S2-111", "S2-52", "S2-53")
def test_an_order_is_held_back_before_it_ships(company):
    agent, store, finance = map(company, ("agent", "parts_clerk", "finance"))
    take_up(agent, bought(order__delivered_on=None), kind="unshipped", reason="personal", words="不要了，还没发货")
    agent.step("开始审核", **REVIEW | {"liability": "customer", "cause": "other"})
    agent.step("撤单追件", printed="yes", words="已通知仓库拦截", shows=["撤单追件"]).stands_at("recalling")
    store.step("已撤回", outcome="withdrawn", words="已截回，即将退款", shows=["¥1,000.00"]).stands_at("refund_due")
    finance.step("退款", means="wechat", reference="WX2005", shows=["¥1,000.00"]).stands_at("completed")
    assert Payment.objects.get().amount == 1000


@pytest.mark.req("S2-108")
def test_a_return_not_sent_in_time_lapses_and_is_taken_up_again(company):
    agent = company("agent")
    request = ReturnRequestFactory(status="reviewing")
    photo_of(request)
    agent.step("同意退换", words="请十天内寄回", shows=["¥1,000.00"]).stands_at("approved")
    sweep(Deadline.objects.of(request).get(kind="return_tracking").due_at)
    agent.open().stands_at("lapsed")
    agent.step("重开", reason="客户出差刚回来").stands_at("reviewing")
    agent.step("同意退换", words="请尽快寄回", shows=["¥1,000.00"])
    again = agent.stands_at("approved")
    assert (again.reopened_count, Ledger.objects.get().taken) == (1, 2)
    assert Deadline.objects.of(again).open().filter(kind="return_tracking").count() == 1


@pytest.mark.req("S2-74", "S2-75", "S3-80")
def test_a_failed_inspection_ends_in_part_of_the_money(company):
    lab, leader, finance, store = map(company, ("quality", "supervisor", "finance", "parts_clerk"))
    request = ReturnRequestFactory(status="received", line__approved=2, line__received=2)
    lab.step("质检", **FOUND | {"traces": "beyond", "findings": "有明显安装痕迹"})
    lab.step("质检不符", words="已使用，与描述不符").stands_at("inspection_failed")
    [line] = request.lines.all()
    form = leader.open().press("协商处理")
    leader.send(form, to="refund_due", words="折旧后退", **{f"amounts-{line.pk}": "1200"})  # more than was paid
    expect(leader.page.locator(f"[name='amounts-{line.pk}'][aria-invalid=true]")).to_be_visible()
    leader.step("协商处理", to="refund_due", words="折旧后退三百", **{f"amounts-{line.pk}": "300"}, shows=["¥300.00"])
    leader.stands_at("refund_due")
    finance.step("退款", means="transfer", reference="B2006", shows=["¥300.00"]).stands_at("completed")
    store.cannot("退还客户")  # what was paid for in part stays here
    line.refresh_from_db()
    assert (line.amount, line.refunded, Payment.objects.get().amount) == (Decimal(300), Decimal(300), 300)
