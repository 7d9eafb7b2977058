"""Two-step login: voluntary for everybody, one code good for one login, codes on paper for the lost phone."""

import re
import time
from datetime import timedelta

import pytest
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import two_step
from accounts.models import Change

from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


def code_of(device):
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)

    totp.time = time.time()
    return f"{totp.token():06d}"


@pytest.fixture
def user():
    return UserFactory(role="agent")


@pytest.fixture
def switched_on(user, freeze):
    """A user with two-step login on, its device, and the codes on paper."""
    device = two_step.prepare(user)
    codes = two_step.turn_on(user, device, code_of(device))
    freeze.shift(timedelta(minutes=1))
    device.refresh_from_db()
    return device, codes


def enter_password(client, user, **extra):
    return client.post("/login/", {"username": user.username, "password": PASSWORD, **extra})


def enter_code(client, code):
    return client.post("/login/code/", {"code": code})


def is_signed_in(client):
    return client.get("/profile/").status_code == 200


def test_turning_on_takes_the_picture_and_a_first_code(client, user, freeze):
    client.force_login(user)
    elsewhere = Client()
    elsewhere.force_login(user)
    page = client.get("/profile/two-step/")
    assert "<svg" in page.text
    assert "style=" not in page.context["picture"]
    assert client.post("/profile/two-step/", {"code": "000000"}).status_code == 422
    assert not two_step.is_on(user)
    freeze.shift(timedelta(minutes=1))
    device = TOTPDevice.objects.get(user=user)
    done = client.post("/profile/two-step/", {"code": code_of(device)})
    assert done.status_code == 200
    assert len(done.context["codes"]) == two_step.BACKUP_CODES
    assert two_step.is_on(user)
    assert is_signed_in(client), "this session goes on, and counts as verified"
    assert client.get("/profile/").context["user"].is_verified()
    assert not is_signed_in(elsewhere)
    assert Change.objects.about(user).get().act == "two_step_on"
    assert device.key not in client.get("/profile/two-step/").text


def test_the_password_alone_opens_nothing(client, user, switched_on):
    answer = enter_password(client, user, next="/staff/")
    assert answer.url == "/login/code/"
    assert not is_signed_in(client)
    device, _codes = switched_on
    answer = enter_code(client, code_of(device))
    assert (answer.status_code, answer.url) == (302, "/staff/")
    assert client.get("/profile/").context["user"].is_verified()


def test_a_code_serves_once(client, user, switched_on):
    device, _codes = switched_on
    code = code_of(device)
    enter_password(client, user)
    enter_code(client, code)
    thief = Client()
    enter_password(thief, user)
    assert enter_code(thief, code).status_code == 422
    assert not is_signed_in(thief)


def test_a_code_on_paper_serves_once(client, user, switched_on):
    _device, codes = switched_on
    enter_password(client, user)
    assert enter_code(client, f" {codes[0].upper()} ").status_code == 302
    assert two_step.backup_codes_left(user) == two_step.BACKUP_CODES - 1
    other = Client()
    enter_password(other, user)
    assert enter_code(other, codes[0]).status_code == 422


def test_wrong_codes_make_one_wait_longer_each_time(client, user, switched_on, freeze):
    device, codes = switched_on
    enter_password(client, user)
    assert enter_code(client, "000000").status_code == 422
    waiting = enter_code(client, code_of(device))
    assert waiting.status_code == 429
    assert re.search(r"\d\d:\d\d:\d\d", waiting.text)
    assert enter_code(client, codes[0]).status_code == 302, "the paper is not locked with the phone"


def test_the_second_step_must_follow_within_five_minutes_of_the_first(client, user, switched_on, freeze):
    device, _codes = switched_on
    enter_password(client, user)
    freeze.shift(timedelta(minutes=5, seconds=1))
    assert enter_code(client, code_of(device)).url == "/login/"
    assert not is_signed_in(client)


def test_the_second_step_alone_leads_back_to_the_first(client):
    assert client.get("/login/code/").url == "/login/"


@pytest.mark.parametrize("change", ["deactivate", "password", "demote"])
def test_what_ends_sessions_ends_a_login_half_way_in(client, user, switched_on, change):
    device, _codes = switched_on
    enter_password(client, user)
    other = UserFactory()
    {
        "deactivate": lambda: user.deactivate(by=other),
        "password": lambda: user.give_temporary_password(by=other),
        "demote": user.groups.clear,
    }[change]()
    enter_code(client, code_of(device))
    assert not is_signed_in(client)


def test_the_session_gets_a_new_id_at_both_steps(client, user, switched_on):
    device, _codes = switched_on
    enter_password(client, user)
    half_way = client.cookies["sessionid"].value
    enter_code(client, code_of(device))
    assert client.cookies["sessionid"].value != half_way


@pytest.mark.parametrize("path", ["/profile/two-step/codes/", "/profile/two-step/off/"])
def test_taking_protection_away_asks_for_the_password(client, user, switched_on, path):
    client.force_login(user)
    assert client.post(path, {"password": "wrong"}).status_code == 422
    assert two_step.is_on(user)
    assert two_step.backup_codes_left(user) == two_step.BACKUP_CODES


def test_new_codes_replace_the_old(client, user, switched_on):
    _device, old = switched_on
    client.force_login(user)
    new = client.post("/profile/two-step/codes/", {"password": PASSWORD}).context["codes"]
    assert not set(old) & set(new)
    assert two_step.check(user, old[0]) is None


def test_turning_off_ends_other_sessions_and_asks_for_the_password_alone_afterwards(client, user, switched_on):
    client.force_login(user)
    elsewhere = Client()
    elsewhere.force_login(user)
    client.post("/profile/two-step/off/", {"password": PASSWORD})
    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)
    assert enter_password(Client(), user).url == "/"


def test_somebody_signed_in_by_one_step_sees_no_key_of_a_device_already_on(client, user, switched_on):
    device, _codes = switched_on
    client.force_login(user)
    page = client.get("/profile/two-step/").text
    assert two_step.readable_key(device) not in page
    assert client.post("/profile/two-step/", {"code": code_of(device)}).status_code == 302
