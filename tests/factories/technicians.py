"""Technicians and work orders in any state."""

from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from technicians.models import CrewMember, Quote, Technician, WorkOrder
from workflow.media import prepare
from workflow.models import Attachment

from tests.factories.cases import MatterFactory, person
from tests.factories.files import picture, upload


class TechnicianFactory(DjangoModelFactory):
    """Somebody of the trade, of the one branch of the factories unless told."""

    class Meta:
        model = Technician

    class Params:
        region = None

    user = factory.LazyAttribute(lambda o: person("technician", region=o.region))
    home = factory.LazyAttribute(lambda o: o.user.regions.get())
    skills = ["woodwork", "hardware"]


class WorkOrderFactory(DjangoModelFactory):
    """An order put straight into a state; crew, quote and photos are made with the functions below."""

    class Meta:
        model = WorkOrder

    number = factory.Sequence(lambda n: f"WX26112{n:05}")
    matter = factory.SubFactory(MatterFactory)
    region = factory.SelfAttribute("matter.region")
    kind = "repair"
    source = "hand"
    content = "主卧门锁关不上，请上门修理。"
    status = WorkOrder.Status.ACCEPTED
    closed_at = factory.LazyAttribute(lambda o: o.matter.opened_at if o.status == "closed" else None)


def send(order, technician, *, leads=True):
    """Put a technician into the crew of an order, whatever its state."""
    return CrewMember.objects.create(
        order=order, technician=technician, leads=leads, slip=1, assigned_at=order.created_at
    )


def quote_for(order, by, total=80, **fields):
    fields = {"attribution": order.attribution, "priced_on": timezone.localdate()} | fields
    return Quote.objects.create(order=order, made_by=by, made_at=timezone.now(), total=total, **fields)


def photograph(order, by, kind=Attachment.Kind.AFTER):
    shows = upload(picture(colour="tan" if kind == Attachment.Kind.AFTER else "saddlebrown"))
    return Attachment.objects.attach(order.matter, prepare(shows), by=by, kind=kind, subject=order)


def tomorrow(hour=9, hours=2):
    """A time that is free on any day the tests run: from an hour of tomorrow on."""
    starts_at = timezone.localtime().replace(hour=hour, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return starts_at, starts_at + timedelta(hours=hours)
