"""What customers said about calls, offers and photos, when they like to be called, and who is to be forgotten."""

from datetime import timedelta

from django.utils import timezone

from customers import access, erasing, retention
from customers.models import Consent, Customer, Due, Erasure
from workflow.models import Matter

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


def watch_over(furnished, staff, now=None):
    """Who looked at whom, requests to erase in every state, and files kept long enough."""
    now = now or timezone.now()
    for index, (customer, _cards) in enumerate(furnished[:40]):
        for hours in range(index % 5):
            who = staff[("agent", "specialist", "supervisor")[(index + hours) % 3]]
            access.note(customer, who, access.Kind.OPENED, now - timedelta(hours=7 * hours + index))
    access.note(
        furnished[0][0], staff["finance"], access.Kind.UNMASKED, now - timedelta(hours=3), occasion="money",
        reason="核对退款账户",
    )  # fmt: skip
    quiet = idle(furnished)
    for customer, answer in zip(quiet, ("", "", Erasure.Answer.DECLINED, Erasure.Answer.APPROVED), strict=False):
        words = "来电说已搬家，不再使用产品，要求删除资料"
        request = erasing.request(customer, by=staff["agent"], why=Erasure.Why.ASKED, words=words)
        if answer:
            reason = "质保期内，客户同意保留" if answer == Erasure.Answer.DECLINED else ""
            erasing.decide(request, answer, by=staff["manager"], reason=reason, now=now)
    due = [
        Due(customer=customer, kind=kind, last_heard_at=customer.created_at, proposed_at=now)
        for customer, kind in zip(quiet[4:10], ("file", "photos", "recordings") * 2, strict=False)
    ]
    Due.objects.bulk_create(due)
    for proposal in Due.objects.order_by("-pk")[:2]:
        retention.decide(proposal, Due.Answer.KEPT, by=staff["manager"], reason="质量争议尚未了结", now=now)


def idle(furnished):
    """Customers for whom nothing was ever opened, the oldest first."""
    busy = set(Matter.objects.values_list("customer", flat=True))
    return [customer for customer, _cards in furnished if customer.pk not in busy][:12]
