"""The back office exists for administrators with two-step login and for nobody else (threats 37; S1-57, S1-58)."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.core import checks
from django.db import models
from django.test.utils import isolate_apps
from django_fsm import FSMField

from accounts import two_step
from accounts.backoffice import BackOffice
from accounts.models import Change
from aftersales.roles import ROLES, sync_roles

from tests.accounts.test_two_step import code_of
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
PATH = "/" + settings.BACK_OFFICE_PATH
PATHS = [
    PATH,
    PATH.rstrip("/"),
    f"{PATH}login/",
    f"{PATH}logout/",
    f"{PATH}jsi18n/",
    f"{PATH}auth/group/",
    f"{PATH}auth/group",
    f"{PATH}accounts/user/1/change/",
    f"{PATH}nothing/here/",
    f"{PATH}password_change/",
]


@pytest.fixture
def administrator(client, freeze):
    """An administrator signed in by both steps."""
    user = UserFactory(role="administrator")
    device = two_step.prepare(user)
    two_step.turn_on(user, device, code_of(device))
    freeze.shift(timedelta(minutes=1))
    device.refresh_from_db()
    client.post("/login/", {"username": user.username, "password": PASSWORD})
    client.post("/login/code/", {"code": code_of(device)})
    return user


def plain(answer, path):
    """The page without what differs from one request to the next."""
    token = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
    return token.sub("", answer.text).replace(f'"{path}"', "")


@pytest.mark.req("S1-57")
@pytest.mark.parametrize("path", PATHS)
def test_a_stranger_finds_nothing(client, path):
    for answer in (client.get(path), client.post(path)):
        assert answer.status_code == 404
    assert plain(client.get(path), path) == plain(client.get("/no-such-page/"), "/no-such-page/")


@pytest.mark.req("S1-57")
@pytest.mark.parametrize("role", sorted(set(ROLES) - {"administrator"}))
def test_no_other_role_finds_anything_even_with_two_steps(client, freeze, role):
    user = UserFactory(role=role, is_staff=True, is_superuser=True)
    device = two_step.prepare(user)
    two_step.turn_on(user, device, code_of(device))
    client.force_login(user)
    assert {client.get(path).status_code for path in PATHS} == {404}


def test_an_administrator_with_one_step_is_led_to_set_up_the_second(client):
    client.force_login(UserFactory(role="administrator"))
    assert client.get(PATH).url == "/profile/two-step/"
    assert client.get(f"{PATH}auth/group/").url == "/profile/two-step/"


def test_a_session_that_skipped_the_second_step_does_not_get_in(client, freeze):
    user = UserFactory(role="administrator")
    device = two_step.prepare(user)
    two_step.turn_on(user, device, code_of(device))
    client.force_login(user)
    assert client.get(PATH).url == "/profile/two-step/"


def test_every_table_can_be_opened_by_an_administrator_with_two_steps(client, administrator):
    assert client.get(PATH).status_code == 200
    for model in admin.site._registry:
        page = client.get(f"{PATH}{model._meta.app_label}/{model._meta.model_name}/")
        assert page.status_code == 200, model


def test_demotion_closes_the_back_office_at_once(client, administrator):
    administrator.groups.set(Group.objects.filter(name="manager"))
    assert client.get(PATH).status_code == 404


@pytest.mark.req("S1-58")
def test_rights_of_a_role_are_changed_here_on_record_and_count_at_once(client, administrator):
    clerk = UserFactory(role="parts_clerk")
    clerk_client = type(client)()
    clerk_client.force_login(clerk)
    assert clerk_client.get("/staff/").status_code == 403
    group = Group.objects.get(name="parts_clerk")
    rights = [*group.permissions.values_list("pk", flat=True), Permission.objects.get(codename="view_staff").pk]
    answer = client.post(f"{PATH}auth/group/{group.pk}/change/", {"permissions": rights})
    assert answer.status_code == 302
    assert clerk_client.get("/staff/").status_code == 200
    change = Change.objects.about(group).get()
    assert (change.by, change.details) == (administrator, {"rights": [[], ["accounts.view_staff"]]})


@pytest.mark.req("S1-58")
def test_a_right_the_company_took_is_not_given_back_by_the_next_release():
    group = Group.objects.get(name="manager")
    group.permissions.remove(Permission.objects.get(codename="manage_staff"))
    sync_roles()
    assert not group.permissions.filter(codename="manage_staff").exists()
    assert group.permissions.filter(codename="plan_roster").exists()


def test_people_and_the_record_cannot_be_changed_here(client, administrator):
    person = UserFactory(role="agent")
    assert client.post(f"{PATH}accounts/user/{person.pk}/change/", {"username": "changed"}).status_code == 403
    assert client.post(f"{PATH}accounts/user/{person.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get(f"{PATH}accounts/user/add/").status_code == 403
    assert person.password not in client.get(f"{PATH}accounts/user/{person.pk}/change/").text


def test_the_password_is_changed_on_the_own_page(client, administrator):
    assert client.get(f"{PATH}password_change/").url == "/profile/password/"


@isolate_apps("accounts")
def test_a_changeable_state_is_an_error():
    class Thing(models.Model):
        state = FSMField()

        class Meta:
            app_label = "accounts"

        def __str__(self):
            return self.state

    class ThingAdmin(admin.ModelAdmin):
        pass

    site = BackOffice()
    site.register(Thing, ThingAdmin)
    assert [error.id for error in site._changeable_states()] == ["accounts.E001"]
    ThingAdmin.readonly_fields = ["state"]
    assert site._changeable_states() == []


def test_no_state_can_be_edited_in_the_back_office():
    assert [error for error in checks.run_checks() if error.id == "accounts.E001"] == []
