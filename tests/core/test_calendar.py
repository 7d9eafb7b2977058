"""What is due when: the three calendars, their boundaries, and what an edit of them changes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import calendar, editions
from core.calendar import add_months, due, elapsed, is_working, local_day, midnight, part_way, unknown_years
from core.models import Edition, ServiceHours, WorkDay

SHANGHAI = ZoneInfo("Asia/Shanghai")

pytestmark = pytest.mark.django_db


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.req("S3-97")
@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2026-11-20", True),  # an ordinary Friday
        ("2026-11-21", True),  # the service works on Saturdays
        ("2026-11-22", False),  # and not on Sundays
        ("2026-10-10", True),  # a make-up Saturday
        ("2026-09-20", True),  # a make-up Sunday
        ("2026-01-04", True),  # a make-up Sunday
        ("2026-02-17", False),  # Spring Festival, a Tuesday
        ("2026-02-21", False),  # its Saturday
        ("2026-10-01", False),  # National Day
        ("2027-05-01", True),  # a year nobody has entered yet: the weekday alone rules, and a warning says so
    ],
)
def test_a_day_is_worked_by_its_weekday_unless_the_holiday_table_says_otherwise(day, worked):
    assert is_working(date.fromisoformat(day)) is worked


@pytest.mark.req("S3-97")
@pytest.mark.parametrize(
    ("start", "value", "unit", "expected"),
    [
        ("2026-11-20 09:00", 30, "minute", "2026-11-20 09:30"),
        ("2026-11-20 17:45", 30, "minute", "2026-11-21 09:15"),
        ("2026-11-21 17:30", 1, "hour", "2026-11-23 09:30"),  # over a Sunday
        ("2026-11-22 03:00", 30, "minute", "2026-11-23 09:30"),
        ("2026-11-20 17:30", 30, "minute", "2026-11-20 18:00"),  # the closing minute, not the next opening
        ("2026-02-14 17:00", 2, "hour", "2026-02-24 10:00"),  # over Spring Festival
        ("2026-09-30 17:59", 5, "minute", "2026-10-08 09:04"),  # over National Day
        ("2026-09-19 17:00", 2, "hour", "2026-09-20 10:00"),  # into a make-up Sunday
        ("2026-11-20 09:00", 24, "hour", "2026-11-23 15:00"),
    ],
)
def test_hours_and_minutes_run_in_service_hours_only(start, value, unit, expected):
    assert due(at(start), value, unit, "working") == at(expected)
    assert elapsed(at(start), at(expected), "working") == value * calendar.UNITS[unit]


@pytest.mark.req("S3-53", "S3-103")
@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2026-11-20 10:20", 1, "2026-11-21 10:20"),
        ("2026-11-21 10:20", 1, "2026-11-23 10:20"),
        ("2026-11-20 20:00", 1, "2026-11-23 09:00"),  # begins at the next opening, Saturday 9:00
        ("2026-11-20 18:00", 1, "2026-11-23 09:00"),  # at closing time the service is closed
        ("2026-11-22 12:00", 7, "2026-12-01 09:00"),
        ("2026-09-30 15:00", 2, "2026-10-09 15:00"),
        ("2026-10-09 15:00", 1, "2026-10-10 15:00"),
        ("2026-11-20 10:20", 0, "2026-11-20 10:20"),
    ],
)
def test_working_days_end_at_the_time_of_day_they_began(start, days, expected):
    assert due(at(start), days, "day", "working") == at(expected)


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2026-11-20 23:59:59.900000", 0, "2026-11-21 00:00"),
        ("2026-11-20 23:59:59.900000", 1, "2026-11-22 00:00"),
        ("2026-11-21 00:00:00", 1, "2026-11-23 00:00"),
        ("2026-12-31 12:00", 3, "2027-01-04 00:00"),
    ],
)
def test_calendar_days_end_at_midnight_in_shanghai_wherever_the_server_stands(start, days, expected):
    assert due(at(start), days, "day", "day") == at(expected)
    assert due(at(start).astimezone(UTC), days, "day", "day") == at(expected)


def test_clock_time_runs_through_nights_and_holidays():
    assert due(at("2026-02-14 17:59:59.9"), 72, "hour", "clock") == at("2026-02-17 17:59:59.9")
    assert elapsed(at("2026-02-14 09:00"), at("2026-02-17 09:00"), "clock") == timedelta(hours=72)


def test_a_tenth_of_a_second_before_midnight_and_midnight_are_different_days():
    late, midnight_itself = at("2026-11-20 23:59:59.900000"), at("2026-11-21 00:00")
    assert (local_day(late), local_day(midnight_itself)) == (date(2026, 11, 20), date(2026, 11, 21))
    assert midnight(date(2026, 11, 21)) == midnight_itself
    # 23:59:59.9 in Shanghai is still the afternoon in Greenwich: the local day is what counts.
    assert local_day(late.astimezone(UTC)) == date(2026, 11, 20)


def test_the_last_tenth_before_closing_counts_and_closing_time_does_not():
    assert due(at("2026-11-20 17:59:59.9"), 1, "minute", "working") == at("2026-11-21 09:00:59.9")
    assert due(at("2026-11-20 18:00"), 1, "minute", "working") == at("2026-11-21 09:01")


moments = st.datetimes(datetime(2019, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
kinds = st.sampled_from([("clock", "hour"), ("clock", "day"), ("working", "minute"), ("working", "hour"),
                         ("working", "day"), ("day", "day")])  # fmt: skip
many = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@many
@given(start=moments, later=st.timedeltas(timedelta(0), timedelta(days=40)), value=st.integers(0, 200), kind=kinds)
def test_who_starts_later_is_due_no_earlier(start, later, value, kind):
    assert due(start, value, kind[1], kind[0]) <= due(start + later, value, kind[1], kind[0])


@many
@given(start=moments, value=st.integers(0, 200), more=st.integers(0, 50), kind=kinds)
def test_more_time_is_due_no_earlier_and_never_before_the_start(start, value, more, kind):
    assert start <= due(start, value, kind[1], kind[0]) <= due(start, value + more, kind[1], kind[0])


@many
@given(start=moments, value=st.integers(0, 5000), unit=st.sampled_from(["minute", "hour"]))
def test_exactly_the_value_of_service_time_lies_between_start_and_due(start, value, unit):
    assert elapsed(start, due(start, value, unit, "working"), "working") == value * calendar.UNITS[unit]


@many
@given(
    start=moments, a=st.timedeltas(timedelta(0), timedelta(days=9)), b=st.timedeltas(timedelta(0), timedelta(days=9))
)
def test_elapsed_times_add_up(start, a, b):
    for name in calendar.CALENDARS:
        whole = elapsed(start, start + a, name) + elapsed(start + a, start + a + b, name)
        assert whole == elapsed(start, start + a + b, name)


@many
@given(start=moments, value=st.integers(1, 90), share=st.floats(0.01, 1), kind=kinds)
def test_the_rungs_of_a_ladder_lie_between_start_and_due(start, value, share, kind):
    end = due(start, value, kind[1], kind[0])
    assert start <= part_way(start, end, share, kind[0]) <= end


def test_half_of_the_service_time_is_the_first_warning():
    start = at("2026-11-20 17:00")
    end = due(start, 4, "hour", "working")
    assert part_way(start, end, 0.5, "working") == at("2026-11-21 10:00")
    assert part_way(at("2026-11-20 00:00"), at("2026-11-23 00:00"), 0.5, "clock") == at("2026-11-21 12:00")


def test_nothing_has_elapsed_when_the_clock_was_set_back():
    for name in calendar.CALENDARS:
        assert elapsed(at("2026-11-20 12:00"), at("2026-11-17 11:00"), name) == timedelta(0)


@pytest.mark.parametrize(
    ("value", "unit", "name"),
    [(1, "hour", "day"), (1.5, "day", "working"), (-1, "hour", "clock"), (1, "week", "clock"), (1, "day", "moon")],
)
def test_what_no_calendar_counts_is_refused(value, unit, name):
    with pytest.raises(ValueError):
        due(at("2026-11-20 12:00"), value, unit, name)


def test_a_start_without_a_time_zone_is_refused():
    with pytest.raises(ValueError):
        due(datetime(2026, 11, 20, 12), 1, "hour", "clock")  # noqa: DTZ001


def test_a_holiday_entered_by_hand_counts_at_once():
    friday = at("2026-11-20 10:00")
    assert due(friday, 1, "day", "working") == at("2026-11-21 10:00")
    WorkDay.objects.create(date=date(2026, 11, 21), is_working=False, name="盘点")
    assert due(friday, 1, "day", "working") == at("2026-11-23 10:00")
    WorkDay.objects.filter(date=date(2026, 11, 21)).delete()
    assert due(friday, 1, "day", "working") == at("2026-11-21 10:00")


def test_what_another_process_edits_is_seen_at_the_next_look_and_looks_are_cheap(
    monkeypatch, django_assert_num_queries
):
    saturday = date(2026, 11, 21)
    assert is_working(saturday)
    # Another process edits: its change reaches the tables and the edition, but not the copy of this process.
    monkeypatch.setattr(editions, "changed_here", lambda name: None)
    WorkDay.objects.create(date=saturday, is_working=False)
    with django_assert_num_queries(0):
        assert all(is_working(saturday) for _ in range(100))
    monkeypatch.setattr(editions, "RECHECK_SECONDS", 0)
    assert not is_working(saturday)
    with django_assert_num_queries(1):
        is_working(saturday)


def test_every_change_of_the_tables_raises_the_edition():
    def edition():
        return Edition.objects.get(name="calendar").number

    seen = [edition()]
    day = WorkDay.objects.create(date=date(2027, 3, 3), is_working=False)
    seen.append(edition())
    day.name = "停业"
    day.save()
    seen.append(edition())
    WorkDay.objects.filter(date=day.date).update(is_working=True)
    seen.append(edition())
    day.delete()
    seen.append(edition())
    ServiceHours.objects.create(weekday=6, opens=time(10), closes=time(12))
    seen.append(edition())
    ServiceHours.objects.filter(weekday=6).delete()
    seen.append(edition())
    assert seen == sorted(set(seen))


def test_two_spans_a_day_leave_the_lunch_break_out():
    ServiceHours.objects.all().delete()
    for weekday in range(5):
        ServiceHours.objects.create(weekday=weekday, opens=time(13, 30), closes=time(17, 30))
        ServiceHours.objects.create(weekday=weekday, opens=time(8, 30), closes=time(12))
    assert due(at("2026-11-20 11:30"), 1, "hour", "working") == at("2026-11-20 14:00")
    assert due(at("2026-11-20 12:30"), 1, "hour", "working") == at("2026-11-20 14:30")
    assert due(at("2026-11-20 12:30"), 1, "day", "working") == at("2026-11-23 13:30")
    assert not is_working(date(2026, 11, 21))
    assert elapsed(at("2026-11-20 00:00"), at("2026-11-21 00:00"), "working") == timedelta(hours=7.5)


def test_without_any_hours_entered_the_usual_ones_hold():
    ServiceHours.objects.all().delete()
    assert due(at("2026-11-21 17:30"), 1, "hour", "working") == at("2026-11-23 09:30")


def test_long_ago_and_far_ahead_are_answered_too():
    assert due(at("2001-05-04 10:00"), 1, "day", "working") == at("2001-05-05 10:00")
    assert due(at("2026-11-20 10:00"), 30_000, "hour", "working") > at("2036-01-01 00:00")
    with pytest.raises(ValueError):
        due(at("2026-11-20 10:00"), 10**8, "hour", "working")


def test_years_without_holidays_are_named_before_they_begin():
    assert unknown_years(date(2026, 6, 1)) == []
    assert unknown_years(date(2026, 11, 22)) == [2027]
    WorkDay.objects.create(date=date(2027, 1, 1), is_working=False, name="元旦")
    assert unknown_years(date(2026, 11, 22)) == []


def test_the_official_days_are_loaded_once_and_corrections_stay():
    WorkDay.objects.filter(date=date(2026, 10, 10)).delete()
    assert WorkDay.objects.load_official() == []
    assert not WorkDay.objects.filter(date=date(2026, 10, 10)).exists()
    WorkDay.objects.filter(date__year=2026).delete()
    assert WorkDay.objects.load_official([2026]) == [2026]
    assert WorkDay.objects.get(date=date(2026, 10, 10)).is_working
    assert WorkDay.objects.get(date=date(2026, 2, 17)).name == "春节"


@pytest.mark.parametrize(
    ("anchor", "months", "expected"),
    [
        ("2026-01-29", 1, "2026-02-28"),
        ("2026-01-30", 1, "2026-02-28"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-01-31", 3, "2026-04-30"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2026-12-31", 1, "2027-01-31"),
        ("2026-11-30", 13, "2027-12-30"),
        ("2026-03-31", -1, "2026-02-28"),
    ],
)
def test_months_are_counted_from_the_anchor_and_stop_at_the_end_of_a_short_month(anchor, months, expected):
    assert add_months(date.fromisoformat(anchor), months) == date.fromisoformat(expected)
    assert add_months(at(anchor + " 10:30"), months) == at(expected + " 10:30")


def test_ten_thousand_due_moments_ask_the_calendar_nothing_again():
    start = at("2026-11-20 10:00")
    due(start, 1, "day", "working")
    with CaptureQueriesContext(connection) as asked:
        for minute in range(10_000):
            due(start + timedelta(minutes=minute), 7, "day", "working")
    assert len(asked) == 0
