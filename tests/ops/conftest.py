import fcntl
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis
from django.conf import settings as configured
from django.db import connection

from tests import template
from tests.ops.site import Site, postgresql_database, sqlite_database


@pytest.fixture(scope="session")
def migrated(tmp_path_factory):
    """A migrated SQLite file to copy: migrating takes seconds."""
    if template.shared().exists():
        return template.shared()
    folder = tmp_path_factory.mktemp("template")
    Site(folder, sqlite_database(folder)).manage("migrate", "--verbosity=0")
    return folder / "site.sqlite3"


@pytest.fixture
def sqlite_site(tmp_path, migrated):
    """A migrated site on SQLite, without a server."""
    return Site(tmp_path / "sqlite", sqlite_database(tmp_path / "sqlite", migrated))


@pytest.fixture
def blank_site(tmp_path):
    """A site on the kind of database this suite runs on, before its first migration."""
    folder = tmp_path / "blank"
    if connection.vendor == "sqlite":
        yield Site(folder, sqlite_database(folder))
        return
    folder.mkdir()
    with postgresql_database() as address:
        yield Site(folder, address)


@pytest.fixture
def migrated_site(request, tmp_path):
    """A migrated site on the kind of database this suite runs on."""
    if connection.vendor == "sqlite":
        yield request.getfixturevalue("sqlite_site")
        return
    folder = tmp_path / "migrated"
    folder.mkdir()
    with postgresql_database(template.on_server()) as address:
        yield Site(folder, address)


@pytest.fixture
def broker():
    """The address of the broker this suite runs on, empty and ours alone; "" for the one made of files."""
    if not configured.REDIS_URL:
        yield ""
        return
    with free_redis_database() as number:
        address = f"{configured.REDIS_URL.rsplit('/', 1)[0]}/{number}"
        redis.Redis.from_url(address).flushdb()
        yield address
        redis.Redis.from_url(address).flushdb()


@contextmanager
def free_redis_database():
    """The number of one that no other test has now, in whatever process it runs."""
    for number in range(2, 16):
        with (Path(tempfile.gettempdir()) / f"aftersales-tests-redis-{number}.lock").open("w") as turnstile:
            try:
                fcntl.flock(turnstile, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield number
            return
    raise AssertionError("Every database of this Redis is taken by another test.")
