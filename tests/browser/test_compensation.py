"""A large claim in the browser through all hands in order, and a small one with its report."""

import pytest
from django.urls import reverse
from django.utils import timezone

from compensation.models import Compensation, Material
from payments.models import Receipt

from tests.cases.intake import at_work
from tests.compensation.conftest import Company, money_holds
from tests.factories.cases import ComplaintFactory
from tests.factories.compensation import joint_visit, photo_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
S = Compensation.Status


class Desk:
    """One person at the pages of compensation."""

    def __init__(self, page):
        self.page = page

    def record(self):
        return Compensation.objects.order_by("-pk").first()

    def step(self, verb, **fields):
        """The form of a step by its address, filled in and sent."""
        self.page.goto(reverse(f"compensation:compensation-{verb}", args=[self.record().pk]))
        return self.send(**fields)

    def send(self, **fields):
        form = self.page.locator("form[data-main]:visible").first
        for name, value in fields.items():
            control = form.locator(f"[name='{name}']").first
            kind = control.evaluate("e => e.type || e.tagName")
            if kind in ("radio", "checkbox"):
                form.locator(f"[name='{name}'][value='{value}']").check(force=True)
            elif kind == "select-one":
                control.select_option(str(value))
            else:
                control.fill(str(value))
        with self.page.expect_navigation():
            form.locator("[data-submit]").click()
        self.page.wait_for_load_state()
        return self.record().status

    def sign(self):
        """Both hands on the two pads."""
        for pad in self.page.locator("[data-pad] canvas").all():
            pad.scroll_into_view_if_needed()
            box = pad.bounding_box()
            self.page.mouse.move(box["x"] + 20, box["y"] + 30)
            self.page.mouse.down()
            self.page.mouse.move(box["x"] + 90, box["y"] + 50, steps=4)
            self.page.mouse.move(box["x"] + 150, box["y"] + 25, steps=4)
            self.page.mouse.up()


def shortcut(page, verb, record):
    """What a step answers that is not next: its form is not even shown."""
    return page.goto(reverse(f"compensation:compensation-{verb}", args=[record.pk])).status


@pytest.mark.req("S0-13", "S0-14", "S0-15", "S0-16", "S0-17", "S0-18", "S0-08")
def test_a_large_claim_through_all_hands(open_page, transactional_db):
    at_work()
    company = Company()
    complaint = ComplaintFactory(status="implementing", cause="product_quality", liability="company")
    photo_for(complaint.matter)
    desks = {
        role: Desk(open_page("/", user=getattr(company, role)))
        for role in ("agent", "supervisor", "technician", "general_manager", "finance")
    }
    agent, lead, finance = desks["agent"], desks["supervisor"], desks["finance"]

    agent.page.goto(reverse("compensation:new", args=[complaint.pk]))
    agent.send(giving="refund", amount="6000", raised_by="customer", terms="门板贯通开裂，客户要求退款。", means="transfer",
               payee_account="62220202000111")  # fmt: skip
    record = agent.record()
    assert record.status == S.DRAFT
    assert [shortcut(desks[role].page, verb, record) for role, verb in (
        ("finance", "pay"), ("general_manager", "gm-approve"), ("supervisor", "record-agreement"), ("agent", "pay"),
    )] == [409, 409, 409, 403]  # fmt: skip

    assert lead.step("ask-appraisal", technician=company.technician.pk, words="看裂缝成因") == S.DRAFT
    found = {"verdict": "not_customer", "findings": "板芯含水率偏高", "place": "客户家中"}
    assert desks["technician"].step("appraise", **found) == S.VISIT_PENDING
    assert shortcut(lead.page, "record-agreement", record) == 409  # nobody was there together yet
    assert shortcut(lead.page, "approve-small", record) == 409

    joint_visit(complaint, company.technician, company.supervisor)
    lead.page.goto(reverse("compensation:compensation-record-agreement", args=[record.pk]))
    lead.sign()
    assert lead.send(amount="5500", terms="退款 5500 元，旧门收回", disposal="taken_back") == S.AGREED
    assert shortcut(lead.page, "submit-to-gm", record) == 409  # the customer's papers are missing
    agent.page.goto(reverse("compensation:compensation-collect-material", args=[record.pk]))
    for kind in (Material.CONTRACT, Material.CARD):
        agent.page.locator(f"[name=kinds][value={kind}]").check(force=True)
    agent.send()
    lead.step("report-to-group", claimed="5500", words="面板开裂，照片附后")
    assert lead.step("submit-to-gm", words="情况属实，建议批准") == S.GM_REVIEW
    assert shortcut(finance.page, "pay", record) == 409
    assert shortcut(lead.page, "gm-approve", record) == 403

    chief = desks["general_manager"].page
    chief.goto(reverse("compensation:decisions"))
    chief.locator("a[data-open]").first.click()
    chief.wait_for_url("**/decide/")
    assert "伍仟伍佰元整" in chief.content()
    chief.locator("[name=words]").fill("同意赔付")
    with chief.expect_navigation():
        chief.locator("button[formaction*='gm-approve']").click()
    assert agent.record().status == S.APPROVED

    assert finance.step("pay", amount="2000", reference="ICBC-1") == S.APPROVED
    assert shortcut(lead.page, "dispose", record) == 409  # not paid in full
    assert finance.step("pay", reference="ICBC-2") == S.PAID
    lead.page.goto(reverse("compensation:compensation-dispose", args=[record.pk]))
    lead.page.locator("[name=consent]").check()
    assert lead.send(words="旧门已拉回仓库") == S.WRITE_OFF_PENDING
    assert shortcut(finance.page, "declare-write-off", record) == 409  # no declaration, no answer of the group
    lead.step("fill-write-off", fault="面板贯通开裂")
    lead.step("answer-group", agreed="3000", answer="集团承担 3000 元")
    assert finance.step("declare-write-off", entry="记-88") == S.WRITTEN_OFF
    finance.page.goto(reverse("compensation:write-off-paper", args=[record.pk]))
    assert "产品质量处理核销申报表" in finance.page.content()
    money_holds()


@pytest.mark.req("S0-10", "S0-12", "S0-60")
def test_a_small_one_is_decided_on_a_phone_handed_over_and_reported(open_page, transactional_db, axe):
    at_work()
    company = Company()
    complaint = ComplaintFactory(status="implementing")
    agent = Desk(open_page(reverse("compensation:new", args=[complaint.pk]), user=company.agent))
    agent.send(basis="delay", giving="gift", item="羊绒围巾", amount="180", terms="等了一个月，致歉。")
    lead = open_page(reverse("compensation:decisions"), user=company.supervisor, size="phone")
    lead.locator("a[data-key=s]").click()
    lead.wait_for_url("**/decide/")
    axe(lead)
    lead.locator("[name=words]").fill("同意")
    with lead.expect_navigation():
        lead.locator("button[formaction*='approve-goodwill']").click()
    assert "没有待审批" in lead.content()
    assert agent.step("pay") == S.PAID
    agent.page.goto(reverse("compensation:unreported"))
    assert agent.record().number in agent.page.content()
    assert agent.step("report") == S.REPORTED
    finance = Desk(open_page(reverse("compensation:to-read"), user=company.finance))
    assert agent.record().number in finance.page.content()
    finance.step("acknowledge")
    assert agent.record().readings.get(reader=company.finance).read_at <= timezone.now()
    assert not Receipt.objects.exists()
