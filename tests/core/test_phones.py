"""One written form for every number, however it was typed (threats 45)."""

import pytest

from core import phones


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("13800138000", "13800138000"),
        ("138 0013 8000", "13800138000"),
        ("138-0013-8000", "13800138000"),
        ("+86 138 0013 8000", "13800138000"),
        ("+8613800138000", "13800138000"),
        ("0086 13800138000", "13800138000"),
        ("（＋８６）１３８００１３８０００", "13800138000"),
        ("013800138000", "13800138000"),
        ("１３８００１３８０００\u200b", "13800138000"),
        ("0714-6288888", "07146288888"),
        ("(0714) 628 8888", "07146288888"),
        ("+86 714 6288888", "07146288888"),
        ("+86 10 62888888", "01062888888"),
        ("021-62888888", "02162888888"),
        ("0714-6288888转8001", "07146288888x8001"),
        ("0714-6288888 转 8001", "07146288888x8001"),
        ("0714-6288888转分机8001", "07146288888x8001"),
        ("0714-6288888 ext. 8001", "07146288888x8001"),
        ("0714-6288888-8001", "07146288888x8001"),
        ("400-800-1234", "4008001234"),
        ("4008001234转2", "4008001234x2"),
        ("95588", "95588"),
        ("12315", "12315"),
        ("+852 9123 4567", "+85291234567"),
        ("00852 9123 4567", "+85291234567"),
        ("+1 (415) 555-2671", "+14155552671"),
    ],
)
def test_every_way_of_writing_gives_one_number(typed, number):
    assert phones.normalise(typed) == number
    assert phones.normalise(number) == number
    assert phones.normalise(phones.group(number)) == number


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "1380013800",
        "138001380001",
        "abcdefghijk",
        "1380013800a",
        "0714-62",
        "+86 12345",
        "+999 123",
        "6288888",
        "0",
        "01",
        "0-0",
        "0" * 38,
    ]
    + ["1" * 41, "13800138000 13900139000", "٠١٢٣٤٥٦٧٨٩٠", "=13800138000"],
)
def test_what_is_no_number_is_refused_with_a_reason(typed):
    with pytest.raises(ValueError, match=r"\S"):
        phones.normalise(typed)


def test_a_number_typed_with_dashes_is_grouped_once():
    assert phones.group("0714-6512000") == phones.group("0714 651 2000") == "0714-651 2000"


def test_an_area_code_completes_a_local_number():
    assert phones.normalise("628 8888", area_code="0714") == "07146288888"


@pytest.mark.parametrize(
    ("number", "shown", "masked", "kind"),
    [
        ("13800138000", "138 0013 8000", "138 **** 8000", "mobile"),
        ("07146288888", "0714-628 8888", "0714-*** 8888", "landline"),
        ("02162888888", "021-6288 8888", "021-**** 8888", "landline"),
        ("4008001234", "400-800-1234", "400 *** 1234", "other"),
        ("95588", "95588", "95588", "other"),
        ("+85291234567", "+852 9123 4567", "+85 ***** 4567", "other"),
    ],
)
def test_a_number_is_shown_in_groups_and_hidden_in_the_middle(number, shown, masked, kind):
    assert (phones.group(number), phones.mask(number), phones.kind(number)) == (shown, masked, kind)
