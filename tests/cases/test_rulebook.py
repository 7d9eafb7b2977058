"""The company's rules are data that its managers change on pages of their own, on record (S1-09, S1-58)."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Change
from cases.models import Complaint, ComplaintClass, Guard, StandardPlan
from cases.rulebook import forms, views
from core.models import Installation
from payments.models import Tier
from workflow.models import Deadline, DeadlinePolicy
from workflow.perform import begin
from workflow.presets import choose_preset

from tests.factories.cases import ComplaintFactory, DepartmentFactory, StandardPlanFactory, person
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client):
    choose_preset("doors")
    manager = person("manager", name="陈静")
    client.force_login(manager)
    return manager


@pytest.fixture
def policy(manager):
    return DeadlinePolicy.objects.get(kind="plan")


def filled(client, url):
    """What a browser would send of the page as it is shown."""
    form = client.get(url).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value not in (None, False)}


def send(client, url, **changes):
    return client.post(url, filled(client, url) | changes)


def edit_of(policy):
    return reverse("cases:rules-clock-edit", args=[policy.pk])


@pytest.mark.req("S1-09")
def test_a_manager_changes_how_long_a_plan_may_take_and_new_cases_go_by_it(client, manager, policy):
    agent = person("agent")
    before = begin(Complaint.register, "register", by=agent, customer=CustomerFactory(), content="门响").record
    assert send(client, edit_of(policy), value=48).status_code == 302
    after = begin(Complaint.register, "register", by=agent, customer=CustomerFactory(), content="门响").record
    hours = [
        (clock.due_at - clock.started_at).total_seconds() / 3600
        for clock in Deadline.objects.filter(kind="plan").order_by("pk")
    ]
    assert hours == [72, 48]
    assert before.deadlines.get(kind="plan").policy_values["value"] == 72
    assert after.deadlines.get(kind="plan").policy_values["value"] == 48
    change = Change.objects.about(policy).get()
    assert (change.by, change.details) == (manager, {"value": ["72", "48"]})
    assert "72 → 48" in client.get(edit_of(policy)).text


@pytest.mark.req("S1-09")
def test_a_narrower_deadline_of_the_companys_own_wins(client, manager, policy):
    url = reverse("cases:rules-clock-new")
    new = {"kind": "plan", "name": "VIP 24 小时", "value": 24, "unit": "hour", "calendar": "clock", "active": "on"}
    assert send(client, url, **new, only_type="complaint", only_vip="yes").status_code == 302
    vip = begin(
        Complaint.register, "register", by=manager, customer=CustomerFactory(is_vip=True), content="门响"
    ).record
    assert vip.deadlines.get(kind="plan").policy_values["value"] == 24
    page = client.get(reverse("cases:rules-clocks")).text
    assert "VIP 24 小时" in page
    assert "72 小时内提出处理方案" in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"value": ""}, "value"),
        ({"value": "-1"}, "value"),
        ({"value": "0"}, "value"),
        ({"value": "10001"}, "value"),
        ({"calendar": "day"}, "unit"),
        ({"kind": "lunch"}, "kind"),
        ({"only_class": "no-such-class"}, "only_class"),
        ({"half_at": "90"}, "warning_at"),
        ({"second_breach_at": "100"}, "warning_at"),
        ({"breach_role": "technician"}, "breach_role"),
        ({"pause_in": ["closed"]}, "pause_in"),
        ({"name": "\u202e"}, "name"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(client, manager, policy, changes, field):
    answer = send(client, edit_of(policy), **changes)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    policy.refresh_from_db()
    assert (policy.value, policy.ladder, policy.pause_in) == (72, [], [])


def test_two_deadlines_for_the_same_cases_are_refused_so_a_double_press_makes_one(client, manager, policy):
    url = reverse("cases:rules-clock-new")
    new = {"kind": "plan", "name": "再来一条", "value": 24, "unit": "hour", "calendar": "clock", "active": "on"}
    assert send(client, url, **new, only_type="complaint").status_code == 422
    assert send(client, url, **new, only_severity="serious").status_code == 302
    assert send(client, url, **new, only_severity="serious").status_code == 422
    assert DeadlinePolicy.objects.filter(name="再来一条").count() == 1


def test_the_ladder_says_whom_each_step_tells(client, manager, policy):
    send(client, edit_of(policy), half_at="", warning_at=60, warning_role="supervisor", breach_role="general_manager")
    policy.refresh_from_db()
    assert policy.ladder == [
        {"step": "warning", "at": 0.6, "role": "supervisor"},
        {"step": "breach", "at": 1.0, "role": "general_manager"},
        {"step": "second_breach", "at": 1.5, "role": "manager"},
    ]


def test_who_saves_second_sees_both_versions(client, manager, policy):
    mine = filled(client, edit_of(policy))
    send(client, edit_of(policy), value=60)
    answer = client.post(edit_of(policy), mine | {"value": 96})
    assert answer.status_code == 409
    assert "陈静" in answer.text
    policy.refresh_from_db()
    assert policy.value == 60


# --- standard plans -----------------------------------------------------------------------------------------------------
def test_a_plan_is_used_once_somebody_else_than_its_author_approved_it(client, manager):
    new = {"name": "寄门吸", "level": 4, "remedy": "small_part", "steps": "当天寄出。", "cost": "12", "active": "on"}
    assert send(client, reverse("cases:rules-plan-new"), **new).status_code == 302
    plan = StandardPlan.objects.get(name="寄门吸")
    page = reverse("cases:rules-plan-edit", args=[plan.pk])
    approve = reverse("cases:rules-plan-approve", args=[plan.pk])
    seen = filled(client, page)["seen"]
    assert approve not in client.get(page).text
    client.post(approve, {"seen": seen})
    assert not StandardPlan.objects.usable().filter(pk=plan.pk).exists()

    chief = person("general_manager")
    client.force_login(chief)
    assert approve in client.get(page).text
    client.post(approve, {"seen": "of another version"})
    assert not StandardPlan.objects.usable().filter(pk=plan.pk).exists()
    client.post(approve, {"seen": seen})
    assert StandardPlan.objects.usable().get(pk=plan.pk).approved_by == chief

    client.force_login(manager)
    send(client, page, name="寄门吸一只")
    assert StandardPlan.objects.usable().filter(pk=plan.pk).exists()  # the same plan by another name
    send(client, page, cost="13")
    assert not StandardPlan.objects.usable().filter(pk=plan.pk).exists()


def test_a_plan_of_the_first_start_waits_until_a_manager_has_read_it(client, manager):
    plan = StandardPlanFactory()
    page = reverse("cases:rules-plan-edit", args=[plan.pk])
    client.post(reverse("cases:rules-plan-approve", args=[plan.pk]), {"seen": filled(client, page)["seen"]})
    plan.refresh_from_db()
    assert plan.approved_by == manager


# --- limits, classes, lifecycle, company --------------------------------------------------------------------------------
def test_a_new_limit_holds_from_its_day_and_the_old_one_stays_on_record(client, manager):
    Tier.objects.create(role="manager", limit=2000, since="2020-01-01")
    chief = person("general_manager")
    client.force_login(chief)
    url = reverse("cases:rules-limit-new")
    assert send(client, url, role="manager", limit="3000", since="2020-05-01").status_code == 422
    assert send(client, url, role="manager", limit="-1").status_code == 422
    assert send(client, url, role="manager", limit="３０００").status_code == 302
    assert Tier.objects.limit_of(manager) == Decimal(3000)
    assert Tier.objects.filter(role="manager").count() == 2
    assert Tier.objects.get(limit=3000).set_by == chief
    assert send(client, url, role="manager", limit="4000").status_code == 422  # one limit a day


def test_a_class_gets_a_department_and_keeps_its_code(client, manager):
    department = DepartmentFactory()
    url = reverse("cases:rules-class-new")
    new = {"code": "glass", "name": "玻璃", "severity": "minor", "order": 5, "active": "on"}
    assert send(client, url, **new).status_code == 422
    assert send(client, url, **new, department=department.pk).status_code == 302
    row = ComplaintClass.objects.get(code="glass")
    send(client, reverse("cases:rules-class-edit", args=[row.pk]), code="other", name="玻璃件")
    row.refresh_from_db()
    assert (row.code, row.name) == ("glass", "玻璃件")


@pytest.mark.req("S1-09")
def test_a_rule_of_the_lifecycle_is_switched_off_with_a_reason_by_who_stands_above(client, manager):
    url = reverse("cases:rules-guard-edit", args=["ladder"])
    assert client.get(url).status_code == 403
    chief = person("general_manager")
    client.force_login(chief)
    assert client.post(url, {"seen": filled(client, url)["seen"]}).status_code == 422
    assert Guard.holds(Guard.Code.LADDER)
    form = filled(client, url)
    assert "<h1>先轻后重" in client.get(url).text
    assert client.post(url, {"seen": form["seen"], "reason": "旺季直接换新"}).status_code == 302
    assert not Guard.holds(Guard.Code.LADDER)
    change = Change.objects.about(Guard.objects.get(code="ladder")).get()
    assert change.by == chief
    assert "旺季直接换新" in client.get(url).text
    assert client.get(reverse("cases:rules-guard-edit", args=["nothing"])).status_code == 404


@pytest.mark.req("S0-52")
def test_the_companys_name_and_the_branchs_hotline_stand_in_what_is_said_and_printed(client, manager):
    send(client, reverse("cases:rules-company"), company="安居门业")
    assert Installation.objects.current().company == "安居门业"
    complaint = ComplaintFactory(content="门响", received_at=timezone.now())
    type(complaint.region).objects.filter(pk=complaint.region_id).update(hotline="0714-6288888")
    said = client.get(reverse("cases:complaint-progress", args=[complaint.pk])).text
    paper = client.get(reverse("cases:complaint-paper", args=[complaint.pk])).text
    assert "安居门业" in said
    assert "07146288888" in said.replace(" ", "").replace("-", "")
    assert "安居门业" in paper


def test_each_reads_what_is_his(client, manager):
    tabs = [one[0] for one in client.get(reverse("cases:rules-clocks")).context["tabs"]]
    assert tabs[:5] == ["clocks", "plans", "limits", "classes", "guards"]
    assert {"company", "returns"} <= {*tabs}
    client.force_login(person("technician"))
    assert client.get(reverse("cases:rules")).status_code == 403
    client.force_login(person("agent"))  # who promises dates reads the lead times, and no other rule
    assert [one[0] for one in client.get(reverse("cases:rules"), follow=True).context["tabs"]] == ["lead-times"]
    client.force_login(person("supervisor"))
    assert client.get(reverse("cases:rules"), follow=True).status_code == 200


@pytest.mark.parametrize("tab", ["clocks", "plans", "limits", "classes"])
def test_a_table_costs_the_same_for_one_row_and_for_fifty(client, manager, tab, django_assert_max_num_queries):
    def fill(n):
        DeadlinePolicy.objects.create(
            kind="plan", name=f"{n}", value=1, unit="hour", calendar="clock", scope={"vip": "yes"}
        )
        StandardPlanFactory(name=f"方案 {n}", approved_by=manager, approved_at=timezone.now())
        Tier.objects.create(role="agent", limit=n, since=f"2021-01-{n % 28 + 1:02}", set_by=manager) if n < 28 else None
        ComplaintClass.objects.create(
            code=f"c{n}", name=f"类 {n}", department=DepartmentFactory(code=f"d{n}", name=f"部门{n}")
        )

    url = reverse(f"cases:rules-{tab}")
    fill(1)
    client.get(url)
    with django_assert_max_num_queries(40) as few:
        client.get(url)
    for n in range(2, 50):
        fill(n)
    with django_assert_max_num_queries(len(few)):
        client.get(url)


@pytest.mark.parametrize("tab", views.TABS)
def test_a_page_of_the_rules_speaks_of_nothing_only_its_makers_know(client, manager, tab):
    """Presets say which line of the requirements they stand for; that is for those who write presets."""
    cited = DeadlinePolicy.objects.exclude(cites="").values_list("cites", flat=True)
    assert cited
    page = client.get(reverse(f"cases:rules-{tab}")).text
    assert not re.search(r"\b[SX]\d+-\d+\b", page)
    assert not [words for words in cited if words in page]


@pytest.mark.parametrize(
    "form", [forms.ClockForm, forms.LimitForm, forms.ClassForm, forms.PlanForm, forms.GuardForm, forms.CompanyForm]
)
def test_labels_begin_with_a_capital_in_english(manager, form):
    with translation.override("en"):
        labels = [str(field.label) for name, field in form(by=manager).fields.items() if name != "seen"]
    assert [label for label in labels if not label[0].isupper()] == []
