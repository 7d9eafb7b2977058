"""Three hundred invented customers with phones, addresses, orders and service cards."""

import random
from datetime import timedelta

from django.utils import timezone

from core.models import Area
from customers.models import Contact, Customer, Dealer, Order, Product, ProductGroup, ServiceCard

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = [
    "伟",
    "芳",
    "娜",
    "敏",
    "静",
    "丽",
    "强",
    "磊",
    "军",
    "洋",
    "勇",
    "艳",
    "杰",
    "娟",
    "涛",
    "明",
    "超",
    "秀兰",
    "霞",
    "平",
    "刚",
    "桂英",
    "建国",
    "玉兰",
    "建华",
    "文",
    "辉",
    "力",
    "志强",
    "永红",
    "佳怡",
    "子涵",
    "雨桐",
    "浩然",
    "欣怡",
    "俊杰",
    "宇航",
    "晓东",
    "淑珍",
    "海燕",
    "国庆",
    "春梅",
    "立新",
    "雪梅",
    "慧敏",
    "志明",
    "小红",
    "建平",
    "美玲",
    "少华",
]
STREETS = [
    "湖滨大道",
    "桂林北路",
    "广场路",
    "八泉街",
    "团城山路",
    "中山路",
    "解放路",
    "人民南路",
    "东方大道",
    "兴业路",
    "季华路",
    "汾江路",
    "岭南大道",
]
ESTATES = [
    "翠湖花园",
    "东方明珠",
    "金色家园",
    "阳光城",
    "江南春晓",
    "滨江一号",
    "书香门第",
    "碧水湾",
    "世纪新城",
    "御景台",
    "桃源小区",
    "和平里",
]
AREAS = {
    "huangshi": ["420202", "420203", "420204"],
    "wuhan": ["420102", "420106", "420111"],
    "foshan": ["440604", "440605", "440606"],
}
DEALERS = {
    "huangshi": ["团城山旗舰店", "黄石港建材城店"],
    "wuhan": ["武昌居然店", "汉口万商店"],
    "foshan": ["季华路总店", "乐从家具城店"],
}
MOBILES = (133, 135, 136, 138, 139, 150, 158, 159, 177, 186, 187, 189)
PRODUCTS = [
    ("M-203", "实木复合门", "interior-doors", False),
    ("M-108", "免漆室内门", "interior-doors", False),
    ("M-316", "烤漆卧室门", "interior-doors", False),
    ("B-501", "玻璃推拉门", "sliding-doors", True),
    ("R-920", "甲级入户门", "entrance-doors", False),
]
# What hangs where; every other room has one of the room doors.
DOOR_OF_ROOM = {"厨房": ["B-501"], "卫生间": ["M-108", "B-501"], "入户": ["R-920"]}
ROOM_DOORS = ["M-203", "M-108", "M-316"]
ROOMS = ["主卧", "次卧", "儿童房", "书房", "厨房", "卫生间", "入户"]


def furnish(regions, staff, rng: random.Random, count=300):
    """The customers with all that belongs to them; returns them with their cards."""
    products = make_products()
    dealers = {code: [Dealer.objects.create(name=name, region=regions[code]) for name in names]
               for code, names in DEALERS.items()}  # fmt: skip
    areas = {code: list(Area.objects.filter(pk__in=codes)) for code, codes in AREAS.items()}
    made = []
    # The oldest sale first, as in life.
    ages = sorted((rng.randrange(20, 900) for _customer in range(count)), reverse=True)
    for index, age in enumerate(ages):
        code = rng.choices(["huangshi", "wuhan", "foshan"], [5, 3, 2])[0]
        clerk = staff[{"huangshi": "agent", "wuhan": "agent3", "foshan": "agent4"}[code]]
        bought = timezone.localtime().replace(hour=10 + index % 7) - timedelta(days=age)
        customer = Customer.objects.open_file(
            by=clerk,
            created_at=bought,
            phone=f"{rng.choice(MOBILES)}{rng.randrange(10**8):08d}",
            name=rng.choice(SURNAMES) + rng.choice(GIVEN),
            region=regions[code],
            area=rng.choice(areas[code] or [None]),
            address=place(rng),
            dealer=rng.choice(dealers[code]),
            is_vip=index % 17 == 0,
            is_member=index % 5 == 0,
        )
        if index % 9 == 0:
            customer.add_phone(landline(code, rng), label="家里")
        if index % 6 == 0:
            relation = rng.choice([Contact.Relation.FAMILY, Contact.Relation.DECORATOR])
            customer.add_contact(name=rng.choice(SURNAMES) + rng.choice(GIVEN), relation=relation)
        made.append((customer, cards_of(customer, bought, clerk, staff, products, rng)))
    return made


def landline(code, rng):
    """A number of the city's own length."""
    start, digits = {"huangshi": ("071465", 5), "wuhan": ("02785", 6), "foshan": ("075783", 6)}[code]
    return f"{start}{rng.randrange(10**digits):0{digits}d}"


def place(rng):
    """Street, number, estate, building and flat."""
    building, flat = rng.randrange(1, 20), rng.randrange(1, 30)
    return f"{rng.choice(STREETS)} {rng.randrange(1, 200)} 号{rng.choice(ESTATES)} {building}-{flat:02d}01"


def make_products():
    groups = {group.code: group for group in ProductGroup.objects.all()}
    home = groups.get("home") or next(iter(groups.values()))
    return {
        model_no: Product.objects.get_or_create(
            model_no=model_no,
            defaults={"name": name, "group": groups.get(group, home), "custom_made": True, "has_glass": glass},
        )[0]
        for model_no, name, group, glass in PRODUCTS
    }


def cards_of(customer, opened_at, clerk, staff, products, rng):
    """One to four installed products of one order, each with its room."""
    bought = timezone.localdate(opened_at)
    order = Order.objects.create(
        customer=customer,
        dealer=customer.dealer,
        ordered_on=bought,
        delivered_on=bought + timedelta(days=12),
        created_by=clerk,
        created_at=opened_at,
    )
    # Foshan's doors are hung by a team from outside, so its technician may appraise them.
    ours = customer.region.code != "foshan"
    cards = []
    for room in rng.sample(ROOMS, rng.choice([1, 1, 2, 3, 4])):
        installed = bought + timedelta(days=15)
        cards.append(
            ServiceCard.objects.register(
                by=clerk,
                created_at=opened_at + timedelta(days=15),
                customer=customer,
                order=order,
                product=products[rng.choice(DOOR_OF_ROOM.get(room, ROOM_DOORS))],
                room=room,
                batch=f"{bought:%y%m}-{rng.randrange(1, 6)}",
                bought_on=bought,
                installed_on=installed,
                accepted_on=installed,
                installer=staff["technician2"] if ours else None,
                installed_by="" if ours else "佛山合作安装队",
            )
        )
    return cards
