"""Several people at the same sum at once, on real connections: never above it, never twice."""

import os
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db.transaction import atomic
from django.utils import timezone

from payments.models import Payment, PayOrder
from workflow.errors import MoveRefused

from tests.factories.cases import ComplaintFactory, person
from tests.factories.payments import released, set_limits
from tests.workflow.test_races import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SESSIONS, ROUNDS = 8, int(os.environ.get("RACE_ROUNDS", "2"))


def paying(case, amount, by, reference=""):
    def act():
        with atomic():
            order = PayOrder.objects.locked(case)
            return order.pay(Decimal(amount), means="cash", reference=reference, by=by, now=timezone.now())

    return act


def won(results, *losers):
    """How many got through; everybody else lost in one of the ways named."""
    lost = [result for result in results if isinstance(result, losers)]
    through = [result for result in results if not isinstance(result, Exception)]
    assert len(lost) + len(through) == len(results), results
    return len(through)


def test_who_pays_at_once_never_pays_more_than_was_approved():
    chief, clerk = person("general_manager"), person("finance")
    for _ in range(ROUNDS):
        case = ComplaintFactory()
        released(case, 500, chief)
        results = together(*[paying(case, 200, clerk)] * SESSIONS)
        assert won(results, ValidationError) == 2
        assert PayOrder.objects.get(matter=case.matter).paid == 400
    call_command("check_invariants")


def test_one_reference_is_used_once_however_many_press():
    chief, clerk = person("general_manager"), person("finance")
    for number in range(ROUNDS):
        cases = [ComplaintFactory() for _ in range(SESSIONS)]
        for case in cases:
            released(case, 500, chief)
        acts = [paying(case, 100, clerk, reference=f"ICBC-{number}") for case in cases]
        assert won(together(*acts), ValidationError) == 1
        assert Payment.objects.filter(reference=f"ICBC-{number}").count() == 1


def test_paying_against_taking_the_approval_back_has_one_winner():
    chief, clerk = person("general_manager"), person("finance")

    def voiding(case):
        def act():
            with atomic():
                return PayOrder.objects.void(case, "cancelled", now=timezone.now())

        return act

    for _ in range(ROUNDS):
        case = ComplaintFactory()
        released(case, 500, chief)
        results = together(paying(case, 500, clerk), voiding(case))
        assert won(results, MoveRefused) == 1
        order = PayOrder.objects.get(matter=case.matter)
        assert (order.approved, order.paid) in ((500, 500), (0, 0))


def test_two_sums_of_one_matter_do_not_both_fit_a_limit_that_holds_one():
    set_limits()
    lead = person("supervisor")

    def releasing(case):
        def act():
            with atomic():
                return PayOrder.objects.release(case, 300, by=lead, version=1, now=timezone.now(), giving="cash")

        return act

    for _ in range(ROUNDS):
        one = ComplaintFactory()
        cases = [one, ComplaintFactory(matter=one.matter)]
        assert won(together(*map(releasing, cases)), PermissionDenied) == 1
