"""Lists of complaints and the start page: few statements, the same for one row and for fifty, only what one may see."""

from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.models import Escalation, Strand
from core.gather import gather
from workflow.models import Deadline, Promise

from tests.factories.accounts import RegionFactory, UserFactory
from tests.factories.cases import (
    AppraisalFactory,
    ComplaintClassFactory,
    ComplaintFactory,
    DepartmentFactory,
    MatterFactory,
    PlanOptionFactory,
    person,
)
from tests.factories.technicians import WorkOrderFactory

pytestmark = pytest.mark.django_db

LISTS = ("complaint-list", "unassigned", "progress", "ledger", "archive", "board")


def statements(client, url):
    gather({"warm": ContentType.objects.none()})
    assert client.get(url).status_code == 200  # caches of the process are filled
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(url)
    assert answer.status_code == 200
    return [one["sql"][:200] for one in seen.captured_queries], answer.content.decode()


def clock(complaint, due_at, kind="plan"):
    now = timezone.now()
    return Deadline.objects.create(
        matter=complaint.matter, subject=complaint, kind=kind, started_at=now - timedelta(hours=48), due_at=due_at
    )


def fill(count, owner=None, statuses=("registered", "implementing", "closed")):
    now = timezone.now()
    for n in range(count):
        for status in statuses:
            complaint = ComplaintFactory(status=status, plan_round=1, matter__owner=owner if n % 2 else None)
            clock(complaint, now + timedelta(hours=n - 5))
            Strand.objects.create(complaint=complaint, round=1, kind="execute")


@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_the_same_for_one_row_and_for_fifty(client, name):
    leader = person("supervisor")
    client.force_login(leader)
    url = reverse(f"cases:{name}")
    fill(1, leader)
    few, _ = statements(client, url)
    fill(50, leader)
    many, page = statements(client, url)
    assert len(few) == len(many) <= 8, "\n".join(many)
    assert page.count("<tr>") > 20 or page.count("board-row") > 20


@pytest.mark.parametrize("role", ["agent", "supervisor", "manager", "general_manager", "technician", "finance"])
def test_the_start_page_costs_the_same_for_one_row_and_for_fifty(client, role):
    user = person(role)
    client.force_login(user)
    few, _ = statements(client, reverse("home"))
    fill(50, user)
    for _n in range(20):
        grave = ComplaintFactory(is_grave=True, status="investigating")
        AppraisalFactory(complaint=grave, technician=user, requested_by=user)
        money = ComplaintFactory(status="implementing", plan_round=1)
        PlanOptionFactory(complaint=money, selected=True, compensation=50)
    many, _ = statements(client, reverse("home"))
    assert len(many) <= 9, "\n".join(many)
    # An empty section may save the statement that reads along what its rows need.
    assert len(many) - len(few) <= 3


@pytest.mark.req("S1-27", "S2-86", "S2-170", "S3-114")
def test_each_list_shows_its_own(client):
    leader, agent = person("supervisor"), person("agent")
    fresh = ComplaintFactory(status="registered", received_by=agent)
    owned = ComplaintFactory(status="investigating", matter__owner=agent, received_by=agent, verified_by=leader,
                             verified_at=timezone.now())  # fmt: skip
    ended = ComplaintFactory(status="closed", matter__closed_at=timezone.now())
    client.force_login(leader)
    shown = {name: client.get(reverse(f"cases:{name}")).content.decode() for name in LISTS if name != "board"}

    def has(name):
        return [one.number in shown[name] for one in (fresh, owned, ended)]

    assert has("complaint-list") == [True, True, True]
    assert has("unassigned") == [True, False, False]
    assert has("progress") == [True, True, False]
    assert has("ledger") == [True, False, True]
    assert has("archive") == [False, False, True]


