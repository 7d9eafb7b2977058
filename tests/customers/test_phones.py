"""One number, many spellings (threats 45)."""

import pytest

from customers import phones
from customers.models import Phone

from tests.factories.customers import CustomerFactory, PhoneFactory

MOBILE = [
    "13800138000",
    "+86 138 0013 8000",
    "0086-13800138000",
    "１３８００１３８０００",
    "138-0013-8000",
    "013800138000",
]
LANDLINE = [
    "07146288888",
    "0714-6288888",
    "(0714) 628 8888",
    "+86 714 6288888",
    "0714-6288888转801",
    "0714-6288888-801",
]


@pytest.mark.parametrize("typed", MOBILE)
def test_every_spelling_of_a_mobile_is_one_number(typed):
    assert phones.parse(typed) == ("13800138000", "mobile", "13800138000", "", "8000")


@pytest.mark.parametrize("typed", LANDLINE)
def test_every_spelling_of_a_landline_has_the_same_base(typed):
    number = phones.parse(typed)
    assert (number.kind, number.base, number.local, number.tail) == ("landline", "07146288888", "6288888", "8888")


def test_three_digit_area_codes_are_told_from_four():
    assert phones.parse("010-62888888").local == "62888888"
    assert phones.parse("0755 2688 8888").local == "26888888"


@pytest.mark.parametrize("typed", ["", "abcdefghijk", "1380013800", "138001380001", "转801", "0714", "🙂" * 11])
def test_what_is_no_number_is_refused_in_words(typed):
    with pytest.raises(ValueError, match=r"\w"):
        phones.parse(typed)


@pytest.mark.django_db
@pytest.mark.parametrize("typed", [*MOBILE, "8000", "38000"])
def test_a_mobile_is_found_however_it_is_said(typed):
    phone = PhoneFactory(number="+86 13800138000")
    PhoneFactory(number="13900139999")
    assert list(Phone.objects.find(typed)) == [phone]


@pytest.mark.django_db
@pytest.mark.parametrize("typed", [*LANDLINE, "6288888", "628 8888", "8888"])
def test_a_landline_is_found_with_and_without_area_code_and_extension(typed):
    phone = PhoneFactory(number="0714-6288888转801")
    PhoneFactory(number="027-88886666")
    assert list(Phone.objects.find(typed)) == [phone]


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["", "800", "张伟", "%", "_______", "1380013800", "' OR 1=1", "8" * 400])
def test_what_names_no_number_finds_nobody(typed):
    PhoneFactory(number="13800138000")
    assert not Phone.objects.find(typed).exists()


@pytest.mark.django_db
@pytest.mark.req("S0-65")
def test_a_file_keeps_mobile_and_landline_apart():
    customer = CustomerFactory()
    PhoneFactory(customer=customer, number="13800138000")
    PhoneFactory(customer=customer, number="0714-6288888-801")
    kinds = customer.phones.values_list("number", "kind", "tail")
    assert list(kinds) == [("13800138000", "mobile", "8000"), ("07146288888x801", "landline", "8888")]
    assert [phone.dial for phone in customer.phones.all()] == ["13800138000", "07146288888,801"]
