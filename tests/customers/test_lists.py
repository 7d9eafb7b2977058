"""The customers and the register of service cards: narrowed, scoped, masked, at the same cost for one row and for fifty."""

from datetime import date

import pytest
from django.urls import reverse

from customers.models import Customer

from tests.factories.accounts import UserFactory
from tests.factories.customers import (
    CustomerFactory,
    DealerFactory,
    PhoneFactory,
    ProductFactory,
    ProductGroupFactory,
    ServiceCardFactory,
    WarrantyPlanFactory,
)

LISTS = ["customers:list", "customers:card-list"]


def rows(client, name, **query):
    answer = client.get(reverse(name), query)
    assert answer.status_code == 200
    return answer.context["rows"]


def full_row(region):
    customer = PhoneFactory(customer=CustomerFactory(region=region, dealer=DealerFactory(region=region))).customer
    customer.preferred_phone = customer.phones.get()
    customer.save()
    return ServiceCardFactory(customer=customer, installer=UserFactory(role="technician", region=region))


@pytest.mark.parametrize("name", LISTS)
def test_fifty_rows_cost_what_one_costs(signed_in, region, name, django_assert_max_num_queries):
    WarrantyPlanFactory()

    def cost():
        with django_assert_max_num_queries(20) as seen:
            rows(signed_in, name)
        return len(seen.captured_queries)

    full_row(region)
    cost()  # copies of slow tables are made
    first = cost()
    for _again in range(52):
        full_row(region)
    assert cost() == first
    assert len(rows(signed_in, name)) == 50


@pytest.mark.req("S0-21")
@pytest.mark.parametrize("name", LISTS)
def test_each_branch_sees_its_own(client, signed_in, region, elsewhere, name):
    mine, theirs = full_row(region), full_row(elsewhere)
    seen = {getattr(row, "customer", row) for row in rows(signed_in, name)}
    assert seen == {mine.customer}
    client.force_login(UserFactory(role="general_manager"))
    assert {getattr(row, "customer", row) for row in rows(client, name)} == {mine.customer, theirs.customer}
    client.force_login(UserFactory(role="technician", region=region))
    assert not rows(client, name)


def test_filters_narrow_the_customers(signed_in, region):
    doors, chairs = ProductGroupFactory(code="doors"), ProductGroupFactory(code="chairs", name="椅")
    inside = ProductGroupFactory(code="interior", name="室内门", parent=doors)
    vip = CustomerFactory(region=region, is_vip=True)
    member = CustomerFactory(region=region, is_member=True, dealer=DealerFactory(region=region))
    ServiceCardFactory(customer=vip, product=ProductFactory(group=inside))
    ServiceCardFactory(customer=member, product=ProductFactory(group=chairs))
    assert rows(signed_in, "customers:list", mark="vip") == [vip]
    assert rows(signed_in, "customers:list", mark="member") == [member]
    assert rows(signed_in, "customers:list", dealer=member.dealer_id) == [member]
    assert rows(signed_in, "customers:list", group=doors.pk) == [vip]
    assert rows(signed_in, "customers:list", region=region.pk) == [member, vip]
    assert rows(signed_in, "customers:list", order="oldest") == [vip, member]


def test_merged_files_are_not_listed_twice(signed_in, region):
    kept, merged = CustomerFactory(region=region), CustomerFactory(region=region)
    Customer.objects.filter(pk=merged.pk).update(root=kept)
    assert rows(signed_in, "customers:list") == [kept]


@pytest.mark.req("S0-38")
def test_the_register_is_narrowed_by_group_and_installation_date(signed_in, region):
    customer = CustomerFactory(region=region)
    early = ServiceCardFactory(customer=customer, installed_on=date(2026, 1, 5), accepted_on=None)
    late = ServiceCardFactory(customer=customer, installed_on=date(2026, 8, 5), accepted_on=None)
    assert rows(signed_in, "customers:card-list", installed_from="2026-08-01") == [late]
    assert rows(signed_in, "customers:card-list", installed_to="2026-08-01") == [early]
    assert rows(signed_in, "customers:card-list", order="installed") == [late, early]
    page = signed_in.get(reverse("customers:card-list")).content.decode()
    for words in (early.number, late.number, "主卧", early.product.model_no, "2026-08-05"):
        assert words in page


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    "query",
    [
        {"region": "999999"}, {"region": "'"}, {"group": "abc"}, {"order": "password"}, {"after": "1"}, {"after": "x" * 500},
        {"page": "-1"}, {"mark": "x"}, {"installed_from": "yesterday"}, {"owner__password__startswith": "a"},
    ],
)  # fmt: skip
def test_strange_filters_break_nothing(signed_in, region, name, query):
    full_row(region)
    assert signed_in.get(reverse(name), query).status_code in (200, 400, 404)


@pytest.mark.parametrize("name", LISTS)
def test_personal_data_is_masked_in_lists(client, region, name):
    card = full_row(region)
    client.force_login(UserFactory(role="quality", region=region))
    page = client.get(reverse(name)).content.decode()
    number = card.customer.preferred_phone.number
    for secret in (number, f"{number[:3]} {number[3:7]} {number[7:]}", card.customer.name, card.customer.address):
        assert secret not in page
    assert "张*" in page


@pytest.mark.parametrize("name", LISTS)
def test_scripts_get_the_rows_alone(signed_in, region, name):
    full_row(region)
    page = signed_in.get(reverse(name), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in page
    assert "<table" in page


@pytest.mark.parametrize("name", LISTS)
def test_an_empty_list_says_what_will_be_here(signed_in, name):
    assert "empty" in signed_in.get(reverse(name)).content.decode()
