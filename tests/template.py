"""A migrated database kept between test runs: migrating anew takes longer than most of the tests."""

import hashlib
import os
import shutil
import sqlite3
import tempfile
from contextlib import closing, suppress
from functools import cache
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection

# Everything the rows of a fresh database come from; another state of these files is another template.
PATTERNS = ("*/migrations/*.py", "*/data/*.csv", "*/facts*.py", "aftersales/roles.py", "requirements.txt")


@cache
def shared() -> Path:
    """Where runs of the code as this one found it keep their template."""
    return Path(tempfile.gettempdir()) / f"aftersales-tests-{_state()}.sqlite3"


def own() -> Path:
    """This process's copy, which nobody else replaces."""
    return Path(settings.VAR_DIR) / "template.sqlite3"


def _state() -> str:
    state = hashlib.sha256()
    for path in sorted(path for pattern in PATTERNS for path in settings.BASE_DIR.glob(pattern)):
        state.update(path.name.encode() + path.read_bytes())
    return state.hexdigest()[:16]


def copy_in(database: str) -> bool:
    """Start ``database`` as a copy of the template; False where there is none yet."""
    if not shared().exists():
        return False
    shutil.copy(shared(), database)
    return True


def keep(database: str):
    """Make ``database``, freshly migrated, our template, and that of later runs if the code stayed as it was."""
    copy(database, own())
    if not shared().exists() and _state() in shared().name:
        place = own().with_suffix(".new")
        shutil.copy(own(), place)
        shutil.move(place, shared())


def put_back(database: str):
    """Make ``database`` as it was before the first test; takes milliseconds, unlike emptying it."""
    copy(own(), database)


# --- PostgreSQL: a database of this checkout on the server -----------------------------------------------------------
@cache
def on_server() -> str:
    return f"{_family()}{_state()}"


@cache
def _family() -> str:
    # Asked first before Django renames the database to that of the tests.
    return f"{settings.DATABASES['default']['NAME']}_template_"


def _server():
    return psycopg.connect(**connection.get_connection_params() | {"dbname": "postgres"}, autocommit=True)


def _kept(server):
    found = server.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [_family()])
    return {name for (name,) in found}


def copy_in_on_server(database: dict):
    """Let the test database described so start as a copy of the template, if there is one."""
    with closing(_server()) as server:
        if on_server() in _kept(server):
            database["TEST"]["TEMPLATE"] = on_server()


def keep_on_server(database: str):
    """Make ``database``, freshly migrated, the template, and drop those of other states of the code."""
    connection.close()  # a database in use cannot be copied
    own = f"{on_server()}_{os.getpid()}"
    with closing(_server()) as server:
        kept = _kept(server)
        if on_server() in kept:
            return
        server.execute(f"CREATE DATABASE {own} TEMPLATE {database}")
        try:
            server.execute(f"ALTER DATABASE {own} RENAME TO {on_server()}")
        except psycopg.errors.DuplicateDatabase:  # another process of this run was faster
            server.execute(f"DROP DATABASE {own}")
        for name in kept:
            if not name.startswith(on_server()):
                with suppress(psycopg.errors.ObjectInUse):
                    server.execute(f"DROP DATABASE IF EXISTS {name}")


def copy(database, to):
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target)
