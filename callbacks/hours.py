"""When a customer may be called: the company's hours, its quiet hours, and those he asked for himself (S2-161)."""

import re
from datetime import datetime, time, timedelta

from django.utils import timezone

from core.text import half_width

SPAN = re.compile(r"(\d{1,2})[:.](\d{2})\s*[-–—~至到]+\s*(\d{1,2})[:.](\d{2})")


def spans_of(text):
    """The spans a customer's note of quiet hours names, as pairs of times; what cannot be read is left out."""
    spans = []
    for from_hour, from_minute, to_hour, to_minute in SPAN.findall(half_width(text or "")):
        try:
            spans.append((time(int(from_hour), int(from_minute)), time(int(to_hour) % 24, int(to_minute))))
        except ValueError:
            continue
    return spans


def quiet_until(customer, rules, now):
    """The next moment he may be called when he may not be now; None when he may."""
    later = next_open(customer, rules, now)
    return None if later == now else later


def next_open(customer, rules, at):
    """``at``, or the first moment after it at which nothing forbids a call."""
    spans = [
        (rules.closes, rules.opens),
        (rules.quiet_from, rules.quiet_until),
        *spans_of(getattr(customer, "quiet_hours", "")),
    ]
    for _again in range(2 * len(spans) + 2):  # the end of one span may lie in another
        later = max((_end(span, at) for span in spans), default=at)
        if later == at:
            break
        at = later
    return at


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
