from cases.views.bulk import AssignMany, EvaluateMany
from cases.views.complaint import Colleagues, ComplaintDetail, ComplaintFiles, ProgressText, Viewers
from cases.views.handovers import (
    HandoverAnswer,
    HandoverDetail,
    HandoverItemDone,
    HandoverNew,
    Handovers,
    Reassign,
)
from cases.views.home import Board, Home
from cases.views.lists import Archive, ComplaintList, Ledger, Progress, Unassigned
from cases.views.photos import PhotoArchive

__all__ = [
    "PhotoArchive",
    "Archive",
    "ComplaintList",
    "Ledger",
    "Progress",
    "Unassigned",
    "AssignMany",
    "Board",
    "Colleagues",
    "ComplaintDetail",
    "ComplaintFiles",
    "EvaluateMany",
    "HandoverAnswer",
    "HandoverDetail",
    "HandoverItemDone",
    "HandoverNew",
    "Handovers",
    "Home",
    "Reassign",
    "ProgressText",
    "Viewers",
]
