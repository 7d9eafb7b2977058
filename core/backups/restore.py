"""Putting a backup in place: everything is checked first, and the site changes in one step or not at all."""

import shutil
from pathlib import Path

from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import editions
from core.backups.archive import ROWS, Archive, Refused
from core.backups.media import drop_other_files, put_files
from core.backups.rows import load, models_with_tables
from core.backups.targets import hidden_database
from core.locks import exclusive

_afterwards = []


def afterwards(act):
    """Do this with every restored site before anybody sees it; apps above name what an older state must not undo."""
    if act not in _afterwards:
        _afterwards.append(act)
    return act


def check(path: Path) -> Archive:
    """The archive at ``path``, verified whole and known to fit this release. Raises Refused."""
    archive = Archive(path)
    archive.verify()
    unknown = sorted(migrations_of(archive) - set(MigrationLoader(None).disk_migrations))
    if unknown:
        raise Refused(
            _("This release does not know %(migration)s; restore with release %(version)s or a later one.")
            % {"migration": ".".join(unknown[-1]), "version": archive.manifest["version"]}
        )
    return archive


def restore(archive: Archive, *, replace=False):
    """Make the site what a checked archive holds. Raises Refused, or what the database says; then nothing has changed.

    An archive of an older release is loaded into the tables of its time, which are then migrated like any others.
    Tables that are as the archive's were are only emptied.
    """
    refuse_occupied(replace)
    refuse_small_disk(archive)
    wanted = migrations_of(archive)
    with exclusive(connection, "migrate"):
        tables_fit = set(MigrationRecorder(connection).applied_migrations()) == wanted
        with hidden_database(with_tables=tables_fit):
            if not tables_fit:
                build_tables(wanted)
            models = models_after(wanted)
            empty_tables(models)
            load_rows(archive, models)
            call_command("migrate", interactive=False, verbosity=0)
            editions.renew()
            put_files(archive)
            for act in _afterwards:
                act()
        if replace:
            drop_other_files(archive)
    ContentType.objects.clear_cache()


def migrations_of(archive) -> set[tuple[str, str]]:
    """The migrations the archive's tables went through."""
    return {(app, name) for app, names in archive.manifest["migrations"].items() for name in names}


def refuse_occupied(replace):
    """Raises Refused where people work here already and nobody said that they may be replaced."""
    if replace:
        return
    try:
        occupied = get_user_model().objects.exists()
    except DatabaseError:
        return  # no tables yet, so nobody can be working with them
    if occupied:
        raise Refused(_("This site is not empty. Back it up; then --replace puts this backup in its place."))


def refuse_small_disk(archive):
    """Raises Refused where the archive cannot fit, before the disk is full."""
    needed = 2 * archive.path.stat().st_size
    folder = Path(default_storage.path(""))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise Refused(
            _("The disk is too small: %(needed)d MB are needed, %(free)d MB are free.")
            % {"needed": needed // 2**20 + 1, "free": free // 2**20}
        )


def build_tables(migrations):
    """Make the tables as they were after ``migrations``, in an empty database."""
    executor = MigrationExecutor(connection)
    executor.migrate(latest(executor.loader.graph, migrations))


def models_after(migrations) -> dict:
    """The models as they were after ``migrations``, by label, those too whose rows no backup holds."""
    loader = MigrationLoader(connection)
    if migrations == set(loader.disk_migrations):
        return {model._meta.label_lower: model for model in models_with_tables()}
    state = loader.project_state(latest(loader.graph, migrations))
    return {model._meta.label_lower: model for model in models_with_tables(state.apps)}


def empty_tables(models):
    """Take every row out; migrations write rows too (policies, departments), but the archive's are the ones wanted."""
    tables = [model._meta.db_table for model in models.values()]
    flush = connection.ops.sql_flush(no_style(), tables, reset_sequences=True, allow_cascade=True)
    connection.ops.execute_sql_flush(flush)


def latest(graph, migrations):
    """Of ``migrations``, the last of each app."""
    return sorted(
        key
        for key in migrations
        if not any(child.key in migrations and child.key[0] == key[0] for child in graph.node_map[key].children)
    )


@transaction.atomic
def load_rows(archive, models):
    """Write every row of the archive. Raises Refused where their number is not the one that was backed up."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")  # rows of one file point at rows of a later one
        for label, written in archive.manifest["rows"].items():
            with archive.member(f"{ROWS}{label}.jsonl.gz") as source:
                loaded = load(models[label], connection, source)
            if loaded != written:
                raise Refused(
                    ngettext(
                        "%(table)s: %(loaded)d row instead of %(written)d.",
                        "%(table)s: %(loaded)d rows instead of %(written)d.",
                        loaded,
                    )
                    % {"table": label, "loaded": loaded, "written": written}
                )
        connection.check_constraints()
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for statement in connection.ops.sequence_reset_sql(no_style(), list(models.values())):
            cursor.execute(statement)
