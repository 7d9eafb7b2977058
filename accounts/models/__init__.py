"""Who works here, what they may do, when they are on duty, and the record of every change to that."""

from accounts.models.records import Change, Grant
from accounts.models.roster import DutyShift, ShiftHours
from accounts.models.sessions import SignIn
from accounts.models.units import Department, Region
from accounts.models.user import User

__all__ = ["Change", "Department", "DutyShift", "Grant", "Region", "ShiftHours", "SignIn", "User"]
