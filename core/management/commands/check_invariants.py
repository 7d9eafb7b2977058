"""Ask every declared invariant; exit 1 if one is broken."""

from itertools import islice

from django.core.management.base import BaseCommand

from core.invariants import invariants

SHOWN = 20  # problems printed for one rule; the rest is counted


class Command(BaseCommand):
    help = "Check what must always hold across tables and files; exits 1 and names the records where it does not."

    def handle(self, **options):
        broken = sum(not self._holds(name, check) for name, check in invariants().items())
        if broken:
            raise SystemExit(1)

    def _holds(self, name, check):
        problems = iter(check())
        first = list(islice(problems, SHOWN))
        if not first:
            self.stdout.write(f"ok    {name}")
            return True
        self.stdout.write(f"FAIL  {name}")
        for problem in first:
            self.stdout.write(f"      {problem}")
        more = sum(1 for _ in problems)
        if more:
            self.stdout.write(f"      … and {more} more")
        return False
