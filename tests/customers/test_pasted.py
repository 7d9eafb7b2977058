"""Whole contacts pasted in one piece: taken apart in any order, and whatever is not understood stays to be seen."""

import time
import uuid

import pytest
from django.http import QueryDict
from django.urls import reverse

from customers.models import Customer
from customers.pasted import read_contact, spread

from tests.factories.accounts import UserFactory

NEW, LOOK_UP = "/customers/new/", "/look-up/contact/"
NANSHAN, KEJI = "广东省深圳市南山区", "科技园路1号3栋502"
XIALU = "湖北省黄石市下陆区"
LINE = f"张三 13812345678 {NANSHAN}{KEJI}"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "name", "phone", "area", "address"),
    [
        # any order, any separator
        (LINE, "张三", "13812345678", NANSHAN, KEJI),
        (f"{NANSHAN}{KEJI} 张三 13812345678", "张三", "13812345678", NANSHAN, KEJI),
        (f"13812345678，{NANSHAN}{KEJI}，张三", "张三", "13812345678", NANSHAN, KEJI),
        (f"张三,13812345678,{NANSHAN}{KEJI}", "张三", "13812345678", NANSHAN, KEJI),
        (f"张三\n13812345678\n{NANSHAN}\n{KEJI}\n", "张三", "13812345678", NANSHAN, KEJI),
        (f"张三13812345678{NANSHAN}{KEJI}", "张三", "13812345678", NANSHAN, KEJI),
        (f"张三{NANSHAN}{KEJI} 13812345678", "张三", "13812345678", NANSHAN, KEJI),
        (f"{NANSHAN}{KEJI}张三13812345678", "张三", "13812345678", NANSHAN, KEJI),
        (f"张三、13812345678、{NANSHAN}{KEJI}", "张三", "13812345678", NANSHAN, KEJI),
        ("张三 13812345678 科技园路1号3栋502 广东省深圳市南山区", "张三", "13812345678", NANSHAN, KEJI),
        # labels
        (f"收货人：张三 电话：13812345678 地址：{NANSHAN}{KEJI}", "张三", "13812345678", NANSHAN, KEJI),
        (f"收货人: 张三\n手机号码: 138-1234-5678\n所在地区: 广东省 深圳市 南山区\n详细地址: {KEJI}",
         "张三", "13812345678", NANSHAN, KEJI),
        (f"【收货人】张三【电话】13812345678【地址】{NANSHAN}{KEJI}", "张三", "13812345678", NANSHAN, KEJI),
        (f"姓名张三 电话13812345678 地址{NANSHAN}{KEJI}", "张三", "13812345678", NANSHAN, KEJI),
        (f"地址：{NANSHAN}{KEJI}（张三 收）13812345678", "", "13812345678", NANSHAN, f"{KEJI}(张三 收)"),
        ("Name: John Smith, Phone: +86 138 1234 5678, Address: 广东深圳南山区科技园路1号",
         "John Smith", "13812345678", NANSHAN, "科技园路1号"),
        # numbers
        (f"李娟 0714-6351234 {XIALU}湖滨大道18号", "李娟", "07146351234", XIALU, "湖滨大道18号"),
        (f"李娟 (0714)6351234转801 {XIALU}湖滨大道18号", "李娟", "07146351234x801", XIALU, "湖滨大道18号"),
        (f"李娟 0714-6351234-801 {XIALU}湖滨大道18号", "李娟", "07146351234x801", XIALU, "湖滨大道18号"),
        (f"李娟 13812345678-1234 {XIALU}湖滨大道18号", "李娟", "13812345678x1234", XIALU, "湖滨大道18号"),
        ("李娟，86-13812345678，湖北省 黄石市 下陆区 湖滨大道18号 ，435000",
         "李娟", "13812345678", XIALU, "湖滨大道18号 435000"),
        (f"电话:6351234 姓名:李娟 地址:{XIALU}湖滨大道18号", "李娟", "6351234", XIALU, "湖滨大道18号"),
        ("王建国 010-62345678 北京海淀区中关村大街27号", "王建国", "01062345678", "北京市海淀区", "中关村大街27号"),
        ("４００－８００－１２３４ 陈工", "陈工", "4008001234", "", ""),
        (f"张三 13812345678 13987654321 {NANSHAN}{KEJI}", "张三", "13812345678", NANSHAN, f"13987654321 {KEJI}"),
        # provinces, municipalities, autonomous regions; with and without their kind
        ("欧阳静 13812345678 湖北黄石下陆湖滨大道18号", "欧阳静", "13812345678", XIALU, "湖滨大道18号"),
        ("王女士 13812345678 上海上海市浦东新区张江路88弄3号", "王女士", "13812345678", "上海市浦东新区", "张江路88弄3号"),
        ("赵敏 13812345678 重庆渝北区龙溪街道1号", "赵敏", "13812345678", "重庆市渝北区", "龙溪街道1号"),
        ("阿依古丽·买买提 13812345678 新疆乌鲁木齐天山区解放北路9号",
         "阿依古丽·买买提", "13812345678", "新疆维吾尔自治区乌鲁木齐市天山区", "解放北路9号"),
        ("韦小宝 13812345678 广西南宁青秀区民族大道100号",
         "韦小宝", "13812345678", "广西壮族自治区南宁市青秀区", "民族大道100号"),
        ("包师傅 13812345678 内蒙古呼和浩特市赛罕区大学东街1号",
         "包师傅", "13812345678", "内蒙古自治区呼和浩特市赛罕区", "大学东街1号"),
        ("高明 13812345678 中国广东省佛山市顺德区容桂街道9号", "高明", "13812345678", "广东省佛山市顺德区", "容桂街道9号"),
        ("王建城 13812345678 湖北省大冶市东风路2号", "王建城", "13812345678", "湖北省黄石市大冶市", "东风路2号"),
        # not everything is there, or not everything is understood
        ("13812345678", "", "13812345678", "", ""),
        ("张三 13812345678", "张三", "13812345678", "", ""),
        ("张三 13812345678 鼓楼区中山路1号", "张三", "13812345678", "", "鼓楼区中山路1号"),
        ("张三 13812345678 湖北省某某村3组", "张三", "13812345678", "", "湖北省某某村3组"),
        ("张三 13812345678 幸福里3栋 武昌小区", "张三", "13812345678", "", "幸福里3栋 武昌小区"),
        ("黄石大道18号 13812345678", "", "13812345678", "", "黄石大道18号"),
        (f"{NANSHAN}{KEJI}", "", "", NANSHAN, KEJI),
        ("😀张三😀 13812345678 🏠", "张三", "13812345678", "", "😀 😀 🏠"),
        ("张\x00三\u200b 138\u202e12345678", "张三", "13812345678", "", ""),
        ("SN 20251122123456789", "", "", "", "SN 20251122123456789"),
        ("18", "", "", "", "18"),
        ("", "", "", "", ""),
        (" \n，；： ", "", "", "", ""),
    ],
)  # fmt: skip
def test_a_contact_is_taken_apart(text, name, phone, area, address):
    assert read_contact(text) == (name, phone, area, address)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    ["x" * 10_000, "1" * 10_000, "13812345678" * 900, "138 " * 2_500, " " * 10_000, "😀" * 10_000, "张三 " * 3_000,
     "电话" * 5_000, "地址 :" * 2_500, "0714-" * 2_000, "张三(" * 2_500, "A b " * 2_500, "·".join("阿" * 5_000)],
)  # fmt: skip
def test_a_hostile_text_is_read_at_once_and_kept(text):
    read_contact("")  # the names of places are read once
    begun = time.process_time()
    found = read_contact(text)
    assert time.process_time() - begun < 30  # a pattern that tries every way through takes hours
    assert len("".join(found)) >= len(text.replace(" ", "").replace("电话", "").replace("地址:", "")) * 0.9 - 20


