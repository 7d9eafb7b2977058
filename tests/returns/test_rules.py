"""What a return may and may not: policy, proof, postage, quantities, money, who decides."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.utils import timezone

from payments.models import Claim, Payment, PayOrder, Tier
from returns import refunds
from returns.lapsing import let_lapse
from returns.models import Ledger, Parcel, ReturnLine, ReturnPolicy, ReturnRequest
from workflow.errors import MoveRefused
from workflow.models import Deadline, Event
from workflow.perform import begin, perform
from workflow.presets import choose_preset
from workflow.sweep import sweep

from tests.factories.cases import ComplaintFactory, person
from tests.factories.customers import CustomerFactory, OrderLineFactory, ProductFactory, ProductGroupFactory
from tests.factories.returns import CarrierFactory, ReturnLineFactory, ReturnRequestFactory, parcel_back, photo_of

S = ReturnRequest.Status
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]
NOW = timezone.now
WORDS = {"words": "客户同意"}
APPROVE = WORDS | {"mode": "courier", "payer": "company"}


def bought(quantity=2, price=500, **fields):
    return OrderLineFactory(quantity=quantity, price=price, **fields)


def submit(line, by, *, quantity=1, kind="return", reason="quality", **fields):
    facts = {"order_line": line, "quantity": quantity, "unit_price": Decimal(line.price or 0)} | fields.pop("more", {})
    return begin(
        ReturnRequest.submit, "submit", by=by, customer=line.order.customer, kind=kind, reason=reason,
        words="锁舌卡住", lines=[facts], **fields,
    ).record  # fmt: skip


def due(request, amount, by=None):
    """The request's refund as it was released when it fell due."""
    PayOrder.objects.release(
        request, Decimal(amount), by=by or person("supervisor"), version=1, now=NOW(), giving="refund", unlimited=True,
        counted=False,
    )  # fmt: skip
    return request


def fresh(request):
    return ReturnRequest.objects.get(pk=request.pk)


# --- taking up ---------------------------------------------------------------------------------------------------------
@pytest.mark.req("S1-33", "S1-34", "S1-36", "S3-59", "S3-60", "S3-77")
def test_a_request_is_taken_up_with_number_matter_and_goods(agent):
    line = bought()
    request = submit(
        line, agent, quantity=2, detail="malfunction", channel="email", voucher="receipt", voucher_number="88"
    )
    assert request.number.startswith("TH")
    assert (request.matter.customer, request.matter.owner) == (line.order.customer, agent)
    assert (request.status, request.get_reason_display.__self__.reason, request.voucher) == (
        "submitted",
        "quality",
        "receipt",
    )
    assert [(one.quantity, one.unit_price, one.taken) for one in request.lines.all()] == [(2, Decimal(500), 2)]
    event = Event.objects.get(action="submit")
    assert (event.note, event.data["reason"], event.data["channel"]) == ("锁舌卡住", "quality", "email")


def test_a_detail_of_another_reason_is_refused(agent):
    with pytest.raises(ValidationError) as error:
        submit(bought(), agent, detail="surplus")
    assert "detail" in error.value.message_dict


@pytest.mark.req("S2-64", "S2-28")
def test_five_minutes_to_answer_run_from_receipt_and_the_first_answer_meets_them(agent):
    choose_preset("doors")
    monday = timezone.make_aware(timezone.datetime(2026, 11, 23, 10, 0))
    request = begin(
        ReturnRequest.submit, "submit", by=agent, now=monday, customer=(line := bought()).order.customer, kind="return",
        reason="quality", words="坏了", lines=[{"order_line": line, "quantity": 1, "unit_price": Decimal(500)}],
    ).record  # fmt: skip
    clock = Deadline.objects.of(request).get(kind="return_answer")
    assert clock.due_at == monday + timedelta(minutes=5)
    perform(request, "answer", by=agent, now=monday + timedelta(minutes=4), channel="wechat", words="马上为您查")
    clock.refresh_from_db()
    assert (clock.met_at, clock.breached_at) == (monday + timedelta(minutes=4), None)


