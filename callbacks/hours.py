"""When a customer may be called: the company's hours and quiet hours, and those he named himself (S2-161)."""

from datetime import datetime, timedelta

from django.utils import timezone

TURNS = 20  # the end of one quiet time may lie in another, but not for ever


def next_open(customer, rules, at):
    """``at``, or the first moment after it at which nothing forbids a call; None where he wants none at all.

    ``customer`` may be None: the company's hours alone.
    """
    for _turn in range(TURNS):
        later = max(_end(span, at) for span in ((rules.closes, rules.opens), (rules.quiet_from, rules.quiet_until)))
        if customer is not None and (later := customer.next_callable(later)) is None:
            return None
        if later == at:
            return at
        at = later
    return None


def next_try(customer, rules, at):
    """When to call again from ``at`` on: in the hours that suit him best, where he named any."""
    return next_open(customer, rules, customer.best_callable(at) or at) or at


def is_quiet(customer, rules, now):
    return next_open(customer, rules, now) != now


def _end(span, at):
    """When this span ends, or ``at`` outside of it; a span may run over midnight."""
    begins, ends = span
    if begins == ends:
        return at
    local = timezone.localtime(at)
    clock = local.time()
    inside = begins <= clock < ends if begins < ends else clock >= begins or clock < ends
    if not inside:
        return at
    day = local.date() if clock < ends else local.date() + timedelta(days=1)
    return timezone.make_aware(datetime.combine(day, ends))
