"""Telling the customer of each step: through the outbox, onto his page, and by a person where he does not look there."""

from django.utils.translation import gettext_lazy as _

from core.outbox import Message, Outbox, Undeliverable
from returns.models import News, ReturnRequest
from workflow.models import Event

KIND = "return-news"
# Verb → what the customer reads.
STEPS = {
    "submit": _("We have your request and will answer at once."),
    "start_review": _("We are looking at your request."),
    "reject": _("We cannot agree to your request. Your handler explains why."),
    "approve": _("We agree. Please send the goods back as described below."),
    "approve_refund_only": _("We agree to the refund."),
    "approve_unshipped": _("We are holding your order back."),
    "recalled": _("Your order was held back; the refund follows."),
    "recall_failed": _("Your order had gone out already. Please send it back when it arrives."),
    "enter_tracking": _("Your parcel is on its way to us."),
    "refuse_parcel": _("We could not take your parcel. Please talk to your handler."),
    "lose": _("Your parcel was lost on the way. We settle it with the carrier and keep you free of loss."),
    "lapse": _("We did not get your parcel in time, so this request has ended. You can apply again."),
    "reopen": _("Your request is open again."),
    "receive": _("Your parcel has arrived."),
    "inspect": _("We are examining the goods."),
    "inspection_ok": _("The examination confirms what you said."),
    "inspection_bad": _("The examination found something else. Your handler will talk to you."),
    "resolve_failed": _("We have noted what we agreed with you."),
    "advance_exchange": _("Your exchange is on its way."),
    "ship_exchange": _("Your exchange is on its way."),
    "resend": _("We are sorry: your exchange could not be delivered. It is on its way to you again."),
    "order_remake": _("Your exchange is being made."),
    "refund": _("Your refund was paid. Banks may take one or two working days."),
    "confirm_exchange": _("You have your exchange. Thank you for your patience."),
    "to_repair": _("Your goods are being repaired instead; that goes on under its own number."),
    "send_back": _("Your goods are on their way back to you."),
    "cancel": _("Your request was cancelled."),
}


def tell_the_customer(events, now, **kwargs):
    """One outbox row for each step of a return the customer hears of, in the transaction of the step."""
    subject = ReturnRequest._meta.label_lower
    messages = [
        Message(KIND, f"return:{event.subject_id}", f"{KIND}:{event.pk}", {"event": event.pk})
        for event in events
        if event.kind == Event.Kind.VERB
        and event.action in STEPS
        and event.subject_type_id
        and event.subject_type.model_class()._meta.label_lower == subject
    ]
    if messages:
        Outbox.objects.write(messages, now)


def put_up(row):
    """Deliver one of them: the step stands on the customer's page, and on the list of whom to call."""
    event = Event.objects.filter(pk=row.context["event"]).first()
    if event is None:
        raise Undeliverable("the event is gone")
    News.objects.get_or_create(
        event=event, defaults={"request_id": event.subject_id, "step": event.action, "at": event.at}
    )