@pytest.mark.req("S1-37")
def test_it_joins_the_matter_of_the_complaint_and_holds_it_open(agent):
    complaint = ComplaintFactory(status="implementing")
    line = bought(order__customer=complaint.matter.customer)
    request = submit(line, agent, complaint=complaint)
    assert request.matter == complaint.matter
    assert complaint.matter.open_records(besides=complaint) == [request]


def test_goods_of_somebody_else_are_refused(agent):
    line = bought(order__customer=CustomerFactory())
    with pytest.raises(ValidationError) as error:
        begin(ReturnRequest.submit, "submit", by=agent, customer=CustomerFactory(), kind="return", reason="quality",
              words="坏了", lines=[{"order_line": line, "quantity": 1, "unit_price": Decimal(1)}])  # fmt: skip
    assert "lines" in error.value.message_dict
    assert not ReturnRequest.objects.exists()


def test_more_than_was_bought_is_refused_in_one_request_and_in_two(agent):
    line = bought(quantity=2)
    with pytest.raises(ValidationError):
        submit(line, agent, quantity=3)
    submit(line, agent, quantity=1)
    with pytest.raises(ValidationError):
        submit(line, agent, quantity=2)
    submit(line, agent, quantity=1)
    assert Ledger.objects.get().taken == 2


def test_a_serial_number_is_in_one_open_return_only(agent):
    line = bought(quantity=2)
    first = submit(line, agent, more={"serial": "M203-0007"})
    with pytest.raises(ValidationError):
        submit(line, agent, more={"serial": "M203-0007"})
    perform(first, "cancel", by=agent, reason="不退了")
    submit(line, agent, more={"serial": "M203-0007"})


@pytest.mark.parametrize(
    "fields",
    [{"taken": 3}, {"refunded": 1001}, {"bought": 1}],
)
def test_the_database_itself_refuses_a_ledger_that_does_not_add_up(fields):
    ReturnLineFactory()
    with pytest.raises(IntegrityError):
        Ledger.objects.update(**fields)


@pytest.mark.parametrize(
    "fields", [{"approved": 3}, {"received": 1}, {"amount": 1001}, {"refunded": 1}, {"quantity": 0}]
)
def test_the_database_itself_refuses_a_line_that_does_not_add_up(fields):
    ReturnLineFactory()
    with pytest.raises(IntegrityError):
        ReturnLine.objects.update(**fields)


# --- review ------------------------------------------------------------------------------------------------------------
@pytest.mark.req("S2-90", "S3-83")
def test_the_review_records_what_was_verified_and_why_he_really_asks(agent):
    request = ReturnRequestFactory(liability="undecided")
    perform(request, "start_review", by=agent, verified="订单核对无误", liability="customer", cause="other",
            true_reason="装修改了方案")  # fmt: skip
    stored = fresh(request)
    assert (stored.liability, stored.true_reason, stored.reason) == ("customer", "装修改了方案", "quality")
    with pytest.raises(ValidationError):
        perform(ReturnRequestFactory(), "start_review", by=agent, verified=" ", liability="company", cause="other")


@pytest.mark.req("S1-35")
def test_not_as_described_needs_a_word_on_whether_the_difference_is_evident(agent):
    request = ReturnRequestFactory(reason="not_as_described")
    told = {"verified": "看了照片", "liability": "company", "cause": "other"}
    with pytest.raises(ValidationError):
        perform(request, "start_review", by=agent, **told)
    perform(request, "start_review", by=agent, is_evident=True, **told)
    assert fresh(request).is_evident is True


@pytest.mark.req("S2-98", "S3-11", "S2-74", "S2-67")
def test_a_fault_is_agreed_to_with_a_photo_or_by_a_supervisor_who_has_it_inspected(agent, supervisor):
    request = ReturnRequestFactory(status="reviewing")
    with pytest.raises(ValidationError) as error:
        perform(request, "approve", by=agent, **APPROVE)
    assert "exception_reason" in error.value.message_dict
    with pytest.raises(PermissionDenied):
        perform(request, "approve", by=agent, exception_reason="先寄回再检", **APPROVE)
    perform(request, "approve", by=supervisor, exception_reason="客户拍不了照，寄回检测", **APPROVE)
    proven = ReturnRequestFactory(status="reviewing")
    photo_of(proven)
    perform(proven, "approve", by=agent, **APPROVE)
    assert fresh(proven).exception_reason == ""


