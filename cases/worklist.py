"""What each role has to do, in the order to do it: the sections of the start page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import CharField, F, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Substr
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.models import Appraisal, Complaint, Escalation, Strand
from cases.models.choices import EscalationLevel
from cases.querysets import SNIPPET
from workflow.models import Deadline, Handover, HandoverItem, Promise

S = Complaint.Status
SHOWN = 50  # rows of a section; the rest is one click away in the list
TODO = (S.REGISTERED, S.JUDGING, S.REJECTED, S.INVESTIGATING, S.IMPLEMENTING, S.AWAITING_FOLLOW_UP)
WITH_CUSTOMER = (S.PLAN_APPROVED,)
WITH_OTHERS = (S.PLAN_PROPOSED, S.EVALUATING, S.IN_DISPUTE)


def by_time_left(complaints):
    """What runs out first stands first; what has no clock comes last."""
    first_due = Deadline.objects.running().filter(matter=OuterRef("matter")).order_by("due_at").values("due_at")[:1]
    return complaints.annotate(first_due=Subquery(first_due)).order_by(
        F("first_due").asc(nulls_last=True), "received_at", "pk"
    )


def oldest_first(complaints):
    return complaints.order_by("received_at", "pk")


def mine(user, *statuses):
    return Complaint.objects.filter(matter__owner=user, matter__closed_at__isnull=True, status__in=statuses)


def seen(user):
    return Complaint.objects.visible_to(user)


def promises_of(user):
    """Open promises in the matters this person handles, the next first."""
    return Promise.objects.open().filter(matter__owner=user, matter__closed_at__isnull=True).order_by("due_at", "pk")


def escalations_for(user):
    """Unanswered, put before this person or before nobody in particular of his level and regions."""
    asked = Q(to=user)
    if user.has_role("general_manager"):
        asked |= Q(level=EscalationLevel.GENERAL_MANAGER) | Q(level=EscalationLevel.GROUP)
    if user.has_perm("cases.lead_complaint"):
        asked |= Q(level=EscalationLevel.SUPERIOR, to__isnull=True)
    visible = Complaint.objects.visible_to(user).values("pk")
    return Escalation.objects.filter(asked, answered_at__isnull=True, complaint__in=visible).order_by("raised_at", "pk")


def unassigned(user):
    return seen(user).filter(matter__owner__isnull=True, matter__closed_at__isnull=True).open()


def strands_to_dispatch(user):
    open_here = seen(user).filter(status=S.IMPLEMENTING, matter__closed_at__isnull=True)
    waiting = Strand.objects.filter(kind=Strand.Kind.DISPATCH, done_at__isnull=True).values("complaint")
    return open_here.filter(pk__in=waiting)


def with_remedy(user, *remedies):
    going = seen(user).filter(status__in=[S.PLAN_APPROVED, S.IMPLEMENTING], matter__closed_at__isnull=True)
    return going.filter(options__selected=True, options__round=F("plan_round"), options__remedy__in=remedies)


def with_money(user):
    going = seen(user).filter(status__in=[S.PLAN_APPROVED, S.IMPLEMENTING], matter__closed_at__isnull=True)
    return going.filter(
        Q(options__compensation__gt=0) | Q(options__remedy__in=["refund", "difference", "cash"]),
        options__selected=True, options__round=F("plan_round"),
    )  # fmt: skip


def of_department(user):
    return seen(user).filter(department=user.department_id, matter__closed_at__isnull=True).open()


@dataclass(frozen=True)
class Section:
    """One tab of the start page. ``rows(user)`` gives the queryset, for a StandIn too; ``kind`` how its rows are drawn."""

    key: str
    label: str
    rows: Callable
    kind: str = "complaints"
    empty: str = ""
    icon: str = "inbox"
    right: str = ""

    @property
    def template(self):
        return f"cases/_section_{self.kind}.html"


SECTIONS = {
    one.key: one
    for one in (
        Section("todo", _("Mine to do"), lambda user: by_time_left(mine(user, *TODO)),
                empty=_("Nothing is waiting for you. A call, or what a colleague hands over, will stand here.")),
        Section("promises", _("Promises"), promises_of, kind="promises", icon="handshake",
                empty=_("No promise is open. What a customer was promised stands here until it is kept.")),
        Section("customer", _("Waiting for the customer"), lambda user: by_time_left(mine(user, *WITH_CUSTOMER)),
                empty=_("No plan is waiting for a customer's answer.")),
        Section("others", _("Waiting for others"), lambda user: by_time_left(mine(user, *WITH_OTHERS)),
                empty=_("Nothing of yours is waiting for somebody else.")),
        Section("handovers", _("Handed to me"), lambda user: Handover.objects.waiting_for(user).exclude(giver=user),
                kind="handovers", icon="arrow-right-left",
                empty=_("No colleague has handed you anything.")),
        Section("shift", _("From the last shift"), lambda user: HandoverItem.objects.left_for(user),
                kind="shift", icon="sunrise",
                empty=_("The last shift left nothing to do.")),
        Section("board", _("Late and soon"), lambda user: late_or_soon(user, timezone.now()), kind="board",
                icon="clock-alert", right="cases.view_board",
                empty=_("Nothing is late and nothing will be before tomorrow evening.")),
        Section("judge", _("To judge"), lambda user: oldest_first(seen(user).filter(status=S.JUDGING)),
                empty=_("Every complaint is judged.")),
        Section("plans", _("Plans to approve"), lambda user: oldest_first(seen(user).filter(status=S.PLAN_PROPOSED)),
                empty=_("No plan is waiting for your choice.")),
        Section("evaluate", _("To evaluate"), lambda user: oldest_first(seen(user).filter(status=S.EVALUATING)),
                kind="evaluate", empty=_("No finished work is waiting for its evaluation.")),
        Section("close", _("To close"),
                lambda user: oldest_first(seen(user).filter(status=S.AWAITING_FOLLOW_UP).exclude(follow_up_verdict="")),
                empty=_("Nothing that was followed up is waiting to be closed.")),
        Section("escalations", _("To answer"), escalations_for, kind="escalations", icon="arrow-up-from-line",
                empty=_("Nobody has put anything before you.")),
        Section("grave", _("Grave incidents"), lambda user: oldest_first(seen(user).filter(is_grave=True).open()),
                icon="siren", empty=_("No grave incident is open.")),
        Section("unassigned", _("Unassigned"), lambda user: oldest_first(unassigned(user)),
                empty=_("Every open complaint has a handler.")),
        Section("appraisals", _("Appraisals"),
                lambda user: Appraisal.objects.filter(technician=user, done_at__isnull=True).order_by("requested_at"),
                kind="appraisals", icon="search-check",
                empty=_("You are not asked to look at anything. When you are, it stands here with address and phone.")),
        Section("department", _("With my department"), lambda user: by_time_left(of_department(user)),
                empty=_("No complaint is with your department.")),
        Section("dispatch", _("Repairers to secure"), lambda user: by_time_left(strands_to_dispatch(user)),
                empty=_("Every approved plan that needs a visit has its repairer.")),
        Section("parts", _("Parts to send"),
                lambda user: by_time_left(with_remedy(user, "small_part", "part", "replacement")),
                empty=_("No approved plan needs a part.")),
        Section("money", pgettext_lazy("work list", "Approved money"), lambda user: by_time_left(with_money(user)),
                empty=_("No approved plan gives a customer money.")),
        Section("health", pgettext_lazy("work list", "The system"), lambda user: Complaint.objects.none(),
                kind="health", icon="activity"),
    )
}  # fmt: skip

# Role → the sections of its start page, the first one open.
OF_ROLE = {
    "agent": ("todo", "promises", "customer", "others", "handovers", "shift"),
    "specialist": ("todo", "promises", "customer", "others", "handovers", "shift", "unassigned"),
    "supervisor": ("board", "judge", "plans", "evaluate", "close", "escalations", "unassigned", "todo"),
    "manager": ("board", "plans", "escalations", "grave", "evaluate", "judge", "close", "unassigned", "todo"),
    "general_manager": ("grave", "escalations", "plans", "board"),
    "technician": ("appraisals",),
    "quality": ("appraisals", "department"),
    "dispatcher": ("dispatch", "board"),
    "parts_clerk": ("parts",),
    "finance": ("money",),
    "order_follower": ("department",),
    "administrator": ("health",),
}


def sections_for(user):
    """The sections of this person's roles, each once, in the order of the roles above."""
    keys = list(dict.fromkeys(key for role, keys in OF_ROLE.items() if user.has_role(role) for key in keys))
    if user.is_feedback_handler and "unassigned" not in keys:
        keys.insert(0, "unassigned")  # the post owns the inbox until it is settled (S3-114)
    return [SECTIONS[key] for key in keys if not SECTIONS[key].right or user.has_perm(SECTIONS[key].right)]


