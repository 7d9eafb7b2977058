"""What technicians does about news from below."""

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import Complaint
from technicians.models import Booking, CrewMember, Quote, Technician, WorkOrder
from workflow.models import Event

# After these acts the complaint may be somebody else's cause than before.
ATTRIBUTING = frozenset({"record_appraisal", "record_findings", "propose_plan"})


def void_quotes(events, now, **kwargs):
    """Another attribution ends what was agreed on the price: the crew sees it and quotes anew (S0-02).

    That the quote no longer holds follows from the attribution itself (WorkOrder.terms_hold); this says so on the timeline.
    """
    about = [event for event in events if event.action in ATTRIBUTING and event.kind == Event.Kind.VERB]
    if not about:
        return
    kind = ContentType.objects.get_for_model(Complaint)
    ids = [event.subject_id for event in about if event.subject_type_id == kind.pk]
    quotes = Quote.objects.filter(order__complaint__in=ids, voided_at=None).exclude(order__status__in=WorkOrder.FINAL)
    for quote in quotes.select_related("order__complaint", "order__matter"):
        attribution = quote.order.attribution
        if attribution != quote.attribution:
            data = {"quote": quote.pk, "from": quote.attribution, "to_attribution": attribution}
            data["to"] = [row.technician.user_id for row in quote.order.present_crew]
            Event.objects.write(quote.order.matter, "void_quote", by=None, at=now, subject=quote.order, data=data)


def call_back(users, by, **kwargs):
    """Somebody who stops working here is sent nowhere any more; while he is at a customer's he cannot go."""
    busy = CrewMember.objects.filter(technician__user__in=users, released_at=None)
    for row in busy.exclude(order__status__in=WorkOrder.FINAL).select_related("order", "technician__user"):
        raise ValidationError(
            _("%(who)s is still sent to %(order)s: send somebody else first.")
            % {"who": row.technician, "order": row.order}
        )
    Technician.objects.filter(user__in=users).update(active=False)
    Booking.objects.filter(technician__user__in=users, slot_at__gt=timezone.now()).delete()
