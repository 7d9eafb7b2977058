"""Django's migrate, made safe for two releases that start at the same time (threats 59)."""

from contextlib import contextmanager

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from core.locks import Busy, exclusive


class WholeSteps(MigrationExecutor):
    """A migration and the line that says it was applied are one transaction.

    Django writes the line after the commit where statements (indexes, foreign keys) were put off to the end of the
    migration; killed in between, the next run finds tables that nobody remembers making and stops for good.
    """

    def apply_migration(self, state, migration, fake=False, fake_initial=False):
        with _nothing_put_off(migration):
            return super().apply_migration(state, migration, fake=fake, fake_initial=fake_initial)


@contextmanager
def _nothing_put_off(migration):
    plain = migration.apply

    def apply(state, schema_editor, **kwargs):
        state = plain(state, schema_editor, **kwargs)
        for statement in schema_editor.deferred_sql:
            schema_editor.execute(statement, None)
        schema_editor.deferred_sql.clear()
        return state

    migration.apply = apply
    try:
        yield
    finally:
        del migration.apply


# Django's command takes its executor from the names of its own module.
migrate.MigrationExecutor = WholeSteps


class Command(migrate.Command):
    """One migration at a time for each database; who comes second waits and then finds nothing left to do.

    The lock belongs to the connection or to an open file, so a killed migration leaves none behind; the step it was in
    was a transaction and is rolled back, and the next run goes on from there.
    """

    def handle(self, *args, **options):
        connection = connections[options["database"]]
        try:
            with exclusive(connection, "migrate", tell=self._waiting):
                return super().handle(*args, **options)
        except Busy as busy:
            raise CommandError(
                "Another migration of this database has been running for ten minutes. "
                "Let it finish, or end that process, and start again."
            ) from busy

    def _waiting(self):
        self.stderr.write("Another migration is running; waiting for it to finish …")
