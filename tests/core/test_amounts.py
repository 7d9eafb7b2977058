"""Money as it is shown and as it is written on paper."""

from decimal import Decimal

import pytest

from core.amounts import capital, yuan


@pytest.mark.parametrize(
    ("amount", "shown"),
    [(1280, "¥1,280.00"), (Decimal("0.5"), "¥0.50"), (Decimal("-12.345"), "-¥12.35"), (1234567, "¥1,234,567.00")],
)
def test_yuan_has_two_decimals_and_groups_of_three(amount, shown):
    assert yuan(amount) == shown


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.5", "伍角整"),
        ("10", "壹拾元整"),
        ("1280", "壹仟贰佰捌拾元整"),
        ("1280.50", "壹仟贰佰捌拾元伍角整"),
        ("1280.05", "壹仟贰佰捌拾元零伍分"),
        ("1005.5", "壹仟零伍元伍角整"),
        ("10000", "壹万元整"),
        ("10005", "壹万零伍元整"),
        ("100500", "壹拾万零伍佰元整"),
        ("1000000", "壹佰万元整"),
        ("20030405.67", "贰仟零叁万零肆佰零伍元陆角柒分"),
        ("100000000", "壹亿元整"),
        ("100000001", "壹亿零壹元整"),
        ("100010000", "壹亿零壹万元整"),
        ("-88", "负捌拾捌元整"),
        ("9999999999.99", "玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_capital_numerals_follow_the_rules_of_cheques(amount, written):
    assert capital(Decimal(amount)) == written


def test_more_than_a_column_holds_is_refused():
    with pytest.raises(ValueError, match="column"):
        capital(Decimal("1e10"))
