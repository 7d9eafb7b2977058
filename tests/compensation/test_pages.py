"""The pages of compensation: what a person sees, fills in, and is refused."""

import base64
import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from compensation.models import Compensation
from notifications.digest import write_digests
from notifications.models import Notice
from payments.models import Delegation
from workflow.models import Event

from tests.compensation.conftest import agreed, approved, ask, damaged, do, paid, submitted
from tests.factories.cases import ComplaintFactory
from tests.factories.compensation import CompensationFactory, joint_visit
from tests.factories.files import picture

pytestmark = pytest.mark.django_db
S = Compensation.Status


def url(name, record):
    return reverse(f"compensation:{name}", args=[record.pk])


def post(client, user, record, verb, **data):
    client.force_login(user)
    data = {"op": str(uuid.uuid4()), "version": record.version} | data
    return client.post(url(f"compensation-{verb}", record), data)


def now_of(record):
    return Compensation.objects.get(pk=record.pk)


REQUEST = {
    "basis": "delay", "liability": "company", "giving": "cash", "amount": "120", "raised_by": "customer",
    "terms": "晚了十天", "means": "cash",
}  # fmt: skip


@pytest.mark.req("S0-09", "S3-146")
def test_an_agent_asks_on_the_complaints_page_and_bad_input_is_told_at_its_field(client, company):
    complaint = ComplaintFactory(status="implementing")
    client.force_login(company.agent)
    page = reverse("cases:complaint", args=[complaint.pk])
    assert reverse("compensation:new", args=[complaint.pk]) in client.get(page).text
    new = reverse("compensation:new", args=[complaint.pk])
    assert client.get(new).status_code == 200
    for wrong in (
        {"amount": "-1"}, {"amount": "0"}, {"amount": "1e9"}, {"amount": "1,000"}, {"amount": "NaN"}, {"amount": ""},
        {"amount": "0.001"}, {"raised_by": "nobody"}, {"terms": " "}, {"means": "transfer"}, {"giving": "gift"},
        {"giving": "wrong_shipment"}, {"basis": "technician_damage"},
    ):  # fmt: skip
        answer = client.post(new, REQUEST | {"op": str(uuid.uuid4())} | wrong)
        assert answer.status_code == 422, wrong
        assert "晚了十天" in answer.text or "terms" in wrong
    assert not Compensation.objects.exists()
    op = str(uuid.uuid4())
    first = client.post(
        new, REQUEST | {"op": op, "amount": "１２０", "status": "approved", "maker": company.manager.pk}
    )
    again = client.post(
        new, REQUEST | {"op": op, "amount": "１２０", "status": "approved", "maker": company.manager.pk}
    )
    record = Compensation.objects.get()
    assert first.url == again.url == record.get_absolute_url()
    assert (record.status, record.amount, record.maker) == (S.DRAFT, 120, company.agent)
    assert record.number in client.get(page).text  # it holds the complaint open
    assert record.number in client.get(reverse("customers:file", args=[record.matter.customer_id])).text


@pytest.mark.req("S0-10")
def test_the_approvers_page_shows_what_is_needed_and_leads_to_the_next(client, company):
    earlier = do(ask(company), "approve_goodwill", company.supervisor, amount=Decimal(100), words="同意")
    other = ask(company, complaint=ComplaintFactory(matter__customer=earlier.matter.customer, status="implementing"))
    third = ask(company)
    client.force_login(company.supervisor)
    queue = client.get(reverse("compensation:decisions")).text
    assert url("decide", other) in queue
    assert url("decide", earlier) not in queue
    page = client.get(url("decide", other)).text
    for words in ("壹佰元整", "交期晚了十天", earlier.number, "¥2,000.00"):
        assert words in page
    answer = post(client, company.supervisor, other, "approve-goodwill", amount="100", words="可以", queue="1")
    assert answer.url == url("decide", third)
    assert now_of(other).status == S.DEPARTMENT_APPROVED
    answer = post(client, company.supervisor, third, "approve-goodwill", amount="100", words="", queue="1")
    assert answer.status_code == 422
    client.force_login(company.agent)
    assert "须由他人审批" in client.get(url("decide", third)).text
    client.force_login(company.finance)
    assert client.get(url("decide", third)).status_code == 403


