"""Signing in and out, where it leads, and when a session is over (threats 7, 33, 35; S1-57)."""

import pytest
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import SignIn
from accounts.tasks import forget_ended_sessions

from tests.factories.accounts import PASSWORD, RegionFactory, UserFactory

pytestmark = pytest.mark.django_db
LOGIN = "/login/"


def sign_in(client, user, password=PASSWORD, **extra):
    return client.post(LOGIN, {"username": user.username, "password": password, **extra})


def is_signed_in(client):
    return client.get("/profile/").status_code == 200


@pytest.mark.req("S1-57")
def test_user_name_and_password_open_the_start_page(client):
    user = UserFactory(role="agent")
    assert client.get("/profile/").url == "/login/?next=/profile/"
    answer = sign_in(client, user)
    assert (answer.status_code, answer.url) == (302, "/")
    assert is_signed_in(client)


def test_the_login_page_is_chinese_whatever_the_browser_prefers(client):
    page = client.get(LOGIN, headers={"accept-language": "en-US,en;q=0.9"})
    assert "登录" in page.text
    assert 'lang="zh-hans"' in page.text


def test_a_wrong_password_says_nothing_about_the_name(client):
    user, gone = UserFactory(), UserFactory(is_active=False)
    answers = [
        client.post(LOGIN, {"username": name, "password": password})
        for name, password in [
            (user.username, "wrong"),
            ("nobody-of-this-name", "wrong"),
            (gone.username, PASSWORD),
            (gone.username, "wrong"),
        ]
    ]
    assert {answer.status_code for answer in answers} == {422}
    errors = {tuple(answer.context["form"].non_field_errors()) for answer in answers}
    assert len(errors) == 1
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "evil",
    [
        "https://evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "http:evil.example",
        " https://evil.example",
        "\thttps://evil.example",
        "javascript:alert(1)",
        "/login/",
        "/logout/",
    ],
)
def test_next_leads_to_own_pages_only(client, evil):
    answer = sign_in(client, UserFactory(), next=evil)
    assert (answer.status_code, answer.url) == (302, "/")


def test_next_leads_back_to_the_page_asked_for(client):
    assert sign_in(client, UserFactory(), next="/staff/?q=1").url == "/staff/?q=1"


def test_next_pointing_at_the_login_does_not_go_in_circles(client):
    client.force_login(UserFactory())
    assert client.get(f"{LOGIN}?next={LOGIN}").url == "/"


def test_a_session_fixed_before_login_is_worth_nothing(client):
    client.get(LOGIN)
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted
    sign_in(client, UserFactory())
    assert client.cookies["sessionid"].value != planted
    attacker = type(client)()
    attacker.cookies["sessionid"] = planted
    assert not is_signed_in(attacker)


def stolen(client):
    copy = type(client)()
    copy.cookies["sessionid"] = client.cookies["sessionid"].value
    return copy


def test_a_session_replayed_after_logout_is_over(client):
    user = UserFactory()
    sign_in(client, user)
    thief = stolen(client)
    assert is_signed_in(thief)
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/").url == LOGIN
    assert not is_signed_in(thief)
    assert not SignIn.objects.exists()


