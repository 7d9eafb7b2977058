"""Quiet hours: a message waits until they end; under the bell it is at once."""

from datetime import datetime, timedelta

from django.utils import timezone


def in_quiet_hours(start, end, now):
    """When the quiet hours around ``now`` end (local time of day, may run over midnight), or None outside of them."""
    if start is None or end is None or start == end:
        return None
    local = timezone.localtime(now)
    clock = local.time()
    inside = start <= clock < end if start < end else clock >= start or clock < end
    if not inside:
        return None
    day = local.date() if clock < end else local.date() + timedelta(days=1)
    return timezone.make_aware(datetime.combine(day, end))
