"""Who may do what with compensation and money: see matrix.py for how a row is written."""

from datetime import timedelta

from django.utils import timezone

from compensation.models import Compensation, WriteOff
from payments.models import Claim, Debt, Delegation, Gift
from payments.models.order import BankBatch

from tests.factories.cases import ComplaintFactory, MatterFactory, person
from tests.factories.compensation import CompensationFactory
from tests.factories.customers import CustomerFactory
from tests.factories.payments import released, set_limits
from tests.rights.harness import R, having

S = Compensation.Status


def of_region(region, **fields):
    """A compensation of a region's customer."""
    complaint = ComplaintFactory(matter=MatterFactory(customer=CustomerFactory(region=region)), status="implementing")
    return CompensationFactory(complaint=complaint, maker=person("agent", region=region), **fields)


def in_state(status, **fields):
    def make(world, region):
        return of_region(region, status=status, **fields)

    make.__name__ = f"compensation_{status}"
    return make


def complaint(world, region):
    return ComplaintFactory(matter=MatterFactory(customer=CustomerFactory(region=region)), status="implementing")


def small_one(world, region):
    return of_region(region, status=S.PAID, route="small")


def written_off(world, region):
    record = of_region(region, status=S.WRITTEN_OFF, route="large")
    WriteOff.objects.create(
        compensation=record, number=f"HX{record.pk:010}", fault="开裂", category="quality", filled_by=record.maker
    )
    return record


def deputyship_of(world, user):
    today = timezone.localdate()
    deputy = world.people["manager" if user != world.people["manager"] else "supervisor"]
    return Delegation.objects.create(
        absent=user, deputy=deputy, since=today + timedelta(days=90), until=today + timedelta(days=91), reason="休假",
        made_by=user,
    )  # fmt: skip


def matter(world, region):
    return MatterFactory(customer=CustomerFactory(region=region))


def debt(world, region):
    set_limits()
    by, now = person("agent", region=region), timezone.now()
    return Debt.objects.owe(matter(world, region), "fee", 10, why="垫付", by=by, now=now)


def claim(world, region):
    by, now = person("agent", region=region), timezone.now()
    return Claim.objects.raise_on(matter(world, region), "carrier", 10, party="物流", what="门", by=by, now=now)


def gift(world, region):
    by = person("agent", region=region)
    return Gift.objects.give(matter(world, region), "水杯", 10, why="致歉", by=by, now=timezone.now(), approved=True)


def paid_line(world, region):
    by = person("finance", region=region)
    order = released(of_region(region), 10, by)
    return order.pay(10, means="cash", by=by, now=timezone.now())


def receipt(world, region):
    line = paid_line(world, region)
    return line.confirm(how="phone", by=line.by, now=timezone.now())


def batch(world, region):
    return BankBatch.objects.create(
        number=f"PL{BankBatch.objects.count():08}", total=0, by=person("finance", region=region)
    )


VIEW, ASK, LEAD = (f"compensation.{verb}_compensation" for verb in ("view", "request", "lead"))
APPROVE, RELEASE = "compensation.approve_compensation", "compensation.release_compensation"
APPRAISE, PRINT = "compensation.appraise_compensation", "compensation.print_compensation"
PAY, REVERSE, REPORT = "payments.pay_payorder", "payments.reverse_payment", "compensation.report_compensation"
SEEN_BY = having(VIEW)
NOT_HIS = {"technician"}  # sees the matters he appraises
# verb → the state it is tried in, and the right it asks for.
MOVES = {
    "ask-appraisal": (S.DRAFT, LEAD),
    "appraise": (S.DRAFT, APPRAISE),
    "require-visit": (S.APPRAISED, LEAD),
    "approve-small": (S.APPRAISED, APPROVE),
    "approve-goodwill": (S.DRAFT, APPROVE),
    "reject-small": (S.APPRAISED, LEAD),
    "record-agreement": (S.VISIT_PENDING, LEAD),
    "collect-material": (S.AGREED, ASK),
    "submit-to-gm": (S.AGREED, LEAD),
    "gm-approve": (S.GM_REVIEW, RELEASE),
    "gm-reject": (S.GM_REVIEW, RELEASE),
    "renegotiate": (S.REJECTED, LEAD),
    "pay": (S.APPROVED, PAY),
    "reverse": (S.PAID, REVERSE),
    "report": (S.PAID, REPORT),
    "acknowledge": (S.REPORTED, VIEW),
    "report-to-group": (S.APPROVED, LEAD),
    "answer-group": (S.APPROVED, LEAD),
    "dispose": (S.PAID, LEAD),
    "fill-write-off": (S.WRITE_OFF_PENDING, LEAD),
    "declare-write-off": (S.WRITE_OFF_PENDING, "compensation.book_write_off"),
    "cancel": (S.DRAFT, LEAD),
    "add-note": (S.DRAFT, "workflow.add_event"),
    "attach-files": (S.DRAFT, "workflow.add_attachment"),
}
PAID_BY, MONEY_SEEN_BY = having(PAY), having("payments.view_payorder")
SHOWN = {200, 409}  # a guard may hold the form back

