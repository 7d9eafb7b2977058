"""Provinces, cities and districts, as an address is written."""

import pytest

from core.models import Area

pytestmark = pytest.mark.django_db


def test_every_province_city_and_district_is_there_with_its_parent():
    counts = {level: Area.objects.filter(level=level).count() for level in (1, 2, 3)}
    assert counts == {1: 31, 2: 342, 3: 2978}
    assert not Area.objects.filter(level__gt=1, parent=None).exists()
    assert [area.name for area in Area.objects.below("4406")][:2] == ["禅城区", "南海区"]


@pytest.mark.parametrize(
    ("code", "written", "short"),
    [
        ("11", "北京市", "北京市"),
        ("1101", "北京市", "北京市"),
        ("110105", "北京市朝阳区", "朝阳区"),
        ("440604", "广东省佛山市禅城区", "禅城区"),
        ("441900", "广东省东莞市", "东莞市"),
        ("469002", "海南省琼海市", "琼海市"),
        ("5002", "重庆市（县）", "重庆市（县）"),
        ("500229", "重庆市城口县", "城口县"),
        ("659001", "新疆维吾尔自治区石河子市", "石河子市"),
    ],
)
def test_names_are_written_as_in_an_address(code, written, short):
    area = Area.objects.get(pk=code)
    assert (str(area), area.short_name) == (written, short)


def test_loading_again_changes_nothing_and_costs_few_statements(django_assert_max_num_queries):
    before = list(Area.objects.values())
    with django_assert_max_num_queries(25):
        assert Area.objects.load_facts() == 3351
    assert list(Area.objects.values()) == before
