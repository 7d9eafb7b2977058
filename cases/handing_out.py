"""What is handed out to a customer of his complaints (customers.handing_out)."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from cases.models import Complaint
from customers.handing_out import part, told
from customers.phones import mask_name, mask_phone

FIELDS = [
    "number",
    "type",
    "received_at",
    "channel",
    "status",
    "severity",
    "content",
    "demand_words",
    "answer",
    "summary",
]


def register():
    """Called once, when the app is ready."""
    part("complaints", pgettext_lazy("handed out", "Complaints"), _complaints, order=60)


def _complaints(customer):
    rows = Complaint.objects.filter(matter__customer__root=customer.root_id).order_by("pk")
    for row in rows.select_related("klass").prefetch_related("items__product", "appraisals"):
        caller = {}
        if row.caller_relation not in ("", "self"):
            caller = {_("Caller"): mask_name(row.caller_name), _("Phone"): mask_phone(row.caller_phone or "")}
        items = "; ".join(
            " ".join(filter(None, [str(one.product or ""), one.room, one.symptom])) for one in row.items.all()
        )
        found = "; ".join(one.findings for one in row.appraisals.all() if one.findings)
        yield told(row, *FIELDS) | caller | {_("Products"): items, _("Findings"): found}