def test_a_shortcut_by_address_is_refused_and_stands_on_the_timeline(client, company):
    record = damaged(company, 6000)
    for verb, user, data in (
        ("pay", company.finance, {"amount": "6000", "means": "cash", "paid_on": f"{timezone.localdate()}"}),
        ("gm-approve", company.general_manager, {"amount": "6000", "words": "同意"}),
        ("submit-to-gm", company.supervisor, {"words": "上报"}),
        ("approve-small", company.supervisor, {"amount": "6000", "words": "同意"}),
        ("declare-write-off", company.finance, {"entry": "PZ1"}),
    ):
        assert post(client, user, record, verb, **data).status_code == 409, verb
    assert post(client, company.agent, record, "record-agreement", terms="x").status_code == 403
    assert now_of(record).status == S.VISIT_PENDING
    refused = Event.objects.filter(matter=record.matter, kind="refused").values_list("action", flat=True)
    assert set(refused) >= {
        "pay",
        "gm_approve",
        "submit_to_gm",
        "approve_small",
        "declare_write_off",
        "record_agreement",
    }
    client.force_login(company.supervisor)
    assert "付款" in client.get(record.get_absolute_url()).text


@pytest.mark.req("S0-14")
def test_the_agreement_is_signed_on_the_screen_or_scanned(client, company):
    record = damaged(company, 6000)
    joint_visit(record.complaint, company.technician, company.supervisor)
    hand = "data:image/png;base64," + base64.b64encode(picture((200, 80), form="PNG")).decode()
    other = "data:image/png;base64," + base64.b64encode(picture((210, 80), form="PNG")).decode()
    terms = {"amount": "5000", "terms": "两清", "disposal": "kept", "means": "cash", "how": "screen"}
    client.force_login(company.supervisor)
    assert "data-pad" in client.get(url("compensation-record-agreement", record)).text
    for wrong in ({}, {"customers_hand": hand}, {"customers_hand": hand, "our_hand": "data:image/png;base64,!!"},
                  {"customers_hand": "x", "our_hand": hand}, {"how": "scan"}):  # fmt: skip
        answer = post(client, company.supervisor, record, "record-agreement", **terms | wrong)
        assert answer.status_code == 422, wrong
    answer = post(client, company.supervisor, record, "record-agreement", customers_hand=hand, our_hand=other, **terms)
    assert answer.status_code == 302
    agreement = now_of(record).agreement
    assert (agreement.how, agreement.signed.kind, agreement.countersigned.kind) == ("screen", "signed", "signed")
    assert "伍仟元整" in client.get(url("agreement-paper", record)).text


@pytest.mark.req("S0-12", "S0-18")
def test_papers_carry_number_sum_in_capitals_and_boxes_to_sign(client, company):
    small = do(ask(company), "approve_goodwill", company.supervisor, amount=Decimal(100), words="同意")
    client.force_login(company.finance)
    assert "壹佰元整" in client.get(url("report-paper", small)).text
    large = paid(company, approved(company))
    assert client.get(url("report-paper", large)).status_code == 404
    assert client.get(url("write-off-paper", large)).status_code == 404
    gone = {"disposal": "taken_back", "disposed_on": timezone.localdate(), "consent": True, "words": "拉回"}
    large = do(large, "dispose", company.supervisor, **gone)
    large = do(large, "fill_write_off", company.supervisor, fault="开裂", category="quality")
    paper = client.get(url("write-off-paper", large)).text
    for words in ("产品质量处理核销申报表", large.write_off.number, "陆仟元整", "总经理", "signature"):
        assert words in paper


def test_every_form_of_every_step_is_shown_to_who_may_take_it(client, company):
    large, draft = agreed(company), damaged(company, found=False)
    gm, done = submitted(company), paid(company, approved(company))
    small = damaged(company, 300)
    reported = do(ask(company), "approve_goodwill", company.supervisor, amount=Decimal(100), words="同意")
    for record, verb, user in (
        (large, "submit-to-gm", company.supervisor), (large, "collect-material", company.agent),
        (large, "report-to-group", company.supervisor), (gm, "gm-approve", company.general_manager),
        (gm, "gm-reject", company.general_manager), (gm, "send-back", company.general_manager),
        (done, "dispose", company.supervisor), (done, "reverse", company.finance), (small, "approve-small", company.manager),
        (small, "amend", company.agent), (reported, "pay", company.finance), (draft, "appraise", company.quality),
        (draft, "ask-appraisal", company.supervisor), (draft, "cancel", company.supervisor),
    ):  # fmt: skip
        client.force_login(user)
        answer = client.get(url(f"compensation-{verb}", record))
        assert answer.status_code in (200, 409), (verb, answer.status_code)
        assert answer.status_code == 200 or verb == "submit-to-gm"
        assert client.get(record.get_absolute_url()).status_code == 200


