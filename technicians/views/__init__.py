from technicians.views.day import Today
from technicians.views.job import Job
from technicians.views.lists import OrderList
from technicians.views.money import HandInNew, HandInPaper, HandInReceive, HandIns
from technicians.views.month import MyMonth
from technicians.views.offline import Line, Outbox, manifest, worker
from technicians.views.order import OrderDetail
from technicians.views.people import (
    CertificateNew,
    LeaveCancel,
    LeaveNew,
    TechnicianDetail,
    TechnicianEdit,
    TechnicianNew,
    Technicians,
)
from technicians.views.register import Register, RegisterFile
from technicians.views.roster import Roster

__all__ = [
    "CertificateNew",
    "HandInNew",
    "HandInPaper",
    "HandInReceive",
    "HandIns",
    "Job",
    "LeaveCancel",
    "LeaveNew",
    "Line",
    "MyMonth",
    "OrderDetail",
    "OrderList",
    "Outbox",
    "Register",
    "RegisterFile",
    "Roster",
    "TechnicianDetail",
    "TechnicianEdit",
    "TechnicianNew",
    "Technicians",
    "Today",
    "manifest",
    "worker",
]
