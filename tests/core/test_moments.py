"""Time as people say it, in both languages, and the exact moment beside it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from core.clocks import Clock
from core.moments import amount, exact, remaining, short, short_day, span

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 21, 9, 30, tzinfo=SHANGHAI)

LENGTHS = [
    (timedelta(seconds=20), "1 minute", "1 分钟"),
    (timedelta(minutes=59, seconds=59), "59 minutes", "59 分钟"),
    (timedelta(hours=1), "1 hour", "1 小时"),
    (timedelta(hours=5, minutes=12), "5 hours 12 min", "5 小时 12 分"),
    (timedelta(hours=24), "1 day", "1 天"),
    (timedelta(hours=47, minutes=59), "1 day 23 hours", "1 天 23 小时"),
    (timedelta(hours=48), "2 days", "2 天"),
    (timedelta(days=30), "30 days", "30 天"),
]


@pytest.mark.parametrize(("length", "english", "chinese"), LENGTHS)
def test_a_length_is_told_in_its_largest_units(length, english, chinese):
    with translation.override("en"):
        assert span(length) == english
    with translation.override("zh-hans"):
        assert span(length) == chinese


@pytest.mark.parametrize(
    ("count", "unit", "english", "chinese"),
    [
        (1, "minute", "1 minute", "1 分钟"),
        (72, "hour", "72 hours", "72 小时"),
        (1, "day", "1 day", "1 天"),
        (0, "day", "0 days", "0 天"),
    ],
)
def test_the_time_of_a_deadline_is_told_in_its_own_unit(count, unit, english, chinese):
    with translation.override("en"):
        assert amount(count, unit) == english
    with translation.override("zh-hans"):
        assert amount(count, unit) == chinese


def test_due_is_late_from_its_very_moment():
    with translation.override("zh-hans"):
        assert remaining(NOW + timedelta(seconds=1), NOW) == "剩 1 分钟"
        assert remaining(NOW, NOW).startswith("逾期")
        assert remaining(NOW - timedelta(days=1), NOW) == "逾期 1 天"


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (datetime(2026, 11, 21, 0, 5, tzinfo=SHANGHAI), "00:05"),
        (datetime(2026, 11, 20, 16, 5, tzinfo=UTC), "00:05"),
        (datetime(2026, 11, 20, 23, 59, tzinfo=SHANGHAI), "昨天 23:59"),
        (datetime(2026, 11, 22, 8, 0, tzinfo=SHANGHAI), "明天 08:00"),
        (datetime(2026, 1, 2, 3, 4, tzinfo=SHANGHAI), "01-02 03:04"),
        (datetime(2025, 11, 21, 9, 30, tzinfo=SHANGHAI), "2025-11-21"),
    ],
)
def test_a_moment_is_short_when_it_is_near(moment, shown):
    with translation.override("zh-hans"):
        assert short(moment, NOW) == shown


def test_the_exact_moment_is_local():
    assert exact(datetime(2026, 11, 21, 16, 30, tzinfo=UTC)) == "2026-11-22 00:30"


def test_days_are_named_when_near():
    today = date(2026, 11, 21)
    with translation.override("zh-hans"):
        assert [short_day(today + timedelta(days=days), today) for days in (-1, 0, 1, 2)] == [
            "昨天",
            "今天",
            "明天",
            "11-23",
        ]
        assert short_day(date(2025, 11, 21), today) == "2025-11-21"


@pytest.mark.parametrize(
    ("facts", "state", "percent"),
    [
        ({"started": -30, "due": 42}, "running", 41),
        ({"started": -60, "due": 12}, "soon", 83),
        ({"started": -72, "due": 0}, "late", 100),
        ({"due": 9}, "running", 0),
        ({"due": 7}, "soon", 0),
        ({"started": -10, "due": 2, "met": -1}, "met", 100),
        ({"started": -10, "due": -2, "met": -2}, "missed", 100),
        ({"started": -10, "due": 5, "paused": True}, "paused", 66),
        ({"started": -10}, "paused", 0),
    ],
)
def test_a_clock_has_one_state(facts, state, percent):
    facts = {name: NOW + timedelta(hours=value) if name != "paused" else value for name, value in facts.items()}
    read = Clock.of(now=NOW, **facts)
    assert (read.state, read.percent) == (state, percent)
