"""News that apps above answer; each signal carries a list, so that a bulk load sends one (design 3.10)."""

from django.dispatch import Signal

card_registered = Signal()
"""``cards``: service cards just registered, ``by``: the user. Starts the calls and the maintenance plan (S0-38)."""

order_submitted = Signal()
"""``order``: just noted on its page, ``by``: the user, in the same transaction. Opens what watches its delivery (S3-121)."""

customer_opened = Signal()
"""``customers``: files just opened, ``by``: the user."""

customer_changed = Signal()
"""``customers``: files just corrected, ``fields``: names of what changed (never the values), ``by``: the user."""

customers_merged = Signal()
"""``kept``: the file that stays, ``merged``: the files merged into it, ``fields``: names of what it took from them, ``by``."""

customers_parted = Signal()
"""``kept``: the file that stays, ``parted``: the files that stand for themselves again, ``by``: the user."""

customer_erasing = Signal()
"""``customers``: a file and those merged into it, about to lose their personal data, ``by``: the user or None, ``now``.

Inside the transaction that erases; who receives it drops what is planned for them and empties at once what foreign keys
do not reach (customers.erasing).
"""

consents_changed = Signal()
"""``consents``: Consent rows just written (each with ``customer``, ``purpose``, ``given``), ``by``: the user or None.

Who plans calls drops those of a customer who no longer agrees to them.
"""
