"""Whatever people try, in whatever order: no sum without its approval, none above it, none twice, maker never approver."""

import os
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.transaction import atomic, set_rollback
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from compensation.models import Compensation
from payments.models import Approval, Payment, PayOrder
from workflow.errors import Refusal
from workflow.models import Event
from workflow.perform import perform
from workflow.transitions import declared_moves

from tests.compensation.conftest import ROLES, ask, damaged, money_holds, signed
from tests.factories.cases import ComplaintFactory
from tests.factories.compensation import joint_visit

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
EXAMPLES, STEPS = int(os.environ.get("SEQUENCES", "5")), 20
PEOPLE = [*ROLES, "colleague", "other_lead"]
SUMS = [Decimal(words) for words in ("0.01", "50", "300", "500", "501", "2000", "2000.01", "6000")]
OURS = [
    "appraise", "approve_small", "approve_goodwill", "require_visit", "record_agreement", "collect_material", "submit_to_gm",
    "gm_approve", "gm_reject", "renegotiate", "pay", "reverse", "report", "report_to_group", "answer_group", "dispose",
    "fill_write_off", "declare_write_off", "send_back", "reject_small", "amend", "cancel",
]  # fmt: skip


class Office(RuleBasedStateMachine):
    """Two requests of one customer's matter, and everybody who may lay a hand on them."""

    company = None

    def __init__(self):
        super().__init__()
        self.inside = atomic()
        self.inside.__enter__()
        self.references = 0

    def teardown(self):
        set_rollback(True)
        self.inside.__exit__(None, None, None)

    @initialize(first=st.sampled_from(SUMS), second=st.sampled_from(SUMS), visited=st.booleans())
    def begin(self, first, second, visited):
        complaint = ComplaintFactory(status="implementing")
        one = damaged(self.company, first, complaint=complaint)
        two = ask(self.company, by=self.company.supervisor, complaint=complaint, amount=second)
        if visited:
            joint_visit(complaint, self.company.technician, self.company.supervisor)
        self.records = [one.pk, two.pk]

    def details(self, verb, record, amount, line):
        self.references += 1
        today = timezone.localdate()
        return {
            "appraise": {"findings": "x", "verdict": "not_customer", "place": "家中"},
            "approve_small": {"amount": amount, "words": "同意"},
            "approve_goodwill": {"amount": amount, "words": "同意"},
            "gm_approve": {"amount": amount, "words": "同意"},
            "record_agreement": {
                "amount": amount,
                "terms": "两清",
                "disposal": "kept",
                "how": "scan",
                "signed": SIGNED,
            },
            "collect_material": {"kinds": ["contract", "card"]},
            "pay": {"amount": amount, "means": "transfer", "reference": f"T{self.references // 2}"},
            "reverse": {"line": line, "reason": "误付"},
            "report_to_group": {"words": "开裂", "claimed": amount},
            "answer_group": {"answer": "承担一半", "agreed": Decimal("0.01")},
            "dispose": {"disposal": "kept", "disposed_on": today, "consent": True, "words": "留用"},
            "fill_write_off": {"fault": "开裂", "category": "quality"},
            "declare_write_off": {"entry": f"PZ{record.pk}"},
            "amend": {"reason": "改", "amount": amount},
            "cancel": {"reason": "算了"},
            "renegotiate": {"reason": "再谈"},
            "require_visit": {},
            "report": {},
        }.get(verb, {"words": "x"})

    @rule(
        data=st.data(), which=st.integers(0, 1), who=st.sampled_from(PEOPLE), exact=st.booleans(), likely=st.booleans()
    )
    def act(self, data, which, who, exact, likely):
        record = Compensation.objects.get(pk=self.records[which])
        possible = [move.verb for move in declared_moves(record) if move.verb in OURS] if likely else OURS
        verb = data.draw(st.sampled_from(possible or OURS))
        order = record.order
        left = order.pending if order and verb == "pay" else record.amount
        amount = left if exact and left else data.draw(st.sampled_from(SUMS))
        line = Payment.objects.filter(order=order).order_by("-pk").first() if order else None
        if verb == "reverse" and line is None:
            return
        by = getattr(self.company, who)
        before = record.status
        try:
            with atomic():
                perform(record, verb, by=by, version=record.version, **self.details(verb, record, amount, line))
        except (Refusal, PermissionDenied, ValidationError):
            assert Compensation.objects.get(pk=record.pk).status == before

    @invariant()
    def sums_reconcile(self):
        money_holds()

    @invariant()
    def nobody_decided_for_himself(self):
        for approval in Approval.objects.filter(stage="release"):
            asked = Event.objects.filter(
                matter=approval.matter_id, subject_id=approval.subject_id, action__in=("request", "amend"), kind="verb",
                at__lte=approval.at,
            )  # fmt: skip
            assert approval.by_id not in set(asked.values_list("by", flat=True))

    @invariant()
    def limits_hold_for_the_matter(self):
        approvals = Approval.objects.filter(stage="release", void_at__isnull=True).select_related("by")
        released = sum(PayOrder.objects.values_list("approved", flat=True))
        leads = {self.company.supervisor.pk, self.company.other_lead.pk}
        if approvals and all(row.by_id in leads for row in approvals):
            assert released <= 500


SIGNED = None


def test_no_sequence_of_acts_breaks_a_rule_about_money(company):
    global SIGNED
    SIGNED, Office.company = signed(), company
    run_state_machine_as_test(
        Office,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, database=None,
            suppress_health_check=list(HealthCheck), derandomize=True,
        ),
    )  # fmt: skip
