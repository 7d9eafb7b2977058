"""A site of its own for tests that need whole processes: its folder, its database, its broker, its environment."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from django.conf import settings

LEFT_OUT = (
    "DATABASE_URL", "REDIS_URL", "PRODUCTION", "DEBUG", "EMAIL_URL", "SITE_URL", "BACKUP_KEY", "LC_ALL", "LANG",
    "DJANGO_ALLOW_ASYNC_UNSAFE",  # the browser tests set it for themselves
)  # fmt: skip


class Site:
    def __init__(self, folder: Path, database_url: str, redis_url: str = ""):
        self.folder = folder
        self.environment = {name: value for name, value in os.environ.items() if name not in LEFT_OUT} | {
            "VAR_DIR": str(folder),
            "STATIC_ROOT": str(folder / "static"),
            "SECRET_KEY": uuid.uuid4().hex * 2,
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "PYTHONUNBUFFERED": "1",
        }

    def manage(self, *arguments, expect=0, **environment):
        """Run a command to its end; returns all it said."""
        done = self.spawn("manage.py", *arguments, **environment)
        said, _ = done.communicate(timeout=240)
        assert done.returncode == expect, said
        return said

    def spawn(self, *arguments, output=subprocess.PIPE, **environment):
        """Start Python with these arguments in a process group of its own."""
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=settings.BASE_DIR,
            env=self.environment | environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def rows(self, sql):
        """What the site's database answers, read without Django's help: at once, and whatever state it is in."""
        address = self.environment["DATABASE_URL"]
        if address.startswith("sqlite"):
            with closing(sqlite3.connect(address.removeprefix("sqlite:///"))) as database:
                return database.execute(sql).fetchall()
        with psycopg.connect(address) as database:
            return database.execute(sql).fetchall()

    def ask(self, code, **environment):
        """What ``code`` prints inside the site, without the spaces around it."""
        return self.manage("shell", "--no-imports", "--command", code, **environment).strip().splitlines()[-1]


@contextmanager
def running(process):
    """Stop the process and all its children at the end, whatever happened."""
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(40)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@contextmanager
def postgresql_database(template: str = "template1"):
    """The address of a database on the server this suite runs on, empty unless it is a copy of another."""
    parts = settings.DATABASES["default"]
    server = f"postgres://{parts['USER']}:{parts['PASSWORD']}@{parts['HOST']}:{parts['PORT'] or 5432}"
    name = f"aftersales_site_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as administration:
        administration.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield f"{server}/{name}"
        finally:
            administration.execute(f"DROP DATABASE {name} WITH (FORCE)")


def sqlite_database(folder: Path, template: Path | None = None) -> str:
    """The address of a database file in ``folder``, a copy of ``template`` if given."""
    folder.mkdir(parents=True, exist_ok=True)
    if template:
        shutil.copy(template, folder / "site.sqlite3")
    return f"sqlite:///{folder / 'site.sqlite3'}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def fetch(url, timeout=5):
    """(status, body), or (0, "") while nothing answers."""
    try:
        with urllib.request.urlopen(url, timeout=timeout) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()
    except OSError:
        return 0, ""


def wait_for(true, seconds=60):
    """Whatever ``true`` returns once that is something; fails after ``seconds``."""
    until = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < until, f"It did not happen within {seconds} seconds."
        time.sleep(0.2)
    return found
