"""Load the product tree and the warranty plans that ship with the product; what a company changed stays as it is."""

import tomllib
from pathlib import Path

from django.core.management.base import BaseCommand
from django.db import transaction

from customers.models import Product, ProductGroup, WarrantyCoverage, WarrantyPlan

CATALOGUE = Path(__file__).resolve().parents[2] / "data" / "catalogue.toml"


def coverage(row):
    """The lines of a plan's coverage table, unsaved."""
    kinds = WarrantyCoverage.Kind
    yield from (WarrantyCoverage(kind=kinds.FAULT, name=name) for name in row.get("faults", ()))
    yield from (WarrantyCoverage(kind=kinds.PART, name=name, months=n) for name, n in row.get("parts", {}).items())
    yield from (WarrantyCoverage(kind=kinds.CHARGE, name=name) for name in row.get("charges", ()))
    yield from (WarrantyCoverage(kind=kinds.FAULT, name=name, covered=False) for name in row.get("excluded", ()))


class Command(BaseCommand):
    help = __doc__

    @transaction.atomic
    def handle(self, *args, **options):
        groups = {group.code: group for group in ProductGroup.objects.all()}
        rows = tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))["group"]
        new = 0
        for position, row in enumerate(rows):
            if row["code"] in groups:
                continue
            groups[row["code"]] = self.load(row, position, groups.get(row.get("parent")))
            new += 1
        if options["verbosity"]:
            self.stdout.write(f"{ProductGroup._meta.verbose_name_plural}: +{new}")

    def load(self, row, position, parent):
        group = ProductGroup.objects.create(code=row["code"], name=row["name"], parent=parent, position=position)
        if "unnamed" in row:
            Product.objects.get_or_create(
                model_no=row["unnamed"],
                defaults={
                    "name": row["name"],
                    "group": group,
                    "custom_made": row.get("made", False),
                    "has_glass": row.get("glass", False),
                },
            )
        if "months" in row:
            plan = WarrantyPlan.objects.create(
                group=group, name=row["plan"], months=row["months"], start_event=row["start"]
            )
            for line in coverage(row):
                line.plan = plan
                line.save()
        return group
