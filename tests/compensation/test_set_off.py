"""What we pay a customer is set off against what he owes us, and never against more than that."""

import uuid
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from payments.models import Debt, Payment, PayOrder
from technicians.models import WorkOrder
from workflow.perform import perform

from tests.factories.cases import ComplaintFactory, MatterFactory, person
from tests.factories.customers import CustomerFactory
from tests.factories.payments import without_limit
from tests.factories.technicians import TechnicianFactory, WorkOrderFactory, quote_for, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk():
    return person("finance")


@pytest.fixture
def bill():
    """A repair for which the customer agreed to pay ¥80."""
    technician = TechnicianFactory()
    order = WorkOrderFactory(status="in_progress", matter=MatterFactory(customer=CustomerFactory()))
    send(order, technician)
    quote_for(order, technician.user, confirmed_at=timezone.now())
    return order


@pytest.fixture
def debt(bill):
    """What we owe the same customer: ¥100, confirmed."""
    without_limit()
    now, case = timezone.now(), ComplaintFactory(matter__customer=bill.matter.customer)
    debt = Debt.objects.owe(case.matter, "fee", Decimal(100), why="运费", by=person("agent"), now=now)
    debt.confirm(by=person("general_manager"), now=now)
    return debt


def set_off(debt, amount, number, by):
    return debt.pay(Decimal(amount), means="offset", reference=number, by=by, now=timezone.now())


@pytest.mark.req("S0-15")
def test_no_more_is_set_off_than_is_owed_and_what_was_set_off_is_not_collected(debt, bill, clerk):
    with pytest.raises(ValidationError) as told:
        set_off(debt, "80.01", bill.number, clerk)
    assert list(told.value.message_dict) == ["amount"]
    set_off(debt, 50, bill.number, clerk)
    assert bill.owed == 30
    technician = bill.crew.get().technician.user
    with pytest.raises(ValidationError):
        perform(bill, "collect_fee", by=technician, amount=Decimal(31), means="cash")
    perform(bill, "collect_fee", by=technician, amount=Decimal(30), means="cash")
    assert WorkOrder.objects.get(pk=bill.pk).owed == 0


@pytest.mark.req("S0-15")
def test_a_reversed_line_is_owed_again(debt, bill, clerk):
    line = set_off(debt, 80, bill.number, clerk)
    assert bill.owed == 0
    debt.reverse(line, reason="记错了", by=clerk, now=timezone.now())
    assert bill.owed == 80
    for part in (50, 30):
        set_off(debt, part, bill.number, clerk)
    assert bill.owed == 0
    call_command("check_invariants")


@pytest.mark.req("S0-15")
def test_only_a_bill_of_this_customer_with_something_left_counts(debt, bill, clerk):
    foreign = WorkOrderFactory(status="in_progress", matter=MatterFactory(customer=CustomerFactory()))
    quote_for(foreign, clerk, confirmed_at=timezone.now())
    unasked = WorkOrderFactory(matter=bill.matter)
    for number in (foreign.number, unasked.number, "订单 1"):
        with pytest.raises(ValidationError) as told:
            set_off(debt, 10, number, clerk)
        assert list(told.value.message_dict) == ["reference"]
    assert not Payment.objects.exists()


@pytest.mark.req("S0-15")
def test_the_page_says_at_the_field_how_much_is_owed(debt, bill, clerk):
    client, url = Client(), reverse("payments:debt-pay", args=[debt.pk])
    client.force_login(clerk)
    body = {"op": str(uuid.uuid4()), "amount": "90", "means": "offset", "reference": bill.number}
    body |= {"paid_on": f"{timezone.localdate():%Y-%m-%d}", "note": ""}
    answer = client.post(url, body)
    assert answer.status_code == 422
    assert "80.00" in answer.context["form"].errors["amount"][0]
    assert client.post(url, body | {"amount": "60"}).status_code == 302
    assert PayOrder.objects.of(debt).get().paid == 60
