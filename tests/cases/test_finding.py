"""Searching finds complaints where their customers' files may be seen, and says what state they are in."""

import pytest

from core import search

from tests.factories.cases import ComplaintFactory, person
from tests.factories.customers import CustomerFactory, PhoneFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def complaint():
    customer = CustomerFactory(name="孙丽")
    PhoneFactory(customer=customer, number="13971751234")
    customer.index()
    row = ComplaintFactory(
        matter__customer=customer, content="次卧合页异响，夜里关门像打雷。", caller_phone="13971751234"
    )
    row.reindex()
    return row


def found(user, typed):
    groups = search.grouped(search.search(typed, user, 100), user)
    return {kind.name: [line.title for line in lines] for kind, lines, _more in groups}


@pytest.mark.parametrize("typed", ["异响", "合页 打雷", "1234", "139 7175 1234"])
def test_a_complaint_is_found_by_its_words_its_number_and_its_telephone(complaint, typed):
    agent = person("agent", region=complaint.region)
    assert found(agent, typed)["complaint"] == [complaint.number]
    assert found(agent, complaint.number[-6:])["complaint"] == [complaint.number]


def test_another_branch_finds_nothing_and_who_sees_everything_does(complaint, django_user_model):
    elsewhere = person("agent", region=type(complaint.region).objects.create(code="elsewhere", name="外地"))
    assert found(elsewhere, "异响") == {}
    assert "complaint" in found(person("general_manager", region=elsewhere.regions.first()), "异响")


def test_a_technician_finds_what_he_is_sent_to_and_no_more(complaint):
    technician = person("technician", region=complaint.region)
    assert found(technician, "异响") == {}
