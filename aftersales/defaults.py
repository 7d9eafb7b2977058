"""What every new site starts with beside its trade's clocks: classes, standard plans, limits. All of it is data to edit."""

from datetime import date
from decimal import Decimal

from django.utils import timezone

from accounts.models import Department
from cases.models import ComplaintClass, StandardPlan
from payments.models import DEPARTMENT, Tier
from returns.models import Carrier, ReturnPolicy

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


def load_defaults(*, approver=None, now=None):
    """Write what is missing; rows a company changed or added are left alone. Standard plans count once approved."""
    load_return_rules()
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
