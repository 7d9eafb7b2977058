"""Prices from a day on: the price of a day, changes that overwrite nothing, and one winner of two."""

import uuid
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone, translation

from customers.models import Price, PriceItem, price_on

from tests.factories.accounts import UserFactory
from tests.factories.customers import PriceItemFactory, ProductGroupFactory

LIST, NEW = "/prices/", "/prices/new/"
DAY = timedelta(days=1)


@pytest.fixture
def clerk(region):
    return UserFactory(role="finance", region=region, name="钱会计")


@pytest.fixture
def finance(client, clerk):
    client.force_login(clerk)
    return client


def today():
    return timezone.localdate()


def amounts(item, *days):
    return [price.amount if (price := price_on(item, day)) else None for day in days]


def change_url(item):
    return reverse("customers:price-new", args=[item.pk])


def asked(amount="90", day=None, **fields):
    return {"op": str(uuid.uuid4()), "amount": amount, "valid_from": str(day or today() + 10 * DAY)} | fields


# --- the price of a day ----------------------------------------------------------------------------------------------
def test_a_price_holds_from_its_day_to_the_day_before_the_next(clerk):
    item, soon = PriceItemFactory(price=80), today() + 10 * DAY
    item.change_price(Decimal(90), valid_from=soon, by=clerk)
    first = date(2026, 1, 1)
    assert amounts(item, first - DAY, first, today(), soon - DAY, soon, soon + 999 * DAY) == [None, 80, 80, 80, 90, 90]
    assert list(item.prices.values_list("valid_from", "valid_until")) == [(soon, None), (first, soon - DAY)]
    assert item.prices.first().created_by == clerk


def test_a_change_of_today_counts_from_today(clerk):
    item = PriceItemFactory(price=80)
    item.change_price(Decimal(90), valid_from=today(), by=clerk)
    assert amounts(item, today() - DAY, today()) == [80, 90]


def test_the_past_and_what_is_planned_are_not_overwritten(clerk):
    item, soon = PriceItemFactory(price=80), today() + 10 * DAY
    item.change_price(Decimal(90), valid_from=soon, by=clerk)
    for day in (today() - DAY, today(), soon - DAY, soon):
        with pytest.raises(ValidationError):
            item.change_price(Decimal(70), valid_from=day, by=clerk)
    item.change_price(Decimal(95), valid_from=soon + DAY, by=clerk)
    assert amounts(item, today(), soon, soon + DAY) == [80, 90, 95]


def test_a_price_that_stands_is_never_written_again(db):
    item = PriceItemFactory(price=80)
    price = item.prices.get()
    price.amount = 1
    for act in (price.save, price.delete, item.prices.all().delete, lambda: item.prices.all().update(amount=1)):
        with pytest.raises(TypeError):
            act()
    assert item.prices.get().amount == 80


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-01-01", None), ("2026-05-01", "2026-06-01"), ("2025-01-01", "2026-01-01"), ("2025-01-01", None)],
)
def test_overlapping_times_are_refused(db, first, last):
    item = PriceItemFactory()
    with pytest.raises(ValidationError):
        Price(
            item=item, amount=1, valid_from=date.fromisoformat(first), valid_until=last and date.fromisoformat(last)
        ).save()
    Price.objects.create(item=item, amount=1, valid_from=date(2025, 1, 1), valid_until=date(2025, 12, 31))


