"""The duty roster of agents: day and evening shifts, planned by the week (S2-60)."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.models import Change, DutyShift, ShiftHours, User
from accounts.views.roster import monday_of, week_of

from tests.factories.accounts import DepartmentFactory, RegionFactory, UserFactory

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 11, 16)


def at(hour, minute=0, day=MONDAY):
    return datetime.combine(day, time(hour, minute), SHANGHAI)


@pytest.fixture
def region():
    return RegionFactory()


@pytest.fixture
def agent(region):
    return UserFactory(role="agent", region=region)


@pytest.fixture
def planner(region):
    return UserFactory(role="supervisor", region=region)


def place(user, shift="day", day=MONDAY):
    return f"{user.pk}.{day}.{shift}"


def plan(client, on=(), was=(), week="2026-W47"):
    return client.post("/roster/", {"week": week, "on": list(on), "was": list(was)})


@pytest.mark.req("S2-60")
@pytest.mark.parametrize(
    ("hour", "minute", "on_duty"),
    [(8, 29, set()), (8, 30, {"day"}), (17, 29, {"day"}), (17, 30, {"evening"}), (21, 59, {"evening"}), (22, 0, set())],
)
def test_who_is_on_duty_goes_by_the_hours_of_the_shift(region, hour, minute, on_duty):
    for shift in ("day", "evening"):
        DutyShift.objects.create(user=UserFactory(username=shift), date=MONDAY, shift=shift)
    assert {user.username for user in User.objects.on_duty(at(hour, minute))} == on_duty
    assert not User.objects.on_duty(at(hour, minute, MONDAY + timedelta(days=1))).exists()


def test_an_evening_that_ends_after_midnight_belongs_to_the_day_before(agent):
    ShiftHours.objects.filter(shift="evening").update(starts=time(18), ends=time(2))
    DutyShift.objects.create(user=agent, date=MONDAY, shift="evening")
    assert agent in User.objects.on_duty(at(23))
    assert agent in User.objects.on_duty(at(1, 59, MONDAY + timedelta(days=1)))
    assert agent not in User.objects.on_duty(at(2, 0, MONDAY + timedelta(days=1)))
    assert agent not in User.objects.on_duty(at(1, 59))


def test_somebody_who_left_is_not_on_duty(agent):
    DutyShift.objects.create(user=agent, date=MONDAY, shift="day")
    User.objects.filter(pk=agent.pk).update(is_active=False)
    assert not User.objects.on_duty(at(9)).exists()


@pytest.mark.req("S2-60")
def test_a_supervisor_fills_and_clears_places_on_record(client, planner, agent):
    client.force_login(planner)
    assert plan(client, on=[place(agent), place(agent, "evening")]).url == "/roster/?week=2026-W47"
    assert {(shift.date, shift.shift) for shift in agent.shifts.all()} == {(MONDAY, "day"), (MONDAY, "evening")}
    plan(client, on=[place(agent)], was=[place(agent), place(agent, "evening")])
    assert [shift.shift for shift in agent.shifts.all()] == ["day"]
    latest = Change.objects.about(agent).first()
    assert (latest.act, latest.by, latest.details) == ("rostered", planner, {"shifts": ["", ["2026-11-16 -evening"]]})


def test_what_a_colleague_planned_meanwhile_stays(client, planner, agent, region):
    other = UserFactory(role="agent", region=region)
    client.force_login(planner)
    DutyShift.objects.create(user=other, date=MONDAY, shift="day")  # after the page was opened
    plan(client, on=[place(agent)])
    assert DutyShift.objects.count() == 2
    DutyShift.objects.filter(user=other).delete()
    plan(client, on=[place(agent), place(other)], was=[place(agent), place(other)])
    assert not other.shifts.exists(), "a place a colleague cleared is not filled again by an old page"


def test_sending_the_same_page_twice_changes_nothing_more(client, planner, agent):
    client.force_login(planner)
    plan(client, on=[place(agent)])
    plan(client, on=[place(agent)])
    assert DutyShift.objects.count() == 1
    assert Change.objects.about(agent).count() == 1


@pytest.mark.parametrize("foreign", ["region", "role", "week", "shift", "nonsense"])
def test_places_that_are_not_on_this_roster_are_not_found(client, planner, agent, foreign):
    client.force_login(planner)
    key = {
        "region": lambda: place(UserFactory(role="agent", region=RegionFactory())),
        "role": lambda: place(UserFactory(role="technician", regions=planner.regions.all())),
        "week": lambda: place(agent, day=MONDAY + timedelta(days=7)),
        "shift": lambda: place(agent, "night"),
        "nonsense": lambda: "1.2026-99-99.day",
    }[foreign]()
    assert plan(client, on=[key]).status_code == 404
    assert plan(client, was=[key]).status_code == 404
    assert not DutyShift.objects.exists()


def test_agents_see_the_roster_and_cannot_plan(client, agent):
    DutyShift.objects.create(user=agent, date=MONDAY, shift="day")
    client.force_login(agent)
    page = client.get("/roster/?week=2026-W47")
    assert agent.name in page.text
    assert "checkbox" not in page.text
    assert plan(client, on=[place(agent, "evening")]).status_code == 403


@pytest.mark.req("S1-11")
def test_a_department_manager_plans_the_own_department_only(client, region):
    head = UserFactory(role="agent", region=region)
    own = UserFactory(role="agent", region=region, department=DepartmentFactory(manager=head))
    other = UserFactory(role="agent", region=region)
    client.force_login(head)
    assert plan(client, on=[place(own)]).status_code == 302
    assert plan(client, on=[place(other)]).status_code == 404
    page = client.get("/roster/?week=2026-W47").text
    assert f'value="{place(own)}"' in page
    assert f'value="{place(other)}"' not in page


def test_a_week_is_copied_from_the_one_before_without_doubling(client, planner, agent):
    DutyShift.objects.create(user=agent, date=MONDAY, shift="day")
    DutyShift.objects.create(user=agent, date=MONDAY + timedelta(days=8), shift="evening")
    gone = UserFactory(role="agent", regions=planner.regions.all(), is_active=False)
    DutyShift.objects.create(user=gone, date=MONDAY, shift="day")
    client.force_login(planner)
    for _press in range(2):
        assert client.post("/roster/copy/", {"week": "2026-W48"}).url == "/roster/?week=2026-W48"
    next_week = DutyShift.objects.between(MONDAY + timedelta(days=7), MONDAY + timedelta(days=13))
    assert {(shift.date, shift.shift) for shift in next_week} == {
        (MONDAY + timedelta(days=7), "day"),
        (MONDAY + timedelta(days=8), "evening"),
    }


def test_the_roster_prints_on_paper(client, planner, agent):
    DutyShift.objects.create(user=agent, date=MONDAY, shift="evening")
    client.force_login(planner)
    page = client.get("/roster/print/?week=2026-W47").text
    assert agent.name in page
    assert "晚班" in page
    assert "2026-11-16" in page


@pytest.mark.parametrize("text", ["", "2026-W00", "2026-W60", "9999-W01", "-1", "２０２６-W47", "2026-W47'--", None])
def test_a_week_that_does_not_exist_is_this_one(text):
    assert monday_of(text).weekday() == 0


def test_weeks_are_counted_from_monday_as_iso_does():
    assert monday_of("2026-W47") == MONDAY
    assert week_of(date(2027, 1, 1)) == "2026-W53"
    assert monday_of(week_of(date(2027, 1, 1))) == date(2026, 12, 28)


def test_the_roster_costs_the_same_for_one_agent_and_for_many(client, planner, region, django_assert_max_num_queries):
    client.force_login(planner)
    UserFactory(role="agent", region=region)
    client.get("/roster/")
    with django_assert_max_num_queries(40) as few:
        client.get("/roster/")
    for _more in range(20):
        DutyShift.objects.create(user=UserFactory(role="agent", region=region), date=MONDAY, shift="day")
    with django_assert_max_num_queries(len(few.captured_queries)):
        client.get("/roster/?week=2026-W47")
