"""What customers said about calls, offers and photos, and when they like to be called."""

from datetime import timedelta

from django.utils import timezone

from customers.models import Consent, Customer

HOURS = [
    # (quiet, best, preferred way)
    ("12:00–14:00", "", "phone"),
    ("", "18:30–20:30", "phone"),
    ("workdays 09:00–17:30", "weekends 10:00–12:00", "wechat"),
    ("20:00–09:30", "", "sms"),
]
SAID = [
    (Customer.Purpose.MARKETING, True, "wechat", "加微信时同意"),
    (Customer.Purpose.CALLS, False, "phone", "说不要再打电话回访"),
    (Customer.Purpose.PHOTOS, True, "paper", "验收单上签字同意"),
    (Customer.Purpose.MARKETING, False, "phone", ""),
]
NOTES = ["老人独居，请慢慢说", "只在微信上回复", "进门请换鞋套，家里有小孩", ""]


def tell_wishes(furnished, staff, now=None):
    """Every few customers have wishes; some agreed to something, or took it back."""
    now = now or timezone.now()
    for index, (customer, _cards) in enumerate(furnished[::7]):
        customer.quiet_hours, customer.best_hours, customer.preferred_way = HOURS[index % len(HOURS)]
        customer.note = NOTES[index % len(NOTES)]
        customer.save(update_fields=["quiet_hours", "best_hours", "preferred_way", "note"])
    for index, (customer, _cards) in enumerate(furnished[::11]):
        purpose, given, channel, words = SAID[index % len(SAID)]
        Consent.objects.note(
            customer, purpose, given=given, by=staff["agent"], channel=channel, words=words,
            at=now - timedelta(days=index % 40 + 1, hours=index % 7),
        )  # fmt: skip