@pytest.mark.parametrize(
    "fields",
    [{"valid_from": date(2026, 1, 1), "valid_until": date(2026, 1, 1)}, {"valid_from": date(2027, 1, 1)},
     {"valid_from": date(2025, 1, 2), "valid_until": date(2025, 1, 1)},
     {"valid_from": date(2025, 1, 1), "valid_until": date(2025, 1, 2), "amount": -1}],
)  # fmt: skip
def test_the_database_refuses_it_too(db, fields):
    item = PriceItemFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Price.objects.bulk_create([Price(**{"item": item, "amount": 1} | fields)])


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_for_the_same_day_one_wins():
    item, people = PriceItemFactory(price=80), [UserFactory(role="finance") for _two in range(2)]
    start, told = Barrier(2), []

    def change(by, amount):
        try:
            start.wait()
            PriceItem.objects.get(pk=item.pk).change_price(Decimal(amount), valid_from=today() + DAY, by=by)
            told.append(amount)
        except ValidationError:
            told.append(None)
        finally:
            connection.close()

    threads = [Thread(target=change, args=pair) for pair in zip(people, (90, 91), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    won = [amount for amount in told if amount]
    assert len(told) == 2
    assert len(won) == 1
    assert amounts(item, today(), today() + DAY) == [80, won[0]]


# --- pages -----------------------------------------------------------------------------------------------------------
def test_finance_sets_a_price_from_a_day_on(finance, clerk):
    item, sent = PriceItemFactory(price=80), asked("９０.50")
    answer = finance.post(change_url(item), sent)
    assert answer.status_code == 302
    assert answer.url == item.get_absolute_url()
    assert finance.post(change_url(item), sent).status_code == 302  # the same press again
    assert item.prices.count() == 2
    page = finance.get(answer.url).content.decode()
    assert "90.50" in page
    assert "80.00" in page
    assert "钱会计" in page


@pytest.mark.parametrize(
    "fields",
    [{"amount": "-1"}, {"amount": ""}, {"amount": "1e3"}, {"amount": "NaN"}, {"amount": "1.234"}, {"amount": "9" * 30},
     {"valid_from": ""}, {"valid_from": "2026-13-01"}, {"valid_from": "2020-01-01"}],
)  # fmt: skip
def test_a_wrong_price_says_so_and_what_was_typed_stays(finance, fields):
    item = PriceItemFactory()
    answer = finance.post(change_url(item), asked(**fields))
    assert answer.status_code == 422
    assert "errorlist" in answer.content.decode()
    assert item.prices.count() == 1


def test_whoever_comes_second_is_told(finance, monkeypatch):
    item = PriceItemFactory(price=80)
    item.change_price(Decimal(85), valid_from=today() + 10 * DAY, by=UserFactory(role="finance"))
    refuse = PriceItem.refuse
    seen = []

    def late(self, day):  # the colleague's price came in between the form and the lock
        seen.append(day)
        return None if len(seen) == 1 else refuse(self, day)

    monkeypatch.setattr(PriceItem, "refuse", late)
    assert finance.post(change_url(item), asked()).status_code == 409
    assert amounts(item, today() + 10 * DAY) == [85]


def test_a_new_item_has_its_first_price(finance):
    group = ProductGroupFactory()
    sent = asked(
        "168", today(), code="PJ-1", name="锁芯", name_en="cylinder", kind="part", unit="piece", group=group.pk
    )
    assert finance.post(NEW, sent).status_code == 302
    item = PriceItem.objects.get()
    assert amounts(item, today()) == [168]
    assert finance.post(NEW, sent | {"op": str(uuid.uuid4())}).status_code == 422
    assert PriceItem.objects.count() == 1


def rows(client, **query):
    answer = client.get(LIST, query)
    assert answer.status_code == 200
    return [(item.code, item.amount) for item in answer.context["rows"]]


def test_the_list_shows_the_prices_of_a_day_and_a_kind(signed_in, clerk):
    group, other = ProductGroupFactory(), ProductGroupFactory(code="windows", name="窗")
    soon = today() + 10 * DAY
    part, work = PriceItemFactory(code="A", group=group), PriceItemFactory(code="B", kind="labour")
    PriceItemFactory(code="C", group=other)
    part.change_price(Decimal(90), valid_from=soon, by=clerk)
    assert rows(signed_in) == [("A", 80), ("B", 80), ("C", 80)]
    assert str(soon) in signed_in.get(LIST).content.decode()
    assert rows(signed_in, day=str(soon), kind="part") == [("A", 90), ("C", 80)]
    assert rows(signed_in, day="2020-01-01", kind="labour") == [(work.code, None)]
    assert rows(signed_in, group=group.pk) == [("A", 80), ("B", 80)]
    for nonsense in ("x", "2026-99-99", "'", "\u4e00"):
        assert signed_in.get(LIST, {"day": nonsense}).status_code == 200


def test_fifty_items_cost_what_one_costs(signed_in, django_assert_max_num_queries):
    def cost():
        with django_assert_max_num_queries(20) as seen:
            rows(signed_in)
        return len(seen.captured_queries)

    PriceItemFactory(group=ProductGroupFactory())
    cost()  # copies of slow tables are made
    first = cost()
    for _again in range(52):
        PriceItemFactory(group=ProductGroupFactory())
    assert cost() == first
    assert len(rows(signed_in)) == 50


@pytest.mark.parametrize("role", ["agent", "technician", "dispatcher"])
def test_who_reads_prices_does_not_set_them(client, region, role):
    client.force_login(UserFactory(role=role, region=region))
    item = PriceItemFactory()
    page = client.get(item.get_absolute_url()).content.decode()
    assert change_url(item) not in page
    assert NEW not in client.get(LIST).content.decode()
    assert client.post(change_url(item), asked()).status_code == 403
    assert client.post(NEW, asked()).status_code == 403
    assert Price.objects.count() == 1


def test_each_reads_it_in_his_language(db):
    item = PriceItemFactory(unit="square_metre")
    assert (str(item), item.get_unit_display()) == ("门锁锁体", "平方米")
    with translation.override("en"):
        assert (str(item), item.get_unit_display()) == ("lock case", "square metre")
