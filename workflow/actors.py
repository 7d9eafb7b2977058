"""Who acts: a member of staff, a customer through his link, or the system (``None``)."""

from django.contrib.auth import get_user_model


def user_of(by):
    """The member of staff who acts, or None."""
    return by if isinstance(by, get_user_model()) else None


def actor_of(by):
    """``user``, ``customer`` or ``system``, as the timeline stores it."""
    if by is None:
        return "system"
    return "user" if isinstance(by, get_user_model()) else "customer"


def caller_of(by):
    """A name for the caller of an operation, unique per person and per customer's link."""
    return "system" if by is None else f"{actor_of(by)}:{by.pk}"
