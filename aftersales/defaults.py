"""What every new site starts with beside its trade's clocks: classes, standard plans, limits. All of it is data to edit."""

from datetime import date
from decimal import Decimal

from django.utils import timezone

from accounts.models import Department
from cases.models import ComplaintClass, StandardPlan
from customers.models import ProductGroup
from payments.models import DEPARTMENT, Tier
from returns.models import Carrier, ReturnPolicy
from technicians.models import Checklist

# code, 中文, English, department, usual severity (S1-22, S1-65, S2-177, X7)
CLASSES = [
    ("quality", "产品质量", "Product quality", "quality", "moderate"),
    ("installation", "安装施工", "Installation", "technical-support", "moderate"),
    ("size_mismatch", "尺寸不符", "Wrong size", "production", "moderate"),
    ("missing_or_wrong_part", "缺件错件", "Missing or wrong part", "logistics", "minor"),
    ("late_delivery", "交期延误", "Late delivery", "logistics", "minor"),
    ("transport_damage", "物流损坏", "Transport damage", "logistics", "moderate"),
    ("service_attitude", "服务态度", "Service attitude", "customer-service", "minor"),
    ("after_sales_service", "售后服务", "After-sales service", "after-sales", "minor"),
    ("sales", "销售", "Sales", "sales", "minor"),
    ("other", "其他", "Other", "after-sales", "minor"),
]

# name, class (None: any), level, remedy, service, cost, needs a visit, steps (S3-88: levels 3 and 4)
STANDARD_PLANS = [
    (
        "电话指导调合页",
        "quality",
        4,
        "advice",
        "remote_support",
        0,
        False,
        "请客户拍合页照片，按图说明拧紧或调节三颗螺丝；当场试关门。",
    ),
    (
        "寄合页一副，客户自装",
        "quality",
        4,
        "small_part",
        "spare_part",
        18,
        False,
        "当天寄出合页和螺丝，附安装图；到货后回电确认。",
    ),
    (
        "寄把手或锁舌，客户自装",
        "quality",
        4,
        "small_part",
        "spare_part",
        45,
        False,
        "核对型号和颜色后当天寄出，附安装图；到货后回电确认。",
    ),
    (
        "补寄漏发小件",
        "missing_or_wrong_part",
        4,
        "small_part",
        "spare_part",
        20,
        False,
        "核对装箱单，当天补寄；单号发给客户。",
    ),
    ("上门调门、调锁", "quality", 3, "repair", "free_repair", 80, True, "约时间上门，调平门扇、锁体对位，清理现场。"),
    ("上门补漆修边", "quality", 3, "touch_up", "free_repair", 120, True, "带同色漆上门补色修边，通风半天，次日回电。"),
    (
        "上门补打密封胶",
        "installation",
        3,
        "repair",
        "free_repair",
        60,
        True,
        "上门铲除旧胶、补打门套密封胶，交代一天内不沾水。",
    ),
    ("致歉并说明情况", None, 4, "advice", "advice", 0, False, "向客户致歉，说明原因和改进办法，取得谅解。"),
]

# role, kind of remedy ("": any), limit in yuan (None: without limit) — a large compensation is released by the general
# manager (S0-15, X9); five yuan off and a small present are the agent's to give (S2-48, S0-60)
TIERS = [
    (DEPARTMENT, "", 2000),
    ("agent", "", 0),
    ("agent", "discount", 5),
    ("agent", "gift", 50),
    ("specialist", "", 0),
    ("specialist", "discount", 5),
    ("specialist", "gift", 50),
    ("supervisor", "", 500),
    ("manager", "", 2000),
    ("general_manager", "", None),
]


# name, kind of order ("": every), product group ("": every), what must be ticked, what may be (S3-44 … S3-49)
CHECKLISTS = [
    (
        "安全检查", "", "",
        ["防护用品已戴好（手套、护目镜、鞋套）", "有电的地方已断电，不带电操作", "只用自己熟悉、检查过的工具",
         "松动、开裂、漏水等可疑处已排查"],
        ["登高时梯子有人扶"],
    ),
    (
        "维修标准", "repair", "",
        ["动手前已查明部位和原因", "修复办法已跟客户讲清", "旁边完好的部位已遮盖保护",
         "修补处颜色、纹理与原来一致", "功能和外观已试过"],
        ["已讲明使用和保养方法"],
    ),
    (
        "更换标准", "replacement", "",
        ["新件型号、尺寸、颜色、开向已核对", "拆旧件时墙面、地面已保护", "新件装牢，使用正常"],
        ["旧件按客户意见处理"],
    ),
    ("调整标准", "adjustment", "", ["调整前已看清偏差在哪里", "螺丝、连接件已全部紧固", "调整后连续试用三次正常"], []),
    ("门类检查", "", "doors",
     ["门扇开关顺畅，不蹭地、不碰套", "门缝上下左右均匀", "门锁、把手、合页已试用"], ["密封条、门吸完好"]),
    ("家居家具检查", "", "home", ["摆放平稳，不摇晃", "抽屉、柜门开合顺畅"], ["表面无新的划痕"]),
    ("办公家具检查", "", "office", ["摆放平稳，承重正常", "抽屉、锁具、升降件已试用"], ["桌面走线孔盖齐全"]),
]  # fmt: skip


# name, may collect on delivery (S2-100: courier and EMS only, charges due from two carriers only), enquiry number
CARRIERS = [
    ("顺丰", True, "95338"),
    ("申通", True, "95543"),
    ("中通", False, "95311"),
    ("EMS", False, "11183"),
    ("德邦物流", False, "95353"),
]


def load_return_rules():
    """Carriers, and the policy of everything: seven days without a reason, goods made to order exempt (X12)."""
    for place, (name, collects, hotline) in enumerate(CARRIERS):
        facts = {"collect_on_delivery": collects, "hotline": hotline, "position": place}
        Carrier.objects.get_or_create(name=name, defaults=facts)
    if not ReturnPolicy.objects.filter(group=None).exists():
        ReturnPolicy.objects.create(use_condition="包装完好、未安装、无使用痕迹")


def load_checklists():
    """The standards of repair and of safety on site; a list for a group the catalogue lacks is left out."""
    groups = {group.code: group for group in ProductGroup.objects.all()}
    for name, kind, code, required, further in CHECKLISTS:
        if code and code not in groups:
            continue
        lines = {"required": "\n".join(required), "further": "\n".join(further)}
        Checklist.objects.get_or_create(name=name, defaults={"kind": kind, "group": groups.get(code)} | lines)


def load_defaults(*, approver=None, now=None):
    """Write what is missing; rows a company changed or added are left alone. Standard plans count once approved."""
    load_return_rules()
    load_checklists()
    departments = {row.code: row for row in Department.objects.all()}
    classes = {}
    for order, (code, name, english, department, severity) in enumerate(CLASSES):
        classes[code], _new = ComplaintClass.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "name_en": english,
                "department": departments.get(department),
                "severity": severity,
                "order": order,
            },
        )
    for name, klass, level, remedy, service, cost, visit, steps in STANDARD_PLANS:
        StandardPlan.objects.get_or_create(
            name=name,
            defaults={
                "klass": classes.get(klass),
                "level": level,
                "remedy": remedy,
                "service_kind": service,
                "cost": Decimal(cost),
                "needs_visit": visit,
                "steps": steps,
                "approved_by": approver,
                "approved_at": (now or timezone.now()) if approver else None,
            },
        )
    for role, giving, limit in TIERS:
        if not Tier.objects.filter(role=role, giving=giving).exists():
            Tier.objects.create(role=role, giving=giving, limit=limit, since=date(2020, 1, 1))
