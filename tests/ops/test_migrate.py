"""Two releases that start at once, and one that is killed half-way (threats 59)."""

import os
import signal
import threading
from datetime import timedelta
from unittest.mock import Mock

import pytest
from django.db import connection, models
from django.db.migrations import CreateModel, Migration

from aftersales.management.commands.migrate import WholeSteps
from core.locks import Busy, exclusive

from tests.ops.site import wait_for

TABLES = {
    "sqlite": "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table'",
    "postgresql": "SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'",
}


def tables(site):
    """How many tables the site's database has by now."""
    return site.rows(TABLES[connection.vendor])[0][0]


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.django_db
def test_of_two_migrations_at_once_one_works_and_the_other_waits(blank_site):
    both = [blank_site.spawn("manage.py", "migrate", "--verbosity=0") for _ in range(2)]
    said = [process.communicate(timeout=300)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert sum("waiting for it to finish" in words for words in said) == 1
    blank_site.manage("migrate", "--check")


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.django_db
def test_a_killed_migration_is_finished_by_the_next(blank_site):
    process = blank_site.spawn("manage.py", "migrate", "--verbosity=0")
    wait_for(lambda: tables(blank_site) > 12, seconds=120)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    blank_site.manage("migrate", "--check", expect=1)
    blank_site.manage("migrate", "--verbosity=0")
    blank_site.manage("migrate", "--check")


@pytest.mark.django_db(transaction=True)
def test_a_step_killed_before_it_was_noted_leaves_nothing(monkeypatch):
    """Foreign keys and indexes are put off to the end of a step; the note that it was done belongs to the same commit."""
    fields = [
        ("id", models.BigAutoField(primary_key=True)),
        ("region", models.ForeignKey("accounts.Region", models.PROTECT)),
        ("day", models.DateField(db_index=True)),
    ]
    executor = WholeSteps(connection)
    step = Migration("half_done", "accounts")
    step.operations = [CreateModel("Halfdone", fields)]
    state = executor.loader.project_state()
    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        killed.setattr(executor.recorder, "record_applied", Mock(side_effect=KeyboardInterrupt))
        executor.apply_migration(state.clone(), step)
    assert "accounts_halfdone" not in connection.introspection.table_names()
    try:
        executor.apply_migration(state.clone(), step)
        assert ("accounts", "half_done") in executor.recorder.applied_migrations()
        assert "accounts_halfdone" in connection.introspection.table_names()
    finally:
        executor.unapply_migration(state.clone(), step)


@pytest.mark.django_db(transaction=True)
def test_who_waits_too_long_is_told():
    held, done = threading.Event(), threading.Event()

    def hold():
        with exclusive(connection, "test"):
            held.set()
            done.wait(20)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(20)
    told = []
    with pytest.raises(Busy), exclusive(connection, "test", tell=lambda: told.append(1), patience=timedelta(seconds=1)):
        pass
    done.set()
    holder.join()
    assert told == [1]
    with exclusive(connection, "test", patience=timedelta(seconds=1)):
        pass
