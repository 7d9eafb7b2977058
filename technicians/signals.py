"""The news this app sends upwards. Each carries a list, so that one act on many orders is told once."""

from django.dispatch import Signal

# orders=[WorkOrder, …], now=datetime; closed by an agent with the customer content, inside the transaction that closed
# them: what follows is a call within three days (S2-164).
orders_finished = Signal()
