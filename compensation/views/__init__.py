from compensation.views.decide import Decide, Decisions, DelegationEnd, Delegations
from compensation.views.detail import CompensationDetail, CompensationNew
from compensation.views.lists import CompensationList, ToRead, Unreported

__all__ = [
    "CompensationDetail", "CompensationList", "CompensationNew", "Decide", "Decisions", "DelegationEnd", "Delegations",
    "ToRead", "Unreported",
]  # fmt: skip
