"""Load the chips, words, phrases and guides that ship with the product; what a company changed stays as it is."""

import tomllib
from pathlib import Path

from django.core.management.base import BaseCommand
from django.db import transaction

from customers.models import ProductGroup
from knowledge.models import HandlingGuide, PhraseChip, ScriptLine, ServicePhrase, WordRule

DATA = Path(__file__).resolve().parents[2] / "data"


def read(name):
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


def chips():
    groups = dict(ProductGroup.objects.values_list("code", "pk"))
    for block in read("chips")["chips"]:
        code = block.get("group", "")
        if code and code not in groups:
            continue  # a company without that branch of the tree needs no words for it
        for position, text in enumerate(block["texts"]):
            yield PhraseChip(
                origin=f"{block['kind']}:{code}:{text}",
                kind=block["kind"],
                text=text,
                group_id=groups.get(code),
                position=position,
            )


def keyed(model, name, table):
    for position, row in enumerate(read(name)[table]):
        row = {key: value.strip() if isinstance(value, str) else value for key, value in row.items()}
        yield model(origin=row.pop("key", row.get("class_code")), position=position, **row)


def missing(model, rows):
    """Rows whose line has never been loaded."""
    known = set(model.objects.exclude(origin=None).values_list("origin", flat=True))
    return [row for row in rows if row.origin not in known]


class Command(BaseCommand):
    help = __doc__

    @transaction.atomic
    def handle(self, *args, **options):
        for model, rows in (
            (PhraseChip, chips()),
            (WordRule, keyed(WordRule, "words", "rule")),
            (ServicePhrase, keyed(ServicePhrase, "phrases", "phrase")),
            (HandlingGuide, keyed(HandlingGuide, "guides", "guide")),
            (ScriptLine, keyed(ScriptLine, "script", "line")),
        ):
            # A line the company wrote itself under the same unique key stands for ours.
            added = model.objects.bulk_create(missing(model, rows), ignore_conflicts=True)
            if options["verbosity"] and added:
                self.stdout.write(f"{model._meta.verbose_name_plural}: +{len(added)}")
