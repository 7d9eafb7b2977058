"""Correcting a file: nobody overwrites anybody, nobody sets what is not his to set."""

import pytest
from django.urls import reverse

from customers.models import Contact, Customer, Phone
from customers.signals import customer_changed

from tests.factories.accounts import UserFactory
from tests.factories.customers import ContactFactory, CustomerFactory, PhoneFactory


@pytest.fixture
def customer(region):
    return CustomerFactory(region=region, name="张伟", address="湖滨大道 18 号")


def edit(customer, **changes):
    return {
        "version": customer.version, "name": customer.name, "region": customer.region_id, "area": "", "address": "",
        "dealer": "", "preferred_phone": "", "preferred_way": "phone", "best_hours": "", "quiet_hours": "",
        "credit_level": "normal", "acceptable_settlement": "", "source": "hotline", "note": "",
    } | changes  # fmt: skip


def url(name, customer, *more):
    return reverse(f"customers:{name}", args=[customer.pk, *more])


def test_an_edit_is_saved_dated_and_told(signed_in, agent, customer):
    told = []
    customer_changed.connect(lambda fields, by, **kwargs: told.append((fields, by)), weak=False, dispatch_uid="t")
    signed_in.post(url("edit", customer), edit(customer, note="两位老人在家", area="黄石下陆区", address="杭州路 1 号"))
    customer_changed.disconnect(dispatch_uid="t")
    customer.refresh_from_db()
    assert (customer.note, customer.place) == ("两位老人在家", "湖北省黄石市下陆区杭州路 1 号")
    assert (customer.version, customer.changed_by) == (2, agent)
    assert told == [(["area", "address", "note"], agent)]


def test_an_edit_that_changes_nothing_leaves_no_trace(signed_in, customer):
    signed_in.post(url("edit", customer), edit(customer, address=customer.address))
    customer.refresh_from_db()
    assert (customer.version, customer.changed_by) == (1, None)


def test_a_form_opened_before_another_edit_is_refused_with_both_versions(signed_in, client, customer, region):
    late = edit(customer, address="迎宾大道 99 号")
    colleague = UserFactory(role="agent", region=region, name="李娜")
    client.force_login(colleague)
    client.post(url("edit", customer), edit(customer, address="杭州路 1 号", note="先改的"))
    answer = signed_in.post(url("edit", customer), late)
    page = answer.content.decode()
    customer.refresh_from_db()
    assert answer.status_code == 409
    assert customer.address == "杭州路 1 号"
    assert "李娜" in page
    assert "杭州路 1 号" in page
    assert 'value="迎宾大道 99 号"' in page
    assert 'name="version" value="2"' in page
    assert signed_in.post(url("edit", customer), late | {"version": 2}).status_code == 302


@pytest.mark.parametrize("version", ["", "abc", "0", "-1", "9" * 400, "２"])
def test_a_version_nobody_had_is_refused(signed_in, customer, version):
    assert signed_in.post(url("edit", customer), edit(customer, note="x", version=version)).status_code == 409
    assert Customer.objects.get(pk=customer.pk).note == ""


@pytest.mark.req("S2-88")
def test_only_a_supervisor_marks_a_vip(client, signed_in, customer, region):
    assert "is_vip" not in signed_in.get(url("edit", customer)).content.decode()
    signed_in.post(url("edit", customer), edit(customer, is_vip="on", note="x"))
    assert not Customer.objects.get(pk=customer.pk).is_vip
    client.force_login(UserFactory(role="supervisor", region=region))
    customer.refresh_from_db()
    client.post(url("edit", customer), edit(customer, is_vip="on"))
    assert Customer.objects.get(pk=customer.pk).is_vip


def test_what_the_form_does_not_hold_is_not_stored(signed_in, customer, elsewhere, agent):
    stranger = CustomerFactory(region=elsewhere)
    data = edit(customer, root=stranger.pk, number="KH1", created_by=agent.pk, op="x", id=stranger.pk, note="x")
    signed_in.post(url("edit", customer), data)
    customer.refresh_from_db()
    assert (customer.root_id, customer.created_by) == (customer.pk, None)
    assert customer.number != "KH1"


def test_a_file_is_not_moved_to_a_branch_that_is_not_ones_own(signed_in, customer, elsewhere):
    assert signed_in.post(url("edit", customer), edit(customer, region=elsewhere.pk)).status_code == 422


