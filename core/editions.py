"""Copies of slow-changing tables (calendar, policies) kept in each process and renewed when their edition changes.

A process looks at the edition at most every RECHECK_SECONDS, one look-up by key. What this process changes itself it
sees at once; what others change, or what is rolled back, at most RECHECK_SECONDS later.
"""

import time

from django.apps import apps
from django.db import connection, transaction

RECHECK_SECONDS = 5.0

_kept = {}


class Kept:
    """A value built by ``load()`` from tables whose changes call ``Edition.objects.bump(name)``."""

    def __init__(self, name, load):
        self.name, self.load = name, load
        self.copy = None  # (value, edition, checked at): replaced as a whole, because threads share it
        _kept.setdefault(name, []).append(self)

    def get(self):
        """The value as of the current edition."""
        now, copy = time.monotonic(), self.copy
        if copy and now - copy[2] < RECHECK_SECONDS:
            return copy[0]
        edition = self._current_edition()
        value = copy[0] if copy and copy[1] == edition else self.load()
        self.copy = (value, edition, now)
        return value

    def _current_edition(self):
        editions = apps.get_model("core", "Edition").objects
        return editions.filter(name=self.name).values_list("number", flat=True).first()


def changed_here(name):
    """Forget this process's copies of ``name`` now, and once more after the commit (another thread may have reread)."""
    forget(name)
    if connection.in_atomic_block:
        transaction.on_commit(lambda: forget(name), robust=True)


def forget(name=None):
    """Drop this process's copies of ``name``, or of everything."""
    for key, copies in _kept.items():
        if name in (None, key):
            for kept in copies:
                kept.copy = None


def renew():
    """Make every process read all its copies anew: the tables are another site's now (a backup was restored)."""
    # A number no process can have seen: editions count changes, and there is less than one a second.
    apps.get_model("core", "Edition").objects.update(number=int(time.time()))
    forget()