@pytest.mark.req("S2-98")
def test_a_personal_reason_needs_no_photo(agent):
    request = ReturnRequestFactory(status="reviewing", reason="personal", liability="customer")
    perform(request, "approve", by=agent, words="同意", mode="courier", payer="customer")


def day_ago(days):
    return timezone.localdate() - timedelta(days=days)


@pytest.mark.req("S3-80", "S3-95", "S3-78", "S3-13", "S1-38")
@pytest.mark.parametrize(
    ("policy", "product", "days", "allowed"),
    [
        ({}, {}, 7, True),
        ({}, {}, 8, False),
        ({"no_reason_days": 15}, {}, 15, True),
        ({}, {"custom_made": True}, 1, False),
        ({"made_to_order_exempt": False}, {"custom_made": True}, 1, True),
        ({"excluded": True}, {}, 1, False),
    ],
)
def test_seven_days_without_a_reason_counted_from_receipt(policy, product, days, allowed, agent):
    ReturnPolicy.objects.update(**policy)
    line = bought(product=ProductFactory(**product), order__delivered_on=day_ago(days))
    request = submit(line, agent, reason="personal")
    perform(request, "start_review", by=agent, verified="核对", liability="customer", cause="other")
    request = fresh(request)
    assert (not request.objections()) is allowed


@pytest.mark.req("S3-13")
def test_the_policy_of_the_nearest_group_counts(agent):
    doors = ProductGroupFactory(code="doors-2", name="门")
    inner = ProductGroupFactory(code="inner", name="室内门", parent=doors)
    ReturnPolicy.objects.create(group=doors, excluded=True)
    line = bought(product=ProductFactory(group=inner), order__delivered_on=day_ago(1))
    request = submit(line, agent, reason="personal")
    assert len(request.objections()) == 1
    ReturnPolicy.objects.create(group=inner)
    assert not fresh(request).objections()


@pytest.mark.req("S2-72", "S3-10", "S3-82", "S3-50", "S3-57")
def test_a_fault_is_never_late_but_for_small_goods_with_days_of_their_own(agent):
    line = bought(order__delivered_on=day_ago(300), order__ordered_on=date(2025, 1, 1))
    request = submit(line, agent)
    photo_of(request)
    assert not fresh(request).objections()
    ReturnPolicy.objects.update(quality_days=3)
    assert len(fresh(request).objections()) == 1


@pytest.mark.req("S2-76")
def test_the_customers_own_fault_needs_an_exception_with_a_reason(agent, supervisor):
    request = ReturnRequestFactory(status="reviewing", liability="customer")
    photo_of(request)
    told = WORDS | {"mode": "courier", "payer": "customer"}
    with pytest.raises(ValidationError):
        perform(request, "approve", by=agent, **told)
    perform(request, "approve", by=supervisor, exception_reason="老客户", **told)
    assert fresh(request).exception_reason == "老客户"


@pytest.mark.req("S2-65", "S2-95", "S2-96", "S2-97", "S3-58")
@pytest.mark.parametrize(
    ("liability", "payer"), [("company", "company"), ("carrier", "company"), ("customer", "customer")]
)
def test_who_answers_for_it_pays_the_postage_unless_a_reason_says_otherwise(liability, payer, supervisor):
    assert refunds.usual_payer(liability) == payer
    other = {"company": "customer", "customer": "company"}[payer]
    request = ReturnRequestFactory(status="reviewing", liability=liability)
    photo_of(request)
    told = WORDS | {"mode": "courier", "payer": other, "exception_reason": "例外"}
    with pytest.raises(ValidationError) as error:
        perform(request, "approve", by=supervisor, **told)
    assert "postage_reason" in error.value.message_dict
    perform(request, "approve", by=supervisor, postage_reason="双方各让一步", **told)
    assert (fresh(request).postage_payer, fresh(request).postage_reason) == (other, "双方各让一步")


