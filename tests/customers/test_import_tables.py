"""What rows become: customers, orders, cards, products and prices, as if they had been typed one by one."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from core.models import SearchEntry
from core.numbers import next_number
from customers.models import Customer, Order, Phone, Price, PriceItem, Product, ServiceCard, price_on
from customers.signals import card_registered
from workflow.models import Event

from tests.customers.tables import checked, counts, csv_file, loaded, reasons, xlsx_file
from tests.factories.accounts import UserFactory
from tests.factories.customers import (
    CustomerFactory,
    PhoneFactory,
    PriceItemFactory,
    ProductFactory,
    ProductGroupFactory,
    ServiceCardFactory,
    WarrantyPlanFactory,
)

pytestmark = pytest.mark.django_db
CUSTOMERS = ["客户姓名", "电话", "省市区", "地址", "会员", "联系人"]
CARDS = [
    "服务卡编号",
    "客户姓名",
    "电话",
    "地址",
    "订单编号",
    "下单日期",
    "型号",
    "房间",
    "批次",
    "安装日期",
    "验收日期",
]


@pytest.fixture
def manager(region):
    return UserFactory(role="manager", region=region, name="赵静")


@pytest.fixture
def door(db):
    return ProductFactory(model_no="M-203", name="实木复合门")


@pytest.mark.req("S1-73", "S1-74", "S0-65")
def test_customers_are_opened_as_if_they_had_been_typed(manager, region):
    rows = [
        CUSTOMERS,
        ["张伟", "+86 138 0013 8000", "湖北黄石下陆", "湖滨大道18号", "是", "李娟 家属 13900139000；王工 装修公司"],
        ["李娜", "0714-6351234", "", "湖北省黄石市下陆区团城山1号", "否", ""],
    ]
    brought = loaded("customers", csv_file(rows), manager)
    assert counts(brought.load_job) == (2, 0, 0, 0)
    zhang, li = Customer.objects.order_by("pk")
    assert (zhang.name, zhang.region, zhang.place, zhang.is_member) == (
        "张伟",
        region,
        "湖北省黄石市下陆区湖滨大道18号",
        True,
    )
    assert zhang.is_live
    assert zhang.number.startswith("KH")
    assert zhang.source == "import"
    assert [phone.number for phone in zhang.phones.all()] == ["13800138000", "13900139000"]
    assert zhang.preferred_phone.number == "13800138000"
    assert [(c.name, c.relation, c.phone and c.phone.number) for c in zhang.contacts.all()] == [
        ("李娟", "family", "13900139000"), ("王工", "decorator", None),
    ]  # fmt: skip
    assert (li.area.full_name, li.address) == ("湖北省黄石市下陆区", "团城山1号")
    assert Phone.objects.find("6351234").get().customer == li
    entry = SearchEntry.objects.get(kind="customer", object_id=zhang.pk)
    assert "张伟" in entry.personal
    assert "13800138000" in entry.personal
    assert entry.region_id == region.pk
    assert Event.objects.filter(customer=zhang, action="open_file", by=manager).count() == 1
    assert counts(loaded("customers", csv_file(rows), manager).check_job) == (0, 0, 2, 0)


@pytest.mark.req("S0-38", "S1-73", "S3-81")
def test_a_card_opens_customer_and_order_and_starts_its_calls(manager, door):
    WarrantyPlanFactory(group=door.group, months=36)
    told = []
    card_registered.connect(lambda cards, by, **kwargs: told.append(cards), weak=False, dispatch_uid="import")
    rows = [
        CARDS,
        [
            "",
            "张伟",
            "13800138000",
            "湖滨大道18号",
            "HT-1",
            "2026-08-15",
            "M-203",
            "主卧",
            "2608A",
            "2026-10-10",
            "2026-10-12",
        ],
        [
            "",
            "张伟",
            "13800138000",
            "湖滨大道18号",
            "HT-1",
            "2026-08-15",
            "m-203",
            "次卧",
            "2608A",
            "2026-10-10",
            "2026-10-12",
        ],
        ["FW-OLD-9", "李娜", "13900139000", "团城山1号", "", "", "M-203", "书房", "", date(2026, 10, 10), ""],
    ]
    brought = loaded("cards", xlsx_file(rows), manager)
    card_registered.disconnect(dispatch_uid="import")
    assert counts(brought.load_job) == (3, 0, 0, 0)
    assert brought.load_job.summary["made"] == {"客户": 2, "订单": 1}
    order = Order.objects.get()
    first, second, third = ServiceCard.objects.order_by("pk")
    assert (order.number, order.ordered_on, order.customer.name) == ("HT-1", date(2026, 8, 15), "张伟")
    assert (first.order, first.customer, first.room, first.plan.months) == (order, second.customer, "主卧", 36)
    assert first.warranty_until == date(2029, 10, 12)
    assert (third.number, third.order, third.installed_on) == ("FW-OLD-9", None, date(2026, 10, 10))
    assert [len(cards) for cards in told] == [3]
    assert Event.objects.filter(action="register_card").count() == 3
    assert SearchEntry.objects.filter(kind="card").count() == 3
    again = loaded("cards", xlsx_file(rows), manager)
    assert counts(again.check_job) == counts(again.load_job) == (0, 0, 3, 0)
    assert (Customer.objects.count(), Order.objects.count(), ServiceCard.objects.count()) == (2, 1, 3)


@pytest.mark.req("S3-55", "S1-87")
def test_rows_of_one_order_number_are_one_order(manager, door):
    chair = ProductFactory(model_no="Y-1")
    headings = ["订单编号", "客户姓名", "电话", "下单日期", "型号", "数量", "房间", "承诺服务"]
    rows = [
        headings,
        ["HT-1", "张伟", "13800138000", "2026/8/15", "M-203", 2, "主卧", "五年保修"],
        ["HT-1", "张伟", "13800138000", "", "Y-1", 4, "餐厅", ""],
    ]
    assert counts(loaded("orders", xlsx_file(rows), manager).load_job) == (2, 0, 0, 0)
    order = Order.objects.get()
    assert (order.customer.name, order.ordered_on, order.service_terms) == ("张伟", date(2026, 8, 15), "五年保修")
    assert [(line.product, line.quantity, line.room) for line in order.lines.all()] == [
        (door, 2, "主卧"),
        (chair, 4, "餐厅"),
    ]
    rows[2][5] = 6
    assert counts(loaded("orders", xlsx_file(rows), manager).load_job) == (0, 1, 1, 0)
    assert [line.quantity for line in order.lines.all()] == [2, 6]


def test_products_are_added_and_corrected(manager):
    ProductGroupFactory(code="indoor", name="室内门")
    rows = [["型号", "产品名称", "产品组", "定制"], ["M-1", "木门", "室内门", "是"], ["M-2", "玻璃门", "indoor", "否"]]
    assert counts(loaded("products", csv_file(rows), manager).load_job) == (2, 0, 0, 0)
    rows[1][1] = "实木门"
    assert counts(loaded("products", csv_file(rows), manager).load_job) == (0, 1, 1, 0)
    assert Product.objects.get(model_no="M-1").name == "实木门"
    assert reasons(checked("products", csv_file([["型号"], ["M-9"]]), manager)) == [
        (2, "产品名称", "新产品要填这一项。"), (2, "产品组", "新产品要填这一项。"),
    ]  # fmt: skip


@pytest.mark.req("S0-02")
def test_a_new_item_brings_its_history_and_no_price_that_stands_is_written_again(manager):
    headings = ["代码", "中文名称", "类别", "计价单位", "价格", "生效日期"]
    rows = [
        headings,
        ["SK-1", "锁体", "配件", "件", "90.00", "2026-06-01"],
        ["SK-1", "锁体", "配件", "件", "80", "2025-01-01"],
    ]
    assert counts(loaded("prices", csv_file(rows), manager).load_job) == (2, 0, 0, 0)
    item = PriceItem.objects.get()
    assert [price_on(item, day).amount for day in (date(2026, 5, 31), date(2026, 6, 1))] == [Decimal(80), Decimal(90)]
    assert counts(loaded("prices", csv_file(rows), manager).check_job) == (0, 0, 2, 0)
    later = timezone.localdate() + timedelta(days=30)
    changed = [headings, ["SK-1", "", "", "", "85", "2025-01-01"], ["SK-1", "", "", "", "70", "2026-03-01"],
               ["SK-1", "", "", "", "95", later.isoformat()]]  # fmt: skip
    brought = loaded("prices", csv_file(changed), manager, only_good=True)
    assert counts(brought.load_job) == (1, 0, 0, 2)
    assert Price.objects.filter(item=item).count() == 3
    assert price_on(item, later).amount == 95
    assert price_on(item, later - timedelta(days=1)).amount == 90


def test_a_price_that_another_app_planned_stays(manager):
    item = PriceItemFactory(code="SK-2")
    brought = checked("prices", csv_file([["代码", "价格", "生效日期"], ["SK-2", "1e5", "2026-13-01"]]), manager)
    assert [column for _line, column, _reason in reasons(brought)] == ["价格", "生效日期"]
    assert item.prices.count() == 1


@pytest.mark.req("S1-74")
def test_a_customer_who_is_there_is_corrected_and_keeps_what_the_row_leaves_empty(manager, region):
    there = CustomerFactory(name="张伟", region=region, address="老地址", note="有狗")
    PhoneFactory(customer=there, number="13800138000")
    rows = [["姓名", "手机", "其他电话", "地址", "备注"], ["张伟", "13800138000", "13900139000", "新地址", ""]]
    brought = loaded("customers", csv_file(rows), manager)
    assert counts(brought.load_job) == (0, 1, 0, 0)
    there.refresh_from_db()
    assert (there.address, there.note, there.version, there.changed_by) == ("新地址", "有狗", 2, manager)
    assert {phone.number for phone in there.phones.all()} == {"13800138000", "13900139000"}
    line = Event.objects.get(customer=there, action="correct_file")
    assert line.data == {"fields": ["address", "phones"]}
    assert "新地址" in SearchEntry.objects.get(kind="customer", object_id=there.pk).personal


def test_goods_of_a_merged_file_go_to_the_file_that_was_kept(manager, region, door):
    kept = CustomerFactory(name="张伟", region=region)
    merged = CustomerFactory(name="张 伟", region=region, root=kept)
    PhoneFactory(customer=merged, number="13800138000")
    rows = [["姓名", "电话", "型号", "房间"], ["张伟", "13800138000", "M-203", "主卧"]]
    loaded("cards", csv_file(rows), manager)
    assert ServiceCard.objects.get().customer == kept
    assert counts(checked("cards", csv_file(rows), manager).check_job) == (0, 0, 1, 0)


def test_a_number_from_elsewhere_is_not_drawn_a_second_time(manager, door):
    today = timezone.localdate()
    rows = [["服务卡编号", "姓名", "电话", "型号"], [f"FW{today:%y%m%d}0007", "张伟", "13800138000", "M-203"]]
    loaded("cards", csv_file(rows), manager)
    assert next_number("FW", today) == f"FW{today:%y%m%d}0008"


@pytest.mark.parametrize(
    ("change", "column", "reason"),
    [
        ({"电话": "1.38E+10"}, "电话", "“1.38E+10”被表格软件缩短，末尾的数字已丢失。请把这一列设为文本后重新输入。"),
        ({"电话": "138 **** 8000"}, "电话", "“138 **** 8000”是脱敏后的内容：导出的人无权查看完整信息。"),
        ({"电话": "1380013800"}, "电话", "手机号应为 11 位，现在是 10 位。"),
        ({"客户姓名": ""}, "", "没有客户使用这个编号，且没有姓名，无法建档。"),
        ({"型号": "X-9"}, "型号", "没有产品“X-9”，请先导入产品。"),
        ({"型号": ""}, "型号", "这一项不能为空。"),
        ({"安装日期": "昨天"}, "安装日期", "“昨天”不是日期，请写成 2026-11-21。"),
        ({"安装日期": "2099-01-01"}, "安装日期", "这个日期还没有到。"),
        ({"验收日期": "2026-10-01"}, "验收日期", "验收日期不能早于安装日期。"),
        ({"房间": "房" * 31}, "房间", "超过 30 个字符：31 个。"),
    ],
)
def test_every_wrong_row_says_which_column_and_why(manager, door, change, column, reason):
    good = dict(zip(CARDS, ["", "张伟", "13800138000", "湖滨大道18号", "HT-1", "2026-08-15", "M-203", "主卧", "2608A",
                            "2026-10-10", "2026-10-12"], strict=True))  # fmt: skip
    brought = checked("cards", csv_file([CARDS, list((good | change).values())]), manager)
    assert counts(brought.check_job) == (0, 0, 0, 1)
    assert reasons(brought) == [(2, column, reason)]


def test_reasons_are_in_the_language_of_whoever_imports(manager, door):
    manager.language = "en"
    manager.save()
    brought = checked("cards", csv_file([["name", "phone", "model"], ["张伟", "1.38E+10", "M-203"]]), manager)
    assert reasons(brought)[0][1:] == (
        "Phone",
        "“1.38E+10” was shortened by the spreadsheet and its digits are lost. Make the column text and enter it again.",
    )


@pytest.mark.req("S1-57")
def test_nobody_brings_in_what_he_could_not_write(region, elsewhere, door):
    specialist = UserFactory(role="specialist", region=region)
    theirs = CustomerFactory(name="张伟", region=elsewhere)
    PhoneFactory(customer=theirs, number="13800138000")
    card = ServiceCardFactory(number="FW-1", customer=theirs)
    rows = [
        ["卡号", "姓名", "电话", "分公司", "型号"],
        ["", "张伟", "13800138000", "", "M-203"],
        ["", "王强", "13700137000", elsewhere.name, "M-203"],
        [card.number, "王强", "13700137000", "", "M-203"],
    ]
    found = reasons(checked("cards", csv_file(rows), specialist))
    assert [reason for _line, _column, reason in found] == [
        "这位客户归另一分公司。", f"“{elsewhere.name}”不是您可以建档的分公司。", "这张卡归另一位客户。",
    ]  # fmt: skip
    vip = [["姓名", "电话", "VIP"], ["赵强", "13600136000", "是"]]
    assert reasons(checked("customers", csv_file(vip), specialist))[0][2] == "您的角色不能标记 VIP 客户。"


def test_two_rows_about_the_same_thing(manager, door):
    rows = [
        ["姓名", "电话", "型号", "房间", "颜色"],
        ["张伟", "13800138000", "M-203", "主卧", "白"],
        ["张伟", "13800138000", "M-203", "主卧", "白"],
        ["张伟", "13800138000", "M-203", "主卧", "黑"],
    ]
    brought = loaded("cards", csv_file(rows), manager, only_good=True)
    assert counts(brought.check_job) == counts(brought.load_job) == (1, 0, 1, 1)
    assert reasons(brought) == [(4, "", "第 2 行对同一对象写了不同内容。")]
    assert ServiceCard.objects.get().colour == "白"
    assert Customer.objects.count() == 1


def test_hours_are_read_as_people_write_them(manager):
    rows = [
        ["客户姓名", "电话", "免打扰时间"],
        ["张伟", "13800138000", "12点到14点"],
        ["李娜", "13800138001", "午睡时"],
    ]
    brought = checked("customers", csv_file(rows), manager)
    assert len(reasons(brought)) == 1
    loaded("customers", csv_file(rows[:2]), manager)
    assert Customer.objects.get().quiet_hours == "12:00–14:00"
