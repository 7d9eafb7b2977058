"""What callbacks does about news from below: installations, finished services, evaluated complaints."""

from collections import defaultdict

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from callbacks import handing_over, planning
from callbacks.models import CallAttempt, CallReason, CallTemplate, FollowUpCall
from callbacks.models.choices import Trigger
from callbacks.querysets import SPOKEN
from cases.models import Complaint
from cases.models.plan import ON_SITE, Remedy
from core.calendar import local_day
from customers.models import Customer
from technicians.models.choices import Kind
from workflow.models import Event
from workflow.perform import perform_many

REPAIRED = ON_SITE | {Remedy.REPLACEMENT}
RENEWING = frozenset({Kind.REPAIR, Kind.REPLACEMENT})


def card_registered(cards, by, **kwargs):
    """A registered card starts its ladder (S0-38)."""
    planning.plan_cards(cards, timezone.now())


def heard(events, now, **kwargs):
    """Of everything that happens, what concerns calls."""
    found = defaultdict(list)
    for event in events:
        if event.action in ACTIONS and event.kind == Event.Kind.VERB and event.subject_id:
            found[event.action].append(event)
    for action, of_action in found.items():
        ACTIONS[action](of_action, now)


def _complaints(events):
    kind = ContentType.objects.get_for_model(Complaint)
    pks = {event.subject_id for event in events if event.subject_type_id == kind.pk}
    return list(Complaint.objects.filter(pk__in=pks).select_related("matter__customer")) if pks else []


def service_finished(events, now):
    """The customer is called within three days of the work; repaired goods start their ladder again (S2-164, S2-169)."""
    template, today = CallTemplate.objects.of(Trigger.SERVICE), local_day(now)
    for complaint in _complaints(events):
        items = complaint.items.filter(card__isnull=False).select_related("card__customer", "card__installer")
        cards = list({item.card_id: item.card for item in items}.values())
        if template is not None:
            planning.plan([_occasion(complaint, template, cards, today)], now)
        option = complaint.selected_option
        if cards and option is not None and option.remedy in REPAIRED:
            planning.reanchor(cards, today, now)


def _occasion(complaint, template, cards, today):
    finished = Event.objects.filter(
        matter=complaint.matter_id, action="finish_implementation", kind=Event.Kind.VERB, subject_id=complaint.pk
    )
    return planning.Occasion(
        template=template, subject=complaint, customer=complaint.matter.customer, anchor_on=today,
        due_on=template.due_on(today), cycle=max(1, finished.count()), card=cards[0] if cards else None,
        technician=cards[0].installer if cards else None,
    )  # fmt: skip


def orders_finished(orders, now, **kwargs):
    """A closed work order is asked about as well; what was repaired or replaced starts its ladder again (S2-164)."""
    template, today = CallTemplate.objects.of(Trigger.SERVICE), local_day(now)
    occasions = [
        planning.Occasion(
            template=template, subject=order, customer=order.matter.customer, anchor_on=today,
            due_on=template.due_on(today), card=order.card, technician=_sent(order),
        )
        for order in orders if template is not None
    ]  # fmt: skip
    planning.plan(occasions, now)
    cards = {order.card_id: order.card for order in orders if order.card_id and order.kind in RENEWING}
    if cards:
        planning.reanchor(list(cards.values()), today, now)


def _sent(order):
    """Who led the work."""
    member = order.crew.filter(leads=True).select_related("technician__user").order_by("-pk").first()
    return member.technician.user if member else None


def no_service_after_all(events, now):
    """Opened again, withdrawn or merged: the call that would ask about it is not owed any more."""
    kind = ContentType.objects.get_for_model(Complaint)
    pks = [event.subject_id for event in events if event.subject_type_id == kind.pk]
    planning.drop(CallReason.objects.filter(subject_type=kind, subject_id__in=pks), now, why="reopened")


def evaluated(events, now):
    """A call that was made before the evaluation tells its result now that the complaint waits for it."""
    kind = ContentType.objects.get_for_model(Complaint)
    for complaint in _complaints(events):
        reason = (
            CallReason.objects.filter(subject_type=kind, subject_id=complaint.pk, satisfied_at__isnull=False)
            .order_by("-cycle")
            .first()
        )
        call = FollowUpCall.objects.filter(pk=reason.call_id, status__in=SPOKEN).first() if reason else None
        since = complaint.implemented_at
        if call is not None and call.verdict and since is not None and call.spoken_at >= since:
            handing_over.act(complaint, "record_follow_up", by=None, moment=now, verdict=call.verdict,
                             words=call.words or call.get_verdict_display())  # fmt: skip


def followed_up(events, now):
    """Somebody has recorded the follow-up on the complaint itself, or it was closed: no call is owed for it."""
    done = [complaint.pk for complaint in _complaints(events) if complaint.is_followed_up or complaint.is_final]
    if done:
        kind = ContentType.objects.get_for_model(Complaint)
        planning.drop(CallReason.objects.filter(subject_type=kind, subject_id__in=done), now, why="followed_up")


def consents_changed(consents, by, **kwargs):
    """Whoever no longer agrees to be called is owed no call any more (S2-161)."""
    refused = [said.customer.root_id for said in consents if said.purpose == Customer.Purpose.CALLS and not said.given]
    if refused:
        waiting = FollowUpCall.objects.waiting().filter(customer__root__in=refused)
        perform_many(waiting, "cancel", timezone.now(), data={"why": "refused"})


def planned_calls(customer):
    """The matters of calls nobody has begun: they are cancelled when the customer is erased."""
    return FollowUpCall.objects.waiting().filter(customer__root=customer.root_id).values("matter")


def customers_erasing(customers, by, **kwargs):
    """Nobody is called whose file is erased, and no number he was called at stays (design 3.10)."""
    roots = [customer.root_id for customer in customers]
    calls = FollowUpCall.objects.filter(customer__root__in=roots)
    perform_many(calls.waiting(), "cancel", timezone.now(), data={"why": "refused"})
    CallAttempt.objects.filter(call__in=calls.values("pk")).update(number="")
    calls.update(number_used="", visit_wish="", intention="")


ACTIONS = {
    "finish_implementation": service_finished,
    "reopen": no_service_after_all,
    "withdraw": no_service_after_all,
    "merge": no_service_after_all,
    "evaluate": evaluated,
    "record_follow_up": followed_up,
    "close": followed_up,
}
