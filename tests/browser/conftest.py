"""What a browser test has: pages of any size and language, a signed-in user, pictures, and a strict eye.

Every page fails its test when it asks another host for anything, when a script of ours breaks, or when the browser
refuses something for the content security policy.
"""

import os
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client

from tests.browser.chromium import context_options, launch_options, save_shot

# Playwright keeps an event loop in this thread; the ORM is used from it on purpose, never from inside the loop.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

SHOTS = Path(settings.BASE_DIR) / "var" / "shots"
EXPECTED_NOISE = (
    "Failed to load resource:",
    "htmx:",
    "Response Status Error",
)  # a refusal or a lost connection is often what a test is about


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {**browser_type_launch_args, **launch_options()}


@pytest.fixture
def open_page(browser, live_server):
    """``open_page("/path/", user=…, size="phone", language="en", scheme="dark")`` gives a page that is loaded."""
    contexts, complaints = [], []

    def watch(page):
        page.on("request", lambda request: _must_stay_home(request.url, live_server.url, complaints))
        page.on("pageerror", lambda error: complaints.append(f"script error: {error}"))
        page.on("console", lambda said: _must_be_quiet(said, complaints))

    def open_page(path="/", *, user=None, size="desktop", language="zh-hans", scheme="light", **options):
        looks = {**context_options(size, language, scheme), **options}
        context = browser.new_context(base_url=live_server.url, **looks)
        contexts.append(context)
        context.on("page", watch)
        _speak(context, user, language, live_server.url)
        if user is not None:
            sign_in(context, user, live_server.url)
        page = context.new_page()
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints, complaints


@pytest.fixture
def designer(transactional_db):
    """Someone who may see the style guide."""
    return get_user_model().objects.create_user("designer", password="x", name="王敏", is_staff=True)


def _must_stay_home(url, home, complaints):
    if not url.startswith((home, "data:", "blob:", "about:")):
        complaints.append(f"a request left the host: {url}")


def _must_be_quiet(said, complaints):
    if said.type == "error" and not said.text.startswith(EXPECTED_NOISE):
        complaints.append(f"console: {said.text}")


def _speak(context, user, language, home):
    context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": home}])
    if user is not None and getattr(user, "language", language) != language:
        user.language = language
        user.save(update_fields=["language"])


def sign_in(context, user, home):
    """Give the browser a session of this user, without the login page."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": home}])


@pytest.fixture
def shot():
    """``shot(page, "name")`` writes var/shots/name.png."""

    def shot(page, name, *, full=True):
        return save_shot(page, SHOTS, name, full=full)

    return shot


@pytest.fixture
def axe():
    """``axe(page)`` fails on any serious or critical finding of axe-core."""

    def axe(page):
        grave = grave_findings(page)
        assert not grave, "\n".join(grave)

    return axe


# Only what is wrong comes over from the browser: the long list of what is right takes as long as the look itself.
LOOK = "options => axe.run(options).then(results => results.violations)"


def grave_findings(page, contrast=True):
    """What axe-core finds serious or critical, a line each; without the look at every colour where that was had."""
    page.evaluate(AXE_SCRIPT)
    options = {
        "resultTypes": ["violations"],
        "selectors": False,  # the lines below show the HTML
        "rules": {"color-contrast": {"enabled": contrast}},
    }
    return [
        f"{one['id']}: {one['help']}: {[node['html'][:160] for node in one['nodes'][:4]]}"
        for one in page.evaluate(LOOK, options)
        if one["impact"] in ("serious", "critical")
    ]
