import pytest

from customers.addresses import read_place, suggest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "full_name", "rest"),
    [
        ("湖北省黄石市下陆区湖滨大道18号", "湖北省黄石市下陆区", "湖滨大道18号"),
        ("湖北黄石下陆湖滨大道18号", "湖北省黄石市下陆区", "湖滨大道18号"),
        ("黄石市 下陆区", "湖北省黄石市下陆区", ""),
        ("下陆区", "湖北省黄石市下陆区", ""),
        ("北京市朝阳区望京街10号", "北京市朝阳区", "望京街10号"),
        ("北京朝阳望京街10号", "北京市朝阳区", "望京街10号"),
        ("重庆渝北区", "重庆市渝北区", ""),
        ("广东佛山顺德容桂", "广东省佛山市顺德区", "容桂"),
        ("黄石", "湖北省黄石市", ""),
    ],
)
def test_the_district_is_read_off_the_front(text, full_name, rest):
    assert [(place.full_name, place.rest) for place in read_place(text)] == [(full_name, rest)]


def test_a_name_used_twice_gives_every_candidate():
    assert {"江苏省南京市鼓楼区", "福建省福州市鼓楼区"} <= {place.full_name for place in read_place("鼓楼区")}


@pytest.mark.parametrize("text", ["", "  ", "18号", "🙂", "%", "x" * 10_000])
def test_what_names_no_place_names_none(text):
    assert read_place(text) == []


def test_suggestions_are_what_is_inside_or_what_contains():
    assert ("420204", "湖北省黄石市下陆区") in suggest("黄石")
    assert ("420204", "湖北省黄石市下陆区") in suggest("下陆")
    assert suggest("") == []
    assert len(suggest("区")) == 20
