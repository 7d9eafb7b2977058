"""What other apps may listen to. Each signal carries a list, so that one act on many people is told once."""

from django.dispatch import Signal

# Sent inside the transaction, before the logins of ``users`` are switched off. Keyword arguments: ``users``,
# ``successor`` (who takes over what is open, or None) and ``by``. A receiver that cannot let somebody go raises
# ValidationError.
user_leaving = Signal()
