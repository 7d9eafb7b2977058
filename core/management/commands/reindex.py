"""Cut the search index anew, after a release that cuts otherwise than the one before."""

from django.core.management.base import BaseCommand

from core import search


class Command(BaseCommand):
    help = "Write what is missing or outdated in the search index. May be stopped at any time and started again."

    def add_arguments(self, parser):
        parser.add_argument(
            "--all", dest="every", action="store_true", help="write every entry anew, also those that are current"
        )

    def handle(self, *, every, **options):
        written = {}
        for kind, done in search.reindex(every):
            written[kind.name] = done
            if options["verbosity"] > 1:
                self.stdout.write(f"{kind.name} {done:,}")
        total = sum(written.values())
        self.stdout.write(f"Search index: {total:,} entries written." if total else "Search index: up to date.")
