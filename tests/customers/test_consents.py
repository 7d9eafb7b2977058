"""Consent and its withdrawal: dated, signed, and what holds is what was said last."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from customers import merging
from customers.models import Consent, Customer
from customers.signals import consents_changed
from workflow.models import Event

from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory, OrderFactory, ServiceCardFactory

CALLS, OFFERS = Customer.Purpose.CALLS, Customer.Purpose.MARKETING


@pytest.fixture
def customer(region):
    return CustomerFactory(region=region)


def url(customer):
    return reverse("customers:consents", args=[customer.pk])


def words(**more):
    return {"op": uuid.uuid4(), "purpose": "calls", "given": "no", "channel": "phone"} | more


def test_a_withdrawal_is_kept_with_its_day_its_way_and_who_noted_it(signed_in, agent, customer):
    told = []
    consents_changed.connect(lambda consents, by, **kwargs: told.append((consents, by)), weak=False, dispatch_uid="t")
    try:
        assert signed_in.post(url(customer), words(at="2026-11-01T10:00", words="不要再打")).status_code == 302
    finally:
        consents_changed.disconnect(dispatch_uid="t")
    said = Consent.objects.get()
    assert (said.customer, said.purpose, said.given, said.channel, said.by) == (
        customer,
        "calls",
        False,
        "phone",
        agent,
    )
    assert timezone.localtime(said.at).isoformat() == "2026-11-01T10:00:00+08:00"
    customer.refresh_from_db()
    assert not customer.allows(CALLS)
    assert not customer.may_be_called(timezone.now())
    assert told == [([said], agent)]
    event = Event.objects.get(customer=customer, action="withdraw_consent")
    assert (event.data, event.note) == ({"purpose": "calls"}, "")
    page = signed_in.get(url(customer)).content.decode()
    assert "不要再打" in page


def test_the_newest_word_holds_whatever_was_noted_last(agent, customer):
    now = timezone.now()
    Consent.objects.note(customer, CALLS, given=False, by=agent, channel="phone", at=now)
    Consent.objects.note(customer, CALLS, given=True, by=agent, channel="paper", at=now - timedelta(days=9))
    customer.refresh_from_db()
    assert not customer.allows_calls
    Consent.objects.note(customer, CALLS, given=True, by=agent, channel="phone", at=now + timedelta(minutes=1))
    customer.refresh_from_db()
    assert customer.allows_calls
    assert list(Customer.objects.taking_calls()) == [customer]


def test_a_press_sent_twice_is_one_word(signed_in, customer):
    once = words(purpose="marketing", given="yes")
    signed_in.post(url(customer), once)
    signed_in.post(url(customer), once)
    assert Consent.objects.count() == 1
    customer.refresh_from_db()
    assert customer.allows(OFFERS)


@pytest.mark.parametrize(
    "wrong", [{"purpose": "x"}, {"given": ""}, {"channel": "?"}, {"at": "2199-01-01T10:00"}, {"at": "gestern"}]
)
def test_a_wrong_word_is_refused_at_its_field_and_kept(signed_in, customer, wrong):
    answer = signed_in.post(url(customer), words(words="原话") | wrong)
    assert answer.status_code == 422
    assert "原话" in answer.content.decode()
    assert not Consent.objects.exists()


def test_what_a_person_said_counts_for_his_merged_file_and_leaves_with_it(region, customer):
    boss, other = UserFactory(role="supervisor", region=region), CustomerFactory(region=region)
    Consent.objects.note(other, CALLS, given=False, by=boss, channel="phone")
    customer.refresh_from_db()
    other.refresh_from_db()
    record = merging.merge(
        customer, other, chosen=[], by=boss, kept_version=customer.version, merged_version=other.version
    )
    customer.refresh_from_db()
    assert not customer.allows_calls
    Consent.objects.note(Customer.objects.get(pk=other.pk), OFFERS, given=True, by=boss, channel="phone")
    customer.refresh_from_db()
    assert customer.allows_marketing  # said about the file that counts
    merging.undo(record, by=boss)
    customer.refresh_from_db()
    other.refresh_from_db()
    assert (customer.allows_calls, customer.allows_marketing) == (True, True)
    assert (other.allows_calls, other.allows_marketing) == (False, False)


@pytest.mark.req("S2-161")
def test_the_file_and_the_list_show_who_refuses_calls(signed_in, customer, agent):
    other = CustomerFactory(region=customer.region, name="孙丽")
    Consent.objects.note(customer, CALLS, given=False, by=agent, channel="phone")
    page = signed_in.get(customer.get_absolute_url()).content.decode()
    assert "不接受回访" in page
    silent = signed_in.get(reverse("customers:list"), {"mark": "silent"}).content.decode()
    assert customer.number in silent
    assert other.number not in silent


def test_hours_are_typed_as_people_say_them_and_kept_in_one_form(signed_in, customer):
    answer = signed_in.get(reverse("customers:edit", args=[customer.pk]))
    form = {name: answer.context["form"][name].value() or "" for name in answer.context["form"].fields}
    form |= {
        "version": customer.version,
        "quiet_hours": "12点到14点",
        "best_hours": "周末 9-11",
        "preferred_way": "wechat",
    }
    assert signed_in.post(reverse("customers:edit", args=[customer.pk]), form).status_code == 302
    customer.refresh_from_db()
    assert (customer.quiet_hours, customer.best_hours) == ("12:00–14:00", "weekends 09:00–11:00")
    page = signed_in.get(customer.get_absolute_url()).content.decode()
    assert "周末 09:00–11:00" in page
    for wrong in ("中午", "08:00-21:00"):
        answer = signed_in.post(
            reverse("customers:edit", args=[customer.pk]), form | {"version": 2, "quiet_hours": wrong}
        )
        assert answer.status_code == 422
        assert wrong in answer.content.decode()


# --- marks ----------------------------------------------------------------------------------------------------------
@pytest.mark.req("S1-75", "S2-39")
def test_old_and_new_customers_are_told_apart_in_lists_and_filters(signed_in, region):
    new, old, by_card = (CustomerFactory(region=region) for _ in range(3))
    OrderFactory(customer=new, ordered_on="2026-05-01")
    OrderFactory(customer=old, ordered_on="2026-05-01")
    OrderFactory(customer=old, ordered_on="2026-06-01")
    OrderFactory(customer=by_card, ordered_on="2026-05-01")
    ServiceCardFactory(customer=by_card, order=None, bought_on="2024-05-01")
    nobody = CustomerFactory(region=region)
    assert set(Customer.objects.old()) == {old, by_card}
    assert set(Customer.objects.new()) == {new, nobody}
    for row in Customer.objects.with_buying_days():
        assert row.is_old == Customer.objects.get(pk=row.pk).is_old
    page = signed_in.get(reverse("customers:list"), {"mark": "old"}).content.decode()
    assert old.number in page
    assert new.number not in page
