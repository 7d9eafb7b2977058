"""Where a backup is unpacked: out of sight of the running site, until one step makes it the site."""

import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path

from django.apps import apps
from django.db import connection, transaction
from django.utils.translation import gettext as _

from core.backups.archive import Refused


@contextmanager
def hidden_database(*, with_tables: bool):
    """Inside, the default database is seen by nobody else; leaving makes it the site's, an exception forgets it.

    It holds the tables (and rows) of the site if ``with_tables``, nothing at all otherwise.
    """
    with TARGETS[connection.vendor](with_tables):
        yield


@contextmanager
def _sqlite(with_tables):
    """A file beside the database, copied over it page by page in one transaction: open connections stay good."""
    live = str(connection.settings_dict["NAME"])
    building = f"{live}.restoring"
    _remove(building)
    if with_tables:
        _copy(live, building)
    connection.close()
    connection.settings_dict["NAME"] = building
    try:
        yield
        connection.close()
        _copy(building, live)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = live
        _remove(building)


def _copy(database, to):
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target)


def _remove(database):
    for ending in ("", "-wal", "-shm", "-journal", ".migrate-lock"):
        Path(database + ending).unlink(missing_ok=True)


@contextmanager
def _postgresql(with_tables):
    """One transaction that empties or drops the tables; others wait for its end and see all or nothing."""
    with transaction.atomic(), connection.cursor() as cursor:
        if not with_tables:
            _drop_tables(cursor)
        # Rows checked only at the end of the transaction would forbid every later change of their table.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        yield


def _drop_tables(cursor):
    tables = connection.introspection.table_names(cursor)
    _refuse_other_tables(tables)
    if tables:
        cursor.execute(f"DROP TABLE {', '.join(map(connection.ops.quote_name, tables))} CASCADE")
    cursor.execute(OWN_ROUTINES)
    for (routine,) in cursor.fetchall():
        cursor.execute(f"DROP ROUTINE {routine} CASCADE")


def _refuse_other_tables(tables):
    """Raises Refused where this schema is shared with something else, whose tables we must not drop."""
    ours = tuple(f"{config.label}_" for config in apps.get_app_configs()) + ("django_",)
    foreign = [table for table in tables if not table.startswith(ours)]
    if foreign:
        raise Refused(
            _("This database also holds tables of something else (%(tables)s); restoring needs one of its own.")
            % {"tables": ", ".join(foreign[:5])}
        )


# Functions our migrations made, such as those of triggers; what belongs to an extension stays.
OWN_ROUTINES = """
    SELECT routine.oid::regprocedure::text FROM pg_proc routine
    WHERE routine.pronamespace = current_schema()::regnamespace
    AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = routine.oid AND deptype = 'e')
"""

TARGETS = {"sqlite": _sqlite, "postgresql": _postgresql}