def test_absences_are_dated_shown_and_ended(client, company):
    client.force_login(company.general_manager)
    page, today = reverse("compensation:delegations"), timezone.localdate()
    form = {
        "deputy": company.manager.pk,
        "since": f"{today}",
        "until": f"{today + timedelta(days=2)}",
        "reason": "出差",
    }
    for wrong in ({"until": f"{today - timedelta(days=1)}"}, {"deputy": company.agent.pk}, {"deputy": ""},
                  {"deputy": company.general_manager.pk}, {"reason": ""}):  # fmt: skip
        assert client.post(page, form | wrong).status_code == 422, wrong
    assert client.post(page, form).status_code == 302
    row = Delegation.objects.get()
    client.force_login(company.agent)
    assert "出差" in client.get(page).text
    assert client.post(reverse("compensation:delegation-end", args=[row.pk])).status_code == 404
    client.force_login(company.manager)
    assert company.general_manager.name in client.get(reverse("compensation:decisions")).text
    client.force_login(company.general_manager)
    client.post(reverse("compensation:delegation-end", args=[row.pk]))
    row.refresh_from_db()
    assert row.ended_at


@pytest.mark.req("S0-12")
def test_reports_wait_in_a_list_until_they_are_made_and_read(client, company):
    record = do(ask(company), "approve_goodwill", company.supervisor, amount=Decimal(100), words="同意")
    record = do(record, "pay", company.finance, amount=Decimal(100), means="cash")
    client.force_login(company.agent)
    assert record.number in client.get(reverse("compensation:unreported")).text
    post(client, company.agent, record, "report")
    assert record.number not in client.get(reverse("compensation:unreported")).text
    client.force_login(company.manager)
    assert record.number in client.get(reverse("compensation:to-read")).text
    post(client, company.manager, now_of(record), "acknowledge")
    assert record.number not in client.get(reverse("compensation:to-read")).text


def counted(client, page):
    client.get(page)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(page).status_code == 200
    return len(queries)


def test_lists_cost_the_same_for_one_row_and_fifty(client, company):
    client.force_login(company.supervisor)
    pages = [reverse(f"compensation:{name}") for name in ("list", "unreported", "decisions")]
    CompensationFactory(status=S.APPRAISED)
    CompensationFactory(status=S.PAID, route="small")
    few = [counted(client, page) for page in pages]
    for number in range(50):
        CompensationFactory(status=S.APPRAISED if number % 2 else S.PAID, route="small")
    assert [counted(client, page) for page in pages] == few
    assert max(few) <= 8 + 3  # with session, rights and the rail's counts


@pytest.mark.req("S2-33")
def test_a_gift_or_price_that_was_promised_stands_on_the_file_until_it_is_kept(client, company):
    complaint = ComplaintFactory(status="implementing", matter__owner=company.agent)
    file = reverse("customers:file", args=[complaint.matter.customer_id])
    client.force_login(company.agent)
    due = timezone.now() + timedelta(days=3)
    for kind, what in (("gift", "补送门吸一套"), ("price", "下单按九五折")):
        do(complaint, "make_promise", company.agent, kind=kind, what=what, due_at=due)
        assert what in client.get(file).text
    gift, price = complaint.matter.promises.order_by("pk")
    assert {row.promised_by for row in (gift, price)} == {company.agent}
    do(complaint, "keep_promise", company.agent, promise=gift, outcome="已随快递寄出")
    assert list(complaint.matter.promises.open()) == [price]


@pytest.mark.req("S0-10", "S0-15")
def test_the_morning_digest_counts_what_waits_for_its_readers_word(company):
    """The department's small sums for whoever may approve, the large for the general manager; nobody his own."""
    ask(company)
    ask(company, by=company.supervisor)
    submitted(company)
    write_digests(timezone.now())
    money = {notice.user: notice.data["money"] for notice in Notice.objects.filter(kind="digest")}
    assert money[company.supervisor] == 1
    assert money[company.manager] == 2
    assert money[company.general_manager] == 3
