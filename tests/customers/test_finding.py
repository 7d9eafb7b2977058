"""Searching finds customers by name, telephone tail and place, with their cards and orders, in their own branch."""

import pytest
from django.urls import reverse

from core import search

from tests.factories.cases import person
from tests.factories.customers import CustomerFactory, OrderFactory, PhoneFactory, ServiceCardFactory

pytestmark = pytest.mark.django_db


def owner_of_a_door(number):
    customer = CustomerFactory(name="孙丽")
    PhoneFactory(customer=customer, number=number)
    customer.index()
    OrderFactory(customer=customer).index()
    ServiceCardFactory(customer=customer, note="孙丽家的").index()
    return customer


def found(user, typed):
    groups = search.grouped(search.search(typed, user, 100), user)
    return {kind.name: [line.url for line in lines] for kind, lines, _more in groups}


@pytest.mark.parametrize("typed", ["孙丽", "1234", "139 7175 1234", "湖滨大道"])
def test_a_customer_is_found_by_name_place_and_telephone(typed):
    customer = owner_of_a_door("13971751234")
    assert found(person("agent"), typed)["customer"] == [reverse("customers:file", args=[customer.pk])]


def test_cards_and_orders_are_found_by_their_numbers():
    customer = owner_of_a_door("13971751234")
    agent = person("agent")
    assert found(agent, customer.cards.get().number)["card"] == [customer.cards.get().get_absolute_url()]
    assert found(agent, customer.orders.get().number)["order"] == [customer.orders.get().get_absolute_url()]


def test_the_page_shows_them_in_the_same_statements_for_one_and_for_ten(client, django_assert_max_num_queries):
    agent = person("agent")
    client.force_login(agent)
    owner_of_a_door("13971750000")
    client.get("/search/?q=孙丽")  # what a process reads once
    counts = []
    for _ in range(2):
        with django_assert_max_num_queries(40) as asked:
            answer = client.get("/search/?q=孙丽")
        assert answer.status_code == 200
        counts.append(len(asked))
        for number in range(9):
            owner_of_a_door(f"1397175{number + 1:04d}")
    assert counts[0] == counts[1]


def test_another_branch_and_a_technician_find_nobody():
    customer = owner_of_a_door("13971751234")
    elsewhere = person("agent", region=type(customer.region).objects.create(code="elsewhere", name="外地"))
    assert found(elsewhere, "孙丽") == {}
    assert found(person("technician"), "孙丽") == {}