@pytest.mark.req("S0-21")
def test_another_region_is_not_in_any_list(client):
    elsewhere = RegionFactory()
    foreign = ComplaintFactory(matter=MatterFactory(region=elsewhere), is_grave=True)
    clock(foreign, timezone.now())
    client.force_login(person("supervisor"))
    for name in LISTS:
        assert foreign.number not in client.get(reverse(f"cases:{name}")).content.decode(), name
    for view in ("board", "judge", "plans", "evaluate", "escalations", "unassigned"):
        assert foreign.number not in client.get(reverse("home"), {"view": view}).content.decode(), view


@pytest.mark.parametrize(
    "query",
    [
        {"status": "open"}, {"status": "registered"}, {"severity": "serious"}, {"overdue": "on"}, {"grave": "on"},
        {"urgent": "on"}, {"unverified": "on"}, {"type": "complaint"}, {"channel": "phone"},
        {"received_after": "2000-01-01", "received_before": "2999-01-01"},
    ],
)  # fmt: skip
def test_a_filter_keeps_what_fits(client, query):
    kept = ComplaintFactory(status="registered", severity="serious", is_grave=True, urgency="wrong_order")
    clock(kept, timezone.now() - timedelta(hours=1))
    other = ComplaintFactory(
        status="closed", severity="minor", type="enquiry", channel="letter", verified_at=timezone.now(),
        received_at=timezone.now() - timedelta(days=365 * 30),
    )  # fmt: skip
    client.force_login(person("manager"))
    page = client.get(reverse("cases:complaint-list"), query).content.decode()
    assert kept.number in page
    assert other.number not in page


@pytest.mark.parametrize(
    "query",
    ["status=password", "order=password", "order=-owner__password", "after=x", "page=-1", "owner=1e9", "klass=abc",
     "received_after=31.31.31", "q=%25_%27", "q=" + "x" * 3000, "owner__password__startswith=a", "before=%00"],
)  # fmt: skip
def test_nonsense_in_the_address_breaks_nothing(client, query):
    client.force_login(person("manager"))
    assert client.get(f"{reverse('cases:complaint-list')}?{query}").status_code in (200, 400)


def test_the_start_page_has_what_waits_for_each_role(client):
    agent, leader, boss, technician = (
        person("agent"),
        person("supervisor"),
        person("general_manager"),
        person("technician"),
    )
    mine = ComplaintFactory(status="investigating", matter__owner=agent)
    plan = ComplaintFactory(status="plan_proposed", plan_round=1, matter__owner=agent)
    asked = ComplaintFactory(status="investigating", is_grave=True)
    AppraisalFactory(complaint=asked, technician=technician, requested_by=leader)
    Escalation.objects.create(complaint=asked, level="general_manager", reason="孩子受伤", raised_by=leader)
    Promise.objects.create(matter=mine.matter, customer=mine.customer, what="三点前回电", due_at=timezone.now())

    def home(user, view=""):
        client.force_login(user)
        return client.get(reverse("home"), {"view": view}).content.decode()

    assert mine.number in home(agent)
    assert plan.number not in home(agent)
    assert plan.number in home(agent, "others")
    assert "三点前回电" in home(agent, "promises")
    assert plan.number in home(leader, "plans")
    assert asked.number in home(boss)
    assert "孩子受伤" in home(boss, "escalations")
    assert asked.number in home(technician)


def test_the_start_page_opens_the_first_list_that_holds_something(client):
    inspector = person("quality")
    client.force_login(inspector)
    assert client.get(reverse("home")).context["section"].kind == "appraisals"
    department = DepartmentFactory()
    inspector.department = department
    inspector.save()
    ComplaintFactory(department=department, matter__customer__region=inspector.regions.get())
    answer = client.get(reverse("home"))
    assert answer.context["section"].kind == "complaints"
    assert client.get(reverse("home"), {"view": "appraisals"}).context["section"].kind == "appraisals"


