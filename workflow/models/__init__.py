from workflow.models.attachment import Attachment
from workflow.models.deadline import Deadline, DeadlinePolicy
from workflow.models.event import Event
from workflow.models.handover import Handover, HandoverItem
from workflow.models.link import CustomerLink, Guess
from workflow.models.matter import Matter
from workflow.models.operation import Operation
from workflow.models.promise import Promise
from workflow.models.record import WorkflowModel

__all__ = [
    "Attachment",
    "CustomerLink",
    "Deadline",
    "DeadlinePolicy",
    "Event",
    "Guess",
    "Handover",
    "HandoverItem",
    "Matter",
    "Operation",
    "Promise",
    "WorkflowModel",
]
