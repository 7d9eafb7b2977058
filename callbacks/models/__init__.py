"""Follow-up calls: the plan, the call, what hangs on it, and the month that is written from them."""

from callbacks.models.rules import CallRules, CallTemplate  # isort: skip
from callbacks.models.call import FollowUpCall
from callbacks.models.parts import (
    CallAnswer,
    CallAttempt,
    CallReason,
    CallWeek,
    Campaign,
    Commendation,
    NumberTask,
)
from callbacks.models.summary import Action, MonthSummary, Theme, ThemeWords

__all__ = [
    "Action",
    "CallAnswer",
    "CallAttempt",
    "CallReason",
    "CallRules",
    "CallTemplate",
    "CallWeek",
    "Campaign",
    "Commendation",
    "FollowUpCall",
    "MonthSummary",
    "NumberTask",
    "Theme",
    "ThemeWords",
]
