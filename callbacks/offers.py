"""What calls offer elsewhere: their number in the rail, and a line on a customer's file."""

from django.urls import reverse
from django.utils.translation import gettext as _

from callbacks.models import FollowUpCall
from cases.models.choices import Channel
from workflow.offers import HEAD, Offer, offer
from workflow.panels import SIDE, Panel, panel

SHOWN = 5


def register():
    panel("calls", of_customer, place=SIDE, order=40)
    offer("cases.Complaint", of_complaint)


def of_complaint(complaint, user):
    """From a complaint that a call brought, or opened again, back to that call."""
    came = complaint.channel == Channel.FOLLOW_UP or complaint.reopened_count
    if not (came and user.has_perm("callbacks.view_followupcall")):
        return []
    url = reverse("callbacks:of-complaint", args=[complaint.pk])
    return [Offer(_("The follow-up call it came from"), url, icon="phone-outgoing", place=HEAD)]


def on_my_list(user):
    """Calls due today on this person's list."""
    if not user.has_perm("callbacks.make_followupcall"):
        return None
    return FollowUpCall.objects.visible_to(user).on_list_of(user)


def of_customer(customer, user, now):
    """The last calls to this customer and the next one."""
    if not user.has_perm("callbacks.view_followupcall"):
        return None
    calls = FollowUpCall.objects.visible_to(user).filter(customer__root=customer.root_id)
    rows = list(calls.select_related("template").order_by("-due_on", "-pk")[:SHOWN])
    return Panel("callbacks/_file_calls.html", {"calls": rows}) if rows else None
