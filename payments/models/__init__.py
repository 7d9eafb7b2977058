from payments.models.ledgers import Claim, Debt, Gift, Recovery
from payments.models.order import (
    REFERENCED,
    TO_AN_ACCOUNT,
    Approval,
    BankBatch,
    Means,
    Payment,
    PayOrder,
    Receipt,
    sum_of_money,
)
from payments.models.tier import DEPARTMENT, Approver, Delegation, Giving, Tier, committed

__all__ = [
    "Approval", "Approver", "BankBatch", "Claim", "DEPARTMENT", "Debt", "Delegation", "Gift", "Giving", "Means",
    "PayOrder", "Payment", "REFERENCED", "Receipt", "Recovery", "TO_AN_ACCOUNT", "Tier", "committed", "sum_of_money",
]  # fmt: skip
