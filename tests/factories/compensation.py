"""Compensations in any state, and what makes a complaint ready for one."""

from decimal import Decimal

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from cases.models import Appraisal
from compensation.models import Compensation
from technicians.models import Attendance
from workflow.models import Attachment

from tests.factories.cases import ComplaintFactory, person
from tests.factories.technicians import WorkOrderFactory


class CompensationFactory(DjangoModelFactory):
    """A compensation put straight into a state; nothing around it is made up."""

    class Meta:
        model = Compensation

    number = factory.Sequence(lambda n: f"PC26112{n:05}")
    complaint = factory.SubFactory(ComplaintFactory, status="implementing")
    matter = factory.SelfAttribute("complaint.matter")
    region = factory.SelfAttribute("complaint.region")
    basis = "product_fault"
    liability = "company"
    giving = "cash"
    amount = Decimal(300)
    terms = "门板开裂，客户提出补偿，双方谈妥。"
    raised_by = "customer"
    maker = factory.LazyAttribute(lambda o: person("agent", region=o.region))
    means = "transfer"
    payee_name = "张伟"
    payee_account = "6222020200011112222"


def photo_for(matter):
    """A photo of the damage in the matter's file."""
    return Attachment.objects.create(
        matter=matter, customer=matter.customer, media="photo", kind="close_up", name="裂缝.jpg", file="a.jpg",
        content_type="image/jpeg", sha256="1" * 64,
    )  # fmt: skip


def appraised(complaint, technician, *, verdict="not_customer"):
    """A finished appraisal of the complaint."""
    return Appraisal.objects.create(
        complaint=complaint, matter=complaint.matter, technician=technician, requested_by=technician,
        done_at=timezone.now(), findings="板芯受潮，属产品质量。", verdict=verdict,
    )  # fmt: skip


def joint_visit(complaint, technician, supervisor):
    """An appraisal order at which both were there."""
    order = WorkOrderFactory(matter=complaint.matter, complaint=complaint, kind="appraisal")
    for user, capacity in ((technician, "technician"), (supervisor, "supervisor")):
        Attendance.objects.create(order=order, visit=1, user=user, capacity=capacity, at=timezone.now())
    return order
