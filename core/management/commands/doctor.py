"""Look at everything this site needs and say what is wrong, each in one sentence."""

from django.core.management.base import BaseCommand
from django.utils import translation

from core.examinations import FAIL, examine_all
from core.terminal import language


class Command(BaseCommand):
    help = "Examine environment, database, worker, timetable, disk, calendar and mail; exits 1 if something fails."
    requires_system_checks = []

    def handle(self, **options):
        failed = False
        with translation.override(language()):
            for name, finding in examine_all():
                self.stdout.write(f"{finding.level:<4}  {name}: {finding.sentence}")
                failed |= finding.level == FAIL
        if failed:
            raise SystemExit(1)
