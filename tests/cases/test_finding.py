"""Searching finds complaints where their customers' files may be seen, and says what state they are in."""

import pytest

from accounts.models import Region
from core import search
from workflow.perform import perform

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


def test_a_complaint_is_found_by_the_sound_of_the_name_of_whoever_called(complaint):
    complaint.caller_name = "仇英"
    complaint.reindex()
    agent = person("agent", region=complaint.region)
    assert found(agent, "qiuying")["complaint"] == [complaint.number]
    assert found(person("quality", region=complaint.region), "qiuying") == {}


def test_ended_complaints_come_after_open_ones_and_come_back_when_reopened(complaint):
    agent = person("agent", region=complaint.region)
    later = ComplaintFactory(matter__customer=complaint.matter.customer, content="大门异响", type="enquiry")
    later.reindex()
    assert found(agent, "异响")["complaint"] == [later.number, complaint.number]
    perform(later, "answer_on_the_spot", by=agent, answer="已告知")
    assert found(agent, "异响")["complaint"] == [complaint.number, later.number]


def test_a_matter_that_moves_to_another_branch_is_found_there(complaint):
    elsewhere = person("agent", region=Region.objects.create(code="elsewhere", name="外地"))
    complaint.matter.move_to(elsewhere.regions.get(), by=elsewhere, now=complaint.received_at)
    assert found(elsewhere, "异响")["complaint"] == [complaint.number]
    assert "complaint" not in found(person("agent", region=complaint.matter.customer.region), "异响")


# --- filed at another branch (design 3.8) ---------------------------------------------------------------------------
@pytest.fixture
def stranger(complaint):
    return lambda role: person(role, region=Region.objects.get_or_create(code="elsewhere", name="外地")[0])


@pytest.mark.parametrize("typed", ["13971751234", "139 7175 1234", "+86 139-7175-1234"])
def test_the_exact_number_of_another_branch_answers_with_its_stub(complaint, stranger, client, typed):
    agent = stranger("agent")
    [stub] = search.elsewhere(typed, agent)
    assert complaint.region.name in stub.detail
    client.force_login(agent)
    for place in ("/search/", "/search/suggestions/"):
        text = client.get(place, {"q": typed}).content.decode()
        assert complaint.region.name in text
        assert f"branch={complaint.region.pk}&amp;phone=13971751234" in text
        assert "孙丽" not in text
    assert client.get(stub.url).status_code == 200


@pytest.mark.parametrize("typed", ["1234", "71751234", "1397175123", "孙丽", "13971751235", "", "9" * 150])
def test_anything_less_than_the_number_tells_nothing_of_another_branch(complaint, stranger, typed):
    assert search.elsewhere(typed, stranger("agent")) == []


def test_who_takes_no_calls_is_not_led_to_handing_over_and_who_may_not_see_numbers_is_told_nothing(complaint, stranger):
    [stub] = search.elsewhere("13971751234", stranger("dispatcher"))
    assert not stub.url
    for role in ("finance", "quality", "technician"):
        assert search.elsewhere("13971751234", stranger(role)) == [], role
    assert search.elsewhere("13971751234", person("agent", region=complaint.region)) == []