@pytest.mark.req("S2-99", "S2-101", "S2-59", "S2-41")
def test_agreeing_extends_the_transaction_and_notes_the_order(supervisor):
    request = ReturnRequestFactory(status="reviewing")
    photo_of(request)
    perform(request, "approve", by=supervisor, retention="先寄一把新锁试试", **APPROVE)
    stored = fresh(request)
    assert stored.extended_until == timezone.localdate() + timedelta(days=10)
    assert stored.flag == "blue"
    assert stored.remark == f"退货退款·质量问题 {supervisor}/{timezone.localdate():%Y-%m-%d}"
    assert stored.retention == "先寄一把新锁试试"
    clock = Deadline.objects.of(request).get(kind="transaction")
    assert timezone.localdate(clock.due_at) == stored.extended_until
    perform(request, "confirm_extension", by=supervisor)
    assert Deadline.objects.of(request).get(kind="transaction").met_at
    done = ReturnRequestFactory(status="reviewing")
    photo_of(done)
    perform(done, "approve", by=supervisor, extend=False, **APPROVE)
    assert fresh(done).extended_until is None


@pytest.mark.req("S3-62", "S3-84")
@pytest.mark.parametrize(
    ("mode", "missing", "details"),
    [
        ("pickup", "pickup_on", {"pickup_on": timezone.localdate() + timedelta(days=2)}),
        ("on_site", "inspector", {"inspector": True}),
    ],
)
def test_large_goods_are_collected_or_looked_at_on_site(mode, missing, details, supervisor):
    request = ReturnRequestFactory(status="reviewing")
    photo_of(request)
    with pytest.raises(ValidationError) as error:
        perform(request, "approve", by=supervisor, **APPROVE | {"mode": mode})
    assert missing in error.value.message_dict
    if "inspector" in details:
        details = {"inspector": person("technician")}
    perform(request, "approve", by=supervisor, **APPROVE | {"mode": mode} | details)
    if mode == "pickup":
        perform(request, "enter_tracking", by=supervisor, words="师傅上门取走")
        assert fresh(request).status == "in_transit"


def test_fewer_pieces_are_agreed_to_and_the_others_are_free_again(supervisor):
    request = ReturnRequestFactory(status="reviewing")
    photo_of(request)
    line = request.lines.get()
    with pytest.raises(ValidationError):
        perform(request, "approve", by=supervisor, quantities={line.pk: 0}, **APPROVE)
    perform(request, "approve", by=supervisor, quantities={line.pk: 1}, **APPROVE)
    assert (request.lines.get().approved, Ledger.objects.get().taken) == (1, 1)


@pytest.mark.req("S3-79")
def test_the_handling_fee_of_the_policy_is_kept_back(agent):
    ReturnPolicy.objects.update(fee_percent=5)
    line = bought(order__delivered_on=day_ago(2))
    request = submit(line, agent, reason="personal")
    perform(request, "start_review", by=agent, verified="核对", liability="customer", cause="other")
    perform(request, "approve", by=agent, words="同意", mode="courier", payer="customer")
    assert fresh(request).fee == Decimal("25.00")


# --- on its way ----------------------------------------------------------------------------------------------------------
@pytest.mark.req("S2-108", "S2-100")
def test_number_and_carrier_are_both_needed_and_the_carrier_must_be_one_we_take(agent):
    request = ReturnRequestFactory(status="approved")
    with pytest.raises(ValidationError):
        perform(request, "enter_tracking", by=agent, carrier=CarrierFactory(), number="")
    refused = CarrierFactory(name="平邮", accepted=False)
    with pytest.raises(ValidationError) as error:
        perform(request, "enter_tracking", by=agent, carrier=refused, number="P1")
    assert "carrier" in error.value.message_dict
    perform(request, "enter_tracking", by=agent, carrier=CarrierFactory(), number="SF1", postage=Decimal(18))
    assert (fresh(request).postage_advanced, Parcel.objects.get().number) == (Decimal(18), "SF1")
    other = ReturnRequestFactory(status="approved")
    with pytest.raises(ValidationError):
        perform(other, "enter_tracking", by=agent, carrier=CarrierFactory(), number="SF1")


