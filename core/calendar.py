"""How long something took and when it falls due, in clock time, in days and in the hours the service works.

Three calendars. ``clock`` runs on for ever. ``day`` counts local days and ends them at midnight. ``working`` counts
what WorkDay and ServiceHours say: on hours and minutes it runs in service hours only (S3-97), on days it goes from the
time of day it began to the same time of day on a working day. A day is worked when WorkDay says so, otherwise when its
weekday has service hours; a make-up day whose weekday has none is worked like a Monday. A thing is due when now >= due.
"""

from bisect import bisect_left, bisect_right
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from core.editions import Kept
from core.models.calendar import ServiceHours, WorkDay

CALENDARS = ("clock", "working", "day")
UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}

USUAL_HOURS = {weekday: [(time(9), time(18))] for weekday in range(6)}  # S3-97; used while no hours are entered
YEARS_AHEAD = 3
LAST_YEAR = 2400
NOTICE = timedelta(days=60)


def due(start, value, unit, calendar):
    """The moment ``value`` units after ``start``; the due moment itself counts as late.

    working + day: start moves to the next moment of service, then the same time of day ``value`` working days later.
    working + hour or minute: when so much service time has passed. day + day: the end of the local day ``value`` days
    later, which is 00:00 of the day after. Raises ValueError for an unknown calendar or unit, a negative value, half a
    working day, or hours on the day calendar (S0-26, S3-53, S3-97, S3-103).
    """
    _check(start, value, unit, calendar)
    if calendar == "clock":
        return start + value * UNITS[unit]
    if calendar == "day":
        return midnight(local_day(start) + timedelta(days=int(value) + 1))
    day, micros = _split(start)
    if unit == "day":
        return _moment(*_kept.get().find(day, lambda table: table.day_after(day, micros, int(value))))
    amount = _micros(value * UNITS[unit])
    return _moment(*_kept.get().find(day, lambda table: table.when_worked(day, micros, amount)))


def elapsed(start, end, calendar):
    """The time from start to end that the calendar counts; nothing when the end lies before the start."""
    if calendar not in CALENDARS:
        raise ValueError(f"There is no calendar {calendar!r}.")
    if end <= start:
        return timedelta(0)
    if calendar == "clock":
        return end - start
    if calendar == "day":
        return local_day(end) - local_day(start)
    (first, from_micros), (last, to_micros) = _split(start), _split(end)
    table = _kept.get().covering(first, last)
    return timedelta(microseconds=table.worked_until(last, to_micros) - table.worked_until(first, from_micros))


def part_way(start, end, share, calendar):
    """The moment when ``share`` (0 to 1) of the counted time from start to end has passed: the rungs of a ladder."""
    if calendar != "working":
        return start + (end - start) * share
    day, micros = _split(start)
    amount = _micros(elapsed(start, end, "working") * share)
    return _moment(*_kept.get().find(day, lambda table: table.when_worked(day, micros, amount))) if amount else start


def is_working(day):
    """Whether the service works on this local date."""
    return _kept.get().covering(day).is_working(day)


def local_day(moment):
    """The date in Asia/Shanghai at that moment."""
    return timezone.localtime(moment, timezone.get_default_timezone()).date()


def midnight(day):
    """The moment at which this local date begins."""
    return datetime.combine(day, time(0), timezone.get_default_timezone())


