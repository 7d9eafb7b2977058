"""Guessing passwords is slowed down, and nobody can lock a colleague out (threats 34, 36)."""

import re
from datetime import timedelta

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts.lockout import NAMES_PER_ADDRESS, client_address

from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
LIMIT = 8


def try_login(client, username, password="wrong-password", address="203.0.113.9"):
    return client.post("/login/", {"username": username, "password": password}, REMOTE_ADDR=address)


def lock(client, username, **how):
    for _attempt in range(LIMIT):
        answer = try_login(client, username, **how)
    return answer


def test_the_eighth_wrong_password_locks_and_says_until_when(client):
    user = UserFactory()
    for _attempt in range(LIMIT - 1):
        assert try_login(client, user.username).status_code == 422
    answer = try_login(client, user.username)
    assert answer.status_code == 429
    until = answer.context["until"]
    assert timedelta(minutes=14) < until - timezone.now() <= timedelta(minutes=15)
    assert 14 * 60 < int(answer["Retry-After"]) <= 15 * 60
    assert f"{timezone.localtime(until):%H:%M}" in answer.text


def test_while_locked_even_the_right_password_is_refused_and_the_end_does_not_move(client):
    user = UserFactory()
    until = lock(client, user.username).context["until"]
    answer = try_login(client, user.username, PASSWORD)
    assert answer.status_code == 429
    assert answer.context["until"] == until
    assert client.get("/profile/").status_code == 302


def test_a_lock_is_over_when_it_said(client, freeze):
    user = UserFactory()
    until = lock(client, user.username).context["until"]
    freeze.move_to(until - timedelta(seconds=1))
    assert try_login(client, user.username, PASSWORD).status_code == 429
    freeze.move_to(until + timedelta(seconds=1))
    assert try_login(client, user.username, PASSWORD).status_code == 302


def test_a_login_that_works_forgets_the_wrong_ones(client):
    user = UserFactory()
    for _attempt in range(LIMIT - 1):
        try_login(client, user.username)
    assert try_login(client, user.username, PASSWORD).status_code == 302
    client.post("/logout/")
    assert try_login(client, user.username).status_code == 422


def test_a_name_nobody_has_is_locked_like_one_that_somebody_has(client, freeze):
    user = UserFactory(username="wangmin")
    known, unknown = lock(client, user.username), lock(Client(), "wangmen")
    assert known.status_code == unknown.status_code == 429
    assert known.context["until"] == unknown.context["until"]
    token = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
    assert token.sub("", known.text) == token.sub("", unknown.text)
    assert known["Retry-After"] == unknown["Retry-After"]


def test_the_password_of_an_unknown_name_is_hashed_all_the_same(client, monkeypatch):
    hashed = []
    hasher = "django.contrib.auth.hashers.MD5PasswordHasher"
    from django.contrib.auth.hashers import MD5PasswordHasher  # noqa: PLC0415

    original = MD5PasswordHasher.encode
    monkeypatch.setattr(
        f"{hasher}.encode", lambda self, password, salt: hashed.append(1) or original(self, password, salt)
    )
    user = UserFactory()
    hashed.clear()
    try_login(client, user.username)
    known = len(hashed)
    hashed.clear()
    try_login(client, "nobody-of-this-name")
    assert len(hashed) == known == 1


def test_a_stranger_elsewhere_does_not_lock_the_owner_out(client):
    user = UserFactory()
    lock(client, user.username, address="198.51.100.1")
    assert try_login(Client(), user.username, PASSWORD, address="203.0.113.9").status_code == 302


def test_a_stranger_behind_the_same_router_does_not_lock_a_known_browser_out(client):
    user = UserFactory()
    try_login(client, user.username, PASSWORD)
    client.post("/logout/")
    stranger = Client()
    assert lock(stranger, user.username).status_code == 429
    assert try_login(stranger, user.username, PASSWORD).status_code == 429
    assert try_login(client, user.username, PASSWORD).status_code == 302


