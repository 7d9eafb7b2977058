"""What a customer owes us: each app that lets customers pay says how a bill of its own is found by its number."""

_finders = []


def owed_to_us(find):
    """``find(customer, number)`` returns the customer's bill of that number, its row locked, or None.

    A bill says in ``owed`` what is left of it in yuan, less what was set off against it by lines of that reference.
    """
    if find not in _finders:
        _finders.append(find)


def owed_under(customer, number):
    """What the customer owes under this number, in yuan; None where no bill of his has it. Locks the bill."""
    for find in _finders:
        bill = find(customer, number)
        if bill is not None:
            return bill.owed
    return None
