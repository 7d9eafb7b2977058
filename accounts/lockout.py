"""Slowing down who guesses passwords, without letting a stranger lock a colleague out (threats 34).

Wrong passwords are counted for three things, each for AXES_COOLOFF_TIME after the last one:

* a name from an address, for strangers: AXES_FAILURE_LIMIT guesses;
* a name from a browser that has signed in under that name before, which a signed cookie proves: the same number, but
  counted apart, so no stranger, far away or behind the same office router, can use up the guesses of its owner;
* an address that tries many names: NAMES_PER_ADDRESS of them, after which only known browsers may go on from there.

Whether the name exists makes no difference to any of it, nor to the answer.
"""

import hashlib
import ipaddress
import math
import secrets

from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username, get_cool_off, get_failure_limit
from axes.models import AccessAttempt
from django.conf import settings
from django.core import signing
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

NAMES_PER_ADDRESS = 20
STRANGER = "stranger"
KNOWN_BROWSER_SALT = "accounts.known-browser"
KNOWN_BROWSER_AGE = 180 * 24 * 3600


def client_address(request):
    """The visitor's address as text, or None; a header names it only if the front server that sent it is trusted.

    An IPv6 visitor owns a whole /64, so that network stands for the address.
    """
    address = request.META.get("REMOTE_ADDR") or ""
    if address in settings.TRUSTED_PROXIES:
        forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
        address = next((part for part in reversed(forwarded) if part not in settings.TRUSTED_PROXIES), address)
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    if parsed.version == 6 and parsed.ipv4_mapped is None:
        parsed = ipaddress.ip_network((parsed, 64), strict=False).network_address
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)


def _cookie_name(username):
    key = settings.SECRET_KEY.encode()[:64]
    return "known-" + hashlib.blake2b(username.encode(errors="replace"), key=key, digest_size=8).hexdigest()


def known_browser(request, username):
    """The mark of a browser that signed in as ``username`` before, or None."""
    if not username:
        return None
    try:
        owner, mark = signing.loads(
            request.COOKIES.get(_cookie_name(username), ""), salt=KNOWN_BROWSER_SALT, max_age=KNOWN_BROWSER_AGE
        )
    except (signing.BadSignature, TypeError, ValueError):
        return None
    return mark if owner == username else None


def remember_browser(request, response, username):
    """Let this browser be recognised the next time; sent back to the login page alone."""
    mark = known_browser(request, username) or secrets.token_urlsafe(12)
    response.set_cookie(
        _cookie_name(username),
        signing.dumps([username, mark], salt=KNOWN_BROWSER_SALT),
        max_age=KNOWN_BROWSER_AGE,
        path=reverse(settings.LOGIN_URL),
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def lockout_parameters(request, credentials=None):
    """What failures are counted by, in django-axes' words."""
    if request.axes_user_agent == STRANGER:
        return [["username", "ip_address", "user_agent"]]
    return [["username", "user_agent"]]


class Lockout(AxesDatabaseHandler):
    """django-axes, with the mark of a known browser in place of the browser's own description."""

    def is_allowed(self, request, credentials=None):
        self._recognise(request, credentials)
        return super().is_allowed(request, credentials)

    def is_locked(self, request, credentials=None):
        return super().is_locked(request, credentials) or self._tries_many_names(request)

    def user_login_failed(self, sender, credentials, request=None, **kwargs):
        if request is None:
            return
        self._recognise(request, credentials)
        super().user_login_failed(sender, credentials, request, **kwargs)
        if not request.axes_locked_out and self._tries_many_names(request):
            request.axes_locked_out, request.axes_credentials = True, credentials

    def user_logged_in(self, sender, request, user, **kwargs):
        self._recognise(request, {"username": user.get_username()})
        super().user_logged_in(sender, request, user, **kwargs)

    def locked_until(self, request, credentials):
        """When the lock that holds this request now is over, or None."""
        self._recognise(request, credentials)
        [attempts] = self.get_user_attempts(request, credentials)
        held = []
        if self.get_failures(request, credentials) >= get_failure_limit(request, credentials):
            held += attempts.values_list("attempt_time", flat=True)
        if self._tries_many_names(request):
            held.append(self._names(request).values_list("attempt_time", flat=True)[NAMES_PER_ADDRESS - 1])
        return max(held) + get_cool_off(request) if held else None

    def _recognise(self, request, credentials):
        request.axes_user_agent = known_browser(request, get_client_username(request, credentials)) or STRANGER

    def _names(self, request):
        """One row for each name a stranger at this address failed with lately, the newest first."""
        since = request.axes_attempt_time - get_cool_off(request)
        return AccessAttempt.objects.filter(
            ip_address=request.axes_ip_address, user_agent=STRANGER, attempt_time__gte=since
        ).order_by("-attempt_time")

    def _tries_many_names(self, request):
        if request.axes_user_agent != STRANGER:
            return False
        return self._names(request)[:NAMES_PER_ADDRESS].count() == NAMES_PER_ADDRESS


def locked_out(request, response, credentials):
    """The page of a lock: when it ends, and nothing about whether the name exists."""
    now = timezone.now()
    until = Lockout().locked_until(request, credentials) or now + get_cool_off(request)
    page = render(request, "accounts/locked_out.html", {"until": until}, status=429)
    page["Retry-After"] = str(max(1, math.ceil((until - now).total_seconds())))
    return page
