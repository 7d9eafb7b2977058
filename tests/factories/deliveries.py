"""Deliveries in any state."""

from datetime import date, timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from cases.models import DeliveryIssue, LeadTime
from workflow.models import Attachment

from tests.factories.cases import MatterFactory
from tests.factories.customers import OrderFactory


class LeadTimeFactory(DjangoModelFactory):
    class Meta:
        model = LeadTime

    group = None
    days = 20
    evaluated_on = factory.LazyFunction(timezone.localdate)


class DeliveryFactory(DjangoModelFactory):
    """A delivery put straight into a state; nothing around it is made up but its order."""

    class Meta:
        model = DeliveryIssue

    number = factory.Sequence(lambda n: f"JH26112{n:05}")
    matter = factory.SubFactory(MatterFactory)
    region = factory.SelfAttribute("matter.region")
    order = factory.SubFactory(
        OrderFactory, customer=factory.SelfAttribute("..matter.customer"), ordered_on=date(2026, 1, 5)
    )
    status = DeliveryIssue.Status.REGISTERED
    deadline = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=30))
    closed_at = factory.LazyAttribute(lambda o: timezone.now() if o.status in DeliveryIssue.FINAL else None)


def shipped(**facts):
    """One on its way: traced and announced unless told otherwise."""
    now = timezone.now()
    facts = {
        "status": "shipped", "carrier": "德邦", "waybill": "DB100", "enquiry_phone": "95353", "packages": 3,
        "transport_units": 1, "volume": "1.250", "freight": 320, "packing_fee": 60, "shipped_at": now, "traced_at": now,
        "noticed_at": now,
    } | facts  # fmt: skip
    return DeliveryFactory(**facts)


def evidence_of(issue, *kinds):
    """Photos of these kinds in the delivery's matter; the receipt and the close-up unless told."""
    return [
        Attachment.objects.create(
            matter=issue.matter, customer=issue.customer, media="photo", kind=kind, sha256=f"{n}" * 64
        )
        for n, kind in enumerate(kinds or ("signed", "close_up"))
    ]
