"""What must always hold of compensations (design 4.9): asked by ``manage.py check_invariants``."""

from django.contrib.contenttypes.models import ContentType

from compensation.models import Compensation, Status
from core.invariants import invariant
from payments.models import Approval, PayOrder

FULLY_PAID = (Status.PAID, Status.REPORTED, Status.WRITE_OFF_PENDING, Status.WRITTEN_OFF)
RELEASED = (Status.DEPARTMENT_APPROVED, Status.APPROVED)


def with_orders():
    """Each compensation with its order, or None."""
    kind = ContentType.objects.get_for_model(Compensation)
    orders = {order.subject_id: order for order in PayOrder.objects.filter(subject_type=kind)}
    for record in Compensation.objects.only("status", "amount", "matter").iterator():
        yield record, orders.get(record.pk)


@invariant("a compensation is in the state its money is in")
def states_match_orders():
    for record, order in with_orders():
        approved, paid = (order.approved, order.paid) if order else (0, 0)
        if record.status in FULLY_PAID:
            right = paid == approved == record.amount
        elif record.status in RELEASED:
            right = approved == record.amount > paid
        else:
            right = not approved and not paid
        if not right:
            yield f"compensation {record.pk} is {record.status}: {record.amount} asked, {approved} approved, {paid} paid"


@invariant("nobody released what he asked for")
def makers_are_no_approvers():
    kind = ContentType.objects.get_for_model(Compensation)
    rows = Approval.objects.filter(subject_type=kind, stage=Approval.Stage.RELEASE)
    makers = dict(Compensation.objects.values_list("pk", "maker"))
    for row in rows.filter(void_at__isnull=True):
        if makers.get(row.subject_id) in (row.by_id, row.for_whom_id):
            yield f"approval {row.pk} is by whoever asked for compensation {row.subject_id}"