@pytest.mark.django_db
def test_a_text_is_read_with_one_statement(django_assert_num_queries):
    read_contact(LINE)
    with django_assert_num_queries(1):
        read_contact(" ".join(["湖北黄石下陆区", "张三", "13812345678"] * 100))


# --- into a form -----------------------------------------------------------------------------------------------------
def data(**fields):
    query = QueryDict(mutable=True)
    query.update({"pasted": LINE, "name": "", "phone": "", "area": "", "address": ""} | fields)
    return query


def values(query):
    return [query.get(name) for name in ("name", "phone", "area", "address", "pasted")]


@pytest.mark.django_db
def test_what_is_typed_stays_and_the_rest_finds_its_field():
    assert values(spread(data())) == ["张三", "13812345678", NANSHAN, KEJI, ""]
    same = spread(data(name="张三", phone="138 1234 5678"))
    assert values(same) == ["张三", "138 1234 5678", NANSHAN, KEJI, ""]
    other = spread(data(name="李四", phone="13900139000", address="送到后门"))
    assert values(other) == ["李四", "13900139000", NANSHAN, f"送到后门 {KEJI} 张三 13812345678", ""]
    assert values(spread(data(pasted=" ", name="李四"))) == ["李四", "", "", "", " "]


@pytest.mark.django_db
def test_a_form_without_an_area_keeps_it_in_the_address():
    asked = data()
    del asked["area"]
    assert spread(asked)["address"] == NANSHAN + KEJI


