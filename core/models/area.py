"""Provinces, cities and districts: where a customer lives."""

import csv
from pathlib import Path

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

FACTS = Path(__file__).resolve().parent.parent / "data" / "areas.csv"

# Rungs of the official list that nobody writes in an address: "市辖区" stands between Beijing and its districts.
FILLERS = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}


class AreaQuerySet(models.QuerySet):
    def provinces(self):
        return self.filter(level=Area.Level.PROVINCE)

    def below(self, code):
        """The next level under the area with this code, in the official order."""
        return self.filter(parent_id=code)

    def load_facts(self):
        """Write the provinces, cities and districts of core/data/areas.csv that are new or renamed; return how many it has.

        Names follow the file at the next load; an area the file no longer lists stays, because addresses point at it.
        """
        facts = read_facts()
        kept = {code: names for code, *names in self.values_list("code", "name", "full_name")}
        changed = [
            Area(code=code, name=names[0], full_name=names[1], parent_id=code[:-2] or None, level=len(code) // 2)
            for code, names in facts.items()
            if kept.get(code) != names
        ]
        self.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=["name", "full_name", "parent", "level"],
            batch_size=500,
        )
        return len(facts)


class Area(models.Model):
    """A province, a city or a district, under its official code of two, four or six digits."""

    class Level(models.IntegerChoices):
        PROVINCE = 1, _("province")
        CITY = 2, _("city")
        DISTRICT = 3, _("district")

    code = models.CharField(_("code"), max_length=6, primary_key=True)
    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=40)
    full_name = models.CharField(_("full name"), max_length=100)
    parent = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("part of"), related_name="parts", null=True, blank=True
    )
    level = models.SmallIntegerField(_("level"), choices=Level)

    objects = AreaQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        verbose_name = _("area")
        verbose_name_plural = _("areas")

    def __str__(self):
        return self.full_name

    @property
    def short_name(self):
        """What a list of choices shows; a rung without a name of its own borrows its province's."""
        return self.full_name if self.name in FILLERS else self.name


def read_facts(path=FACTS):
    """Code → [name, full name] of every area in the facts file, parents before their parts."""
    facts = {}
    with open(path, encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            code, name = row["code"], row["name"]
            above = [facts[code[:digits]][0] for digits in (2, 4) if digits < len(code)]
            facts[code] = [name, _full_name(name, above)]
    return facts


def _full_name(name, above):
    """'北京市东城区', '广东省东莞市': the parts as an address is written, fillers and repetitions left out."""
    if name in FILLERS:
        return above[0] if name == "市辖区" else f"{above[0]}（{name}）"
    written = [part for part in (*above, name) if part not in FILLERS]
    return "".join(part for part, following in zip(written, [*written[1:], None], strict=True) if part != following)
