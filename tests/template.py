"""A migrated database kept between test runs: on SQLite, migrating anew takes longer than most of the tests."""

import hashlib
import shutil
import sqlite3
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path

from django.conf import settings

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


def copy(database, to):
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target)
