"""The month's summary (《月度回访归类总结》): figures counted, words and actions added by people (S0-70, S0-71)."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Region
from cases.models.choices import Area
from core.versions import Submitted, Versioned
from core.visibility import VisibleQuerySet


class Kind(models.TextChoices):
    PRAISE = "praise", pgettext_lazy("theme", "praise")
    COMPLAINT = "complaint", pgettext_lazy("theme", "shortcoming")


class ThemeWords(Submitted, Versioned):
    """Words in which customers speak of one thing: the list by which themes are found, kept by a manager."""

    name = models.CharField(pgettext_lazy("theme", "theme"), max_length=40)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    area = models.CharField(_("side of our work"), max_length=20, choices=Area.choices, blank=True)
    words = models.CharField(_("words"), max_length=500, help_text=_("Separated by spaces; each counts by itself."))
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("theme words")
        verbose_name_plural = _("theme words")
        ordering = ["kind", "name"]
        constraints = [models.UniqueConstraint(fields=["kind", "name"], name="one_word_list_per_theme")]

    def __str__(self):
        return self.name


class MonthSummaryQuerySet(VisibleQuerySet):
    def newest_first(self):
        return self.order_by("-begins_on", "-version_no", "-pk")

    def issued(self):
        return self.filter(issued_at__isnull=False)


class MonthSummary(Versioned):
    """The calls of one month, of one branch or of all: counted, worded, issued; what is issued never changes again."""

    region = models.ForeignKey(
        Region, models.PROTECT, verbose_name=_("branch"), related_name="+", null=True, blank=True
    )
    begins_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    version_no = models.PositiveSmallIntegerField(pgettext_lazy("of a paper", "version"), default=1)
    headline = models.TextField(_("in a sentence"), max_length=1000, blank=True)
    strengths = models.TextField(_("strengths to carry on"), max_length=3000, blank=True)
    shortcomings = models.TextField(_("shortcomings"), max_length=3000, blank=True)
    figures = models.JSONField(default=dict)
    counted_at = models.DateTimeField(_("counted at"))
    issued_at = models.DateTimeField(_("issued at"), null=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    objects = MonthSummaryQuerySet.as_manager()

    class Meta:
        verbose_name = _("month's summary")
        verbose_name_plural = _("months' summaries")
        permissions = [
            ("issue_monthsummary", _("Can word and issue the month's summary")),
            ("view_staff_figures", _("Can see figures by the names of colleagues")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["begins_on", "region", "version_no"], name="one_summary_of_branch"),
            models.UniqueConstraint(
                fields=["begins_on", "version_no"], condition=Q(region__isnull=True), name="one_summary_of_all"
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=models.F("begins_on")), name="summary_ends_after_begin"),
        ]
        indexes = [models.Index(fields=["-begins_on", "-version_no", "-id"], name="summaries_newest")]

    def __str__(self):
        return self.title

    @property
    def month(self):
        """The day that names the month: an accounting month is called by the one it ends in."""
        return self.ends_on

    @property
    def title(self):
        return f"{self.month:%Y-%m}" + (f" · {self.region}" if self.region_id else "")

    @property
    def is_issued(self):
        return self.issued_at is not None

    def get_absolute_url(self):
        return reverse("callbacks:summary", args=[self.pk])

    def save(self, *args, **kwargs):
        """Save a draft. Raises ValidationError once it is issued: then it is the archive (S2-158)."""
        if self.pk and type(self).objects.issued().filter(pk=self.pk).exists():
            raise ValidationError(_("This summary is issued; make a new version to change anything."))
        super().save(*args, **kwargs)


class Theme(models.Model):
    """Something several customers spoke of, with examples; a manager merges, renames or drops it before issuing."""

    summary = models.ForeignKey(MonthSummary, models.CASCADE, related_name="themes")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=40)
    area = models.CharField(max_length=20, choices=Area.choices, blank=True)
    count = models.PositiveIntegerField()
    before = models.PositiveIntegerField(default=0)  # in the month before
    quotes = models.JSONField(default=list)  # {"call": pk, "text": …}
    calls = models.JSONField(default=list)  # keys of all calls it was found in
    dropped = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        ordering = ["kind", "-count", "name"]

    def __str__(self):
        return self.name


class ActionQuerySet(models.QuerySet):
    def open(self):
        return self.filter(done_at__isnull=True)


class Action(models.Model):
    """What is done about a shortcoming, by whom and until when; it stands in every month until it is done (S0-71)."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="+", null=True)
    summary = models.ForeignKey(MonthSummary, models.PROTECT, related_name="actions")
    what = models.CharField(_("what is done"), max_length=200)
    about = models.CharField(_("about"), max_length=40, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("responsible"), related_name="+")
    due_on = models.DateField(_("until"))
    done_at = models.DateTimeField(_("done at"), null=True)
    outcome = models.CharField(_("outcome"), max_length=200, blank=True)
    op = models.UUIDField(unique=True, null=True, editable=False)

    objects = ActionQuerySet.as_manager()

    class Meta:
        verbose_name = _("action")
        verbose_name_plural = _("actions")
        ordering = ["due_on", "pk"]

    def __str__(self):
        return self.what
