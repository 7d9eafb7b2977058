from payments.views.entries import (
    Acting,
    ClaimDetail,
    ClaimList,
    DebtDetail,
    DebtList,
    EntryNew,
    GiftList,
)
from payments.views.paying import (
    BatchFile,
    BatchList,
    BatchNew,
    MonthFile,
    PaymentList,
    ReceiptNew,
    ReceiptPaper,
    ToPay,
)

__all__ = [
    "Acting", "BatchFile", "BatchList", "BatchNew", "ClaimDetail", "ClaimList", "DebtDetail", "DebtList", "EntryNew",
    "GiftList", "MonthFile", "PaymentList", "ReceiptNew", "ReceiptPaper", "ToPay",
]  # fmt: skip
