"""What the customer of a return is told, step by step."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class News(models.Model):
    """One step the customer hears of: it stands on his page at once, and a person says it to who does not look there.

    Made by the outbox when the step is delivered, once per event (S1-41, S2-52, S2-108).
    """

    request = models.ForeignKey("returns.ReturnRequest", models.CASCADE, related_name="news")
    event = models.OneToOneField("workflow.Event", models.PROTECT, related_name="+")
    step = models.CharField(pgettext_lazy("of a return", "step"), max_length=30)
    at = models.DateTimeField(_("at"))
    told_at = models.DateTimeField(_("told at"), null=True, blank=True)
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    channel = models.CharField(_("told by"), max_length=10, blank=True)

    class Meta:
        verbose_name = _("news to a customer")
        verbose_name_plural = _("news to customers")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["at", "id"], condition=Q(told_at__isnull=True), name="news_not_told")]

    def __str__(self):
        return f"{self.request} {self.step}"
