"""Writing a backup while the site is in use."""

import hashlib
import hmac
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from core.backups.archive import FILES, ROWS, Writer
from core.backups.rows import dump, kept_models
from core.backups.snapshot import snapshot
from core.models import Heartbeat


def write_backup(path: Path) -> dict:
    """Write the whole site, as it stands when this begins, to ``path``; return the manifest.

    Files are stored before the rows that name them and under names used once, so whatever the snapshot names is there
    to be copied after it; what was erased meanwhile is listed as ``missing``.
    """
    with Writer(path) as writer, snapshot() as alias:
        manifest = describe(alias)
        names: set[str] = set()
        manifest["rows"] = {model._meta.label_lower: _add_rows(writer, model, alias, names) for model in kept_models()}
        manifest["missing"] = [name for name in sorted(names) if not _add_file(writer, name)]
        manifest["files"] = len(names) - len(manifest["missing"])
        writer.close_with(manifest)
    Heartbeat.objects.beat("backup", timezone.now())
    return manifest


def describe(alias) -> dict:
    """What the archive is of: when, which release, which schema, whose secret."""
    applied: dict[str, list[str]] = {}
    for app, name in sorted(MigrationRecorder(connections[alias]).applied_migrations()):
        applied.setdefault(app, []).append(name)
    return {
        "made_at": timezone.now().isoformat(),
        "version": settings.VERSION,
        "database": connections[alias].vendor,
        "migrations": applied,
        "secret": secret_fingerprint(),
    }


def secret_fingerprint() -> str:
    """Tells two secret keys apart without telling anything else about them."""
    return hmac.new(settings.SECRET_KEY.encode(), b"aftersales backup", hashlib.sha256).hexdigest()[:16]


def _add_rows(writer, model, alias, names):
    with tempfile.NamedTemporaryFile(dir=writer.path.parent, suffix=".rows") as rows:
        count = dump(model, alias, rows.name, names)
        writer.add(f"{ROWS}{model._meta.label_lower}.jsonl.gz", rows, Path(rows.name).stat().st_size)
    return count


def _add_file(writer, name):
    try:
        with default_storage.open(name) as content:
            writer.add(f"{FILES}{name}", content, default_storage.size(name))
    except FileNotFoundError:
        return False
    return True