# --- the board of deadlines ---------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Column:
    """One column of the board: what falls due between two moments."""

    key: str
    label: str
    since: datetime | None
    until: datetime

    def holds(self, moment):
        return moment < self.until and (self.since is None or moment >= self.since)


def columns(now):
    """Late now, within four hours, later today, tomorrow."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    soon = min(now + timedelta(hours=4), midnight)
    return [
        Column("late", pgettext_lazy("board", "Late"), None, now),
        Column("soon", _("In 4 hours"), now, soon),
        Column("today", pgettext_lazy("board", "Today"), soon, midnight),
        Column("tomorrow", pgettext_lazy("board", "Tomorrow"), midnight, midnight + timedelta(days=1)),
    ]


def late_or_soon(user, now):
    """Running clocks this person may see that are late or fall due until tomorrow evening."""
    return Deadline.objects.visible_to(user).running().filter(due_at__lt=columns(now)[-1].until)


def with_complaint(rows, matter="matter"):
    """Rows of a matter with the number, the words and the customer of its complaint, for lines outside a list."""
    first = Complaint.objects.filter(matter=OuterRef(matter)).order_by("pk")
    return rows.annotate(
        complaint_pk=Subquery(first.values("pk")[:1], output_field=IntegerField()),
        number=Subquery(first.values("number")[:1], output_field=CharField()),
        status=Subquery(first.values("status")[:1], output_field=CharField()),
        snippet=Subquery(first.values(words=Substr("content", 1, SNIPPET))[:1], output_field=CharField()),
        customer_name=F(f"{matter}__customer__name"),
        owner_name=F(f"{matter}__owner__name"),
    )
