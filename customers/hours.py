"""Times of day a customer names: when he rests and when a call suits him best (S2-161).

Stored in one written form that needs no translation, such as ``12:00–14:00, weekends 09:00–11:00``: every day unless
``workdays`` (Monday to Friday) or ``weekends`` stands before it, over midnight where the end is not after the start.
"""

import re
from datetime import datetime, time, timedelta
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.text import clean, half_width

EVERY, WORKDAYS, WEEKENDS = "", "workdays", "weekends"
DAYS = {
    WORKDAYS: ("workdays", "workday", "weekdays", "weekday", "工作日", "平日", "平时", "周一至周五", "周一到周五"),
    WEEKENDS: ("weekends", "weekend", "周末", "双休日", "周六周日", "周六日"),
    EVERY: ("every day", "daily", "每天", "每日"),
}
CLOCK = r"(\d{1,2})(?:[:点时](半|\d{2})?分?)?"
SPAN = re.compile(rf"{CLOCK}\s*(?:[-–—~至到]+)\s*{CLOCK}")
BETWEEN = re.compile(r"[,;、\s]*(?:和|及|and\b)?[,;、\s]*")
MOST = 6  # windows of one customer
HORIZON = timedelta(days=8)  # every week is like the next: what is not free within one never is


class Window(NamedTuple):
    """From ``start`` to ``end`` on the days named; it belongs to the day on which it begins."""

    days: str
    start: time
    end: time

    def on(self, day):
        """(beginning, end) of the window that begins on this day; None when it has none."""
        if self.days and (day.weekday() >= 5) != (self.days == WEEKENDS):
            return None
        last = day if self.end > self.start else day + timedelta(days=1)
        return tuple(timezone.make_aware(datetime.combine(*at)) for at in ((day, self.start), (last, self.end)))

    def around(self, at):
        """When the window that holds this moment ends; None outside of it."""
        today = timezone.localdate(at)
        for day in (today - timedelta(days=1), today):
            span = self.on(day)
            if span and span[0] <= at < span[1]:
                return span[1]
        return None


# Nobody is called at night, whatever he has said.
NIGHT = Window(EVERY, time(21), time(8))


def read(text):
    """The windows a text names, as people write them: 12:00-14:00, 周末 9点到11点半. ValueError, in plain words."""
    rest = BETWEEN.sub("", half_width(clean(str(text))).replace("：", ":").lower().strip(), count=1)
    found, days = [], EVERY
    while rest:
        days, rest = _days(rest, days)
        span = SPAN.match(rest)
        if not span or len(found) == MOST:
            raise ValueError(_("Write times such as 12:00–14:00, or weekends 09:00–11:00."))
        found.append(_window(days, span))
        rest = rest[span.end() :]
        rest = rest[BETWEEN.match(rest).end() :]
    return found


def _days(rest, before):
    for days, words in DAYS.items():
        for word in words:
            if rest.startswith(word):
                return days, rest[len(word) :].lstrip(" :")
    return before, rest


def _window(days, span):
    hours = [int(span[1]), int(span[3])]
    minutes = [30 if half == "半" else int(half or 0) for half in (span[2], span[4])]
    if max(hours) > 24 or max(minutes) > 59 or any(h == 24 and m for h, m in zip(hours, minutes, strict=True)):
        raise ValueError(_("A day has 24 hours: write times such as 12:00–14:00."))
    start, end = (time(hour % 24, minute) for hour, minute in zip(hours, minutes, strict=True))
    if start == end:
        raise ValueError(_("A time from and a time until, please: both are the same."))
    return Window(days, start, end)


def write(windows):
    """The written form of these windows."""
    return ", ".join(f"{one.days} {one.start:%H:%M}–{one.end:%H:%M}".strip() for one in windows)


def normalise(text):
    """The written form of what was typed; empty for nothing. ValueError as ``read``."""
    return write(read(text))


def known(text):
    """The windows of a stored text; none of one from before times were checked."""
    try:
        return read(text) if text else []
    except ValueError:
        return []


def words(text):
    """A stored text in the reader's language."""
    named = {WORKDAYS: pgettext("hours", "workdays"), WEEKENDS: pgettext("hours", "weekends")}
    for code, label in named.items():
        text = text.replace(code, label)
    return text.replace(", ", pgettext("between words of a list", ", "))


def quiet_end(windows, at):
    """When the quiet time around this moment ends, the next one directly behind it included; None outside of it.

    ``at`` + HORIZON or later when it never does.
    """
    moment = at
    while moment < at + HORIZON:
        ends = [end for one in windows if (end := one.around(moment))]
        if not ends:
            break
        moment = max(ends)
    return moment if moment > at else None


def next_free(windows, at):
    """The first moment from ``at`` on outside of all windows; None when there is none."""
    free = quiet_end(windows, at) or at
    return free if free < at + HORIZON else None


def next_inside(windows, at, quiet=()):
    """The first moment from ``at`` on inside one of the windows and outside of the quiet ones; None without one."""
    today = timezone.localdate(at)
    starts = []
    for ahead in range(-1, HORIZON.days):
        for span in (one.on(today + timedelta(days=ahead)) for one in windows):
            if span and span[1] > at:
                free = next_free(quiet, max(span[0], at))
                starts += [free] if free and free < span[1] else []
    return min(starts, default=None)
