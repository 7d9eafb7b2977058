"""Everything a release needs before its processes start; safe to run again and by two at once."""

import hashlib
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from core import search

MOST_REINDEXED = 20_000  # entries, about half a minute


class Command(BaseCommand):
    help = "Create the working folders, compile translations, collect static files and migrate the database."
    requires_system_checks = []

    def handle(self, **options):
        for folder in (settings.VAR_DIR, settings.MEDIA_ROOT, settings.BROKER_DIR):
            Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        # After a clock was set back, beat would wait for the "last run" it noted in the future.
        for note in Path(settings.VAR_DIR).glob("celerybeat-schedule*"):
            note.unlink(missing_ok=True)
        self.stdout.write("Compiling translations, collecting static files …")
        call_command("compile_translations")
        with static_files_collected():
            self.stdout.write("Migrating the database …")
            call_command("migrate", interactive=False, verbosity=0)
        self._bring_search_up_to_date()

    def _bring_search_up_to_date(self):
        """A small site finds everything at once; on a large one this takes longer than anybody waits for a start."""
        outdated = search.outdated()[: MOST_REINDEXED + 1].count()
        if outdated > MOST_REINDEXED:
            self.stdout.write("The search index is cut in an older way: run manage.py reindex beside the site.")
        elif outdated:
            call_command("reindex", stdout=self.stdout)


@contextmanager
def static_files_collected():
    """Collect them beside what is done meanwhile, in a process of its own; nothing where none changed since last time.

    To hash and to compress them takes as long as to migrate an empty database, and longer than all else at a later start.
    """
    stamp, wanted = Path(settings.STATIC_ROOT) / "collected", digest_of_sources()
    if stamp.exists() and stamp.read_text() == wanted:
        yield
        return
    command = [sys.executable, settings.BASE_DIR / "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    with subprocess.Popen(command) as collecting:
        yield
    if collecting.returncode:
        raise CommandError("The static files could not be collected; what went wrong stands above.")
    stamp.write_text(wanted)  # last of all: a start that is killed before this collects again


def digest_of_sources():
    """What tells one set of static files from another: where they are, their lengths and when they were changed."""
    digest = hashlib.sha256(settings.VERSION.encode())
    for finder in get_finders():
        for path, storage in finder.list(None):
            stat = Path(storage.path(path)).stat()
            digest.update(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\0".encode())
    return digest.hexdigest()
