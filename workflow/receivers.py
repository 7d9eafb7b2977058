"""What workflow does about news from below."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workflow.actors import actor_of, user_of
from workflow.models import Attachment, CustomerLink, Event, Handover, Matter
from workflow.signals import events_recorded


# --- what happens to a customer's file stands on its timeline (design 3.10) ----------------------------------------------
def file_opened(customers, by, **kwargs):
    _record((_line("open_file", customer, by, customer.created_at) for customer in customers), timezone.now())


def file_corrected(customers, fields, by, **kwargs):
    """Which fields were corrected; never what stood in them."""
    now = timezone.now()
    _record((_line("correct_file", customer, by, now, fields=sorted(fields)) for customer in customers), now)


def card_registered(cards, by, **kwargs):
    lines = (
        _line("register_card", card.customer, by, card.created_at, card=card.pk, number=card.number) for card in cards
    )
    _record(lines, timezone.now())


def consents_changed(consents, by, **kwargs):
    lines = (
        _line(
            "give_consent" if said.given else "withdraw_consent", said.customer, by, said.noted_at, purpose=said.purpose
        )
        for said in consents
    )
    _record(lines, timezone.now())


def files_merged(kept, merged, fields, by, **kwargs):
    """Both files tell it: which one, and which fields were taken over; never what stood in them."""
    now = timezone.now()
    lines = []
    for file in merged:
        lines.append(_line("merge_file", kept, by, now, merged=file.pk, number=file.number, fields=fields))
        lines.append(_line("merged_into", file, by, now, kept=kept.pk, number=kept.number))
    _record(lines, now)


def files_parted(kept, parted, by, **kwargs):
    now = timezone.now()
    lines = []
    for file in parted:
        lines.append(_line("part_file", kept, by, now, parted=file.pk, number=file.number))
        lines.append(_line("part_file", file, by, now, parted=kept.pk, number=kept.number))
    _record(lines, now)


_planned = []


def ends_with_file(planned):
    """What this app has only planned for a customer ends when he is erased and is no reason to wait.

    ``planned(customer)`` answers a queryset with the ids of matters; the app cancels them on ``customer_erasing``.
    """
    if planned not in _planned:
        _planned.append(planned)


def open_matters(customer):
    """Why a customer cannot be erased while we are still at work for him."""
    matters = Matter.objects.open().filter(customer__root=customer.root_id)
    for planned in _planned:
        matters = matters.exclude(pk__in=planned(customer))
    count = matters.count()
    said = ngettext("%(n)d matter is still open.", "%(n)d matters are still open.", count)
    return said % {"n": count} if count else ""


def forget_customers(customers, by, now, **kwargs):
    """Links open nothing any more, no file is shown; the line that says so is the last of his timeline."""
    for link in CustomerLink.objects.filter(matter__customer__in=customers):
        link.token_hash, link.revoked_at = f"erased-{link.pk}", link.revoked_at or now
        link.save(update_fields=["token_hash", "revoked_at"])
    Attachment.objects.filter(customer__in=customers, withdrawn_at=None).update(withdrawn_at=now)
    _record((_line("erase_file", customer, by, now) for customer in customers if customer.is_live), now)


def _line(action, customer, by, at, **data):
    return Event(customer=customer, action=action, actor=actor_of(by), by=user_of(by), at=at, data=data)


def _record(lines, now):
    events = Event.objects.bulk_create(lines)
    events_recorded.send(Event, events=events, now=now)


# --- people who leave -----------------------------------------------------------------------------------------------------


def hand_on(users, successor, by, **kwargs):
    """Somebody stops working here: what is open goes to ``successor``, and to the leaders where he cannot take it.

    Promises go with their matters (S2-36). Handovers offered to the person, or taken and not done, are the successor's
    from now on; without one they go back to their giver (S2-84). Every matter gets its line on the timeline.
    """
    now = timezone.now()
    for person in users:
        matters = Matter.objects.open().owned_by(person).select_for_update(of=("self",), no_key=True)
        for matter in matters.order_by("pk"):
            if successor and takes(successor, matter):
                reason = _("No longer works here; open matters are handed on.")
                matter.assign(successor, by=by, now=now, action="reassign", note=reason)
            else:
                matter.assign(None, by=by, now=now, action="release")
        pass_on_handovers(person, successor, by=by, now=now)


def takes(person, matter):
    """Whether this person may handle the matter: he hands matters over himself, and sees its region."""
    sees = person.sees_everything or matter.region_id in person.region_ids
    return sees and person.has_perm("workflow.hand_over_matter")


def pass_on_handovers(person, successor, *, by, now):
    """What was left for ``person`` to do or to accept is left for ``successor``, or given back."""
    offered = Handover.objects.filter(receiver=person, accepted_at__isnull=True, declined_at__isnull=True)
    taken = Handover.objects.filter(accepted_by=person, kind=Handover.Kind.SHIFT, items__done_at__isnull=True)
    if successor and successor.has_perm("workflow.hand_over_matter"):
        taken.update(receiver=successor)
        offered.exclude(giver=successor).update(receiver=successor)
    for handover in offered.all():
        handover.give_back(by=by, now=now, reason=_("The receiver no longer works here."))
