"""What cases does about news from below."""

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from cases.models import Appraisal, Complaint, Escalation
from cases.models.choices import EscalationLevel
from workflow.models import Event

# A broken promise of time on these clocks puts the complaint before the superior by itself (S0-26, S2-31).
ESCALATING = frozenset({"plan", "serious", "resolve", "first_reply"})


def put_before_superior(deadlines, now, **kwargs):
    """A breach escalates: the handler's superior is asked, in the transaction of the sweep, in two statements."""
    kind = ContentType.objects.get_for_model(Complaint)
    late = [row for row in deadlines if row.subject_type_id == kind.pk and row.kind in ESCALATING]
    if not late:
        return
    owners = dict(
        Complaint.objects.filter(pk__in={row.subject_id for row in late}).values_list(
            "pk", "matter__owner__superior_id"
        )
    )
    Escalation.objects.bulk_create(
        Escalation(
            complaint_id=row.subject_id,
            level=EscalationLevel.SUPERIOR,
            to_id=owners.get(row.subject_id),
            reason=row.policy_values.get("name", row.kind),
            raised_at=now,
        )
        for row in late
    )
    Event.objects.write_many(
        [
            Event(
                matter_id=row.matter_id,
                customer_id=row.customer_id,
                subject_type=kind,
                subject_id=row.subject_id,
                action="escalate",
                at=now,
                data={"level": EscalationLevel.SUPERIOR, "clock": row.kind},
            )
            for row in late
        ]
    )


def hand_on_questions(users, successor, **kwargs):
    """What was put before somebody who stops working here is the successor's to answer, or any leader's of its level."""
    Escalation.objects.filter(to__in=users, answered_at__isnull=True).update(to=successor)


def hand_on_appraisals(users, successor, by, **kwargs):
    """What a technician who stops working here was asked to look at: his successor is asked, or the handler asks anew.

    A request nobody can take is withdrawn; that it was made, and of whom, stands on the timeline (S0-05, S2-36).
    """
    now, asked = timezone.now(), Appraisal.objects.filter(technician__in=users, done_at__isnull=True)
    complaints = Complaint.objects.open().filter(pk__in=asked.values("complaint")).order_by("pk")
    for complaint in complaints.select_for_update(of=("self",), no_key=True):
        for appraisal in asked.filter(complaint=complaint).select_related("matter"):
            data = {"appraisal": appraisal.pk, "from": appraisal.technician_id}
            if successor and complaint.may_be_appraised_by(successor):
                appraisal.technician = successor
                appraisal.save(update_fields=["technician"])
                action, data["technician"] = "pass_on_appraisal", successor.pk
            else:
                appraisal.delete()
                action = "withdraw_appraisal"
            Event.objects.write(appraisal.matter, action, by=by, at=now, subject=complaint, data=data)
