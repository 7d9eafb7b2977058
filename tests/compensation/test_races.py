"""Several people at one compensation at once, on real connections: one winner each."""

import os
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from compensation.models import Compensation
from payments.models import Approval, Payment, PayOrder
from workflow.errors import Refusal
from workflow.perform import Done, perform

from tests.compensation.conftest import ask, do
from tests.workflow.test_races import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SESSIONS, ROUNDS = 8, int(os.environ.get("RACE_ROUNDS", "2"))
S = Compensation.Status


def won(results):
    through = [result for result in results if isinstance(result, Done)]
    lost = [result for result in results if isinstance(result, Refusal | ValidationError)]
    assert len(through) + len(lost) == len(results), results
    return len(through)


def test_approving_what_is_being_changed_has_one_winner(company):
    """Threat 9: the approval is of the sum and version it saw, or it is refused."""
    for _ in range(ROUNDS):
        record = ask(company)

        def approve(record=record):
            return perform(
                record, "approve_goodwill", by=company.supervisor, version=1, amount=Decimal(100), words="同意"
            )

        def change(record=record):
            return perform(record, "amend", by=company.agent, version=1, reason="加价", amount=Decimal(150))

        assert won(together(*[approve, change] * (SESSIONS // 2))) == 1
        record = Compensation.objects.get(pk=record.pk)
        order = PayOrder.objects.of(record).first()
        if record.status == S.DEPARTMENT_APPROVED:
            assert (record.amount, order.approved, Approval.objects.get(subject_id=record.pk).amount) == (100, 100, 100)
        else:
            assert (record.status, record.amount, order) == (S.DRAFT, 150, None)


def test_paying_what_is_being_cancelled_has_one_winner(company):
    """Threat 10."""
    for _ in range(ROUNDS):
        record = do(ask(company), "approve_goodwill", company.supervisor, amount=Decimal(100), words="同意")

        def pay(record=record):
            return perform(record, "pay", by=company.finance, amount=Decimal(100), means="cash")

        def cancel(record=record):
            return perform(record, "cancel", by=company.supervisor, reason="客户不要了")

        assert won(together(*[pay, cancel] * (SESSIONS // 2))) == 1
        record = Compensation.objects.get(pk=record.pk)
        lines = Payment.objects.filter(order__subject_id=record.pk).count()
        assert (record.status, lines) in ((S.PAID, 1), (S.CANCELLED, 0))
