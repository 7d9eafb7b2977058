"""What a browser is told and what a stranger cannot fetch (threats 37, 38)."""

import pytest
from django.contrib.auth import get_user_model


@pytest.fixture
def guide(client, db):
    client.force_login(
        get_user_model().objects.create_user(
            "designer", password="x", name='"><script>alert(1)</script>', is_staff=True
        ),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    return client.get("/style-guide/")


def test_the_policy_of_a_page_allows_nothing_inline(guide):
    policy = guide["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy


def test_a_hostile_name_is_only_a_name(guide):
    html = guide.content.decode()
    assert "<script>alert" not in html
    assert "&quot;&gt;&lt;script&gt;alert(1)" in html


def test_the_guide_is_no_page_for_everybody(client, db):
    client.force_login(
        get_user_model().objects.create_user("agent", password="x", name="李娜"),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    assert client.get("/style-guide/").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/.git/config",
        "/.env",
        "/static/../aftersales/settings.py",
        "/static/%2e%2e/aftersales/settings.py",
        "/static/js/app.js.map",
        "/media/x.jpg",
        "/__debug__/",
        "/admin/",
    ],
)
def test_what_is_nobody_s_business_is_not_there(client, db, path):
    assert client.get(path).status_code == 404
