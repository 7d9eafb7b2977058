"""What is approved, what is paid, what is owed and claimed: the rows under every route that ends in money."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import IntegrityError
from django.db.transaction import atomic
from django.utils import timezone

from payments.models import Approval, Claim, Debt, Delegation, Gift, Payment, PayOrder, Receipt, Tier, committed
from payments.models.order import BankBatch
from workflow.errors import MoveRefused
from workflow.models import Event

from tests.factories.cases import ComplaintFactory, person
from tests.factories.payments import released, set_limits

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture
def case():
    return ComplaintFactory()


@pytest.fixture
def chief():
    return person("general_manager")


@pytest.fixture
def clerk():
    return person("finance")


def pay(order, amount, by, **fields):
    fields = {"means": "cash", "now": timezone.now()} | fields
    return order.pay(Decimal(amount), by=by, **fields)


def holds():
    call_command("check_invariants")


# --- limits ---------------------------------------------------------------------------------------------------------
@pytest.mark.req("S0-11")
def test_a_limit_for_one_kind_counts_before_the_general_one_and_a_later_row_before_an_earlier():
    set_limits()
    agent, lead = person("agent"), person("supervisor")
    Tier.objects.create(role="agent", giving="discount", limit=5, since=date(2021, 1, 1))
    Tier.objects.create(role="supervisor", limit=800, since=TODAY() + timedelta(days=1))
    assert Tier.objects.limit_of(agent) == 0
    assert Tier.objects.limit_of(agent, giving="discount") == 5
    assert Tier.objects.limit_of(agent, giving="gift") == 0
    assert Tier.objects.limit_of(lead) == 500
    assert Tier.objects.limit_of(lead, on=TODAY() + timedelta(days=1)) == 800
    assert Tier.objects.limit_of(person("technician")) == 0
    assert Tier.objects.limit_of(person("general_manager")) is None


@pytest.mark.req("S2-48")
def test_the_limit_is_for_all_that_one_matter_was_given(case):
    set_limits()
    lead = person("supervisor")
    now = timezone.now()
    other = ComplaintFactory(matter=case.matter)
    third = ComplaintFactory(matter=case.matter)
    PayOrder.objects.release(case, 334, by=lead, version=1, now=now, giving="cash")
    with pytest.raises(PermissionDenied):
        PayOrder.objects.release(other, 334, by=lead, version=1, now=now, giving="cash")
    assert committed(case.matter) == 334
    assert PayOrder.objects.release(third, 166, by=lead, version=1, now=now, giving="cash").approved == 166
    assert not Tier.objects.allows(lead, case.matter, Decimal("0.01"))
    assert Tier.objects.allows(lead, ComplaintFactory().matter, Decimal(500))


@pytest.mark.req("S0-10", "S0-11")
def test_small_is_what_the_department_may_settle_in_one_matter(case, chief):
    set_limits(department=300)
    assert Tier.objects.is_small(case.matter, Decimal(300))
    assert not Tier.objects.is_small(case.matter, Decimal("300.01"))
    released(case, 200, chief)
    assert not Tier.objects.is_small(case.matter, Decimal(101))
    Tier.objects.filter(role="department").delete()
    assert not Tier.objects.is_small(ComplaintFactory().matter, Decimal(1))


def test_a_deputy_has_the_absent_persons_limit_from_day_to_day_and_no_longer(chief):
    set_limits()
    lead, today = person("manager"), TODAY()
    lent = Delegation.objects.create(
        absent=chief, deputy=lead, since=today, until=today + timedelta(days=2), reason="出差", made_by=chief
    )
    assert Tier.objects.limit_of(lead) is None
    assert Tier.objects.limit_of(lead, on=today + timedelta(days=3)) == 2000
    assert Tier.objects.limit_of(lead, on=today - timedelta(days=1)) == 2000
    chief.is_active = False
    chief.save()
    assert Tier.objects.limit_of(lead) == 2000
    chief.is_active = True
    chief.save()
    chief.groups.clear()
    assert Tier.objects.limit_of(lead) == 2000
    Delegation.objects.filter(pk=lent.pk).update(ended_at=timezone.now())
    assert Tier.objects.limit_of(lead) == 2000


# --- approved, paid, reversed ----------------------------------------------------------------------------------------
@pytest.mark.req("S0-15")
def test_nothing_is_paid_without_an_approval_nor_above_it(case, chief, clerk):
    with atomic(), pytest.raises(MoveRefused):
        PayOrder.objects.locked(case)
    order = released(case, 1000, chief)
    pay(order, 600, clerk)
    with pytest.raises(ValidationError) as error:
        pay(order, "400.01", clerk)
    assert "400.00" in str(error.value)
    pay(order, 400, clerk)
    assert (order.pending, order.is_paid) == (0, True)
    with pytest.raises(MoveRefused):
        pay(order, 1, clerk)
    holds()


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "NaN", "Infinity"])
def test_a_sum_is_positive_and_in_cents(case, chief, clerk, amount):
    order = released(case, 10, chief)
    with pytest.raises(ValidationError):
        pay(order, amount, clerk)
    with pytest.raises(ValidationError):
        released(ComplaintFactory(), amount, chief)


def test_the_database_itself_refuses_more_than_was_approved(case, chief):
    order = released(case, 10, chief)
    for change in ({"paid": 11}, {"paid": -1}, {"approved": -1}):
        with pytest.raises(IntegrityError), atomic():
            PayOrder.objects.filter(pk=order.pk).update(**change)


def test_a_reference_is_used_once_and_a_transfer_has_one(case, chief, clerk):
    order = released(case, 100, chief)
    pay(order, 10, clerk, means="transfer", reference=" ICBC-1 ")
    for reference in ("ICBC-1", "", "  "):
        with pytest.raises(ValidationError) as error:
            pay(order, 10, clerk, means="wechat", reference=reference)
        assert "reference" in error.value.error_dict
    pay(order, 10, clerk, means="cash")
    pay(order, 10, clerk, means="kind")
    order.refresh_from_db()
    assert order.paid == 30


def test_a_day_to_come_is_refused(case, chief, clerk):
    order = released(case, 100, chief)
    with pytest.raises(ValidationError):
        pay(order, 1, clerk, paid_on=TODAY() + timedelta(days=1))
    assert pay(order, 1, clerk, paid_on=TODAY() - timedelta(days=3)).paid_on == TODAY() - timedelta(days=3)


def test_a_reversal_is_a_row_of_its_own_and_happens_once(case, chief, clerk):
    order = released(case, 100, chief)
    line = pay(order, 100, clerk)
    back = order.reverse(line, reason="户名不符退回", by=clerk, now=timezone.now())
    assert (back.amount, back.reverses) == (-100, line)
    assert order.pending == 100
    with pytest.raises(MoveRefused):
        order.reverse(line, reason="再退", by=clerk, now=timezone.now())
    with pytest.raises(ValidationError):
        order.reverse(back, reason="退回退", by=clerk, now=timezone.now())
    pay(order, 100, clerk)
    with pytest.raises(ValidationError):
        released(ComplaintFactory(), 5, chief).reverse(line, reason="别人的", by=clerk, now=timezone.now())
    assert list(Payment.objects.standing().values_list("amount", flat=True)) == [Decimal(100)]
    holds()


def test_what_was_paid_cannot_become_unapproved(case, chief, clerk):
    order = released(case, 100, chief)
    line = pay(order, 1, clerk)
    with pytest.raises(MoveRefused):
        PayOrder.objects.void(case, "amended", now=timezone.now())
    order.reverse(line, reason="误付", by=clerk, now=timezone.now())
    assert PayOrder.objects.void(case, "amended", now=timezone.now()) == 1
    assert committed(case.matter) == 0
    with pytest.raises(MoveRefused):
        PayOrder.objects.locked(case)
    released(case, 70, chief)
    assert list(Approval.objects.values_list("amount", "void_reason")) == [(100, "amended"), (70, "")]
    assert PayOrder.objects.get().approved == 70
    holds()


def test_one_sum_is_not_released_twice(case, chief):
    released(case, 100, chief)
    with pytest.raises(MoveRefused):
        released(case, 100, chief)


def test_a_receipt_has_a_number_and_stands_for_one_line(case, chief, clerk):
    order = released(case, 100, chief)
    line = pay(order, 50, clerk)
    receipt = line.confirm(how="signed", by=clerk, now=timezone.now())
    assert receipt.number.startswith("SJ")
    with pytest.raises(MoveRefused):
        line.confirm(how="phone", by=clerk, now=timezone.now())
    other = pay(order, 50, clerk)
    order.reverse(other, reason="退回", by=clerk, now=timezone.now())
    with pytest.raises(MoveRefused):
        Payment.objects.get(pk=other.pk).confirm(how="phone", by=clerk, now=timezone.now())
    assert Receipt.objects.count() == 1


def test_an_order_goes_to_the_bank_once(case, chief, clerk):
    bank = {"means": "transfer", "payee_name": "张伟", "payee_account": "6222"}
    orders = [released(case, 100, chief, payee=bank), released(ComplaintFactory(), 30, chief, payee={"means": "cash"})]
    batch = BankBatch.objects.make([order.pk for order in orders], by=clerk, now=timezone.now())
    assert batch.total == 100
    assert batch.orders.get() == orders[0]
    with pytest.raises(ValidationError):
        BankBatch.objects.make([order.pk for order in orders], by=clerk, now=timezone.now())


# --- debts, claims, gifts ---------------------------------------------------------------------------------------------
def test_what_a_customer_advanced_is_confirmed_by_somebody_else_and_paid_back(case, clerk):
    set_limits()
    agent, lead, now = person("agent"), person("supervisor"), timezone.now()
    debt = Debt.objects.owe(case.matter, "fee", 280, why="首次合作师傅，客户垫付安装费", by=agent, now=now)
    with pytest.raises(PermissionDenied):
        debt.confirm(by=agent, now=now)
    debt.confirm(by=lead, now=now)
    assert committed(case.matter) == 0  # his own money takes nothing from what he may be given
    debt.pay(Decimal(100), by=clerk, now=now, means="cash")
    assert debt.settled_at is None
    line = debt.pay(Decimal(180), by=clerk, now=now, means="cash")
    assert debt.settled_at
    with pytest.raises(MoveRefused):
        debt.pay(Decimal(1), by=clerk, now=now, means="cash")
    debt.reverse(line, reason="退回", by=clerk, now=now)
    assert list(Debt.objects.open()) == [debt]
    with pytest.raises(MoveRefused):
        debt.drop(reason="记错", by=clerk, now=now)
    told = Event.objects.filter(matter=case.matter, visibility="money").values_list("action", flat=True)
    assert list(told) == ["owe", "confirm_debt", "pay_debt", "pay_debt", "reverse_debt"]
    holds()


def test_a_debt_that_was_a_mistake_is_dropped(case):
    agent = person("agent")
    debt = Debt.objects.owe(case.matter, "postage", 12, why="垫付运费", by=agent, now=timezone.now())
    debt.drop(reason="运费已由平台退", by=agent, now=timezone.now())
    with pytest.raises(MoveRefused):
        debt.confirm(by=person("supervisor"), now=timezone.now())


@pytest.mark.req("S2-82")
def test_a_claim_knows_what_was_claimed_agreed_and_received(case, clerk):
    agent, now = person("agent"), timezone.now()
    claim = Claim.objects.raise_on(
        case.matter, "carrier", 900, party="安能物流", what="门扇一扇，运输断裂", by=agent, now=now, waybill="AN1"
    )
    assert claim.missing == 900
    claim.answered(Decimal(700), answer="按保价赔 700", by=clerk, now=now)
    assert (claim.missing, claim.closed_at) == (700, None)
    day = TODAY()
    claim.receive(Decimal(300), reference="B-1", received_on=day, by=clerk, now=now)
    with pytest.raises(ValidationError):
        claim.receive(Decimal(300), reference="B-1", received_on=day, by=clerk, now=now)
    with pytest.raises(ValidationError):
        claim.receive(Decimal(300), reference="B-2", received_on=day + timedelta(days=1), by=clerk, now=now)
    claim.receive(Decimal(400), reference="B-2", received_on=day, by=clerk, now=now)
    assert claim.closed_at
    with pytest.raises(MoveRefused):
        claim.receive(Decimal(1), reference="B-3", received_on=day, by=clerk, now=now)
    assert Claim.objects.of_month(day.replace(day=1), day).get() == claim
    holds()


def test_a_claim_that_is_refused_is_closed_with_its_answer(case, clerk):
    now = timezone.now()
    claim = Claim.objects.raise_on(case.matter, "group", 500, party="集团", what="面板开裂", by=clerk, now=now)
    for agreed, answer in ((501, "多给"), (-1, "倒扣"), (0, " ")):
        with pytest.raises(ValidationError):
            claim.answered(Decimal(agreed), answer=answer, by=clerk, now=now)
    claim.answered(Decimal(0), answer="超出质保，不承担", by=clerk, now=now)
    assert (claim.missing, claim.closed_at) == (0, now)


@pytest.mark.req("S0-60")
def test_a_small_gift_is_registered_within_the_givers_limit_for_one_matter(case):
    set_limits()
    Tier.objects.create(role="agent", giving="gift", limit=50, since=date(2020, 1, 1))
    agent, now = person("agent"), timezone.now()
    gift = Gift.objects.give(case.matter, "保温杯", 30, why="等了三周", by=agent, now=now)
    with pytest.raises(PermissionDenied):
        Gift.objects.give(case.matter, "雨伞", "20.01", why="等了三周", by=agent, now=now)
    Gift.objects.give(case.matter, "雨伞", 20, why="等了三周", by=agent, now=now)
    assert Gift.objects.to_deliver().count() == 2
    with pytest.raises(ValidationError):
        gift.deliver(on=TODAY() + timedelta(days=1), how="快递", by=agent, now=now)
    gift.deliver(on=TODAY(), how="快递", by=agent, now=now)
    with pytest.raises(MoveRefused):
        gift.deliver(on=TODAY(), how="快递", by=agent, now=now)
    assert gift.delivered_by == agent


def test_broken_sums_are_named(case, chief, clerk, capsys):
    order = released(case, 100, chief)
    pay(order, 60, clerk)
    PayOrder.objects.filter(pk=order.pk).update(paid=70)
    Approval.objects.update(amount=90)
    claim = Claim.objects.raise_on(case.matter, "group", 5, party="集团", what="门", by=clerk, now=timezone.now())
    Claim.objects.filter(pk=claim.pk).update(received=1)
    with pytest.raises(SystemExit):
        call_command("check_invariants")
    told = capsys.readouterr().out
    for words in (f"order {order.pk}: paid 70", f"order {order.pk}: 100", f"claim {claim.pk}: received 1"):
        assert words in told
