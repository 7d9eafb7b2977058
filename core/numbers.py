"""Numbers people read out on the telephone: TS2611220001."""

import re
from datetime import datetime

from django.db import connection
from django.db.transaction import TransactionManagementError

from core.calendar import local_day
from core.models import Counter

FEWEST_DIGITS = 4
OURS = re.compile(r"([A-Z]{1,4}[0-9]{6})([0-9]{4,12})", re.ASCII)

# The row stays locked until the caller's transaction ends, and a rollback takes the count back with it: hence no gaps.
COUNT_ON = """
    INSERT INTO core_counter (series, value) VALUES (%s, %s)
    ON CONFLICT (series) DO UPDATE SET value = core_counter.value + excluded.value
    RETURNING value
"""


def next_number(prefix, on):
    """The next number of this prefix and local day: prefix, yymmdd, then at least four digits and more from 10,000 on.

    ``on`` is a date, or a moment whose day in Asia/Shanghai counts. Take it as the last lock of a transaction: others
    wait for the row until this one ends. Raises TransactionManagementError outside of atomic() (S3-05).
    """
    return next_numbers(prefix, on, 1)[0]


def next_numbers(prefix, on, count):
    """``count`` numbers in a row, for rows made in bulk."""
    if not connection.in_atomic_block:
        raise TransactionManagementError("A number is taken inside the transaction that uses it, or it may be lost.")
    day = local_day(on) if isinstance(on, datetime) else on
    series = f"{prefix}{day:%y%m%d}"
    with connection.cursor() as cursor:
        cursor.execute(COUNT_ON, [series, count])
        last = cursor.fetchone()[0]
    return [f"{series}{value:0{FEWEST_DIGITS}d}" for value in range(last - count + 1, last + 1)]


def reserve(numbers):
    """Count numbers that come from elsewhere as given out, where they look like ours: none is drawn a second time."""
    highest = {}
    for series, digits in (found.groups() for found in map(OURS.fullmatch, numbers) if found):
        highest[series] = max(highest.get(series, 0), int(digits))
    if highest:
        Counter.objects.bulk_create((Counter(series=series) for series in highest), ignore_conflicts=True)
        for series, value in sorted(highest.items()):
            Counter.objects.filter(series=series, value__lt=value).update(value=value)