def test_without_scripts_the_button_fills_the_fields_and_opens_nothing(signed_in, region):
    sent = data(op=str(uuid.uuid4()), region=region.pk, source="shop", caller="刘工", relation="decorator", split="1")
    answer = signed_in.post(NEW, sent.dict())
    page = answer.content.decode()
    assert answer.status_code == 200
    assert not Customer.objects.exists()
    for value in ("张三", "138 1234 5678", NANSHAN, KEJI, "刘工", sent["op"]):
        assert f'value="{value}"' in page
    assert "errorlist" not in page
    assert LINE not in page


def test_whoever_forgets_the_button_reads_the_fields_before_the_file_is_opened(signed_in, region):
    sent = data(op=str(uuid.uuid4()), region=region.pk, source="hotline", relation="self").dict()
    assert signed_in.post(NEW, sent).status_code == 200
    sent |= {"pasted": "", "name": "张三", "phone": "138 1234 5678", "area": NANSHAN, "address": KEJI}
    assert signed_in.post(NEW, sent).status_code == 302
    customer = Customer.objects.get()
    assert (customer.name, customer.area.full_name, customer.address) == ("张三", NANSHAN, KEJI)


def test_the_scripts_are_told_what_each_field_holds(signed_in):
    answer = signed_in.post(LOOK_UP, data(name="李四").dict())
    assert answer.json() == {
        "name": "李四", "phone": "138 1234 5678", "area": NANSHAN, "address": f"{KEJI} 张三", "pasted": ""
    }  # fmt: skip
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("text", ["", "x" * 10_000, "1" * 10_000, "😀", "\x00", "<script>alert(1)</script>"])
def test_any_text_is_answered(signed_in, region, text):
    assert signed_in.post(LOOK_UP, {"pasted": text}).status_code == 200
    sent = data(pasted=text, op=str(uuid.uuid4()), region=region.pk, split="1").dict()
    answer = signed_in.post(NEW, sent)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


def test_the_caller_without_a_file_is_pasted_too(client, region):
    client.force_login(UserFactory(role="agent", region=region))
    url = reverse("cases:call") + "?phone=13812345678"
    sent = {"op": str(uuid.uuid4()), "kind": "consultation", "content": "门锁怎么换？", "pasted": LINE, "name": "",
            "phone": "13812345678", "address": "", "split": "1"}  # fmt: skip
    answer = client.post(url, sent)
    page = answer.content.decode()
    assert answer.status_code == 200
    for value in ("张三", "138 1234 5678", NANSHAN + KEJI, sent["op"]):
        assert f'value="{value}"' in page
    assert "门锁怎么换？" in page
    assert not Customer.objects.exists()
