from returns.models.line import Ledger, ReturnLine
from returns.models.news import News
from returns.models.parcel import Inspection, Parcel
from returns.models.policy import Carrier, ReturnAddress, ReturnPolicy
from returns.models.register import WrongShipment
from returns.models.request import ReturnRequest

__all__ = [
    "Carrier",
    "Inspection",
    "Ledger",
    "News",
    "Parcel",
    "ReturnAddress",
    "ReturnLine",
    "ReturnPolicy",
    "ReturnRequest",
    "WrongShipment",
]
