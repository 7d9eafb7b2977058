from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from knowledge.models.entry import Entry, EntryQuerySet
from knowledge.models.guide import PLACEHOLDER


class ScriptLineQuerySet(EntryQuerySet):
    def said_at(self):
        """Moment → the lines in use, in order; one statement for a whole conversation."""
        lines = {}
        for line in self.active().order_by("position", "pk"):
            lines.setdefault(line.moment, []).append(line)
        return lines


class ScriptLine(Entry):
    """A sentence of the follow-up call, shown at its place in the conversation (S0-47 … S0-64, S2-165 … S2-168).

    Placeholders stand in braces, as {产品}. What a line said before a change is kept as a ScriptWording.
    """

    class Moment(models.TextChoices):
        TONE = "tone", pgettext_lazy("moment of a call", "tone of the whole call")
        LANDLINE = "landline", pgettext_lazy("moment of a call", "greeting, landline")
        MOBILE = "mobile", pgettext_lazy("moment of a call", "greeting, mobile")
        SERVICE = "service", pgettext_lazy("moment of a call", "greeting after a service")
        PROGRESS = "progress", pgettext_lazy("moment of a call", "a complaint is open")
        ASK_TIME = "ask_time", pgettext_lazy("moment of a call", "not convenient: ask when")
        NO_TIME = "no_time", pgettext_lazy("moment of a call", "not convenient: no time named")
        DECLINED = "declined", pgettext_lazy("moment of a call", "wants no call")
        ASK_PRODUCT = "ask_product", pgettext_lazy("moment of a call", "question: the product")
        ASK_SERVICE = "ask_service", pgettext_lazy("moment of a call", "question: the service")
        ASK_PROVIDER = "ask_provider", pgettext_lazy("moment of a call", "question: the fitter")
        ASK_MACHINE = "ask_machine", pgettext_lazy("moment of a call", "question: the machine")
        SATISFIED = "satisfied", pgettext_lazy("moment of a call", "satisfied: suggestions")
        PRAISED = "praised", pgettext_lazy("moment of a call", "a colleague is praised")
        UNHAPPY = "unhappy", pgettext_lazy("moment of a call", "average or dissatisfied: listen")
        FITTER = "fitter", pgettext_lazy("moment of a call", "not satisfied with the fitter")
        WORK = "work", pgettext_lazy("moment of a call", "work is needed")
        GOODBYE = "goodbye", pgettext_lazy("moment of a call", "goodbye, satisfied")
        GOODBYE_UNHAPPY = "goodbye_unhappy", pgettext_lazy("moment of a call", "goodbye, not satisfied")
        INSTEAD = "instead", pgettext_lazy("moment of a call", "instead of “I can't”")

    moment = models.CharField(pgettext_lazy("script", "moment"), max_length=16, choices=Moment.choices)
    text = models.TextField(_("wording"), max_length=500)
    text_en = models.TextField(_("in English"), max_length=500, blank=True)

    objects = ScriptLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("script line")
        verbose_name_plural = _("call script")
        ordering = ["position", "pk"]

    def __str__(self):
        return self.text[:40]

    def fill(self, values):
        """The sentence in the reader's language; a placeholder without a value stays visible in its braces."""
        text = self.text_en if (get_language() or "").startswith("en") and self.text_en else self.text
        return PLACEHOLDER.sub(lambda found: str(values.get(found[1]) or found[0]), text)

    def save_edit(self, *, by, fields=()):
        """Save what a manager changed; what was said until now stays on record."""
        if {"text", "text_en"} & set(fields):
            before = type(self).objects.get(pk=self.pk)
            ScriptWording.objects.create(
                line=self, version=before.version, text=before.text, text_en=before.text_en,
                changed_by=before.changed_by, since=before.changed_at,
            )  # fmt: skip
        super().save_edit(by=by, fields=fields)


class ScriptWording(models.Model):
    """How a line was worded before, from when and by whom."""

    line = models.ForeignKey(ScriptLine, models.CASCADE, related_name="earlier")
    version = models.PositiveIntegerField()
    text = models.TextField()
    text_en = models.TextField(blank=True)
    changed_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", null=True)
    since = models.DateTimeField()

    class Meta:
        verbose_name = _("earlier wording")
        verbose_name_plural = _("earlier wordings")
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["line", "version"], name="one_wording_per_version")]

    def __str__(self):
        return self.text[:40]
