"""Numbers without gaps or doubles, however many people register at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from core.models import Counter
from core.numbers import next_number, next_numbers

DAY = date(2026, 11, 22)


@pytest.mark.django_db
@pytest.mark.req("S3-05")
def test_a_number_is_prefix_day_and_four_digits_counted_per_prefix_and_day():
    assert [next_number("TS", DAY), next_number("TS", DAY)] == ["TS2611220001", "TS2611220002"]
    assert next_number("WX", DAY) == "WX2611220001"
    assert next_number("TS", date(2026, 11, 23)) == "TS2611230001"


@pytest.mark.django_db
def test_after_9999_the_number_grows_wider():
    Counter.objects.create(series="TS261122", value=9998)
    assert next_numbers("TS", DAY, 3) == ["TS2611229999", "TS26112210000", "TS26112210001"]


@pytest.mark.django_db
def test_the_day_is_the_one_in_shanghai():
    assert next_number("TS", datetime(2026, 11, 21, 15, 59, 59, 900_000, tzinfo=UTC)) == "TS2611210001"
    assert next_number("TS", datetime(2026, 11, 21, 16, 0, tzinfo=UTC)) == "TS2611220001"


@pytest.mark.django_db
def test_a_number_costs_one_statement(django_assert_num_queries):
    with django_assert_num_queries(1):
        next_number("TS", DAY)


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_transaction_no_number_is_given():
    with pytest.raises(TransactionManagementError):
        next_number("TS", DAY)
    assert not Counter.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_rollback_gives_the_number_back():
    with transaction.atomic():
        next_number("TS", DAY)
        transaction.set_rollback(True)
    with transaction.atomic():
        assert next_number("TS", DAY) == "TS2611220001"


@pytest.mark.django_db(transaction=True)
@pytest.mark.req("S3-05")
def test_a_hundred_at_once_get_a_hundred_numbers_without_a_gap():
    together = threading.Barrier(20)

    def register(turn):
        try:
            if turn < 20:
                together.wait(timeout=10)
            with transaction.atomic():
                number = next_number("TS", DAY)
                if turn % 10 == 3:
                    transaction.set_rollback(True)  # every tenth registration fails after taking its number
                    return None
            return number
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as people:
        given = list(people.map(register, range(110)))
    taken = sorted(number for number in given if number)
    assert taken == [f"TS261122{n:04d}" for n in range(1, len(taken) + 1)]
    assert len(taken) == 99
