"""How complaints look among the results of a search, and what it says of a number filed at another branch."""

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.models import Complaint
from core.search import Elsewhere, Found, Kind, ask_elsewhere, register
from customers import phones
from customers.models import Customer
from customers.phones import name_for, sees_whole
from customers.visibility import goes_by_booking


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


def filed_elsewhere(typed, user):
    """The branches out of sight that keep the file of this exact number, so that no second one is made (design 3.8).

    Whoever takes calls is led to handing this one over. Who may not see numbers, or sees nobody by his branch, is told
    nothing: an answer would say whose number it is.
    """
    if not sees_whole(user) or goes_by_booking(user):
        return []
    return [_stub(region, typed, user) for region in Customer.objects.elsewhere(typed, user)]


def _stub(region, typed, user):
    detail = [gettext("%(branch)s keeps the file of this number.") % {"branch": region.name}]
    if region.hotline:
        detail.append(gettext("Their hotline: %(number)s.") % {"number": phones.number_for(user, region.hotline)})
    url = f"{reverse('cases:call')}?{urlencode({'branch': region.pk, 'phone': phones.normalise(typed)})}"
    return Elsewhere(
        gettext("Filed at another branch"),
        " ".join(detail),
        url if user.has_perm("cases.register_complaint") else "",
    )


def show():
    """Called once, when the app is ready."""
    records = Complaint.objects.to_index
    register(Kind("complaint", _("Complaints"), complaints, icon="message-square-warning", order=20, records=records))
    ask_elsewhere(filed_elsewhere)
