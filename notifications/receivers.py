"""Turning news into messages, in the transaction that makes the news (design 3.7)."""

from core.outbox import Message, Outbox
from notifications.rules import rule_for


def tell_who_should_know(events, now, **kwargs):
    """One outbox row per event somebody must hear of; who that is is worked out when it is delivered."""
    messages = [
        Message("notice", "people", f"notice:{event.pk}", {"event": event.pk}) for event in events if rule_for(event)
    ]
    if messages:
        Outbox.objects.write(messages, now)
