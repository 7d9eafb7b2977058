import re

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from knowledge.codes import ComplaintClass
from knowledge.models.entry import Entry, EntryQuerySet

PLACEHOLDER = re.compile(r"\{([^{}]{1,20})\}")


class ServicePhraseQuerySet(EntryQuerySet):
    def for_situation(self, *situations):
        """Lines in use for these situations, courtesy before what must not be said."""
        return self.active().filter(situation__in=situations).order_by("kind", "position", "pk")


class ServicePhrase(Entry):
    """A sentence to say, a reply to send, a phrase never to say with what to say instead, or a rule of conduct.

    Placeholders stand in braces, as {编号}; ``fill`` puts values in their place (S0-23, S0-24, S2-57, S2-141, S2-183).
    """

    class Kind(models.TextChoices):
        COURTESY = "courtesy", pgettext_lazy("phrase", "courtesy")
        REPLY = "reply", pgettext_lazy("phrase", "written reply")
        FORBIDDEN = "forbidden", pgettext_lazy("phrase", "never say")
        CONDUCT = "conduct", pgettext_lazy("phrase", "conduct")

    class Situation(models.TextChoices):
        OPENING = "opening", pgettext_lazy("situation", "opening")
        LISTENING = "listening", pgettext_lazy("situation", "listening")
        APOLOGY = "apology", pgettext_lazy("situation", "apology")
        CHECKING = "checking", pgettext_lazy("situation", "asking back")
        PROMISE = "promise", pgettext_lazy("situation", "promise")
        WAITING = "waiting", pgettext_lazy("situation", "waiting")
        REFUSAL = "refusal", pgettext_lazy("situation", "declining")
        CLOSING = "closing", pgettext_lazy("situation", "closing")
        ANGER = "anger", pgettext_lazy("situation", "angry customer")
        PRICE = "price", pgettext_lazy("situation", "price and charges")
        INVOICE = "invoice", pgettext_lazy("situation", "invoice")
        RETURN = "return", pgettext_lazy("situation", "return and refund")
        POSTAGE = "postage", pgettext_lazy("situation", "postage")
        OFFLINE = "offline", pgettext_lazy("situation", "message left")
        VISIT = "visit", pgettext_lazy("situation", "home visit")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.COURTESY)
    situation = models.CharField(_("situation"), max_length=10, choices=Situation.choices)
    text = models.TextField(_("wording"), max_length=500)
    instead = models.TextField(_("say instead"), max_length=500, blank=True)

    objects = ServicePhraseQuerySet.as_manager()

    class Meta:
        verbose_name = _("service phrase")
        verbose_name_plural = _("service phrases")
        ordering = ["situation", "kind", "position", "pk"]

    def __str__(self):
        return self.text[:40]

    @property
    def placeholders(self):
        return PLACEHOLDER.findall(self.text)

    def fill(self, values):
        """The sentence with its placeholders replaced; one without a value stays visible in its braces."""
        return PLACEHOLDER.sub(lambda found: str(values.get(found[1], found[0])), self.text)


class HandlingGuide(Entry):
    """What to do with a complaint of a class: first sentence, what to ask, evidence, steps, what to promise (S1-66)."""

    class_code = models.CharField(
        pgettext_lazy("complaint", "class"), max_length=30, choices=ComplaintClass.choices, unique=True
    )
    first_words = models.TextField(_("first sentence"), max_length=500, blank=True)
    ask = models.TextField(_("ask for"), max_length=1000, blank=True, help_text=_("One question a line."))
    evidence = models.TextField(_("evidence"), max_length=1000, blank=True, help_text=_("One piece a line."))
    steps = models.TextField(pgettext_lazy("guide", "steps"), max_length=2000, help_text=_("One step a line."))
    promise = models.TextField(_("may be promised"), max_length=500, blank=True)
    avoid = models.TextField(_("avoid"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("handling guide")
        verbose_name_plural = _("handling guides")
        ordering = ["position", "pk"]

    def __str__(self):
        return self.get_class_code_display()

    @property
    def lists(self):
        """Its three lists, line by line: (label, lines), the empty ones left out."""
        fields = [self._meta.get_field(name) for name in ("ask", "evidence", "steps")]
        return [(field.verbose_name, lines) for field in fields if (lines := getattr(self, field.name).splitlines())]
