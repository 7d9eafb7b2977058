"""What calls offer elsewhere: their number in the rail, and a line on a customer's file."""

from callbacks.models import FollowUpCall
from workflow.panels import SIDE, Panel, panel

SHOWN = 5


def register():
    panel("calls", of_customer, place=SIDE, order=40)


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
