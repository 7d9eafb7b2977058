"""Where a person is signed in."""

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _


class SignInQuerySet(models.QuerySet):
    def running(self, now):
        """Those whose session is still good at the moment ``now``."""
        return self.filter(session_key__in=Session.objects.filter(expire_date__gt=now).values("session_key"))

    @transaction.atomic
    def forget_ended(self, now):
        """Delete every session that ran out, and the lines about sessions that are gone."""
        Session.objects.filter(expire_date__lte=now).delete()
        self.exclude(session_key__in=Session.objects.values("session_key")).delete()


class SignIn(models.Model):
    """One running session of a person, shown on the profile page so that a forgotten one can be ended."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="sign_ins")
    session_key = models.CharField(max_length=40, unique=True)
    address = models.GenericIPAddressField(_("address"), null=True)
    browser = models.CharField(_("browser"), max_length=255, blank=True)
    at = models.DateTimeField(_("signed in at"))

    objects = SignInQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")

    def __str__(self):
        return f"{self.user} {self.at:%Y-%m-%d %H:%M}"
