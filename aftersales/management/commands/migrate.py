"""Django's migrate, made safe for two releases that start at the same time (threats 59)."""

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections

from core.locks import Busy, exclusive


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
