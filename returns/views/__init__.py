from returns.views.bulk import ReceiveMany
from returns.views.intake import NewReturn
from returns.views.lists import Queue, Returns
from returns.views.register import WrongShipmentAct, WrongShipmentNew, WrongShipments
from returns.views.request import Colleagues, ReturnDetail, ReturnFiles

__all__ = [
    "Colleagues",
    "NewReturn",
    "Queue",
    "ReceiveMany",
    "ReturnDetail",
    "ReturnFiles",
    "Returns",
    "WrongShipmentAct",
    "WrongShipmentNew",
    "WrongShipments",
]
