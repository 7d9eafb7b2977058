"""What this app does on its own news."""

from returns.models import WrongShipment


def enter_in_register(request, by, now, **kwargs):
    """A return because of a wrong shipment stands in the register as soon as it is agreed to (S2-102)."""
    WrongShipment.objects.note(request, by=by, now=now)
