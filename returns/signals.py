"""The news of this app."""

from django.dispatch import Signal

# request=ReturnRequest, by=User | None, now=datetime; goods went out wrongly, inside the transaction that agreed to it.
wrong_shipment_found = Signal()