def test_the_preferred_phone_is_one_of_the_file(signed_in, customer, elsewhere):
    foreign = PhoneFactory(customer=CustomerFactory(region=elsewhere))
    assert signed_in.post(url("edit", customer), edit(customer, preferred_phone=foreign.pk)).status_code == 422


def test_the_same_person_with_two_numbers_and_a_decorator(signed_in, customer):
    reach = url("reach", customer)
    signed_in.post(reach, {"number": "13800138000", "relation": "self"})
    signed_in.post(reach, {"number": "628 8123", "relation": "self", "label": "白天"})
    signed_in.post(reach, {"number": "+86 13907230001", "relation": "decorator", "name": "刘工"})
    signed_in.post(reach, {"number": "", "relation": "property_manager", "name": "物业小陈"})
    signed_in.post(reach, {"number": "13907230001", "relation": "decorator", "name": "刘工"})
    customer.refresh_from_db()
    assert list(customer.phones.values_list("number", flat=True)) == ["13800138000", "07146288123", "13907230001"]
    assert customer.preferred_phone.number == "13800138000"
    people = customer.contacts.values_list("name", "relation", "phone__number")
    assert list(people) == [("刘工", "decorator", "13907230001"), ("物业小陈", "property_manager", None)]
    page = signed_in.get(reach).content.decode()
    assert 'href="tel:07146288123"' in page
    assert "物业小陈" in page


@pytest.mark.parametrize(
    "data", [{"number": "12ab", "relation": "self"}, {"relation": "self"}, {"relation": "x", "name": "y"}]
)
def test_a_wrong_number_keeps_what_was_typed(signed_in, customer, data):
    answer = signed_in.post(url("reach", customer), data | {"label": "晚上打"})
    assert answer.status_code == 422
    assert "晚上打" in answer.content.decode()
    assert not Phone.objects.exists()
    assert not Contact.objects.exists()


def test_rows_are_preferred_and_removed(signed_in, customer):
    first, second = customer.add_phone("13800138000"), customer.add_phone("13900139000")
    contact = ContactFactory(customer=customer, phone=second)
    signed_in.post(url("phone-prefer", customer, second.pk))
    customer.refresh_from_db()
    assert customer.preferred_phone == second
    signed_in.post(url("phone-remove", customer, second.pk))
    customer.refresh_from_db()
    contact.refresh_from_db()
    assert (customer.preferred_phone, contact.phone) == (first, None)
    signed_in.post(url("contact-remove", customer, contact.pk))
    assert not Contact.objects.exists()
    assert signed_in.get(url("phone-remove", customer, first.pk)).status_code == 405
    assert Phone.objects.count() == 1


@pytest.mark.parametrize("act", ["phone-prefer", "phone-remove"])
def test_another_files_number_is_not_touched(signed_in, customer, region, act):
    foreign = PhoneFactory(customer=CustomerFactory(region=region))
    assert signed_in.post(url(act, customer, foreign.pk)).status_code == 404
    assert Phone.objects.filter(pk=foreign.pk).exists()


@pytest.mark.req("S2-35", "S2-39", "S3-40")
def test_the_file_shows_who_he_is_and_how_to_reach_him(signed_in, customer):
    phone = customer.add_phone("13800138000")
    customer.add_contact(name="李娟", relation="family", phone=phone)
    Customer.objects.filter(pk=customer.pk).update(
        is_vip=True,
        is_member=True,
        credit_level="watch",
        acceptable_settlement="换新或退差价",
        quiet_hours="12:00–14:00",
    )
    page = signed_in.get(customer.get_absolute_url()).content.decode()
    for words in ("张伟", 'href="tel:13800138000"', "李娟", "VIP", "会员", "换新或退差价", "12:00–14:00", "新客户"):
        assert words in page


def test_personal_data_is_masked_without_the_right(client, customer, region):
    customer.add_contact(name="李娟", relation="family", phone=customer.add_phone("13800138000"))
    client.force_login(UserFactory(role="quality", region=region))
    page = client.get(customer.get_absolute_url()).content.decode()
    for secret in ("13800138000", "138 0013 8000", "张伟", "李娟", "湖滨大道"):
        assert secret not in page
    assert "张*" in page
    assert "8000" in page


@pytest.mark.parametrize("pk", ["0", "-1", str(2**63), "1" + "0" * 40, "1e3", "１", "abc"])
def test_a_strange_key_is_not_found(signed_in, pk):
    assert signed_in.get(f"/customers/{pk}/").status_code == 404
