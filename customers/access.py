"""Who sees a customer whole, for how long, and the record of who looked.

Whoever has the right to personal data sees everybody whole (customers.phones). A role that only sometimes needs to, asks
for one customer at a time with an occasion; for half an hour that file is whole for this person, and the press stays on
record. Pages that show a customer call ``note`` once: one statement, whatever it finds.
"""

import logging
from datetime import timedelta

from django.db import OperationalError, connection

from core import writing
from customers import phones
from customers.models import Access

log = logging.getLogger(__name__)

UNMASK_RIGHT = "customers.unmask_customer"
UNMASKED_FOR = timedelta(minutes=30)
Kind = Access.Kind
LOOKS = (Kind.OPENED, Kind.PRINTED)


def note(customer, user, kind, now, *, occasion="", reason=""):
    """Write down that this person has done this with a customer's data; looking again within the hour adds nothing.

    A full disk keeps nobody from reading: then the log says so. Raises what the database says inside a transaction.
    """
    slot = int(now.timestamp()) // 3600 if kind in LOOKS else int(now.timestamp() * 1_000_000)
    line = Access(customer_id=customer.pk, user=user, kind=kind, occasion=occasion, reason=reason, at=now, slot=slot)
    try:
        writing.insert(line, "ON CONFLICT (customer_id, user_id, kind, slot) DO NOTHING")
    except OperationalError:
        if connection.in_atomic_block:
            raise
        log.exception("A look at customer %s by user %s was not written down", customer.pk, user.pk)


def may_unmask(user):
    """Whether this person may see one customer at a time in full."""
    return user.has_perm(UNMASK_RIGHT) and not phones.sees_whole(user)


def sees_whole(user, customer, now):
    """Whether this person sees this customer whole: by right, or because he has asked to within UNMASKED_FOR.

    One query for who may ask, none for anybody else.
    """
    if phones.sees_whole(user):
        return True
    return may_unmask(user) and Access.objects.unmasking(user, customer, now - UNMASKED_FOR).exists()