def test_a_known_browser_has_a_limit_of_its_own_from_any_address(client):
    user = UserFactory()
    try_login(client, user.username, PASSWORD)
    client.post("/logout/")
    for number in range(LIMIT - 1):
        assert try_login(client, user.username, address=f"203.0.113.{number}").status_code == 422
    assert try_login(client, user.username, address="203.0.113.99").status_code == 429
    assert try_login(Client(), user.username, PASSWORD).status_code == 302


def test_the_mark_of_a_browser_is_worth_nothing_for_another_name_or_forged(client):
    user, other = UserFactory(), UserFactory()
    try_login(client, user.username, PASSWORD)
    client.post("/logout/")
    [name] = [name for name in client.cookies if name.startswith("known-")]
    cookie = client.cookies[name]
    assert (cookie["httponly"], cookie["path"], cookie["samesite"]) == (True, "/login/", "Lax")
    thief = Client()
    lock(thief, other.username)
    try_login(Client(), other.username)
    from accounts.lockout import _cookie_name  # noqa: PLC0415

    thief.cookies[_cookie_name(other.username)] = cookie.value
    assert try_login(thief, other.username, PASSWORD).status_code == 429
    thief.cookies[_cookie_name(other.username)] = "forged:value:here"
    assert try_login(thief, other.username, PASSWORD).status_code == 429


def test_one_password_over_many_names_closes_the_address_but_not_to_known_browsers():
    user, regular = UserFactory(), Client()
    try_login(regular, user.username, PASSWORD)
    regular.post("/logout/")
    sprayer = Client()
    for number in range(NAMES_PER_ADDRESS - 1):
        assert try_login(sprayer, f"name{number}").status_code == 422
    closed = try_login(sprayer, "one-more")
    assert closed.status_code == 429
    assert closed.context["until"] > timezone.now()
    assert try_login(Client(), UserFactory().username, PASSWORD).status_code == 429
    assert try_login(Client(), UserFactory().username, PASSWORD, address="198.51.100.7").status_code == 302
    assert try_login(regular, user.username, PASSWORD).status_code == 302


def test_a_thousand_names_stay_refused():
    sprayer = Client()
    answers = [try_login(sprayer, f"name{number}").status_code for number in range(60)]
    assert answers[NAMES_PER_ADDRESS - 1 :] == [429] * (60 - NAMES_PER_ADDRESS + 1)


def test_wrong_passwords_never_stand_in_the_table_of_attempts(client):
    from axes.models import AccessAttempt  # noqa: PLC0415

    try_login(client, UserFactory().username, "my-real-password-mistyped")
    assert "mistyped" not in str(AccessAttempt.objects.values())


@pytest.mark.parametrize(
    ("remote", "forwarded", "address"),
    [
        ("203.0.113.9", "127.0.0.1", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "127.0.0.1, 198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "198.51.100.7, 10.0.0.1", "198.51.100.7"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "junk", None),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::"),
        ("::ffff:203.0.113.9", "", "203.0.113.9"),
        ("", "", None),
    ],
)
def test_only_a_trusted_front_server_names_the_address(settings, remote, forwarded, address):
    settings.TRUSTED_PROXIES = ["10.0.0.1"]
    request = RequestFactory().get("/", REMOTE_ADDR=remote, headers={"x-forwarded-for": forwarded})
    assert client_address(request) == address


@pytest.mark.parametrize("name", ["x" * 151, "张" * 5000, "a\x00b", "%00", "' OR 1=1 --", ""])
def test_odd_names_are_refused_and_never_break(client, name):
    assert try_login(client, name).status_code in (400, 422)


def test_half_a_character_is_refused_and_never_breaks(client):
    body = b"username=%ED%A0%80&password=x"
    answer = client.post("/login/", body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in (400, 422)


def test_a_password_of_a_megabyte_is_not_hashed(client):
    answer = try_login(client, UserFactory().username, "x" * 1_000_000)
    assert answer.status_code == 422
    assert answer.context["form"].has_error("password")
