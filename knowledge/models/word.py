from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from knowledge.codes import ComplaintClass, Demand, Severity
from knowledge.models.entry import Entry


class WordRule(Entry):
    """Words that speak for a class, a severity, a demand or a grave risk, with the weight they speak with."""

    LONGEST = 1000

    words = models.CharField(
        pgettext_lazy("word rule", "words"),
        max_length=LONGEST,
        help_text=_(
            "Separated by spaces. A star stands for up to eight characters: 门*打不开. "
            "Words after “没有”, “不会” and the like do not count unless they begin with the negation themselves."
        ),
    )
    class_code = models.CharField(
        pgettext_lazy("complaint", "class"), max_length=30, choices=ComplaintClass.choices, blank=True
    )
    severity = models.CharField(
        pgettext_lazy("complaint", "severity"), max_length=10, choices=Severity.choices, blank=True
    )
    demand = models.CharField(pgettext_lazy("complaint", "demand"), max_length=20, choices=Demand.choices, blank=True)
    grave = models.BooleanField(
        pgettext_lazy("complaint", "grave"),
        default=False,
        help_text=_("Danger to people, press, court: the general manager is told."),
    )
    weight = models.PositiveSmallIntegerField(
        pgettext_lazy("word rule", "weight"), default=3, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("word rule")
        verbose_name_plural = _("word rules")
        ordering = ["position", "pk"]
        permissions = [("edit_knowledge", _("Can edit chips, words, phrases and guides"))]

    def __str__(self):
        return self.words[:40]

    def clean(self):
        """A rule that says nothing, or a word that would match everything, is refused."""
        if not (self.class_code or self.severity or self.demand or self.grave):
            raise ValidationError(_("Say what the words speak for: a class, a severity, a demand or a grave risk."))
        for word in self.words.split():
            if len(word.replace("*", "")) < 2:
                raise ValidationError(
                    {"words": _("“%(word)s” is too short: at least two characters.") % {"word": word}}
                )