COMPENSATION = [
    R("compensation:list", get=SEEN_BY),
    R("compensation:unreported", get=SEEN_BY),
    R("compensation:to-read", get=SEEN_BY),
    R("compensation:decisions", get=having(APPROVE, RELEASE)),
    R("compensation:delegations", get=SEEN_BY, post=having(APPROVE, RELEASE)),
    R("compensation:delegation-end", mine=deputyship_of, post=having("cases.view_complaint"), why="one's own only"),
    R("compensation:new", of=complaint, get=having(ASK), post=having(ASK), unseen=NOT_HIS),
    R("compensation:compensation", of=in_state(S.DRAFT), get=SEEN_BY, unseen=NOT_HIS),
    R("compensation:decide", of=in_state(S.APPRAISED), get=having(APPROVE, RELEASE), unseen=NOT_HIS),
    *(
        R(f"compensation:compensation-{verb}", of=in_state(state), get=having(right), post=having(right), unseen=NOT_HIS,
          shown=SHOWN)
        for verb, (state, right) in MOVES.items()
    ),
    R("compensation:compensation-send-back", of=in_state(S.APPRAISED), get=having(LEAD), post=having(LEAD), unseen=NOT_HIS),
    R("compensation:compensation-amend", of=in_state(S.DRAFT), get=frozenset(), post=frozenset(), unseen=NOT_HIS,
      why="only whoever asked for it, which none of these did"),
    *(R(f"payments:{name}", get=MONEY_SEEN_BY) for name in ("to-pay", "payments", "debts", "claims", "gifts")),
    R("payments:month-file", get=PAID_BY),
    R("payments:batches", get=PAID_BY),
    R("payments:batch-new", post=PAID_BY),
    R("payments:batch-file", of=batch, shared=True, get=PAID_BY),
    R("payments:receipt-new", of=paid_line, get=PAID_BY, post=PAID_BY, unseen=NOT_HIS),
    R("payments:receipt", of=receipt, shared=True, get=PAID_BY),
    R("payments:debt", of=debt, get=MONEY_SEEN_BY, unseen=NOT_HIS),
    R("payments:claim", of=claim, get=MONEY_SEEN_BY, unseen=NOT_HIS),
    *(
        R(f"payments:{name}", of=make, get=having(right), post=having(right), unseen=NOT_HIS)
        for name, make, right in (
            ("debt-new", matter, "payments.record_debt"), ("debt-confirm", debt, "payments.confirm_debt"),
            ("debt-pay", debt, PAY), ("debt-reverse", debt, REVERSE), ("debt-drop", debt, "payments.confirm_debt"),
            ("claim-new", matter, "payments.record_claim"), ("claim-answered", claim, "payments.settle_claim"),
            ("claim-receive", claim, "payments.settle_claim"), ("gift-new", matter, "payments.give_gift"),
            ("gift-deliver", gift, "payments.give_gift"),
        )
    ),
    R("compensation:agreement-paper", of=in_state(S.AGREED), get=having(PRINT), unseen=NOT_HIS),
    R("compensation:report-paper", of=small_one, get=having(PRINT), unseen=NOT_HIS),
    R("compensation:write-off-paper", of=written_off, get=having(PRINT), unseen=NOT_HIS),
]  # fmt: skip
