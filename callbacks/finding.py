"""How follow-up calls look among the results of a search (S0-69)."""

from django.utils.translation import gettext_lazy as _

from callbacks.models import FollowUpCall
from core.search import Found, Kind, register
from customers.phones import name_for


def calls(pks, user):
    found = FollowUpCall.objects.visible_to(user).filter(pk__in=pks).select_related("customer", "template")
    return {
        row.pk: Found(
            row.number,
            row.get_absolute_url(),
            f"{name_for(user, row.customer.name)} · {row.template} · {row.get_status_display()}"
            + (f" · {row.get_verdict_display()}" if row.verdict else ""),
            row.spoken_at or row.created_at,
        )
        for row in found
    }


def show():
    """Called once, when the app is ready."""
    records = FollowUpCall.objects.to_index
    register(Kind("follow_up_call", _("Follow-up calls"), calls, icon="phone-outgoing", order=25, records=records))
