"""Time as people say it: 剩 5 小时 12 分, 昨天 10:20, with the exact moment always at hand (interface principle 6).

static/js/clocks.js says the same words in the browser as the minutes pass; tests/browser holds the two together.
"""

from datetime import date, datetime, timedelta
from functools import lru_cache

from django.utils import timezone
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

MINUTE, HOUR, DAY = 60, 3600, 86400
# Below two days the hours still matter to whoever plans the day; above, only the days do.
HOURS_MATTER = 2 * DAY


def exact(moment: datetime) -> str:
    """2026-11-21 09:30, local time."""
    return moment.astimezone(timezone.get_current_timezone()).isoformat(" ", "minutes")[:16]


def short(moment: datetime, now: datetime | None = None) -> str:
    """09:30 today, 昨天 10:20, 11-18 14:31 this year, 2025-11-18 before that."""
    local, today = timezone.localtime(moment), timezone.localdate(now)
    days = (local.date() - today).days
    if days == 0:
        return f"{local:%H:%M}"
    if days in (-1, 1):
        word = pgettext("day", "yesterday") if days < 0 else pgettext("day", "tomorrow")
        return f"{word} {local:%H:%M}"
    return f"{local:%m-%d %H:%M}" if local.year == today.year else f"{local:%Y-%m-%d}"


def short_day(day: date, today: date | None = None) -> str:
    """今天, 昨天, 明天, 11-18 this year, 2025-11-18 otherwise."""
    today = today or timezone.localdate()
    near = {
        -1: pgettext("day", "yesterday"),
        0: pgettext("day", "today"),
        1: pgettext("day", "tomorrow"),
    }.get((day - today).days)
    return near or (f"{day:%m-%d}" if day.year == today.year else f"{day:%Y-%m-%d}")


def span(length: timedelta) -> str:
    """A length in its one or two largest units: 12 分钟, 5 小时 12 分, 1 天 3 小时, 4 天."""
    return _span(int(abs(length.total_seconds())) // MINUTE * MINUTE, get_language())


@lru_cache(maxsize=4096)  # the same few lengths stand in every list
def _span(seconds, language):
    if seconds >= HOURS_MATTER:
        return _days(seconds // DAY)
    if seconds >= DAY:
        hours = seconds % DAY // HOUR
        return f"{_days(1)} {_hours(hours)}" if hours else _days(1)
    if seconds >= HOUR:
        hours, minutes = seconds // HOUR, seconds % HOUR // MINUTE
        return f"{_hours(hours)} {_('%(count)d min') % {'count': minutes}}" if minutes else _hours(hours)
    return _minutes(max(1, seconds // MINUTE))


def amount(count, unit):
    """So many minutes, hours or days, as the unit of a deadline names them: 72 hours, 1 day."""
    if unit == "minute":
        return _minutes(count)
    return _hours(count) if unit == "hour" else _days(count)


def _days(count):
    return ngettext("%(count)d day", "%(count)d days", count) % {"count": count}


def _hours(count):
    return ngettext("%(count)d hour", "%(count)d hours", count) % {"count": count}


def _minutes(count):
    return ngettext("%(count)d minute", "%(count)d minutes", count) % {"count": count}


def remaining(due: datetime, now: datetime | None = None) -> str:
    """剩 5 小时 12 分 until the moment, 逾期 1 天 from it on (due when now >= due)."""
    seconds = (due - (now or timezone.now())).total_seconds()
    return _remaining(int(abs(seconds)) // MINUTE * MINUTE, seconds > 0, get_language())


@lru_cache(maxsize=4096)
def _remaining(seconds, is_left, language):
    return (_("%(span)s left") if is_left else _("%(span)s late")) % {"span": _span(seconds, language)}