@pytest.mark.req("S2-108", "S2-30")
def test_goods_not_sent_in_time_lapse_after_a_warning_and_can_be_applied_for_again(supervisor, agent):
    choose_preset("doors")
    request = ReturnRequestFactory(status="reviewing")
    photo_of(request)
    start = NOW()
    perform(request, "approve", by=supervisor, now=start, **APPROVE)
    due = Deadline.objects.of(request).get(kind="return_tracking").due_at
    sweep(due - timedelta(hours=1))
    warned = Event.objects.filter(kind="deadline", subject_id=request.pk, data__clock="return_tracking")
    assert warned.filter(action="warning").exists()
    assert fresh(request).status == "approved"
    sweep(due)
    lapsed = fresh(request)
    assert lapsed.status == "lapsed"
    assert Event.objects.get(action="lapse").actor == "system"
    assert let_lapse(due + timedelta(days=1)) == 0
    perform(request, "reopen", by=agent, reason="客户出差刚回来")
    assert (fresh(request).status, fresh(request).reopened_count) == ("reviewing", 1)


@pytest.mark.req("S2-93", "S2-92", "S1-39")
def test_the_exchange_goes_first_only_if_it_is_our_fault_and_the_number_is_known(supervisor, agent):
    told = {"carrier": CarrierFactory(), "number": "SF77", "reason": "明天入住"}
    request = ReturnRequestFactory(status="in_transit", kind="exchange", address="湖滨大道 18 号")
    with pytest.raises(MoveRefused):
        perform(request, "advance_exchange", by=supervisor, **told)
    parcel_back(request)
    with pytest.raises(PermissionDenied):
        perform(request, "advance_exchange", by=agent, **told)
    perform(request, "advance_exchange", by=supervisor, **told)
    assert fresh(request).advance_shipped_at
    theirs = ReturnRequestFactory(status="in_transit", kind="exchange", address="x", liability="customer")
    parcel_back(theirs, "SF2002")
    with pytest.raises(MoveRefused):
        perform(theirs, "advance_exchange", by=supervisor, **told | {"number": "SF78"})


def test_an_exchange_sent_first_is_only_confirmed_after_the_inspection(quality, supervisor, agent):
    request = ReturnRequestFactory(status="inspecting", kind="exchange", advance_shipped_at=NOW())
    ReturnLine.objects.update(approved=2, received=2)
    perform(request, "inspection_ok", by=quality, option="exchange", words="属实")
    assert fresh(request).status == "exchange_shipped"
    perform(request, "confirm_exchange", by=agent, words="客户已签收")
    assert Ledger.objects.get().taken == 0


@pytest.mark.req("S2-70", "S2-71", "S2-25")
def test_a_lost_parcel_ends_and_the_customer_gets_his_money(clerk):
    request = ReturnRequestFactory(status="in_transit")
    ReturnLine.objects.update(approved=2)
    parcel_back(request)
    perform(request, "lose", by=clerk, to="refund_due", words="快递确认丢件")
    parcel = Parcel.objects.get()
    assert (parcel.trouble, parcel.is_on_the_way) == ("lost", False)
    assert refunds.refund_of(fresh(request)).total == 1000
    claim = Claim.objects.get()
    assert (claim.against, claim.party, claim.waybill, claim.claimed) == ("carrier", "顺丰", "SF1001", 1000)


@pytest.mark.req("S2-25", "S2-30")
def test_news_of_a_parcel_start_its_silence_anew(agent):
    request = ReturnRequestFactory(status="in_transit")
    parcel = parcel_back(request)
    week = NOW() + timedelta(days=7)
    assert list(Parcel.objects.silent(week)) == [parcel]
    perform(request, "trace_parcel", by=agent, now=week, trouble="undeliverable", words="地址不详")
    assert not Parcel.objects.silent(week)
    assert Parcel.objects.get().trouble == "undeliverable"


