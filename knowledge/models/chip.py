from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import ProductGroup
from knowledge.models.entry import Entry, EntryQuerySet


class PhraseChipQuerySet(EntryQuerySet):
    def offered(self, groups=()):
        """Chips in use for these product groups (keys) and for every product: {"part": […], "symptom": […]}."""
        chips = {kind: [] for kind in PhraseChip.Kind.values}
        for chip in self.active().filter(models.Q(group__isnull=True) | models.Q(group__in=groups)):
            chips[chip.kind].append(chip)
        return chips


class PhraseChip(Entry):
    """A word the agent puts into a complaint by one press: a part (门扇, 锁体 …) or its symptom (开裂, 下垂 …)."""

    class Kind(models.TextChoices):
        PART = "part", pgettext_lazy("chip", "part")
        SYMPTOM = "symptom", pgettext_lazy("chip", "symptom")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    text = models.CharField(_("wording"), max_length=20)
    group = models.ForeignKey(
        ProductGroup,
        models.CASCADE,
        verbose_name=_("product group"),
        related_name="+",
        null=True,
        blank=True,
        help_text=_("Empty: offered for every product."),
    )

    objects = PhraseChipQuerySet.as_manager()

    class Meta:
        verbose_name = _("phrase chip")
        verbose_name_plural = _("phrase chips")
        ordering = ["kind", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "text", "group"], name="one_chip_per_kind_text_and_group"),
            models.UniqueConstraint(
                fields=["kind", "text"],
                condition=models.Q(group__isnull=True),
                name="one_general_chip_per_kind_and_text",
            ),
        ]

    def __str__(self):
        return self.text
