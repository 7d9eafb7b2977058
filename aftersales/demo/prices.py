"""A believable price list: parts, labour and travel, some of them dearer since a while ago or soon."""

from datetime import date, timedelta
from decimal import Decimal

from customers.models import Price, PriceItem, ProductGroup

# code, Chinese, English, kind, per, yuan, whether the price has risen before
ITEMS = [
    ("PJ-SUO-01", "室内门磁吸锁体", "Magnetic lock case for an inner door", "part", "piece", "85", True),
    ("PJ-SUO-02", "入户门锁芯（C级）", "Entrance door cylinder, class C", "part", "piece", "168", False),
    ("PJ-BS-01", "分体执手", "Split handle", "part", "set", "128", True),
    ("PJ-HY-01", "子母合页（不锈钢）", "Stainless steel hinge", "part", "piece", "18", True),
    ("PJ-MFT-01", "门缝密封条", "Door seal", "part", "metre", "6", False),
    ("PJ-MT-01", "门套线", "Architrave", "part", "metre", "32", False),
    ("PJ-GD-01", "推拉门吊轨滑轮", "Sliding door roller", "part", "set", "96", True),
    ("PJ-BL-01", "钢化玻璃（8毫米）", "Tempered glass, 8 mm", "part", "square_metre", "180", False),
    ("PJ-MX-01", "门吸", "Door stop", "part", "piece", "25", False),
    ("PJ-DJ-01", "衣柜阻尼导轨", "Soft-closing drawer slide", "part", "set", "58", False),
    ("RG-WX-01", "维修工时", "Repair work", "labour", "hour", "80", True),
    ("RG-AZ-01", "单扇门安装", "Fitting one door", "labour", "set", "150", False),
    ("RG-CX-01", "门扇拆卸与调整", "Taking down and adjusting a door", "labour", "visit", "60", False),
    ("RG-XQ-01", "漆面修补", "Repairing paint", "labour", "hour", "120", False),
    ("CL-SN-01", "市内上门费", "Call-out within the city", "travel", "visit", "30", False),
    ("CL-YC-01", "远程车程", "Drive outside the city", "travel", "kilometre", "2.5", True),
]


def price(today, by):
    """Write the list, as it would be after a year of use."""
    begun, risen, soon = date(today.year - 1, 1, 1), date(today.year, 1, 1), today + timedelta(days=20)
    doors = ProductGroup.objects.order_by("position", "pk").first()
    for code, name, name_en, kind, unit, yuan, rose in ITEMS:
        fields = {"code": code, "name": name, "name_en": name_en, "kind": kind, "unit": unit}
        item = PriceItem.objects.create(
            group=doors if kind == "part" and "柜" not in name else None, created_by=by, **fields
        )
        amount = Decimal(yuan)
        if rose:
            before = (amount * Decimal("0.9")).quantize(Decimal("0.1"))
            end = risen - timedelta(days=1)
            Price.objects.create(item=item, amount=before, valid_from=begun, valid_until=end, created_by=by)
        Price.objects.create(item=item, amount=amount, valid_from=risen if rose else begun, created_by=by)
        if code == "RG-WX-01":
            item.change_price(amount + 10, valid_from=soon, by=by)