# --- here ----------------------------------------------------------------------------------------------------------------
@pytest.mark.req("S1-39", "S2-107", "S3-61", "S1-14")
def test_the_warehouse_counts_what_came_and_whether_the_voucher_was_in_it(clerk):
    request = ReturnRequestFactory(status="in_transit")
    parcel_back(request)
    ReturnLine.objects.update(approved=2)
    line = request.lines.get()
    with pytest.raises(ValidationError):
        perform(request, "receive", by=clerk, words="少一件", voucher_present=True, quantities={line.pk: 1},
                damaged={line.pk: 2})  # fmt: skip
    perform(request, "receive", by=clerk, words="少一件", voucher_present=False, quantities={line.pk: 1})
    line = request.lines.get()
    assert (line.received, line.taken, fresh(request).voucher_present) == (1, 1, False)
    assert Parcel.objects.get().arrived_at


@pytest.mark.req("S3-64", "S3-80", "S3-84")
def test_the_inspection_is_a_report_of_its_own(quality):
    request = ReturnRequestFactory(status="received")
    perform(
        request, "inspect", by=quality, place="退货仓", traces="reasonable", cause="product_quality", findings="锁舌断"
    )
    report = request.inspections.get()
    assert (report.by, report.traces, report.passed) == (quality, "reasonable", None)
    perform(request, "inspection_bad", by=quality, words="有撬痕")
    assert request.inspections.get().passed is False


@pytest.mark.req("S2-74", "S2-75")
def test_a_failed_inspection_is_settled_line_by_line(supervisor):
    request = ReturnRequestFactory(status="inspection_failed")
    ReturnLineFactory(request=request)
    ReturnLine.objects.update(approved=2, received=2)
    one, two = request.lines.all()
    with pytest.raises(ValidationError):
        perform(request, "resolve_failed", by=supervisor, to="refund_due", words="协商", amounts={})
    with pytest.raises(ValidationError):
        perform(
            request, "resolve_failed", by=supervisor, to="refund_due", words="协商", amounts={one.pk: Decimal(1001)}
        )
    perform(request, "resolve_failed", by=supervisor, to="refund_due", words="退三成", amounts={one.pk: Decimal(300)})
    one, two = request.lines.all()
    assert (one.amount, one.taken, two.amount, two.taken, two.fate) == (300, 2, 0, 0, "send_back")
    assert fresh(request).must_send_back


def test_what_does_not_pass_goes_back_with_its_own_parcel(quality, clerk):
    request = ReturnRequestFactory(status="inspecting")
    ReturnLine.objects.update(approved=2, received=2)
    line = request.lines.get()
    perform(request, "inspection_ok", by=quality, option="refund", words="一件属实", passed={line.pk: 1})
    assert (request.lines.get().amount, fresh(request).must_send_back) == (500, True)
    perform(request, "send_back", by=clerk, carrier=CarrierFactory(), number="SF3")
    assert not fresh(request).must_send_back


# --- money -----------------------------------------------------------------------------------------------------------------
@pytest.mark.req("S2-109", "S3-65", "S2-95", "S2-111")
def test_the_refund_is_paid_once_with_the_postage_he_advanced(finance):
    request = due(ReturnRequestFactory(status="refund_due", postage_advanced=18), 1018)
    ReturnLine.objects.update(amount=1000)
    perform(request, "refund", by=finance, means="alipay", reference="ZF1")
    payment = Payment.objects.get()
    assert (payment.amount, payment.order.subject, payment.by) == (1018, request, finance)
    assert (fresh(request).refunded_sum, fresh(request).postage_settled) == (1018, "refunded")
    assert (Ledger.objects.get().refunded, request.lines.get().refunded) == (1000, 1000)
    with pytest.raises(MoveRefused):
        perform(request, "refund", by=finance, means="alipay", reference="ZF2")
    assert Payment.objects.count() == 1


@pytest.mark.req("S2-95")
def test_advanced_postage_may_be_kept_as_credit(finance):
    request = due(ReturnRequestFactory(status="refund_due", postage_advanced=18), 1018)
    ReturnLine.objects.update(amount=1000)
    perform(request, "refund", by=finance, means="alipay", reference="ZF1", postage="credited")
    assert fresh(request).postage_settled == "credited"
    assert sorted(Payment.objects.values_list("amount", "means")) == [(18, "credit"), (1000, "alipay")]


