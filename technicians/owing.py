"""Fees of work orders as what a customer owes, for whoever sets a payment off against them."""

from payments.owing import owed_to_us
from technicians.models import WorkOrder


def register():
    owed_to_us(order_of)


def order_of(customer, number):
    """The customer's work order of this number, locked as collecting its fee locks it."""
    rows = WorkOrder.objects.select_for_update(of=("self",), no_key=True)
    return rows.filter(number=number, matter__customer__root=customer.root_id).first()
