"""The rows every app builds on; core itself knows no app of ours."""

from core.models.area import Area
from core.models.calendar import ServiceHours, WorkDay
from core.models.counter import Counter, Edition
from core.models.draft import Draft
from core.models.heartbeat import Heartbeat
from core.models.installation import Installation
from core.models.job import Job
from core.models.outbox import Outbox
from core.models.saved_filter import SavedFilter
from core.models.search import SearchEntry
from core.models.table import TableExport, TableImport

__all__ = [
    "Area",
    "Counter",
    "Draft",
    "Edition",
    "Heartbeat",
    "Installation",
    "Job",
    "Outbox",
    "SavedFilter",
    "SearchEntry",
    "ServiceHours",
    "TableExport",
    "TableImport",
    "WorkDay",
]
