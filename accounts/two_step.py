"""Two-step login: a code from an app on the phone after the password, and codes on paper for the day the phone is lost.

Turned on by whoever wants it, required for the back office. The devices are django-otp's.
"""

import secrets
from base64 import b32encode

import segno
from django.db import transaction
from django.utils.safestring import mark_safe
from django_otp import devices_for_user, verify_token
from django_otp import login as otp_login
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import Change
from accounts.models.user import READABLE

ISSUER = "Aftersales"
BACKUP_CODES = 10


def is_on(user):
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


def prepare(user):
    """The device about to be set up: its key stays the same until a code of it is confirmed."""
    device, _created = TOTPDevice.objects.get_or_create(user=user, confirmed=False, defaults={"name": ISSUER})
    return device


def picture(device):
    """The key as an SVG drawing for the phone's camera; it has no style attribute, so the CSP lets it be."""
    code = segno.make(device.config_url, error="m")
    return mark_safe(code.svg_inline(scale=5, border=3, svgclass="qr-code", lineclass=None, light="#fff"))  # noqa: S308


@transaction.atomic
def turn_on(user, device, code):
    """Confirm ``device`` by its first code; returns the backup codes, or None if the code is wrong."""
    if not device.verify_token(code):
        return None
    TOTPDevice.objects.filter(user=user).exclude(pk=device.pk).delete()
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    codes = new_backup_codes(user)
    user.end_sessions()
    Change.objects.write(Change.Act.TWO_STEP_ON, user, by=user)
    return codes


@transaction.atomic
def turn_off(user, *, by):
    """Forget every device of ``user``; sessions that were verified by one end."""
    for device in devices_for_user(user, confirmed=None):
        device.delete()
    user.end_sessions()
    Change.objects.write(Change.Act.TWO_STEP_OFF, user, by=by)


@transaction.atomic
def new_backup_codes(user):
    """Replace the codes on paper; each serves once."""
    device, _created = StaticDevice.objects.get_or_create(user=user, defaults={"name": "paper"})
    device.token_set.all().delete()
    codes = ["".join(secrets.choice(READABLE) for _digit in range(10)) for _code in range(BACKUP_CODES)]
    for code in codes:
        device.token_set.create(token=code)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def backup_codes_left(user):
    return sum(device.token_set.count() for device in StaticDevice.objects.filter(user=user))


def check(user, code):
    """The device of ``user`` that accepts ``code``, or None: digits are tried on the phone, anything else on paper."""
    code = _plain(code)
    for device in _devices_for(user, code):
        if accepted := verify_token(user, device.persistent_id, code):
            return accepted
    return None


def must_wait(user, code):
    """When a code of this kind may be tried again after wrong ones; None when now. Each wrong one doubles the wait."""
    ends = [
        refused["locked_until"]
        for device in _devices_for(user, _plain(code))
        for allowed, refused in [device.verify_is_allowed()]
        if not allowed
    ]
    return max(ends, default=None)


def _plain(code):
    return "".join(code.lower().split()).replace("-", "")


def _devices_for(user, code):
    model = TOTPDevice if code.isdigit() and len(code) == 6 else StaticDevice
    return model.objects.filter(user=user, confirmed=True)


def readable_key(device):
    """The key in groups of four letters, for typing it in where no camera is at hand."""
    key = b32encode(device.bin_key).decode()
    return " ".join(key[start : start + 4] for start in range(0, len(key), 4))


def mark_verified(request, device):
    """This session has passed the second step."""
    otp_login(request, device)