def test_who_agreed_to_it_does_not_pay_it(finance):
    finance.groups.add(*person("supervisor").groups.all())
    request = ReturnRequestFactory(status="refund_due", approved_by=finance)
    with pytest.raises(PermissionDenied):
        perform(request, "refund", by=finance, means="alipay", reference="ZF1")
    assert not Payment.objects.exists()


def test_a_payment_reference_is_used_once(finance):
    for _ in range(2):
        due(ReturnRequestFactory(status="refund_due"), 100)
    ReturnLine.objects.update(amount=100)
    one, two = ReturnRequest.objects.all()
    perform(one, "refund", by=finance, means="alipay", reference="ZF1")
    with pytest.raises(ValidationError):
        perform(two, "refund", by=finance, means="alipay", reference="ZF1")


@pytest.mark.req("S2-29", "S2-110", "S2-34", "S2-48")
def test_a_refund_without_return_needs_an_account_and_stays_within_price_and_limit(agent, supervisor):
    Tier.objects.create(role="agent", limit=10)
    Tier.objects.create(role="supervisor", limit=500)
    request = ReturnRequestFactory(status="reviewing", kind="refund_only", asked_amount=100, purpose="difference")
    told = WORDS | {"payee_name": "张伟", "payee_account": "zw@alipay"}
    with pytest.raises(ValidationError):
        perform(request, "approve_refund_only", by=agent, amount=Decimal(10), **told | {"payee_account": ""})
    with pytest.raises(PermissionDenied):
        perform(request, "approve_refund_only", by=agent, amount=Decimal(11), **told)
    Tier.objects.create(role="general_manager", limit=None)
    boss = person("supervisor")
    boss.groups.add(*person("general_manager").groups.all())
    with pytest.raises(ValidationError):
        perform(request, "approve_refund_only", by=boss, amount=Decimal(1001), **told)
    perform(request, "approve_refund_only", by=supervisor, amount=Decimal(100), **told)
    assert (fresh(request).status, fresh(request).amount_to_enter, fresh(request).flag) == ("refund_due", 900, "green")


def test_the_limit_counts_what_waits_to_be_paid_in_the_matter(supervisor):
    Tier.objects.create(role="supervisor", limit=500)
    first = ReturnRequestFactory(status="reviewing", kind="refund_only", asked_amount=300)
    told = WORDS | {"payee_name": "张伟", "payee_account": "zw@alipay"}
    perform(first, "approve_refund_only", by=supervisor, amount=Decimal(300), **told)
    second = ReturnRequestFactory(status="reviewing", kind="refund_only", asked_amount=300, matter=first.matter)
    with pytest.raises(PermissionDenied):
        perform(second, "approve_refund_only", by=supervisor, amount=Decimal(300), **told)


def test_two_refunds_together_never_exceed_what_was_paid(supervisor, finance):
    Tier.objects.create(role="supervisor", limit=None)
    line = bought(quantity=1, price=500)
    told = WORDS | {"payee_name": "张伟", "payee_account": "zw@alipay"}
    one, two = (
        ReturnRequestFactory(
            status="reviewing", kind="refund_only", asked_amount=300, line=False, matter__customer=line.order.customer
        )
        for _ in range(2)
    )  # fmt: skip
    for request in (one, two):
        ReturnLineFactory(request=request, order_line=line, quantity=1)
        perform(request, "approve_refund_only", by=supervisor, amount=Decimal(300), **told)
    perform(one, "refund", by=finance, means="alipay", reference="ZF1")
    with pytest.raises(ValidationError):
        perform(two, "refund", by=finance, means="alipay", reference="ZF2")
    assert Ledger.objects.get(order_line=line).refunded == 300


