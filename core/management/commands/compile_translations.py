"""Compile the translation catalogues (locale/…/django.po) without needing GNU gettext on the machine."""

import os
import tempfile
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Compile every .po file of the project into the .mo file beside it, where that is missing or older."
    requires_system_checks = []

    def handle(self, **options):
        compiled = [source for source in catalogues() if compile_catalogue(source)]
        if options["verbosity"] > 1:
            for source in compiled:
                self.stdout.write(str(source.relative_to(settings.BASE_DIR)))


def catalogues() -> list[Path]:
    """Every .po file that the running application could read."""
    roots = [Path(root) for root in settings.LOCALE_PATHS]
    return sorted({source for root in roots for source in root.glob("*/LC_MESSAGES/*.po")})


def compile_catalogue(source: Path) -> bool:
    """Write ``source`` as .mo if that is not done yet, without fuzzy entries. True where something was written."""
    target = source.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
        return False
    with source.open("rb") as text:
        catalogue = read_po(text, locale=source.parts[-3], abort_invalid=True)
    # Two starts may compile at once: each writes a file of its own and puts it in place in one step.
    handle, name = tempfile.mkstemp(dir=source.parent, suffix=".tmp")
    with os.fdopen(handle, "wb") as binary:
        write_mo(binary, catalogue, use_fuzzy=False)
    Path(name).chmod(0o644)
    Path(name).replace(target)
    return True
