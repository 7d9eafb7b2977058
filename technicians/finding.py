"""How work orders look among the results of a search."""

from django.utils.translation import gettext_lazy as _

from core.search import Found, Kind, register
from customers.phones import name_for
from technicians.models import WorkOrder


def orders(pks, user):
    found = WorkOrder.objects.visible_to(user).filter(pk__in=pks).select_related("matter__customer")
    if user.role_names == {"technician"}:
        found = found.of_person(user)
    return {
        row.pk: Found(
            row.number,
            row.get_absolute_url(),
            f"{name_for(user, row.customer.name)} · {row.get_status_display()} · {row.subject}",
            row.created_at,
        )
        for row in found
    }


def show():
    """Called once, when the app is ready."""
    register(Kind("workorder", _("Work orders"), orders, icon="wrench", order=30, records=WorkOrder.objects.to_index))
