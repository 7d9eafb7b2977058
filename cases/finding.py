"""How complaints look among the results of a search."""

from django.utils.translation import gettext_lazy as _

from cases.models import Complaint
from core.search import Found, Kind, register
from customers.phones import name_for


def complaints(pks, user):
    found = Complaint.objects.visible_to(user).filter(pk__in=pks).select_related("matter__customer")
    return {
        row.pk: Found(
            row.number,
            row.get_absolute_url(),
            f"{name_for(user, row.customer.name)} · {row.get_status_display()} · {row.subject}",
            row.received_at,
        )
        for row in found
    }


def show():
    """Called once, when the app is ready."""
    records = Complaint.objects.to_index
    register(Kind("complaint", _("Complaints"), complaints, icon="message-square-warning", order=20, records=records))
