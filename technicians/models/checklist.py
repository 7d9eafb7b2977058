"""Checklists: what is gone through before work is called done, as the company words it, and what was ticked on an order."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import ProductGroup
from technicians.models import choices

LINE_LENGTH, MOST_LINES = 120, 20


def lines_in(text):
    """The lines somebody wrote, one to a line, each once."""
    return list(dict.fromkeys(line for line in map(str.strip, text.splitlines()) if line))


def check_lines(text):
    """Few enough for one screen of a phone, each short enough to be read there."""
    lines = lines_in(text)
    if len(lines) > MOST_LINES:
        raise ValidationError(_("At most %(most)s lines: it is one screen of a phone.") % {"most": MOST_LINES})
    if any(len(line) > LINE_LENGTH for line in lines):
        raise ValidationError(_("A line has at most %(most)s characters.") % {"most": LINE_LENGTH})


class Checklist(models.Model):
    """What belongs to every order of a kind and a product group: standards of repair, fitting, safety (S3-44, S3-49)."""

    name = models.CharField(pgettext_lazy("checklist", "name"), max_length=60, unique=True)
    kind = models.CharField(
        pgettext_lazy("checklist", "for orders of the kind"), max_length=12, choices=choices.Kind, blank=True
    )
    group = models.ForeignKey(
        ProductGroup,
        models.PROTECT,
        verbose_name=pgettext_lazy("checklist", "for products of the group"),
        related_name="+",
        null=True,
        blank=True,
    )
    required = models.TextField(pgettext_lazy("checklist", "must be ticked"), validators=[check_lines])
    further = models.TextField(pgettext_lazy("checklist", "may be ticked"), blank=True, validators=[check_lines])
    active = models.BooleanField(_("in force"), default=True)

    class Meta:
        verbose_name = _("checklist")
        verbose_name_plural = _("checklists")
        ordering = ["pk"]

    def __str__(self):
        return self.name

    @classmethod
    def for_order(cls, order):
        """Those in force for the order's kind and the group of its product, or a group that one is part of."""
        found = list(cls.objects.filter(Q(kind="") | Q(kind=order.kind), active=True))
        if order.card_id is None or all(one.group_id is None for one in found):
            return [one for one in found if one.group_id is None]
        groups = {None, *(group.pk for group in order.card.product.group.lineage())}
        return [one for one in found if one.group_id in groups]


class CheckedLine(models.Model):
    """A line as it was worded when it was ticked, or left out with a reason; a list that changes later changes no record."""

    order = models.ForeignKey("technicians.WorkOrder", models.CASCADE, related_name="checked")
    text = models.CharField(pgettext_lazy("checklist", "line"), max_length=LINE_LENGTH)
    excuse = models.CharField(pgettext_lazy("checklist", "left out because"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("line of a checklist")
        verbose_name_plural = _("lines of checklists")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["order", "text"], name="a_line_is_checked_once")]

    def __str__(self):
        return self.text
