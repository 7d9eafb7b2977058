"""The database as it stands at one moment, read while others go on writing."""

from contextlib import contextmanager

from django.db import connections, transaction

ALIAS = "snapshot"


@contextmanager
def snapshot():
    """Yield a database alias on which every query sees the same moment; nobody waits for it, nobody is seen by it."""
    own = connections["default"].copy(alias=ALIAS)
    own.settings_dict["OPTIONS"] = OPTIONS[own.vendor](own.settings_dict.get("OPTIONS", {}))
    connections[ALIAS] = own
    try:
        with transaction.atomic(using=ALIAS), own.cursor() as cursor:
            if own.vendor == "postgresql":
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            # The moment is that of the first read.
            cursor.execute("SELECT COUNT(*) FROM django_migrations")
            yield ALIAS
    finally:
        own.close()
        del connections[ALIAS]


def _sqlite(options):
    # Ours are IMMEDIATE so that writers queue; a reader that began like them would stop the queue for the whole
    # backup. In WAL mode a deferred transaction reads the state at its first read, whatever is committed meanwhile.
    return options | {"transaction_mode": "DEFERRED", "init_command": "PRAGMA query_only=ON"}


OPTIONS = {"sqlite": _sqlite, "postgresql": dict}
