"""A complaint with a full file around it: as many of everything as asked."""

from datetime import timedelta

from django.utils import timezone

from cases.models import Appraisal, Checkpoint, ComplaintItem, Escalation, Evaluation, Sanction, Strand, Transfer
from workflow.models import Attachment, Deadline, Event, Promise

from tests.factories.cases import ComplaintFactory, DepartmentFactory, PlanOptionFactory, person
from tests.factories.customers import PhoneFactory, ServiceCardFactory, WarrantyPlanFactory

NOTES = ("客户来电催问进度，语气平和。", "已把照片转给质量部。", "物流反馈外箱右下角有压痕。")


def full_complaint(count=1, *, by=None, **fields):
    """A complaint with ``count`` items, options, events, photos and so on, every user among them another one."""
    now = timezone.now()
    by = by or person("agent")
    fields = {"status": "implementing", "plan_round": 1, "severity": "serious"} | fields
    complaint = ComplaintFactory(matter__owner=by, **fields)
    matter, customer = complaint.matter, complaint.matter.customer
    WarrantyPlanFactory()
    department = DepartmentFactory()
    for n in range(count):
        other = person("agent", name=f"同事{n}")
        PhoneFactory(customer=customer)
        card = ServiceCardFactory(customer=customer, installer=other)
        ComplaintItem.objects.create(complaint=complaint, card=card, product=card.product, room="主卧", symptom="开裂")
        PlanOptionFactory(complaint=complaint, cost=80 + n, selected_by=other)
        Strand.objects.get_or_create(
            complaint=complaint, round=n // 3 + 1, kind=list(Strand.Kind)[n % 3], defaults={"done_by": other}
        )
        appraisal = Appraisal(complaint=complaint, matter=matter, technician=other, requested_by=by, done_at=now)
        appraisal.save()
        Evaluation.objects.create(complaint=complaint, overall="satisfied", words="及时", by=other)
        Escalation.objects.create(complaint=complaint, level="superior", to=other, reason="拿不准", raised_by=by)
        Transfer.objects.create(
            complaint=complaint, department=department, reason="请接", offered_by=other, answered_at=now
        )
        if n < len(Checkpoint.Kind.values):
            Checkpoint.objects.create(complaint=complaint, kind=Checkpoint.Kind.values[n], by=other)
        Sanction.objects.create(complaint=complaint, person=other, outcome="口头提醒", by=by)
        Promise.objects.create(
            matter=matter, customer=customer, what="下午回电", due_at=now + timedelta(hours=2), promised_by=other
        )
        photo = Attachment.objects.create(
            matter=matter, customer=customer, media="photo", kind="close_up", name=f"{n}.jpg", file=f"{n}.jpg",
            content_type="image/jpeg", sha256="0" * 64, uploaded_by=other,
        )  # fmt: skip
        at = now - timedelta(minutes=n)
        Event.objects.create(
            matter=matter, customer=customer, subject=complaint, action="assign", actor="user", by=other, at=at,
            note=NOTES[n % len(NOTES)], data={"to": by.pk, "attachments": [photo.pk]},
        )  # fmt: skip
        Deadline.objects.create(
            matter=matter, subject=complaint, kind="plan", cycle=n + 1, started_at=now, due_at=now + timedelta(hours=72),
            met_at=now if n else None, policy_values={"value": 72, "unit": "hour", "calendar": "clock"},
        )  # fmt: skip
        ComplaintFactory(matter__customer=customer, region=complaint.region)
        ComplaintFactory(status="closed", summary="补胶加压即可", klass=complaint.klass)
        ComplaintFactory(status="merged", merged_into=complaint, matter__customer=customer)
    return complaint
