"""Check a backup whole, then put it in place."""

from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from core.backups.archive import Refused
from core.backups.restore import check, restore
from core.backups.write import secret_fingerprint


class Command(BaseCommand):
    help = "Check a file written by 'backup' from end to end, and make this site what it holds. Stop the site first."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("path", type=Path)
        parser.add_argument("--replace", action="store_true", help="also where people work already: they are replaced")
        parser.add_argument("--check", action="store_true", help="only check the file")

    def handle(self, *, path, replace, **options):
        try:
            archive = check(path)
            manifest = archive.manifest
            self.stdout.write(
                f"{path}: sound. Written {manifest['made_at']} by release {manifest['version']} on "
                f"{manifest['database']}; {sum(manifest['rows'].values())} rows, {manifest['files']} files."
            )
            if options["check"]:
                return
            restore(archive, replace=replace)
        except Refused as refused:
            raise CommandError(f"{refused} Nothing was changed.") from None
        except (DatabaseError, OSError) as failed:
            raise CommandError(f"{failed} Nothing was changed.") from failed
        self._after(manifest)

    def _after(self, manifest):
        self.stdout.write("Restored. Everyone logs in again.")
        if manifest["secret"] != secret_fingerprint():
            self.stdout.write(
                "The secret key here is another than where it was written: customers' links need renewing."
            )
        call_command("check_invariants", stdout=self.stdout)
