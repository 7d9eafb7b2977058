"""Searching finds customers by name, telephone tail and place, with their cards and orders, in their own branch."""

import pytest
from django.urls import reverse

from core import search
from core.models import SearchEntry
from customers import merging
from customers.models import Customer

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


@pytest.mark.parametrize("typed", ["孙丽", "1234", "139 7175 1234", "湖滨大道", "sunli", "sun li", "sl"])
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


def test_contacts_and_merged_files_lead_to_the_file_that_is_kept():
    kept, merged = owner_of_a_door("13971751234"), owner_of_a_door("13971750000")
    merged.name = "曾毅"
    merged.save()
    merged.add_contact(name="解晓东", relation="family")
    by, versions = person("supervisor"), {"kept_version": kept.version, "merged_version": merged.version}
    merging.merge(kept, merged, chosen=[], by=by, **versions)
    for typed in ("zengyi", "xxd", "0000", merged.number):
        assert found(by, typed)["customer"] == [kept.get_absolute_url()], typed


@pytest.mark.parametrize("role", ["finance", "quality", "administrator"])
def test_who_may_not_see_personal_data_learns_nothing_by_searching(role):
    customer = owner_of_a_door("13971751234")
    user = person(role)
    for typed in ("孙丽", "丽", "sunli", "sl", "13971751234", "1397175", "湖滨大道"):
        assert "customer" not in found(user, typed), typed
    for typed in ("孙", "1234", customer.number):
        assert found(user, typed)["customer"] == [customer.get_absolute_url()], typed


def test_a_file_that_moves_is_found_in_its_new_branch_with_what_hangs_on_it():
    customer = owner_of_a_door("13971751234")
    elsewhere = person("agent", region=type(customer.region).objects.create(code="elsewhere", name="外地"))
    card = customer.cards.get()
    customer.region = elsewhere.regions.get()
    customer.save_edit(by=elsewhere, fields=["region"])
    assert found(elsewhere, "孙丽")["customer"] == [customer.get_absolute_url()]
    assert found(elsewhere, card.number)["card"] == [card.get_absolute_url()]
    assert found(person("agent"), "孙丽") == {}


# --- bringing the index up to date ----------------------------------------------------------------------------------
def test_what_an_earlier_release_cut_is_cut_anew_and_what_is_missing_is_added(django_assert_max_num_queries):
    customers = [owner_of_a_door(f"1397175{number:04d}") for number in range(3)]
    agent = person("agent")
    SearchEntry.objects.update(text="", tokens=[1], cut=0)
    SearchEntry.objects.filter(kind="order").delete()
    assert found(agent, "孙丽") == {}
    assert search.outdated().count() == 6
    with django_assert_max_num_queries(20):
        written = {kind.name: done for kind, done in search.reindex()}
    assert written == {"customer": 3, "card": 3, "order": 3}
    assert len(found(agent, "sunli")["customer"]) == len(found(agent, "孙丽家")["card"]) == 3
    assert not search.outdated().exists()
    assert dict(search.reindex()) == {}
    assert found(agent, customers[0].orders.get().number)["order"]


def test_a_reindexing_that_was_broken_off_goes_on_with_what_is_left(monkeypatch):
    monkeypatch.setattr(search.entries, "AT_ONCE", 2)
    for number in range(5):
        owner_of_a_door(f"1397175{number:04d}")
    SearchEntry.objects.update(cut=0)
    steps = search.reindex()
    assert next(steps)[1] == 2  # and then the process is killed
    assert search.outdated().filter(kind="customer").count() == 3
    assert [done for kind, done in search.reindex() if kind.name == "customer"] == [2, 3]
    assert Customer.objects.live().count() == SearchEntry.objects.filter(kind="customer").count()
    assert [done for kind, done in search.reindex(every=True) if kind.name == "customer"] == [2, 4, 5]
