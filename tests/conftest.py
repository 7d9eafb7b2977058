"""What every test gets: a folder of its own for files, a database on disk as in real life, and no network."""

import os
import shutil
import socket
import tempfile
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections, transaction
from django.http import HttpResponse
from django.test import TransactionTestCase
from django.urls import URLResolver

from core import editions

from tests import baseline, template

LOOPBACK = ("127.", "::1", "localhost")
SHARED = pytest.StashKey[str]()


def pytest_configure(config):
    """Before anything is opened, point whatever is written to a folder that only this test process uses."""
    is_worker = hasattr(config, "workerinput")
    if not is_worker:  # the process that starts the others makes the folder for all, and removes it after all
        config.stash[SHARED] = os.environ["TESTS_FOLDER"] = tempfile.mkdtemp(prefix="aftersales-tests-")
    private = Path(os.environ["TESTS_FOLDER"]) / os.environ.get("PYTEST_XDIST_WORKER", "alone")
    private.mkdir()
    settings.VAR_DIR = private
    settings.MEDIA_ROOT = private / "media"
    settings.BROKER_DIR = private / "broker"
    # Wake-ups of ordinary tests go nowhere; a test about the broker starts its own processes or names its own broker.
    settings.CELERY_BROKER_URL = "memory://"
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {}
    settings.CACHES["default"]["KEY_PREFIX"] = str(private)
    if not settings.REDIS_URL:
        settings.CACHES["default"]["LOCATION"] = str(private / "cache")
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        # A file, because threads sharing an in-memory database lock each other out in ways a site never does.
        database.setdefault("TEST", {})["NAME"] = str(private / "tests.sqlite3")
        options = database["OPTIONS"]
        options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """What takes longest begins first: begun last, it would keep one process busy while the others have nothing left."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_unconfigure(config):
    shutil.rmtree(config.stash.get(SHARED, ""), ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings):
    """Begin with the kept template, which migrating then only looks at."""
    database = connections["default"].settings_dict
    if database["ENGINE"].endswith("sqlite3"):
        return template.copy_in(database["TEST"]["NAME"])
    template.copy_in_on_server(database)
    return False


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """After a test that commits, the database goes back to what migrating left, without filling every table again."""
    database = connections["default"]
    if database.vendor == "sqlite":
        name = database.settings_dict["NAME"]
        template.keep(name)
        put_back = partial(template.put_back, name)
    else:
        with django_db_blocker.unblock():
            template.keep_on_server(database.settings_dict["NAME"])
            put_back = partial(baseline.put_back, baseline.keep())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: put_back())
        yield


@pytest.fixture(scope="module")
def kept_for_module(django_db_setup, django_db_blocker):
    """What fixtures of a module write after asking for this is there for all its tests, and gone after the last.

    Only for modules whose tests are rolled back themselves: each of them then is a savepoint in this transaction.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    """Uploaded files of one test are nobody else's."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture(autouse=True)
def _no_stale_copies(monkeypatch):
    """Copies of slow-changing tables are read once per test, so that neither time nor another test decides when."""
    monkeypatch.setattr(editions, "RECHECK_SECONDS", float("inf"))
    editions.forget()
    yield
    editions.forget()


@pytest.fixture
def refused_plainly(monkeypatch):
    """403 and 404 without the page around them, for tables that are refused by the thousand; the pages have their own tests."""

    def plain(resolver, status):
        return lambda request, exception: HttpResponse(status=status)

    monkeypatch.setattr(URLResolver, "resolve_error_handler", plain)


@pytest.fixture(autouse=True, scope="session")
def _loopback_only():
    """A test that reaches for another machine fails instead of waiting for it."""
    connect = socket.socket.connect

    def guarded(self, address):
        if isinstance(address, tuple) and not str(address[0]).startswith(LOOPBACK):
            raise AssertionError(f"A test tried to reach {address[0]}")
        return connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield
