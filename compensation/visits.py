"""The joint home visit: an appraisal order at which supervisor and technician were there together (S0-13)."""

from technicians.models import Attendance, WorkOrder

TOGETHER = (Attendance.Capacity.TECHNICIAN, Attendance.Capacity.SUPERVISOR)


def joint_visit(compensation):
    """The newest such order of the compensation's matter, or None."""
    orders = WorkOrder.objects.filter(matter=compensation.matter_id, kind="appraisal").order_by("-pk")
    return next((order for order in orders if order.was_attended_by(*TOGETHER)), None)
