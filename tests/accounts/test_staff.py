"""Employing, changing and letting go of people, on record, and never beyond one's own reach (S1-10, S1-58, S2-01)."""

import pytest
from django.contrib.auth.models import Group

from accounts.models import Change, Department, Region, User

from tests.factories.accounts import DepartmentFactory, RegionFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def region():
    return RegionFactory(name="黄石")


@pytest.fixture
def manager(region):
    return UserFactory(role="manager", region=region, name="刘洋")


@pytest.fixture
def as_manager(client, manager):
    client.force_login(manager)
    return client


@pytest.fixture
def administrator():
    return UserFactory(role="administrator", name="系统")


def role(name):
    return Group.objects.get(name=name).pk


def fields(person=None, **changes):
    """What the form of a person holds when it is sent as it was shown."""
    data = {"username": "wangmin", "name": "王敏", "roles": [], "regions": [], "superior": ""}
    if person:
        data = {
            "username": person.username,
            "name": person.name,
            "roles": [group.pk for group in person.groups.all()],
            "regions": [region.pk for region in person.regions.all()],
            "superior": person.superior_id or "",
            "department": person.department_id or "",
            "seen": "",
        }
    return data | changes


def edit(client, person, **changes):
    """Open the page of a person, change something and send it."""
    url = f"/staff/{person.pk}/edit/"
    seen = client.get(url).context["form"].initial["seen"]
    return client.post(url, fields(person, seen=seen) | changes)


@pytest.mark.req("S1-10")
def test_a_manager_employs_an_agent_of_the_own_branch(as_manager, manager, region):
    answer = as_manager.post(
        "/staff/new/",
        fields(
            roles=[role("agent")], regions=[region.pk], superior=manager.pk, work_number="12", grade="junior",
            phone="138 0013 8000",
        ),
    )  # fmt: skip
    assert answer.status_code == 200
    new = User.objects.get(username="wangmin")
    assert (new.role_names, new.region_ids, new.superior, new.phone) == ({"agent"}, [region.pk], manager, "13800138000")
    password = answer.context["password"]
    assert new.check_password(password)
    assert password in answer.text
    assert answer["Cache-Control"] == "no-store"
    assert [change.act for change in Change.objects.about(new)] == ["password_reset", "created"]
    created = Change.objects.about(new).last()
    assert created.by == manager
    assert created.details["roles"] == ["", ["agent"]]


@pytest.mark.parametrize("high", ["administrator", "general_manager", "finance"])
def test_a_manager_cannot_make_anybody_see_everything(as_manager, manager, region, high):
    data = fields(roles=[role(high)], regions=[region.pk], superior=manager.pk)
    assert as_manager.post("/staff/new/", data).status_code == 422
    assert not User.objects.filter(username="wangmin").exists()


def test_a_manager_cannot_place_anybody_in_another_region(as_manager, manager, region):
    data = fields(roles=[role("agent")], regions=[region.pk, RegionFactory().pk], superior=manager.pk)
    assert as_manager.post("/staff/new/", data).status_code == 422


def test_rights_and_switches_that_are_not_on_the_form_are_ignored(as_manager, manager, region):
    person = UserFactory(role="agent", region=region, superior=manager)
    edit(as_manager, person, is_superuser="on", is_staff="on", is_active="", session_epoch="99", password="x")
    person.refresh_from_db()
    assert (person.is_superuser, person.is_staff, person.is_active, person.session_epoch) == (False, False, True, 0)


@pytest.mark.parametrize("act", ["edit", "deactivate", "password"])
@pytest.mark.parametrize("high", ["administrator", "general_manager", "finance"])
def test_a_manager_does_not_touch_those_who_see_everything(as_manager, region, act, high):
    person = UserFactory(role=high, region=region)
    assert as_manager.get(f"/staff/{person.pk}/{act}/").status_code == 403
    assert as_manager.post(f"/staff/{person.pk}/{act}/").status_code == 403
    person.refresh_from_db()
    assert person.is_active


@pytest.mark.parametrize("act", ["edit", "deactivate", "password"])
def test_nobody_changes_his_own_rights(as_manager, manager, act):
    assert as_manager.post(f"/staff/{manager.pk}/{act}/").status_code == 403


