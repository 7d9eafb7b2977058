"""Only one process at a time, across every process that works on one database."""

import fcntl
import time
import zlib
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

PATIENCE = timedelta(minutes=10)
POLL = 0.5  # seconds between two tries


class Busy(Exception):
    """Somebody else held the lock for as long as we were willing to wait."""


@contextmanager
def exclusive(connection, name, *, tell=lambda: None, patience=PATIENCE):
    """Hold the lock ``name`` of this database; ``tell()`` is called once if that takes waiting. Raises Busy.

    PostgreSQL keeps it by session, SQLite by a locked file beside the database: both end with the process that held it.
    """
    take, give = _postgresql(connection, name) if connection.vendor == "postgresql" else _sqlite(connection, name)
    until = time.monotonic() + patience.total_seconds()
    told = False
    while not take():
        if time.monotonic() >= until:
            raise Busy(name)
        if not told:
            tell()
            told = True
        time.sleep(POLL)
    try:
        yield
    finally:
        give()


def _postgresql(connection, name):
    key = zlib.crc32(f"aftersales {name}".encode())

    def ask(function):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s)", [key])
            return cursor.fetchone()[0]

    return lambda: ask("pg_try_advisory_lock"), lambda: ask("pg_advisory_unlock")


def _sqlite(connection, name):
    database = str(connection.settings_dict["NAME"])
    if "memory" in database:
        return lambda: True, lambda: None
    path = Path(f"{database}.{name}-lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = path.open("w")

    def take():
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    return take, handle.close