def test_a_new_password_ends_all_other_sessions_and_keeps_this_one(client):
    user = UserFactory()
    sign_in(client, user)
    other = type(client)()
    sign_in(other, user)
    new = "neu-门框-2027-x"
    answer = client.post("/profile/password/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    assert answer.status_code == 302
    assert is_signed_in(client)
    assert not is_signed_in(other)
    assert user.sign_ins.count() == 1


def test_deactivation_ends_sessions_at_once_and_for_good(client):
    user, admin = UserFactory(), UserFactory()
    sign_in(client, user)
    user.deactivate(by=admin)
    assert not is_signed_in(client)
    user.reactivate(by=admin)
    assert not is_signed_in(client)


@pytest.mark.req("S1-58")
def test_demotion_counts_on_the_next_request_and_ends_the_session(client):
    user = UserFactory(role="manager", region=RegionFactory())
    sign_in(client, user)
    assert client.get("/staff/new/").status_code == 200
    user.groups.remove(Group.objects.get(name="manager"))
    assert client.get("/staff/new/").status_code == 302
    sign_in(client, user)
    assert client.get("/staff/new/").status_code == 403


@pytest.mark.parametrize("take", ["set", "clear", "role_side", "role_cleared"])
def test_a_role_taken_in_any_way_ends_the_sessions(client, take):
    user, group = UserFactory(role="manager"), Group.objects.get(name="manager")
    sign_in(client, user)
    {
        "set": lambda: user.groups.set(Group.objects.filter(name="agent")),
        "clear": user.groups.clear,
        "role_side": lambda: group.user_set.remove(user),
        "role_cleared": group.user_set.clear,
    }[take]()
    assert not is_signed_in(client)


def test_a_further_role_ends_nothing(client):
    user = UserFactory(role="agent")
    sign_in(client, user)
    user.groups.add(Group.objects.get(name="supervisor"))
    assert is_signed_in(client)


def test_a_right_taken_from_a_role_counts_on_the_next_request(client):
    user, group = UserFactory(role="manager"), Group.objects.get(name="manager")
    sign_in(client, user)
    group.permissions.remove(group.permissions.get(codename="manage_staff"))
    assert client.get("/staff/new/").status_code == 403
    assert is_signed_in(client)


def test_saving_a_stale_copy_does_not_revive_ended_sessions(client):
    user = UserFactory(role="manager")
    sign_in(client, user)
    user.groups.clear()
    user.save()
    assert not is_signed_in(client)


def test_a_one_time_password_must_be_replaced_before_anything_else(client):
    user = UserFactory(role="agent")
    password = user.give_temporary_password(by=UserFactory())
    sign_in(client, user, password)
    assert client.get("/roster/").url == "/profile/password/"
    assert client.get("/profile/").url == "/profile/password/"
    assert client.get("/profile/password/").status_code == 200
    new = "neu-门框-2027-x"
    client.post("/profile/password/", {"old_password": password, "new_password1": new, "new_password2": new})
    assert is_signed_in(client)


def test_a_one_time_password_runs_out(client):
    user = UserFactory()
    password = user.give_temporary_password(by=UserFactory())
    user.temporary_password_until = timezone.now()
    user.save()
    answer = sign_in(client, user, password)
    assert answer.status_code == 422
    assert answer.context["form"].has_error("__all__", "expired")


@pytest.mark.parametrize("weak", ["short", "1234567890123", "password123", "wangmin2026-a"])
def test_weak_passwords_are_refused(client, weak):
    client.force_login(UserFactory(username="wangmin2026"))
    answer = client.post("/profile/password/", {"old_password": PASSWORD, "new_password1": weak, "new_password2": weak})
    assert answer.status_code == 422


def test_scripts_are_told_401_and_people_are_led_to_the_login(client):
    assert client.get("/roster/").status_code == 302
    assert client.get("/roster/", headers={"hx-request": "true"}).status_code == 401
    assert client.get("/roster/", headers={"accept": "application/json"}).status_code == 401


def test_pages_of_a_session_are_not_kept_by_the_browser(client):
    client.force_login(UserFactory())
    assert "no-store" in client.get("/profile/")["Cache-Control"]


def test_one_forgotten_session_can_be_ended_and_only_ones_own(client):
    user, other_client = UserFactory(), type(client)()
    sign_in(client, user)
    sign_in(other_client, user)
    here = client.session.session_key
    forgotten = user.sign_ins.exclude(session_key=here).get()
    stranger = type(client)()
    stranger.force_login(UserFactory())
    assert stranger.post(f"/profile/sessions/{forgotten.pk}/end/").status_code == 404
    assert client.post(f"/profile/sessions/{forgotten.pk}/end/").status_code == 302
    assert is_signed_in(client)
    assert not is_signed_in(other_client)


def test_all_other_sessions_can_be_ended(client):
    user, other_client = UserFactory(), type(client)()
    sign_in(client, user)
    sign_in(other_client, user)
    client.post("/profile/sessions/end/")
    assert is_signed_in(client)
    assert not is_signed_in(other_client)


def test_a_post_without_or_with_a_foreign_csrf_token_is_refused():
    from django.test import Client  # noqa: PLC0415

    client, user = Client(enforce_csrf_checks=True), UserFactory()
    assert sign_in(client, user).status_code == 403
    client.get(LOGIN)
    other = Client(enforce_csrf_checks=True)
    other.get(LOGIN)
    foreign = other.cookies["csrftoken"].value
    assert sign_in(client, user, csrfmiddlewaretoken=foreign).status_code == 403
    own = client.cookies["csrftoken"].value
    answer = client.post(
        LOGIN,
        {"username": user.username, "password": PASSWORD, "csrfmiddlewaretoken": own},
        headers={"origin": "https://evil.example"},
    )
    assert answer.status_code == 403
    assert sign_in(client, user, csrfmiddlewaretoken=own).status_code == 302


def test_the_language_is_kept_with_the_person_and_with_the_browser(client):
    user = UserFactory()
    assert client.get("/language/").status_code == 405
    client.post("/language/", {"language": "en", "next": LOGIN})
    assert "Sign in" in client.get(LOGIN).text
    sign_in(client, user)
    client.post("/language/", {"language": "zh-hans"})
    elsewhere = type(client)()
    elsewhere.cookies["django_language"] = "en"
    sign_in(elsewhere, user)
    assert "我的账号" in elsewhere.get("/profile/").text
    answer = client.post("/language/", {"language": "xx", "next": "//evil.example"})
    assert answer.url == "/"
    user.refresh_from_db()
    assert user.language == "zh-hans"


def test_sessions_that_ran_out_are_forgotten_and_running_ones_stay(client):
    user, forgotten = UserFactory(), type(client)()
    sign_in(client, user)
    sign_in(forgotten, user)
    Session.objects.filter(pk=forgotten.session.session_key).update(expire_date=timezone.now())
    forget_ended_sessions()
    assert is_signed_in(client)
    assert user.sign_ins.get().session_key == client.session.session_key
    assert Session.objects.count() == 1
