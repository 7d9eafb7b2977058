"""Everything a release needs before its processes start; safe to run again and by two at once."""

from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


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
        call_command("collectstatic", interactive=False, verbosity=0)
        self.stdout.write("Migrating the database …")
        call_command("migrate", interactive=False, verbosity=0)
