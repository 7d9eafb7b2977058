from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from notifications.quiet import in_quiet_hours
from notifications.words import digest_words, event_words
from workflow.models import Event


class NoticeQuerySet(models.QuerySet):
    def unread(self):
        return self.filter(read_at__isnull=True)

    def with_subject(self):
        """Joined with all that its words and its address need."""
        joined = self.select_related("event__matter__customer", "event__by", "event__subject_type")
        return joined.prefetch_related("event__subject")

    def read(self, now):
        return self.unread().update(read_at=now)


class Notice(models.Model):
    """One line under a person's bell. The same event is never told to the same person twice."""

    class Kind(models.TextChoices):
        EVENT = "event", pgettext_lazy("notice", "event")
        DIGEST = "digest", _("morning digest")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.EVENT)
    key = models.CharField(max_length=80)
    event = models.ForeignKey(Event, models.CASCADE, related_name="+", null=True, blank=True)
    # Why this person is told: the rule's reason code, in words at display time.
    reason = models.CharField(max_length=20, blank=True)
    data = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_notice_per_user_and_key")]
        indexes = [
            models.Index(fields=["user", "-at", "-id"], name="notices_of_user"),
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="unread_notices_of_user"),
        ]

    def __str__(self):
        return f"{self.user} {self.key}"

    @property
    def words(self):
        """Title and text, in the reader's language; the address in the last line is left to the link."""
        title, body = digest_words(self) if self.kind == self.Kind.DIGEST else event_words(self.event)
        return title, " · ".join(body.splitlines()[:-1])


class Preference(models.Model):
    """How a person wants to be told: by e-mail too or not, and when he is to be left alone."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notification_preference")
    by_email = models.BooleanField(_("e-mail what is urgent"), default=True)
    digest_by_email = models.BooleanField(_("e-mail the morning digest"), default=True)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)

    class Meta:
        verbose_name = _("notification preference")
        verbose_name_plural = _("notification preferences")

    def __str__(self):
        return str(self.user)

    def clean(self):
        if (self.quiet_from is None) != (self.quiet_until is None):
            raise ValidationError({"quiet_until": _("Give both ends of the quiet hours, or none.")})

    def quiet_end(self, now):
        """When the quiet hours around ``now`` end, or None outside of them."""
        return in_quiet_hours(self.quiet_from, self.quiet_until, now)


class Robot(models.Model):
    """A group robot of WeCom or DingTalk that is told of a branch's alarms: a webhook with its secret."""

    class Kind(models.TextChoices):
        WECOM = "wecom", _("WeCom")
        DINGTALK = "dingtalk", _("DingTalk")

    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    webhook = models.URLField(_("webhook"), max_length=300)
    secret = models.CharField(_("secret"), max_length=120, blank=True, help_text=_("DingTalk: the signing secret."))
    region = models.ForeignKey(
        "accounts.Region",
        models.CASCADE,
        verbose_name=_("region"),
        related_name="+",
        null=True,
        blank=True,
        help_text=_("Empty: all branches."),
    )
    active = models.BooleanField(_("active"), default=True)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)

    class Meta:
        verbose_name = _("group robot")
        verbose_name_plural = _("group robots")

    def __str__(self):
        return self.name

    def clean(self):
        host = self.webhook.split("/")[2] if self.webhook.count("/") >= 2 else ""
        if host not in settings.ROBOT_HOSTS:
            raise ValidationError({"webhook": _("Only the addresses of WeCom and DingTalk are called.")})

    def quiet_end(self, now):
        return in_quiet_hours(self.quiet_from, self.quiet_until, now)
