"""Drafts: one's own, kept through every session, never more than fits."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from core.models import Draft
from core.models.draft import KEPT, MOST_BYTES, MOST_PER_USER

pytestmark = pytest.mark.django_db

URL = "/drafts/call:new/"


def put(client, data, url=URL, method="put"):
    return getattr(client, method)(url, json.dumps({"data": data}), content_type="application/json")


def test_a_draft_is_kept_changed_and_dropped(signed_in):
    assert signed_in.get(URL).status_code == 204
    assert put(signed_in, {"content": ["门套开裂"]}).json()["saved_at"]
    assert put(signed_in, {"content": ["门套开裂了"], "items": ["1", "2"]}, method="post").status_code == 200
    answer = signed_in.get(URL)
    assert answer.json()["data"] == {"content": ["门套开裂了"], "items": ["1", "2"]}
    assert "no-store" in answer["Cache-Control"]
    assert signed_in.delete(URL).status_code == 204
    assert signed_in.get(URL).status_code == 204


def test_a_draft_survives_the_end_of_the_session(signed_in, user):
    put(signed_in, {"content": ["门套开裂"]})
    signed_in.logout()
    assert put(signed_in, {"content": ["lost?"]}).status_code in (302, 401, 403)
    signed_in.force_login(user)
    assert signed_in.get(URL).json()["data"] == {"content": ["门套开裂"]}


def test_a_draft_is_its_writers_alone(signed_in, make_user, client):
    put(signed_in, {"content": ["mine"]})
    client.force_login(make_user("zhao"))
    assert client.get(URL).status_code == 204
    client.delete(URL)
    assert Draft.objects.count() == 1


def test_a_draft_costs_little(signed_in, django_assert_max_num_queries):
    put(signed_in, {"a": ["1"]})
    with django_assert_max_num_queries(10):
        put(signed_in, {"a": ["2"]})


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{}", 400),
        (b"null", 400),
        (b"[]", 400),
        (b'{"data": []}', 400),
        (b'{"data": "x"}', 400),
        (b'{"data": {"a": NaN}}', 400),
        (b'{"data": {"a": 1e999}}', 400),
        (b'{"data": {"a": "\\u0000"}}', 400),
        (b'{"data": {"\\u0000": "a"}}', 400),
        (b'{"data": {"a": "\\ud800"}}', 400),
        (b'{"data": {"a": "\\\\u0000"}}', 200),
        (b'{"data": {"a": "\xff"}}', 400),
        (b'{"data": {"a": ' + b"9" * 5_000 + b"}}", 400),
        (b'{"data": ' + b"[" * 5_000 + b"]" * 5_000 + b"}", 400),
        (b'{"data": ' + b'{"a":' * 5_000 + b"1" + b"}" * 5_000 + b"}", 400),
        (json.dumps({"data": {"a": "x" * MOST_BYTES}}).encode(), 413),
        (b'{"data": {"a": "' + "𠮷😀".encode() + b'"}}', 200),
    ],
)
def test_what_no_database_stores_alike_is_refused(signed_in, body, status):
    assert signed_in.put(URL, body, content_type="application/json").status_code == status
    assert Draft.objects.exists() is (status == 200)


@pytest.mark.parametrize("key", ["a%20b", "a/b", "..%2F", "x" * 121, "键", "%00"])
def test_a_key_is_a_plain_word(signed_in, key):
    assert signed_in.get(f"/drafts/{key}/").status_code in (400, 404)


def test_the_oldest_drafts_make_room(signed_in, user):
    now = timezone.now()
    Draft.objects.bulk_create(
        Draft(user=user, key=f"k{n}", data={}, updated_at=now - timedelta(minutes=n + 1)) for n in range(MOST_PER_USER)
    )
    put(signed_in, {"a": ["1"]})
    keys = set(Draft.objects.values_list("key", flat=True))
    assert len(keys) == MOST_PER_USER
    assert {"call:new", "k0"} <= keys
    assert f"k{MOST_PER_USER - 1}" not in keys


def test_drafts_nobody_came_back_to_are_forgotten(user):
    now = timezone.now()
    for key, age in (("old", KEPT + timedelta(days=1)), ("new", KEPT - timedelta(days=1))):
        Draft.objects.create(user=user, key=key, data={}, updated_at=now - age)
    assert Draft.objects.forget_old(now) == 1
    assert Draft.objects.get().key == "new"


def test_other_methods_are_refused(signed_in):
    assert signed_in.patch(URL).status_code == 405
