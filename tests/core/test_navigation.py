"""The rail shows a role its own lists, counted together in one statement and never past the cap."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.functional import SimpleLazyObject

from core import navigation
from core.context_processors import Shell, shell
from core.navigation import Entry


@pytest.fixture
def registry(monkeypatch):
    """An empty registry for the test."""
    for name, value in (("_entries", {}), ("_badges", {}), ("_banners", [])):
        monkeypatch.setattr(navigation, name, value)
    return navigation


@pytest.fixture
def user(db):
    return get_user_model().objects.create_user("wangmin", password="x", name="王敏")


def request_of(user, path="/style-guide/"):
    request = RequestFactory().get(path)
    request.user = user
    return request


def entry(key, **facts):
    return Entry(key, key.title(), "core:style-guide", **facts)


def test_an_entry_is_shown_to_its_roles_and_rights_only(registry, user):
    user.groups.create(name="agent-of-test")
    registry.register(entry("all"))
    registry.register(entry("mine", roles=("agent-of-test",), order=1))
    registry.register(entry("theirs", roles=("manager",)))
    registry.register(entry("right", permission="core.view_area"))
    assert [link.entry.key for link in Shell(request_of(user)).rail] == ["mine", "all"]


def test_counts_cost_one_statement_together(registry, user, django_assert_num_queries):
    Group.objects.create(name="one of them")
    for key in ("a", "b", "c"):
        registry.register(entry(key, count=lambda user: Group.objects.filter(name__startswith="one")))
    registry.register(entry("d", count=lambda user: None))
    registry.register(entry("e", count=lambda user: Group.objects.none()))
    frame = Shell(request_of(user))
    assert user.scope  # read once in every request
    with django_assert_num_queries(1):
        counts = {link.entry.key: link.count for link in frame.rail}
    assert counts == {"a": "1", "b": "1", "c": "1", "d": "", "e": ""}


def test_a_count_stops_at_the_cap(user):
    Group.objects.bulk_create(Group(name=f"group {number}") for number in range(120))
    counts = navigation.count_all([entry("all", count=lambda user: Group.objects.order_by("name"))], user)
    assert counts == {"all": navigation.CAP + 1}
    assert navigation.capped(navigation.CAP + 1) == "99+"
    assert navigation.capped(navigation.CAP) == "99"


def test_a_page_without_a_frame_asks_nothing(registry, user, django_assert_num_queries):
    registry.register(entry("a", count=lambda user: Group.objects.all()))
    registry.banner(lambda request: pytest.fail("nobody looked"))
    with django_assert_num_queries(0):
        Template("{{ user }}").render(Context(shell(request_of(user)) | {"user": user}))


def test_the_longest_beginning_of_the_path_is_current(registry, user):
    registry.register(Entry("guide", "Guide", "core:style-guide"))
    current = [link for link in Shell(request_of(user, "/style-guide/x/")).rail if link.is_current]
    assert [link.entry.key for link in current] == ["guide"]
    assert not [link for link in Shell(request_of(user, "/other/")).rail if link.is_current]


def test_a_phone_has_five_places_and_a_door_to_the_rest(registry, user):
    for number in range(7):
        registry.register(entry(f"e{number}"))
    frame = Shell(request_of(user))
    assert (len(frame.thumbs), len(frame.rest)) == (4, 3)


def test_an_unknown_url_is_named_by_the_check_and_hidden_until_then(registry, user):
    registry.register(Entry("lost", "Lost", "no:where"))
    assert [problem.id for problem in navigation.entries_lead_somewhere(None)] == ["core.E001"]
    assert Shell(request_of(user)).rail == []


def test_banners_and_the_mark_of_a_demo_site(registry, user):
    context = shell(request_of(user))
    assert not context["demo_site"]
    registry.banner(lambda request: navigation.Banner("made up", "demo"))
    registry.banner(lambda request: None)
    context = shell(request_of(user))
    assert isinstance(context["demo_site"], SimpleLazyObject)
    assert [banner.text for banner in context["banners"]] == ["made up"]
    assert bool(context["demo_site"])


def test_a_stranger_has_an_empty_frame():
    frame = Shell(RequestFactory().get("/"))
    assert (frame.rail, frame.top, frame.badges, frame.menu) == ([], [], [], [])


def test_a_key_opens_one_thing_only():
    keys = [one.shortcut for one in (*navigation._entries.values(), *navigation._badges.values()) if one.shortcut]
    assert sorted({key for key in keys if keys.count(key) > 1}) == []
