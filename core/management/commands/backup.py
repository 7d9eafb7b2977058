"""Write the whole site into one file, while it is in use."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from core.backups.write import write_backup

PATTERN = "aftersales-*.tar"


class Command(BaseCommand):
    help = "Write every row and every file, as they stand now, into one file that 'restore' puts in place elsewhere."

    def add_arguments(self, parser):
        parser.add_argument(
            "path", nargs="?", type=Path, help="default: backups/ in the site's folder, named by the time"
        )
        parser.add_argument("--keep", type=int, help="afterwards delete all but the newest KEEP backups of that folder")

    def handle(self, *, path, keep, **options):
        path = path or default_path()
        manifest = write_backup(path)
        rows = sum(manifest["rows"].values())
        self.stdout.write(f"{path}: {rows} rows, {manifest['files']} files, {path.stat().st_size / 2**20:.1f} MB")
        for name in manifest["missing"]:
            self.stderr.write(f"missing, so not in the backup: {name}")
        if keep:
            for old in sorted(path.parent.glob(PATTERN))[:-keep]:
                old.unlink()


def default_path() -> Path:
    """var/backups/aftersales-20261122-093000.tar: names sort by time, so the last is the newest."""
    return Path(settings.VAR_DIR) / "backups" / f"aftersales-{timezone.localtime():%Y%m%d-%H%M%S}.tar"
