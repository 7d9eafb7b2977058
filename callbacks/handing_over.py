"""What a call hands to others in the same act: a complaint, its follow-up, or its reopening (S0-46, S0-68, S2-169)."""

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from cases.models import Complaint
from cases.models.choices import Channel, Verdict
from payments.models import Gift
from workflow.perform import locked

REOPENABLE = (Complaint.Status.AWAITING_FOLLOW_UP, Complaint.Status.EVALUATING, Complaint.Status.CLOSED)


def act(record, verb, *, by, moment, **details):
    """A verb inside the verb of a call: the record is locked here, its lines have the moment of the call."""
    record = locked(record)
    record._moment = moment
    record.version += 1
    getattr(record, verb)(by=by, **details)
    return record


def complaints_of(call):
    """The complaints this call follows up."""
    kind = ContentType.objects.get_for_model(Complaint)
    reasons = call.reasons.filter(subject_type=kind, dropped_at__isnull=True)
    return Complaint.objects.filter(pk__in=reasons.values("subject_id")).order_by("pk")


def waiting_complaints(call):
    return complaints_of(call).filter(status=Complaint.Status.AWAITING_FOLLOW_UP)


def tell_complaints(call, *, by):
    """The follow-up is recorded on every complaint that waits for it, which meets its clock."""
    for complaint in waiting_complaints(call) if call.verdict else ():
        words = call.words or call.get_verdict_display()
        act(complaint, "record_follow_up", by=by, moment=call.moment, verdict=call.verdict, words=words)


def tell_unreached(call, *, by, used_up):
    """One attempt more on every complaint that waits; with the last, why no more are made."""
    for complaint in waiting_complaints(call):
        _not_spoken(call, complaint, call.get_unreached_kind_display(), by)


def tell_declined(call, *, by, reason):
    for complaint in waiting_complaints(call):
        _not_spoken(call, complaint, _("The customer declined the call: %(reason)s") % {"reason": reason}, by)


def _not_spoken(call, complaint, words, by):
    act(complaint, "record_follow_up", by=by, moment=call.moment, verdict=Verdict.UNREACHED, words=words,
        reason=words[:300])  # fmt: skip


def hand_over(call, *, by, content, visit=None, reopen=True, **fields):
    """The complaint that takes up what the customer said: the one this call follows up, opened again, or a new one.

    ``visit`` are the keyword arguments of the promised visit. Runs inside the call's own transaction: with it both
    stand or neither. Raises what ``Complaint.register`` raises.
    """
    earlier = complaints_of(call).filter(status__in=REOPENABLE).first() if reopen else None
    if earlier is not None:
        complaint = _open_again(earlier, call, content, by)
        if fields.get("is_grave") and not complaint.is_grave:
            complaint = act(complaint, "flag_grave", by=by, moment=call.moment, reason=content)
    else:
        complaint = Complaint.register(
            by=by,
            now=call.moment,
            customer=call.customer.root,
            content=content,
            channel=Channel.FOLLOW_UP,
            caller_name=call.customer.name,
            caller_phone=call.number_used,
            items=_items(call),
            promise=visit,
            **fields,
        )
    complaint._moment = call.moment
    complaint.log("come_from_call", by=by, data={"call": call.pk})
    return complaint


def _open_again(complaint, call, content, by):
    if complaint.status == Complaint.Status.AWAITING_FOLLOW_UP:
        complaint = act(complaint, "record_follow_up", by=by, moment=call.moment, verdict=Verdict.DISSATISFIED,
                        words=content)  # fmt: skip
    return act(complaint, "reopen", by=by, moment=call.moment, reason=content)


def _items(call):
    if call.card_id is None:
        return []
    return [{"card": call.card, "product": call.card.product, "room": call.card.room}]


def give(call, value, *, by):
    """The gift stands in the register, within what the caller may give; ValidationError above it (S0-60)."""
    if value is None:
        raise ValidationError({"gift_value": _("Write what it is worth.")})
    why = _("To make good for the trouble; promised in call %(number)s") % {"number": call.number}
    try:
        return Gift.objects.give(
            call.complaint.matter, call.gift_words, value, why=why, by=by, now=call.moment, subject=call.complaint
        )
    except PermissionDenied:
        above = _("This is above what you may give; propose it to the supervisor instead.")
        raise ValidationError({"gift_value": above}) from None