def add_months(anchor, months):
    """The date or moment ``months`` after the anchor, on the last day where the month is too short.

    Count every step from the anchor, never from the step before: 31 January gives 28 February and 30 April, not
    28 April.
    """
    years, month = divmod(anchor.month - 1 + months, 12)
    year = anchor.year + years
    following = date(year + month // 11, (month + 1) % 12 + 1, 1)
    return anchor.replace(year=year, month=month + 1, day=min(anchor.day, (following - timedelta(days=1)).day))


def unknown_years(today=None):
    """The years, from today to two months ahead, whose holidays nobody has entered: only weekdays rule there."""
    today = today or local_day(timezone.now())
    known = set(_kept.get().known_years)
    return [year for year in sorted({today.year, (today + NOTICE).year}) if year not in known]


class Beyond(Exception):
    """The table ends before the answer."""


class ServiceTable:
    """Every day between two years with its spans of service and the sums before it, so that a question is a bisection.

    It never changes once built: threads share it, and one that needs more years builds a wider one.
    """

    def __init__(self, service, first_year, last_year):
        self.first_year, self.last_year = first_year, last_year
        self.first = date(first_year, 1, 1).toordinal()
        self.spans, self.worked_before, self.working_days = [], [0], []
        for ordinal in range(self.first, date(last_year + 1, 1, 1).toordinal()):
            spans = service.spans_on(date.fromordinal(ordinal))
            if spans:
                self.working_days.append(ordinal - self.first)
            self.spans.append(spans)
            self.worked_before.append(self.worked_before[-1] + sum(closes - opens for opens, closes in spans))

    def _index(self, day):
        return day.toordinal() - self.first

    def is_working(self, day):
        return bool(self.spans[self._index(day)])

    def next_moment(self, day, micros):
        """The same moment when the service is at work, otherwise the next opening."""
        for opens, closes in self.spans[self._index(day)]:
            if micros < closes:
                return day, max(opens, micros)
        following = self._nth_working(bisect_right(self.working_days, self._index(day)))
        return following, self.spans[self._index(following)][0][0]

    def day_after(self, day, micros, count):
        """The same time of day on the ``count``-th working day after the next moment of service."""
        day, micros = self.next_moment(day, micros)
        return self._nth_working(bisect_left(self.working_days, self._index(day)) + count), micros

    def _nth_working(self, position):
        if position >= len(self.working_days):
            raise Beyond
        return date.fromordinal(self.first + self.working_days[position])

    def worked_until(self, day, micros):
        """Microseconds of service from the beginning of the table to that moment."""
        index = self._index(day)
        return self.worked_before[index] + sum(
            min(micros, closes) - opens for opens, closes in self.spans[index] if micros > opens
        )

    def when_worked(self, day, micros, amount):
        """The first moment by which ``amount`` more of service has passed; for nothing, the next moment of service."""
        if not amount:
            return self.next_moment(day, micros)
        goal = self.worked_until(day, micros) + amount
        if self.worked_before[-1] < goal:
            raise Beyond
        index = bisect_left(self.worked_before, goal) - 1
        missing = goal - self.worked_before[index]
        for opens, closes in self.spans[index]:
            if missing <= closes - opens:
                return date.fromordinal(self.first + index), opens + missing
            missing -= closes - opens
        raise AssertionError("The sums do not match the spans.")


class Service:
    """The rules of one edition of the calendar, and the widest table built from them so far."""

    def __init__(self, hours, exceptions):
        self.hours = {
            weekday: [(_micros_of(opens), _micros_of(closes)) for opens, closes in sorted(spans)]
            for weekday, spans in hours.items()
        }
        self.make_up_spans = self.hours[min(self.hours)]
        self.exceptions = exceptions
        self.known_years = {day.year for day in exceptions}
        years = self.known_years | {local_day(timezone.now()).year}
        self.table = ServiceTable(self, min(years), max(years) + YEARS_AHEAD)

    def spans_on(self, day):
        usual = self.hours.get(day.weekday(), [])
        return (usual or self.make_up_spans) if self.exceptions.get(day, bool(usual)) else []

    def covering(self, *days):
        """A table that knows these dates."""
        return self._table(min(day.year for day in days), max(day.year for day in days))

    def find(self, start, question):
        """What ``question(table)`` answers, asked of ever longer tables; ValueError when no table is long enough."""
        table = self.covering(start)
        while True:
            try:
                return question(table)
            except Beyond:
                if table.last_year >= LAST_YEAR:
                    raise ValueError("This falls due in no foreseeable future.") from None
                longer = 2 * table.last_year - table.first_year + YEARS_AHEAD
                table = self._table(table.first_year, min(longer, LAST_YEAR))

    def _table(self, first_year, last_year):
        table = self.table
        if first_year < table.first_year or last_year > table.last_year:
            table = ServiceTable(self, min(first_year, table.first_year), max(last_year, table.last_year))
            self.table = table
        return table


def _load():
    hours = {}
    for weekday, opens, closes in ServiceHours.objects.values_list("weekday", "opens", "closes"):
        hours.setdefault(weekday, []).append((opens, closes))
    exceptions = dict(WorkDay.objects.values_list("date", "is_working"))
    return Service(hours or USUAL_HOURS, exceptions)


_kept = Kept("calendar", _load)


def _check(start, value, unit, calendar):
    if calendar not in CALENDARS or unit not in UNITS:
        raise ValueError(f"There is no calendar {calendar!r} with the unit {unit!r}.")
    if timezone.is_naive(start):
        raise ValueError("A deadline starts at a moment with a time zone.")
    if value < 0:
        raise ValueError("A deadline does not lie before its start.")
    if calendar == "day" and unit != "day":
        raise ValueError("The day calendar counts days only.")
    if calendar != "clock" and unit == "day" and value != int(value):
        raise ValueError("Days of a calendar are counted whole.")


def _split(moment):
    local = timezone.localtime(moment, timezone.get_default_timezone())
    return local.date(), _micros_of(local.time())


def _micros_of(clock):
    return ((clock.hour * 60 + clock.minute) * 60 + clock.second) * 1_000_000 + clock.microsecond


def _micros(span):
    return span // timedelta(microseconds=1)


def _moment(day, micros):
    return midnight(day) + timedelta(microseconds=micros)
