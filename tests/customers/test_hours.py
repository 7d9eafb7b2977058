"""When a customer may be called: his hours, the night, and whether he agrees (S2-161)."""

from datetime import datetime

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from customers import hours
from customers.models import Customer


def at(text):
    """A moment in the company's own time; 2026-11-21 is a Saturday."""
    return timezone.make_aware(datetime.fromisoformat(text))


def said(**fields):
    return Customer(**fields)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("12:00-14:00", "12:00–14:00"),
        ("12-14", "12:00–14:00"),
        ("12：00—14：00", "12:00–14:00"),
        ("12点到14点半", "12:00–14:30"),
        ("１２：００～１４：００", "12:00–14:00"),
        ("21:30至8:00", "21:30–08:00"),
        ("21:00–24:00", "21:00–00:00"),
        ("周末 9点到11点、12-14", "weekends 09:00–11:00, weekends 12:00–14:00"),
        ("12-14；周末 0:00-10:00", "12:00–14:00, weekends 00:00–10:00"),
        ("weekdays 18:30 - 20:30", "workdays 18:30–20:30"),
        ("每天12-14", "12:00–14:00"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_hours_are_read_as_people_write_them(typed, kept):
    assert hours.normalise(typed) == kept
    assert hours.normalise(kept) == kept


@pytest.mark.parametrize(
    "typed", ["中午", "12:00", "25-26", "12:75-13", "8-8", "24:30-3", "12-14 下午", "-", "a" * 300, "1-2," * 10]
)
def test_anything_else_is_refused_in_words(typed):
    with pytest.raises(ValueError, match=r"\w"):
        hours.read(typed)


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading(text):
    try:
        kept = hours.normalise(text)
    except ValueError:
        return
    assert hours.normalise(kept) == kept


@pytest.mark.req("S2-161")
@pytest.mark.parametrize(
    ("quiet", "moment", "expected"),
    [
        ("", "2026-11-20 10:00", "2026-11-20 10:00"),
        ("", "2026-11-20 20:59:59", "2026-11-20 20:59:59"),
        ("", "2026-11-20 21:00", "2026-11-21 08:00"),
        ("", "2026-11-21 07:59", "2026-11-21 08:00"),
        ("12:00–14:00", "2026-11-20 11:59", "2026-11-20 11:59"),
        ("12:00–14:00", "2026-11-20 12:00", "2026-11-20 14:00"),
        ("12:00–14:00", "2026-11-20 14:00", "2026-11-20 14:00"),
        ("08:00–10:00", "2026-11-20 21:30", "2026-11-21 10:00"),  # behind the night directly
        ("weekends 08:00–21:00", "2026-11-21 09:00", "2026-11-23 08:00"),
        ("workdays 08:00–18:00", "2026-11-21 09:00", "2026-11-21 09:00"),
        ("20:00–09:30", "2026-11-20 23:00", "2026-11-21 09:30"),
        ("written before times were checked", "2026-11-20 10:00", "2026-11-20 10:00"),
    ],
)
def test_the_next_moment_he_may_be_called(quiet, moment, expected):
    customer, moment = said(quiet_hours=quiet), at(moment)
    assert customer.next_callable(moment) == at(expected)
    assert customer.may_be_called(moment) == (moment == at(expected))


@pytest.mark.req("S2-161")
def test_who_refuses_calls_or_was_erased_is_never_due():
    noon = at("2026-11-20 10:00")
    assert said(allows_calls=False).next_callable(noon) is None
    assert not said(allows_calls=False).may_be_called(noon)
    assert said(allows_calls=False).may_be_called(noon, purpose=None)  # he asked for something himself
    assert said(erased_at=noon).next_callable(noon, purpose=None) is None
    assert not said().may_be_called(noon, Customer.Purpose.MARKETING)  # not without asking
    assert said(allows_marketing=True).may_be_called(noon, Customer.Purpose.MARKETING)


@pytest.mark.parametrize(
    ("best", "quiet", "moment", "expected"),
    [
        ("", "", "2026-11-20 10:00", "2026-11-20 10:00"),
        ("18:30–20:30", "", "2026-11-20 10:00", "2026-11-20 18:30"),
        ("18:30–20:30", "", "2026-11-20 19:00", "2026-11-20 19:00"),
        ("18:30–20:30", "", "2026-11-20 20:30", "2026-11-21 18:30"),
        ("weekends 10:00–12:00", "", "2026-11-20 10:00", "2026-11-21 10:00"),
        ("weekends 10:00–12:00", "10:00–11:00", "2026-11-20 10:00", "2026-11-21 11:00"),
        ("12:00–13:00", "12:00–14:00", "2026-11-20 10:00", "2026-11-20 10:00"),  # he contradicts himself
        ("19:00–23:00", "", "2026-11-20 21:30", "2026-11-21 19:00"),
    ],
)
def test_the_hours_that_suit_him_come_first(best, quiet, moment, expected):
    customer = said(best_hours=best, quiet_hours=quiet)
    assert customer.best_callable(at(moment)) == at(expected)


def test_a_customer_who_is_always_quiet_is_never_due():
    assert said(quiet_hours="08:00–21:00").next_callable(at("2026-11-20 10:00")) is None
    assert said(quiet_hours="08:00–21:00", best_hours="10:00–11:00").best_callable(at("2026-11-20 10:00")) is None


YEAR = [datetime.fromisoformat(day) for day in ("2026-01-01", "2027-01-01")]


@given(st.datetimes(min_value=YEAR[0], max_value=YEAR[1]), st.sampled_from(
    ["", "12:00–14:00", "weekends 00:00–12:00, workdays 17:00–19:00", "20:00–09:00, weekends 09:00–20:00"]
))  # fmt: skip
def test_what_is_next_is_callable_and_nothing_before_it_is(naive, quiet):
    customer, moment = said(quiet_hours=quiet), timezone.make_aware(naive)
    found = customer.next_callable(moment)
    assert found >= moment
    assert customer.may_be_called(found)
    if found > moment:
        between = moment + (found - moment) / 2
        assert not customer.may_be_called(between)
