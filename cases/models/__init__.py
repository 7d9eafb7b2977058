from cases.models.complaint import Complaint
from cases.models.delivery import DeliveryIssue
from cases.models.leadtime import LeadTime
from cases.models.parts import (
    Appraisal,
    Checkpoint,
    ComplaintClass,
    ComplaintItem,
    Escalation,
    Evaluation,
    Guard,
    Sanction,
    Strand,
    Transfer,
    WrittenExplanation,
)
from cases.models.plan import PlanOption, RaisedBy, Remedy, StandardPlan

__all__ = [
    "Appraisal",
    "Checkpoint",
    "Complaint",
    "ComplaintClass",
    "ComplaintItem",
    "DeliveryIssue",
    "Escalation",
    "Evaluation",
    "Guard",
    "LeadTime",
    "PlanOption",
    "RaisedBy",
    "Remedy",
    "Sanction",
    "StandardPlan",
    "Strand",
    "Transfer",
    "WrittenExplanation",
]
