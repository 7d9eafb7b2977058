"""What cases does about news from below."""

from django.contrib.contenttypes.models import ContentType

from cases.models import Complaint, Escalation
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
