"""Roles, regions, superiors and the record of changes."""

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Change, Department, DutyShift, User
from accounts.signals import user_leaving

from tests.factories.accounts import PASSWORD, DepartmentFactory, RegionFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.req("S0-73")
def test_the_twelve_roles_exist_after_migrating():
    people = {role: UserFactory(role=role) for role in ("agent", "general_manager", "technician", "finance")}
    assert list(User.objects.in_role("agent")) == [people["agent"]]
    assert set(User.objects.in_role("finance", "technician")) == {people["finance"], people["technician"]}
    assert people["agent"].has_role("agent", "supervisor")
    assert not people["agent"].has_role("supervisor")


@pytest.mark.req("S0-21")
def test_people_belong_to_regions_and_few_see_all():
    here, there = RegionFactory(), RegionFactory()
    agent = UserFactory(role="agent", region=here)
    finance = UserFactory(role="finance")
    assert agent.region_ids == [here.pk]
    assert not agent.sees_everything
    assert finance.sees_everything
    assert list(User.objects.of_region(here)) == [agent]
    assert not User.objects.of_region(there.pk).exists()


@pytest.mark.req("S1-08")
def test_the_five_departments_of_the_sources_are_there_to_be_assigned():
    service = Department.objects.filter(kind=Department.Kind.SERVICE)
    assert {d.name for d in service} == {"售后服务部", "客户服务部", "技术支持部", "物流部", "呼叫中心"}


@pytest.mark.req("S1-11")
def test_a_department_manager_supervises_the_own_department_only():
    manager = UserFactory()
    own, other = DepartmentFactory(manager=manager), DepartmentFactory()
    assert manager.manages(UserFactory(department=own))
    assert not manager.manages(UserFactory(department=other))
    assert not manager.manages(UserFactory())


@pytest.mark.req("S2-185", "S2-01")
def test_hard_matters_go_to_the_nearest_superior_still_working():
    boss = UserFactory(role="general_manager")
    gone = UserFactory(superior=boss, is_active=False)
    clerk = UserFactory(superior=gone)
    assert clerk.answers_to == boss
    assert boss.answers_to is None
    assert list(User.objects.without_superior()) == []
    lost = UserFactory()
    assert list(User.objects.without_superior()) == [lost]


@pytest.mark.req("S2-185")
def test_nobody_answers_to_himself_in_the_end():
    boss = UserFactory()
    middle = UserFactory(superior=boss)
    boss.superior = middle
    with pytest.raises(ValidationError) as refused:
        boss.full_clean(exclude=["password"])
    assert "superior" in refused.value.error_dict


def test_a_circle_in_the_database_is_walked_once():
    first = UserFactory()
    second = UserFactory(superior=first)
    User.objects.filter(pk=first.pk).update(superior=second)
    first.refresh_from_db()
    assert [person.pk for person in first.superiors()] == [second.pk]


def test_leaving_hands_over_ends_sessions_and_clears_the_roster(today):
    told = []
    user_leaving.connect(
        lambda users, successor, by, **kwargs: told.append((users, successor, by)), weak=False, dispatch_uid="test"
    )
    try:
        admin, heir = UserFactory(role="administrator"), UserFactory()
        leaver = UserFactory(role="agent")
        DutyShift.objects.create(user=leaver, date=today.replace(year=today.year + 1), shift="day")
        DutyShift.objects.create(user=leaver, date=today, shift="day")
        epoch = leaver.session_epoch
        leaver.deactivate(by=admin, successor=heir)
    finally:
        user_leaving.disconnect(dispatch_uid="test")
    assert told == [([leaver], heir, admin)]
    leaver.refresh_from_db()
    assert not leaver.is_active
    assert leaver.session_epoch == epoch + 1
    assert [shift.date for shift in leaver.shifts.all()] == [today]
    assert Change.objects.about(leaver).get().act == "deactivated"


def test_a_receiver_may_refuse_to_let_somebody_go():
    def refuse(**kwargs):
        raise ValidationError("not yet")

    user_leaving.connect(refuse)
    try:
        leaver = UserFactory()
        with pytest.raises(ValidationError):
            leaver.deactivate(by=UserFactory())
    finally:
        user_leaving.disconnect(refuse)
    assert User.objects.get(pk=leaver.pk).is_active
    assert not Change.objects.exists()


def test_the_last_administrator_stays_and_nobody_deactivates_himself():
    admin = UserFactory(role="administrator")
    with pytest.raises(ValidationError):
        admin.deactivate(by=UserFactory())
    UserFactory(role="administrator")
    with pytest.raises(ValidationError):
        admin.deactivate(by=admin)
    admin.deactivate(by=UserFactory())
    assert not admin.is_active


def test_a_one_time_password_is_readable_and_never_on_record():
    person = UserFactory()
    password = person.give_temporary_password(by=UserFactory())
    assert person.check_password(password)
    assert not person.check_password(PASSWORD)
    assert person.has_temporary_password
    assert password not in str(Change.objects.values())


@pytest.mark.req("S1-54")
def test_grades_run_from_junior_to_senior():
    assert User.Grade.values == ["junior", "intermediate", "senior"]


@pytest.mark.req("S3-114")
def test_the_feedback_post_is_held_by_named_people():
    holder = UserFactory(is_feedback_handler=True)
    UserFactory(is_feedback_handler=True, is_active=False)
    assert list(User.objects.feedback_handlers()) == [holder]
