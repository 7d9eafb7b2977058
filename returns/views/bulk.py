"""The warehouse marks several parcels as arrived at once."""

from django.utils.translation import gettext_lazy as _

from cases.forms import text_area, yes_no
from cases.handover_forms import OpForm
from cases.views.bulk import BulkMove
from returns.models import ReturnRequest


class ReceiveManyForm(OpForm):
    """What holds for every parcel; one that is not as agreed is received by itself."""

    voucher_present = yes_no(_("Is the voucher enclosed in every one?"), initial="yes")
    words = text_area(_("What was in the parcels"), rows=2)


class ReceiveMany(BulkMove):
    """Ticked parcels are here, with as many pieces as were agreed to and none of them damaged."""

    model = ReturnRequest
    template_name = "returns/bulk.html"
    done_template_name = "returns/bulk_done.html"
    verb = "receive"
    form_class = ReceiveManyForm
    permission = "returns.ship_returnrequest"

    def objection(self, record):
        if record.status != ReturnRequest.Status.IN_TRANSIT:
            return _("Not on its way to us.")
        return ""
