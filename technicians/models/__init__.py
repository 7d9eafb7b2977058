from technicians.models import choices
from technicians.models.checklist import CheckedLine, Checklist
from technicians.models.handin import HandIn
from technicians.models.parts import (
    Attendance,
    CrewMember,
    DispatchRule,
    OrderExplanation,
    PartUsed,
    PreferredWindow,
)
from technicians.models.quote import Fee, Quote, QuoteLine
from technicians.models.technician import Booking, Certificate, Leave, Technician, grant_leave
from technicians.models.workorder import WorkOrder

__all__ = [
    "Attendance",
    "Booking",
    "Certificate",
    "CheckedLine",
    "Checklist",
    "CrewMember",
    "DispatchRule",
    "Fee",
    "HandIn",
    "Leave",
    "OrderExplanation",
    "PartUsed",
    "PreferredWindow",
    "Quote",
    "QuoteLine",
    "Technician",
    "WorkOrder",
    "choices",
    "grant_leave",
]
