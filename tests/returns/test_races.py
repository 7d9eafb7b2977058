"""Several people at one return at once, on real connections: one refund, one approval, never more pieces than were bought."""

import uuid
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db.transaction import atomic

from payments.models import Payment
from returns.models import Ledger, ReturnLine, ReturnRequest
from workflow.errors import Refusal
from workflow.perform import Done, begin, perform

from tests.factories.cases import person
from tests.factories.customers import OrderLineFactory
from tests.factories.returns import ReturnRequestFactory
from tests.returns.test_rules import due
from tests.workflow.test_races import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SESSIONS, ROUNDS = 8, 6


def refund_of(request, by, number):
    return lambda: perform(
        request, "refund", by=by, op=uuid.uuid4(), means="alipay", reference=f"ZF{request.pk}-{number}"
    )


@pytest.mark.req("S2-109")
def test_a_refund_is_paid_once_however_many_press(ground):
    finance, leader = person("finance"), person("supervisor")
    for _ in range(ROUNDS):
        with atomic():
            request = due(ReturnRequestFactory(status="refund_due"), 1000, leader)
        ReturnLine.objects.filter(request=request).update(amount=1000)
        results = together(*(refund_of(request, finance, n) for n in range(SESSIONS)))
        assert sum(isinstance(result, Done) for result in results) == 1, results
        assert all(isinstance(result, Done | Refusal) for result in results), results
        assert Payment.objects.filter(order__subject_id=request.pk).count() == 1
        assert ReturnRequest.objects.get(pk=request.pk).refunded_sum == 1000


def test_two_requests_for_the_last_piece_leave_one(ground):
    agent = person("agent")
    for _ in range(ROUNDS):
        line = OrderLineFactory(quantity=2, price=500)

        def take(line=line):
            facts = {"order_line": line, "quantity": 1, "unit_price": Decimal(500)}
            return begin(ReturnRequest.submit, "submit", by=agent, customer=line.order.customer, kind="return",
                         reason="quality", words="坏了", lines=[facts])  # fmt: skip

        results = together(*[take] * 4)
        assert sum(isinstance(result, Done) for result in results) == 2, results
        assert all(isinstance(result, Done | ValidationError) for result in results), results
        assert Ledger.objects.get(order_line=line).taken == 2