def test_what_is_beyond_reach_stays_when_a_manager_saves(as_manager, manager, region):
    elsewhere = RegionFactory(name="武汉")
    person = UserFactory(role="agent", regions=[region, elsewhere], superior=manager)
    answer = edit(as_manager, person, regions=[region.pk], roles=[role("specialist")])
    assert answer.status_code == 302
    person = User.objects.get(pk=person.pk)
    assert set(person.region_ids) == {region.pk, elsewhere.pk}
    assert person.role_names == {"specialist"}


@pytest.mark.req("S2-185")
def test_everybody_but_the_general_manager_has_a_superior(client, administrator, region):
    client.force_login(administrator)
    data = fields(roles=[role("agent")], regions=[region.pk])
    answer = client.post("/staff/new/", data)
    assert answer.status_code == 422
    assert "superior" in answer.context["form"].errors
    assert client.post("/staff/new/", data | {"roles": [role("general_manager")]}).status_code == 200


def test_without_a_region_an_agent_would_see_nothing(as_manager, manager):
    answer = as_manager.post("/staff/new/", fields(roles=[role("agent")], superior=manager.pk))
    assert "regions" in answer.context["form"].errors


def test_a_superior_from_below_is_refused(as_manager, manager, region):
    head = UserFactory(role="supervisor", region=region, superior=manager)
    clerk = UserFactory(role="agent", region=region, superior=head)
    answer = edit(as_manager, head, superior=clerk.pk)
    assert answer.status_code == 422
    assert "superior" in answer.context["form"].errors


def test_two_people_without_a_work_number_are_two_people(as_manager, manager, region):
    data = fields(roles=[role("agent")], regions=[region.pk], superior=manager.pk)
    assert as_manager.post("/staff/new/", data | {"username": "one"}).status_code == 200
    assert as_manager.post("/staff/new/", data | {"username": "two"}).status_code == 200
    assert as_manager.post("/staff/new/", data | {"username": "one"}).status_code == 422


def test_what_changed_is_on_record_and_readable(as_manager, manager, region):
    person = UserFactory(role="agent", region=region, superior=manager, name="王敏")
    edit(as_manager, person, name="王敏敏", roles=[role("agent"), role("supervisor")])
    change = Change.objects.about(person).get()
    assert change.details == {"name": ["王敏", "王敏敏"], "roles": [["agent"], ["agent", "supervisor"]]}
    page = as_manager.get(f"/staff/{person.pk}/").text
    assert "客服、客服主管" in page
    assert "刘洋" in page


def test_saving_without_a_change_leaves_no_line(as_manager, manager, region):
    person = UserFactory(role="agent", region=region, superior=manager)
    edit(as_manager, person)
    assert not Change.objects.exists()


def test_a_form_opened_before_somebody_elses_save_is_refused_with_both_versions(as_manager, manager, region, client):
    person = UserFactory(role="agent", region=region, superior=manager, name="王敏")
    url = f"/staff/{person.pk}/edit/"
    seen = as_manager.get(url).context["form"].initial["seen"]
    edit(as_manager, person, name="王敏敏")
    late = as_manager.post(url, fields(person, seen=seen, name="王小敏"))
    assert late.status_code == 409
    assert late.context["form"].differences() == [("姓名", "王敏敏", "王小敏")]
    assert "王敏敏" in late.text, "what the other one saved"
    assert "王小敏" in late.text, "one's own words are kept"
    assert User.objects.get(pk=person.pk).name == "王敏敏"
    again = as_manager.post(url, fields(person, seen=late.context["form"]["seen"].value(), name="王小敏"))
    assert again.status_code == 302
    assert User.objects.get(pk=person.pk).name == "王小敏"


def test_demotion_on_the_staff_page_ends_the_sessions(as_manager, manager, region):
    person = UserFactory(roles=["agent", "supervisor"], region=region, superior=manager)
    demoted = type(as_manager)()
    demoted.force_login(person)
    edit(as_manager, person, roles=[role("agent")])
    assert demoted.get("/profile/").status_code == 302


def test_letting_go_names_who_takes_over(as_manager, manager, region):
    person = UserFactory(role="agent", region=region, superior=manager)
    page = as_manager.get(f"/staff/{person.pk}/deactivate/")
    assert page.context["form"]["successor"].value() == manager.pk
    assert as_manager.post(f"/staff/{person.pk}/deactivate/", {"successor": manager.pk}).status_code == 302
    person.refresh_from_db()
    assert not person.is_active
    assert Change.objects.about(person).get().details == {"successor": [None, "刘洋"]}
    answer = as_manager.post(f"/staff/{person.pk}/reactivate/")
    person.refresh_from_db()
    assert person.is_active
    assert person.check_password(answer.context["password"])


