"""The staff of the demo company: one login per role named like the role, and colleagues around them."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.models import Department, DutyShift, Region, User

REGIONS = [
    ("huangshi", "黄石分公司", "0714-6512000"),
    ("wuhan", "武汉分公司", "027-85512000"),
    ("foshan", "佛山分公司", "0757-83312000"),
]

# login, name, role, regions, department, superior (who must stand above)
PEOPLE = [
    ("general_manager", "郑国安", "general_manager", "*", None, None),
    ("administrator", "何志远", "administrator", "*", None, "general_manager"),
    ("manager", "孟丽华", "manager", "*", "after-sales", "general_manager"),
    ("supervisor", "刘洋", "supervisor", "huangshi wuhan", "customer-service", "manager"),
    ("supervisor2", "蔡文静", "supervisor", "foshan", "customer-service", "manager"),
    ("specialist", "顾晓燕", "specialist", "huangshi wuhan", "customer-service", "supervisor"),
    ("agent", "王敏", "agent", "huangshi", "call-centre", "supervisor"),
    ("agent2", "陈洁", "agent", "huangshi", "call-centre", "supervisor"),
    ("agent3", "罗欣", "agent", "wuhan", "call-centre", "supervisor"),
    ("agent4", "梁嘉怡", "agent", "foshan", "call-centre", "supervisor2"),
    ("technician", "周正", "technician", "huangshi", "technical-support", "dispatcher"),
    ("technician2", "陈刚", "technician", "huangshi wuhan", "technical-support", "dispatcher"),
    ("technician3", "黎永强", "technician", "foshan", "technical-support", "dispatcher"),
    ("dispatcher", "范建军", "dispatcher", "*", "technical-support", "manager"),
    ("parts_clerk", "谢芳", "parts_clerk", "*", "logistics", "manager"),
    ("finance", "沈慧", "finance", "*", "finance", "general_manager"),
    ("quality", "董卫东", "quality", "*", "quality", "general_manager"),
    ("order_follower", "贾玲玲", "order_follower", "*", "logistics", "manager"),
]


def hire():
    """Regions, departments' managers and everybody of PEOPLE; login → User."""
    regions = {code: Region.objects.get_or_create(code=code, defaults={"name": name, "hotline": line})[0]
               for code, name, line in REGIONS}  # fmt: skip
    departments = {row.code: row for row in Department.objects.all()}
    password = make_password(settings.DEMO_PASSWORD)
    staff = {}
    for number, (login, name, role, places, department, superior) in enumerate(PEOPLE, start=11):
        user = User.objects.create(
            username=login,
            name=name,
            password=password,
            work_number=str(number),
            department=departments.get(department),
            superior=staff.get(superior),
        )
        user.groups.add(Group.objects.get(name=role))
        user.regions.set(regions.values() if places == "*" else [regions[code] for code in places.split()])
        staff[login] = user
    Department.objects.filter(code="after-sales").update(manager=staff["manager"])
    Department.objects.filter(code="customer-service").update(manager=staff["supervisor"])
    Department.objects.filter(code="quality").update(manager=staff["quality"])
    User.objects.filter(username="agent2").update(is_feedback_handler=True)
    plan_roster(staff)
    return regions, staff


def plan_roster(staff):
    """This week and the next: two agents by day, one in the evening."""
    monday = timezone.localdate() - timedelta(days=timezone.localdate().weekday())
    agents = [staff[login] for login in ("agent", "agent2", "agent3", "agent4")]
    rows = []
    for day in range(14):
        on = monday + timedelta(days=day)
        if on.weekday() < 6:
            for index, agent in enumerate(agents):
                shift = "evening" if (day + index) % 4 == 0 else "day"
                rows.append(DutyShift(user=agent, date=on, shift=shift))
    DutyShift.objects.bulk_create(rows)
