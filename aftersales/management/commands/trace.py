import json
from collections import defaultdict

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from aftersales.tracing import read_proofs, read_requirements


class Command(BaseCommand):
    help = "Print which requirement is proven by which test, and what is unproven."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="figures per part as JSON")
        parser.add_argument("--issue", help="only the rows this issue answers for")

    def handle(self, **options):
        rows = read_requirements(settings.BASE_DIR / "docs" / "requirements.csv")
        proofs = read_proofs(settings.BASE_DIR / "tests")
        unknown = sorted(set(proofs) - {row.id for row in rows})
        if unknown:
            raise CommandError("Tests name requirements that are not on the list: " + ", ".join(unknown))
        rows = [row for row in rows if row.counts and options["issue"] in (None, row.issue)]
        parts = defaultdict(lambda: {"total": 0, "proven": 0, "missing": []})
        for row in rows:
            part = parts[row.part]
            part["total"] += 1
            if row.id in proofs:
                part["proven"] += 1
            else:
                part["missing"].append(row.id)
        if options["json"]:
            self.stdout.write(json.dumps({"parts": parts}, ensure_ascii=False, indent=2))
        else:
            self.tell(rows, proofs, parts)

    def tell(self, rows, proofs, parts):
        for row in rows:
            tests = sorted(proofs.get(row.id, ()))
            self.stdout.write(f"{row.id}  {row.statement}")
            for test in tests or ["— unproven"]:
                self.stdout.write(f"        {test}")
        proven = sum(part["proven"] for part in parts.values())
        for name, part in sorted(parts.items()):
            self.stdout.write(f"{name}: {part['proven']} of {part['total']} proven")
        share = 100 * proven / len(rows) if rows else 100
        self.stdout.write(f"{proven} of {len(rows)} proven ({share:.1f} %)")