# --- exchange ----------------------------------------------------------------------------------------------------------------
@pytest.mark.req("S1-40", "S2-21", "S2-49")
def test_an_exchange_goes_out_to_a_confirmed_address_with_its_top_up_paid(clerk, agent):
    request = ReturnRequestFactory(status="exchange_due", kind="exchange", top_up=80)
    ship = {"carrier": CarrierFactory(), "number": "SF5"}
    with pytest.raises(MoveRefused):
        perform(request, "ship_exchange", by=clerk, **ship)
    perform(request, "confirm_address", by=agent, address="湖滨大道 18 号", note="客户微信确认")
    with pytest.raises(MoveRefused):
        perform(request, "ship_exchange", by=clerk, **ship)
    perform(request, "take_top_up", by=agent, reference="补差链接 80 元")
    assert (fresh(request).flag, fresh(request).remark != "") == ("yellow", True)
    perform(request, "ship_exchange", by=clerk, **ship)
    parcel = Parcel.objects.get()
    assert (parcel.direction, parcel.number) == ("out", "SF5")


@pytest.mark.req("S2-49", "S2-97")
def test_the_top_up_is_what_the_new_goods_cost_more(agent):
    line = bought(quantity=1, price=500, order__delivered_on=day_ago(1))
    request = submit(line, agent, kind="exchange", reason="personal",
                     more={"replacement": ProductFactory(), "replacement_price": Decimal(580)})  # fmt: skip
    perform(request, "start_review", by=agent, verified="核对", liability="customer", cause="other")
    perform(request, "approve", by=agent, words="补 80", mode="courier", payer="customer")
    assert (fresh(request).top_up, fresh(request).fee) == (80, 0)


@pytest.mark.req("S3-96")
def test_goods_made_to_order_are_made_anew_with_the_factorys_promise(clerk):
    request = ReturnRequestFactory(status="exchange_due", kind="exchange")
    promised = timezone.localdate() + timedelta(days=20)
    with pytest.raises(ValidationError):
        perform(request, "order_remake", by=clerk, remake_number="BJ7", promised_on=day_ago(1))
    perform(request, "order_remake", by=clerk, remake_number="BJ7", promised_on=promised)
    clock = Deadline.objects.of(request).get(kind="return_ship")
    assert timezone.localdate(clock.due_at) == promised


# --- not shipped -----------------------------------------------------------------------------------------------------------
@pytest.mark.req("S2-50", "S2-51", "S2-52", "S2-53", "S2-111", "S2-22", "S2-54", "S2-56", "S2-62")
def test_an_order_is_held_back_or_goes_on_as_an_ordinary_return(agent, clerk):
    line = bought(quantity=1, price=500)
    request = submit(line, agent, kind="unshipped", reason="personal", not_shipped="presale", wish="new_address")
    perform(request, "start_review", by=agent, verified="还没打单", liability="customer", cause="other")
    perform(request, "approve_unshipped", by=agent, printed=False, words="撤单", freight=Decimal(12))
    assert (fresh(request).flag, fresh(request).not_shipped, fresh(request).wish) == (
        "purple",
        "presale",
        "new_address",
    )
    perform(request, "recalled", by=clerk, outcome="recalled", words="快递追回")
    assert refunds.refund_of(fresh(request)).total == 488
    other = submit(bought(quantity=1, price=500), agent, kind="unshipped", reason="personal")
    perform(other, "start_review", by=agent, verified="还没发", liability="customer", cause="other")
    perform(other, "approve_unshipped", by=agent, printed=True, words="撤单")
    perform(other, "recall_failed", by=clerk, words="已发走")
    assert (fresh(other).status, fresh(other).kind, fresh(other).postage_payer) == ("approved", "return", "customer")


def test_what_has_arrived_cannot_be_held_back(agent):
    request = ReturnRequestFactory(
        status="reviewing", kind="unshipped", line__order_line__order__delivered_on=day_ago(1)
    )
    with pytest.raises(MoveRefused):
        perform(request, "approve_unshipped", by=agent, printed=True, words="撤单")


@pytest.mark.req("S2-28")
def test_the_platform_is_noted_once_called_in(agent):
    request = ReturnRequestFactory(status="reviewing")
    perform(request, "call_platform", by=agent, reason="客户申请小二介入")
    assert fresh(request).platform_claim