def test_a_person_let_go_cannot_take_over(as_manager, manager, region):
    person = UserFactory(role="agent", region=region, superior=manager)
    gone = UserFactory(role="agent", region=region, is_active=False)
    assert as_manager.post(f"/staff/{person.pk}/deactivate/", {"successor": gone.pk}).status_code == 422


@pytest.mark.req("S1-11")
def test_a_department_manager_sees_the_staff_of_the_own_department(client):
    head = UserFactory(role="agent")
    clerk = UserFactory(role="agent", department=DepartmentFactory(manager=head))
    client.force_login(head)
    assert client.get(f"/staff/{clerk.pk}/").status_code == 200
    assert {person.pk for person in client.get("/staff/").context["rows"]} == {head.pk, clerk.pk}
    assert client.get(f"/staff/{UserFactory(role='agent').pk}/").status_code == 404
    assert client.get("/staff/").status_code == 200
    assert client.get(f"/staff/{clerk.pk}/edit/").status_code == 403


def test_only_an_administrator_turns_somebodys_two_step_login_off(as_manager, client, administrator, region):
    from accounts import two_step  # noqa: PLC0415

    person = UserFactory(role="agent", region=region)
    two_step.new_backup_codes(person)
    assert as_manager.post(f"/staff/{person.pk}/two-step/off/").status_code == 403
    client.force_login(administrator)
    assert client.post(f"/staff/{person.pk}/two-step/off/").status_code == 302
    assert two_step.backup_codes_left(person) == 0
    assert Change.objects.about(person).get().act == "two_step_off"


@pytest.mark.req("S1-08")
def test_units_are_kept_by_those_with_the_right_and_on_record(as_manager, manager):
    assert (
        as_manager.post("/staff/units/regions/new/", {"code": "wuhan", "name": "武汉", "active": "on"}).status_code
        == 302
    )
    region = Region.objects.get(code="wuhan")
    assert Change.objects.about(region).get().by == manager
    department = Department.objects.get(code="call-centre")
    url = f"/staff/units/departments/{department.pk}/"
    seen = as_manager.get(url).context["form"].initial["seen"]
    data = {
        "code": "call-centre",
        "name": "呼叫中心",
        "kind": "service",
        "manager": manager.pk,
        "active": "on",
        "seen": seen,
    }
    assert as_manager.post(url, data).status_code == 302
    department.refresh_from_db()
    assert department.manager == manager
    assert Change.objects.about(department).get().details == {"manager": ["", "刘洋"]}


def test_a_region_no_longer_in_use_is_not_offered(as_manager, manager, region):
    Region.objects.filter(pk=region.pk).update(active=False)
    assert list(as_manager.get("/staff/new/").context["form"].fields["regions"].queryset) == []


@pytest.mark.req("S1-58")
def test_the_table_of_rights_shows_what_each_role_may(as_manager):
    page = as_manager.get("/staff/roles/")
    labels = [str(label) for label, _group in page.context["roles"]]
    assert labels[:2] == ["客服", "客服专员"]
    rows = {
        str(label): [has for _group, has in cells] for _part, part in page.context["parts"] for label, cells in part
    }
    may = dict(zip(labels, rows["新增、修改、停用员工"], strict=True))
    assert (may["客服经理"], may["客服"]) == (True, False)
    assert not any("后台" in label for label in rows)


def test_the_own_profile_is_changed_without_touching_rights(client, region):
    user = UserFactory(role="agent", region=region, name="王敏")
    client.force_login(user)
    seen = client.get("/profile/").context["form"].initial["seen"]
    data = {
        "name": "王敏敏",
        "phone": "",
        "email": "",
        "language": "en",
        "seen": seen,
        "roles": [role("administrator")],
    }
    assert client.post("/profile/", data | {"username": "boss", "superior": user.pk}).status_code == 302
    user = User.objects.get(pk=user.pk)
    assert (user.name, user.language, user.role_names, user.username) == ("王敏敏", "en", {"agent"}, user.username)
    assert "My account" in client.get("/profile/").text


def test_work_numbers_stand_in_the_order_of_their_value(as_manager, region):
    for number in ("10", "9", "100", None):
        UserFactory(role="agent", region=region, work_number=number)
    rows = as_manager.get("/staff/", {"order": "work_number"}).context["rows"]
    assert [person.work_number for person in rows if person.work_number] == ["9", "10", "100"]
    assert rows[-1].work_number is None
