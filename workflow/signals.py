"""The news this app sends upwards. Each carries a list, so that a thousand rows cost one receiver call."""

from django.dispatch import Signal

# events=[Event, …], now=datetime; sent inside the transaction that wrote them.
events_recorded = Signal()

# deadlines=[Deadline, …], now=datetime; those that passed their due time in this sweep, inside its transaction.
deadlines_breached = Signal()

# matters=[Matter, …], owner=User, by=User | None; the owner changed.
matters_handed_over = Signal()
