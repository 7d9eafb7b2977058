"""Everybody who has a hand in a compensation, and one of either kind to work on."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import User
from compensation.models import Compensation
from core.invariants import invariants
from workflow.media import prepare
from workflow.perform import begin, perform

from tests.factories.cases import ComplaintFactory, person
from tests.factories.compensation import appraised, joint_visit, photo_for
from tests.factories.files import upload
from tests.factories.payments import set_limits

ROLES = ("agent", "specialist", "supervisor", "manager", "general_manager", "technician", "finance", "quality")


@dataclass
class Company:
    """One person of each role, a second agent and a second supervisor, and the usual limits."""

    def __post_init__(self):
        set_limits()
        for role in ROLES:
            setattr(self, role, person(role))
        self.colleague, self.other_lead = person("agent"), person("supervisor")

    def fresh(self, user):
        """The person as the next request sees him: roles and rights read anew."""
        return User.objects.get(pk=user.pk)


@pytest.fixture
def company(db):
    return Company()


def ask(company, *, by=None, complaint=None, **fields):
    """A request on a complaint through the front door."""
    complaint = complaint or ComplaintFactory(status="implementing")
    fields = {
        "basis": "goodwill", "liability": "company", "giving": "cash", "amount": Decimal(100), "terms": "交期晚了十天。",
        "raised_by": "customer", "means": "cash",
    } | fields  # fmt: skip
    return begin(Compensation.request, "request", by=by or company.agent, complaint=complaint, **fields).record


def damaged(company, amount=300, *, found=True, **fields):
    """A request about damage; ``found``: the technician had appraised it before, and there are photos."""
    complaint = fields.pop("complaint", None) or ComplaintFactory(status="implementing")
    if found:
        photo_for(complaint.matter)
        appraised(complaint, company.technician)
    return ask(company, complaint=complaint, basis="product_fault", amount=Decimal(amount), **fields)


def do(record, verb, by, **details):
    """Perform, and give back the record as it stands."""
    return perform(record, verb, by=by, **details).record


def signed():
    return prepare(upload())


def agreed(company, amount=6000):
    """A large one, up to the agreement with the customer."""
    record = damaged(company, amount)
    joint_visit(record.complaint, company.technician, company.supervisor)
    return do(
        record, "record_agreement", company.supervisor, amount=Decimal(amount), terms="赔偿后双方两清。", disposal="taken_back",
        how="scan", signed=signed(),
    )  # fmt: skip


def submitted(company, amount=6000):
    """The same, before the general manager."""
    record = agreed(company, amount)
    record = do(record, "collect_material", company.agent, kinds=["contract", "card"])
    return do(record, "submit_to_gm", company.supervisor, words="情况属实，同意上报。")


def approved(company, amount=6000):
    record = submitted(company, amount)
    return do(record, "gm_approve", company.general_manager, amount=record.amount, words="同意")


def paid(company, record, amount=None, **fields):
    fields = {"means": "transfer", "reference": f"T{record.pk}-{timezone.now():%f}"} | fields
    return do(record, "pay", company.finance, amount=amount or record.order.pending, **fields)


def money_holds():
    """No rule about money is broken."""
    for name, check in invariants().items():
        if check.__module__.startswith(("payments", "compensation")):
            assert not list(check()), name
