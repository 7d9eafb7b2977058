"""Random lives of returns: whatever happens in whatever order, pieces and money add up (design 4.2)."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from payments.models import Payment, PayOrder, Tier
from returns import refunds
from returns.models import Ledger, ReturnLine, ReturnRequest
from workflow.errors import Refusal
from workflow.perform import begin, perform

from tests.factories.cases import person
from tests.factories.customers import OrderLineFactory
from tests.factories.returns import CarrierFactory, ReturnAddressFactory, ReturnPolicyFactory

BOUGHT, PRICE = 3, Decimal("33.33")
PIECES = st.integers(0, BOUGHT)
YUAN = st.decimals(0, 120, places=2)
pytestmark = pytest.mark.django_db


class Returns(RuleBasedStateMachine):
    """Two customers' agents do anything at any time; what they may not do is refused and changes nothing."""

    def __init__(self):
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        ReturnPolicyFactory()
        ReturnAddressFactory()
        self.carrier, self.number = CarrierFactory(), 0
        self.everybody = person("supervisor")
        for role in ("parts_clerk", "quality"):
            self.everybody.groups.add(*person(role).groups.all())
        self.till = person("finance")
        Tier.objects.create(role="supervisor", limit=None)
        line = OrderLineFactory(quantity=BOUGHT, price=PRICE)
        self.goods = [line, OrderLineFactory(order=line.order, quantity=BOUGHT, price=PRICE)]
        self.requests = []

    def teardown(self):
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    # --- what people do ------------------------------------------------------------------------------------------------
    @rule(
        which=st.integers(0, 1),
        pieces=st.integers(1, BOUGHT + 1),
        kind=st.sampled_from(["return", "exchange", "refund_only"]),
    )
    def submit(self, which, pieces, kind):
        line = self.goods[which]
        facts = {"order_line": line, "quantity": pieces, "unit_price": PRICE, "replacement": line.product}
        asked = PRICE if kind == "refund_only" else None
        try:
            done = begin(ReturnRequest.submit, "submit", by=self.everybody, customer=line.order.customer, kind=kind,
                         reason="quality", words="坏了", lines=[facts], asked_amount=asked)  # fmt: skip
        except ValidationError:
            return
        self.requests.append(done.record.pk)

    def act(self, index, verb, *, by=None, **details):
        request = ReturnRequest.objects.get(pk=self.requests[index % len(self.requests)])
        before = request.version
        try:
            perform(request, verb, by=by or self.everybody, **details)
        except (Refusal, ValidationError, PermissionDenied):
            assert ReturnRequest.objects.get(pk=request.pk).version == before

    def line_of(self, index):
        return ReturnLine.objects.get(request=self.requests[index % len(self.requests)])

    some = precondition(lambda self: self.requests)
    which = st.integers(0, 5)

    @some
    @rule(index=which)
    def review(self, index):
        self.act(index, "start_review", verified="核对", liability="company", cause="product_quality")

    @some
    @rule(index=which, pieces=PIECES)
    def approve(self, index, pieces):
        self.act(index, "approve", words="同意", mode="courier", payer="company", exception_reason="例外",
                 quantities={self.line_of(index).pk: pieces})  # fmt: skip

    @some
    @rule(index=which, amount=YUAN)
    def approve_refund_only(self, index, amount):
        if amount:
            self.act(index, "approve_refund_only", words="同意", amount=amount, payee_name="张伟", payee_account="zw")

    @some
    @rule(index=which, postage=st.sampled_from([Decimal(0), Decimal("12.10")]))
    def send(self, index, postage):
        self.number += 1
        self.act(index, "enter_tracking", carrier=self.carrier, number=f"SF{self.number}", postage=postage)

    @some
    @rule(index=which, came=PIECES, broken=PIECES)
    def receive(self, index, came, broken):
        line = self.line_of(index)
        self.act(
            index, "receive", words="收到", voucher_present=True, quantities={line.pk: came}, damaged={line.pk: broken}
        )

    @some
    @rule(index=which, passed=PIECES, option=st.sampled_from(["refund", "exchange", "repair"]))
    def examine(self, index, passed, option):
        self.act(index, "inspect", place="仓", traces="none", cause="product_quality", findings="属实")
        self.act(index, "inspection_ok", words="属实", option=option, passed={self.line_of(index).pk: passed})

    @some
    @rule(index=which, amount=YUAN)
    def fail(self, index, amount):
        self.act(index, "inspect", place="仓", traces="beyond", cause="other", findings="不符")
        self.act(index, "inspection_bad", words="不符")
        self.act(index, "resolve_failed", to="refund_due", words="协商", amounts={self.line_of(index).pk: amount})

    @some
    @rule(index=which, to=st.sampled_from(["refund_due", "exchange_due"]))
    def lose(self, index, to):
        self.act(index, "lose", to=to, words="丢件")

    @some
    @rule(index=which, postage=st.sampled_from(["refunded", "credited"]))
    def refund(self, index, postage):
        self.number += 1
        self.act(index, "set_payee", payee_name="张伟", payee_account="zw", note="账号")
        self.act(index, "refund", by=self.till, means="alipay", reference=f"ZF{self.number}", postage=postage)

    @some
    @rule(index=which)
    def exchange(self, index):
        self.number += 1
        self.act(index, "confirm_address", address="湖滨大道", note="确认")
        self.act(index, "ship_exchange", carrier=self.carrier, number=f"SF{self.number}")
        self.act(index, "confirm_exchange", words="签收")

    @some
    @rule(index=which, verb=st.sampled_from(["cancel", "lapse", "reopen"]))
    def end(self, index, verb):
        self.act(index, verb, reason="客户的意思")

    # --- what must always hold -----------------------------------------------------------------------------------------
    @invariant()
    def pieces_add_up(self):
        for ledger in Ledger.objects.all():
            held = ReturnLine.objects.filter(order_line=ledger.order_line).aggregate(sum=Sum("taken"))["sum"]
            assert ledger.taken == held <= ledger.bought
        assert not ReturnLine.objects.filter(received__gt=F("approved")).exists()

    @invariant()
    def money_adds_up(self):
        for ledger in Ledger.objects.all():
            back = ReturnLine.objects.filter(order_line=ledger.order_line).aggregate(sum=Sum("refunded"))["sum"]
            assert ledger.refunded == back <= ledger.paid
        for request in ReturnRequest.objects.filter(pk__in=self.requests):
            order = PayOrder.objects.of(request).first()
            paid = (
                Payment.objects.filter(order__in=PayOrder.objects.of(request)).aggregate(sum=Sum("amount"))["sum"] or 0
            )
            assert paid == (request.refunded_sum or 0)
            if request.status == "refund_due":
                assert (order.approved if order else 0) == refunds.refund_of(request).total
            if request.kind != "refund_only" and order is not None and request.option != "":
                line = request.lines.get()
                assert line.amount <= line.unit_price * max(line.received, line.approved)


@pytest.mark.req("S2-92", "S1-39")
def test_pieces_and_money_reconcile_whatever_happens(db):
    run_state_machine_as_test(
        Returns,
        settings=settings(
            max_examples=12, stateful_step_count=18, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True,
            database=None,
        ),
    )  # fmt: skip
