import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, models
from django.db.models import F
from django.db.transaction import atomic
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LINK_LIFETIME = timedelta(days=60)
TOKEN_BYTES = 18  # 144 bits

# How often an address may come with a token that opens nothing, before it is asked to wait.
MOST_GUESSES = 20
GUESSING_WINDOW = timedelta(minutes=15)


def new_token():
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_of(op):
    """The token that the press ``op`` of the button makes: the same press sent twice shows the same link again.

    Nobody who lacks the site's secret can tell one from the op, and the database keeps its hash alone.
    """
    key = f"customer's link {settings.SECRET_KEY}".encode()
    return urlsafe_b64encode(hmac.digest(key, op.bytes, "sha256")[:TOKEN_BYTES]).decode()


def digest(token):
    """What is kept of a token. Looking up a hash takes no longer for a guess that is nearly right."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


class CustomerLinkQuerySet(models.QuerySet):
    def issue(self, matter, *, by, now=None, lifetime=LINK_LIFETIME):
        """Make a new link; returns (link, token). The token exists nowhere but in this answer."""
        token = new_token()
        return self.put_down(matter, digest(token), by=by, now=now or timezone.now(), lifetime=lifetime), token

    def put_down(self, matter, token_hash, *, by, now, lifetime=LINK_LIFETIME):
        """A link whose token somebody else has made and shown."""
        return self.create(matter=matter, token_hash=token_hash, issued_by=by, issued_at=now, expires_at=now + lifetime)

    def live(self, now):
        return self.filter(revoked_at__isnull=True, expires_at__gt=now)

    def find(self, token, now=None):
        """The live link behind a token, or None: wrong, cut, expired and revoked ones look alike (threats 26)."""
        link = self.select_related("matter__customer").filter(token_hash=digest(token)).first()
        return link if link is not None and link.is_live_at(now or timezone.now()) else None

    def revoke_for(self, matter, now):
        """End every link of a matter; returns how many were in use."""
        return self.live(now).filter(matter=matter).update(revoked_at=now)


class CustomerLink(models.Model):
    """The customer's way into one matter without a login: a random token, stored as its hash, that expires."""

    matter = models.ForeignKey("workflow.Matter", models.CASCADE, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    issued_at = models.DateTimeField(_("issued at"), default=timezone.now)
    expires_at = models.DateTimeField(_("valid until"))
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True)

    objects = CustomerLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer's link")
        verbose_name_plural = _("customers' links")

    def __str__(self):
        return f"link {self.pk}"

    def is_live_at(self, now):
        return self.revoked_at is None and now < self.expires_at

    @property
    def is_live(self):
        return self.is_live_at(timezone.now())

    def used(self, now):
        """Note that the customer was here, once an hour at most: reading a page should rarely write."""
        if self.last_used_at is None or now - self.last_used_at > timedelta(hours=1):
            type(self).objects.filter(pk=self.pk).update(last_used_at=now)


class GuessQuerySet(models.QuerySet):
    def too_many(self, address, now):
        """Until when this address must wait, or None."""
        window = _window(now)
        count = self.filter(address=_blurred(address), window=window).values_list("count", flat=True).first()
        return window + GUESSING_WINDOW if (count or 0) >= MOST_GUESSES else None

    def note(self, address, now):
        """Count one more token that opened nothing."""
        mine = {"address": _blurred(address), "window": _window(now)}
        if self.filter(**mine).update(count=F("count") + 1):
            return
        try:
            with atomic():
                self.create(count=1, **mine)
                self.filter(window__lt=now - timedelta(days=1)).delete()
        except IntegrityError:  # another process was first
            self.filter(**mine).update(count=F("count") + 1)


class Guess(models.Model):
    """How many wrong tokens an address sent in a quarter of an hour; in the database, because every process counts."""

    address = models.CharField(max_length=64)
    window = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField(default=0)

    objects = GuessQuerySet.as_manager()

    class Meta:
        verbose_name = _("guess at a link")
        verbose_name_plural = _("guesses at links")
        constraints = [models.UniqueConstraint(fields=["address", "window"], name="one_count_an_address_and_window")]

    def __str__(self):
        return f"{self.window:%Y-%m-%d %H:%M} {self.count}"


def _window(now):
    seconds = int(GUESSING_WINDOW.total_seconds())
    return now.fromtimestamp(int(now.timestamp()) // seconds * seconds, tz=now.tzinfo)


def _blurred(address):
    """A visitor's address is personal: what is compared is kept, not what it was."""
    return hmac.digest(settings.SECRET_KEY.encode(), address.encode(), "sha256").hex()[:32]
