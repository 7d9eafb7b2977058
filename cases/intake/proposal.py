"""What the words of a call suggest: class, severity, demand, and by when the customer can be promised a reply."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from cases.models import Complaint, ComplaintClass
from cases.models.choices import Severity
from core import calendar
from knowledge import words
from workflow.models import DeadlinePolicy, Matter

SEVERITY_RANK = list(Severity.values)
REPLY_CLOCKS = ("first_reply", "contact", "question")
QUARTER = timedelta(minutes=15)


@dataclass(frozen=True)
class Suggestion:
    """Class, severity and demand for a text, whether it sounds grave, and the words that say so."""

    klass: ComplaintClass | None = None
    severity: str = Severity.MINOR.value
    demand: str = ""
    grave: bool = False
    words: list = field(default_factory=list)
    grave_words: list = field(default_factory=list)


def suggest(content, classes):
    """Read the words by the table in use; the class's usual severity is the least (S1-21, S1-65)."""
    found = words.propose(content)
    klass = next((klass for klass in classes if klass.code == found.class_code), None)
    usual = klass.severity if klass else Severity.MINOR
    return Suggestion(
        klass=klass,
        severity=max(found.severity, usual, key=SEVERITY_RANK.index),
        demand=found.demand,
        grave=found.grave,
        words=[reason.word for reason in found.reasons],
        grave_words=[reason.word for reason in found.reasons if reason.grave],
    )


def reply_by(now, *, customer, region, **fields):
    """When a reply can be promised: by the strictest policy for such a case, in service hours, on the quarter hour.

    None where no policy speaks of it. ``fields`` are those of Complaint that policies look at.
    """
    case = Complaint(region=region, matter=Matter(customer=customer, region=region), **fields)
    policies = DeadlinePolicy.objects.choose(REPLY_CLOCKS, case.deadline_scope()).values()
    due = min((calendar.due(now, rule.value, rule.unit, rule.calendar) for rule in policies), default=None)
    if due is None:
        return None
    worked = calendar.elapsed(now, due, "working")
    if minutes := int(worked.total_seconds() // 60):
        # Nobody calls at night: the promise ends with the last minute of service before the clock does.
        due = min(due, calendar.due(now, minutes, "minute", "working"))
    return on_the_quarter(due, now)


def on_the_quarter(moment, now):
    """The quarter hour before a moment, or the moment itself when that has passed."""
    local = timezone.localtime(moment)
    earlier = local.replace(minute=local.minute - local.minute % 15, second=0, microsecond=0)
    return earlier if earlier > now else moment
