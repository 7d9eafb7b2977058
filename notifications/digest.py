"""The morning digest of supervisors, managers and the general manager: what is due, stuck, promised, and waits for money."""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef
from django.utils import timezone

from cases.models import Complaint, PlanOption
from compensation.models import Compensation
from core.outbox import Message, Outbox
from notifications.models import Notice, Preference
from workflow.models import Deadline, Event, Promise

READERS = ("supervisor", "manager", "general_manager")
STUCK_AFTER = timedelta(days=3)


def figures(user, now):
    """What this person's region (or everything, for those who see it) has to show this morning."""
    evening = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    clocks = Deadline.objects.visible_to(user).running()
    open_cases = Complaint.objects.visible_to(user).open()
    moved = Event.objects.filter(matter=OuterRef("matter"), at__gte=now - STUCK_AFTER, kind__in=["verb", "note"])
    money = PlanOption.objects.filter(complaint=OuterRef("pk"), round=OuterRef("plan_round"), compensation__gt=0)
    plans = open_cases.filter(status="plan_proposed")
    return {
        "late": clocks.filter(due_at__lte=now).count(),
        "due": clocks.filter(due_at__gt=now, due_at__lt=evening).count(),
        "stuck": open_cases.filter(~Exists(moved)).count(),
        "promises": Promise.objects.visible_to(user).open().filter(due_at__lt=evening).count(),
        "plans": plans.count(),
        "money": plans.filter(Exists(money)).count() + Compensation.objects.visible_to(user).awaiting(user).count(),
    }


def write_digests(now):
    """One digest per reader and day, under the bell and by e-mail; a second run of the day adds nothing."""
    day = timezone.localdate(now).isoformat()
    readers = get_user_model().objects.filter(is_active=True, groups__name__in=READERS).distinct()
    refused = set(Preference.objects.filter(digest_by_email=False).values_list("user_id", flat=True))
    for user in readers:
        notice, new = Notice.objects.get_or_create(
            user=user,
            key=f"digest:{day}",
            defaults={"kind": Notice.Kind.DIGEST, "data": figures(user, now), "at": now},
        )
        if new and user.email and user.pk not in refused:
            message = Message("email", str(user.pk), f"digest:{day}:{user.pk}", {"notice": notice.pk})
            Outbox.objects.write([message], now)