@pytest.mark.parametrize(
    ("role", "lists"),
    [
        ("technician", {"technicians:today"}),
        ("dispatcher", {"technicians:orders"}),
        ("agent", {"callbacks:desk"}),
        ("general_manager", {"compensation:decisions"}),
        ("finance", {"payments:to-pay", "technicians:hand-ins"}),
    ],
)
def test_the_start_page_leads_to_the_work_of_other_areas(client, role, lists):
    client.force_login(person(role))
    tabs = client.get(reverse("home")).context["tabs"]
    assert {reverse(name) for name in lists} <= {tab["url"] for tab in tabs}


def test_the_start_page_counts_what_waits_elsewhere(client):
    order = WorkOrderFactory()
    client.force_login(person("dispatcher", region=order.region))
    [tab] = [tab for tab in client.get(reverse("home")).context["tabs"] if tab["url"] == reverse("technicians:orders")]
    assert tab["count"] == "1"


@pytest.mark.parametrize(("language", "name"), [("zh-hans", "漆面"), ("en", "Paint")])
def test_a_class_is_named_in_the_language_of_the_reader(client, language, name):
    ComplaintFactory(status="closed", klass=ComplaintClassFactory(code="paint", name="漆面", name_en="Paint"))
    client.force_login(person("supervisor", language=language))
    shown = client.get(reverse("cases:archive")).content.decode()
    assert f"<td>{name}</td>" in shown


def test_the_open_ones_cost_no_more_than_all_and_are_each_branches_own(client):
    """Statement and filters of a chosen state are kept for everybody of a role, its rows for nobody."""
    branches = RegionFactory(), RegionFactory()
    agents = [UserFactory(role="agent", region=branch) for branch in branches]
    for branch in branches:
        for status in ("registered", "implementing", "closed"):
            ComplaintFactory(status=status, matter__region=branch, region=branch)
    url = reverse("cases:complaint-list")
    for agent, branch in zip(agents, branches, strict=True):
        client.force_login(agent)
        for asked, states in (("open", {"registered", "implementing"}), ("closed", {"closed"}), ("", None)):
            answer = client.get(url, {"status": asked})
            rows = [row.complaint for row in answer.context["rows"]]
            assert {row.region_id for row in rows} == {branch.pk}
            assert states is None or {row.status for row in rows} == states
            assert not asked or f'value="{asked}" selected' in answer.content.decode()
        both = client.get(url, {"status": "open", "severity": "serious", "order": "oldest"})
        assert list(both.context["rows"]) == []
    assert len(statements(client, f"{url}?status=open")[0]) == len(statements(client, url)[0])


@pytest.mark.parametrize("name", ["complaint-list", "unassigned", "progress", "archive"])
def test_people_of_the_same_role_turn_the_pages_of_their_own_branch(client, name):
    """The statements of a list are shared by all agents; its rows never are, on no page and in no order."""
    branches = RegionFactory(), RegionFactory()
    agents = [UserFactory(role="agent", region=branch, is_feedback_handler=True) for branch in branches]
    status = "closed" if name == "archive" else "registered"
    numbers = []
    for branch in branches:
        complaints = [
            ComplaintFactory(status=status, matter__region=branch, matter__owner=None, region=branch,
                             received_at=timezone.now() - timedelta(minutes=n)) for n in range(55)
        ]  # fmt: skip
        numbers.append({complaint.number for complaint in complaints})
    for order in ("newest", "oldest"):
        for agent, own, foreign in zip(agents, numbers, reversed(numbers), strict=True):
            client.force_login(agent)
            answer = client.get(reverse(f"cases:{name}"), {"order": order})
            first = [row.number for row in answer.context["rows"]]
            second = client.get(answer.context["page"].next_url)
            rest = [row.number for row in second.context["rows"]]
            assert (len(first), len(rest)) == (50, 5)
            assert {*first, *rest} == own
            back = client.get(second.context["page"].previous_url)
            assert [row.number for row in back.context["rows"]] == first
            assert not any(number in page.content.decode() for page in (answer, second, back) for number in foreign)
