"""A return behind its customer's link: how it stands, where to send the goods, what he may do (S1-37, S1-41)."""

from django.utils.translation import gettext_lazy as _

from returns import refunds
from returns.forms import CustomerArrivedForm, CustomerCancelForm, CustomerTrackingForm
from returns.models import Carrier, ReturnAddress, ReturnRequest
from returns.news import STEPS
from workflow.customer_pages import CustomerView, show
from workflow.models import Attachment

S = ReturnRequest.Status
CANCELLABLE = frozenset({S.SUBMITTED, S.REVIEWING, S.APPROVED, S.RECALLING})


def register():
    show(
        ReturnRequest,
        CustomerView(
            template="returns/_customer_page.html",
            context=for_customer,
            forms={
                "enter_tracking": CustomerTrackingForm,
                "confirm_exchange": CustomerArrivedForm,
                "cancel": CustomerCancelForm,
            },
            thanks={
                "enter_tracking": _("Thank you. We look out for your parcel."),
                "confirm_exchange": _("Thank you. We are glad that it has arrived."),
                "cancel": _("Your request is cancelled."),
            },
        ),
    )


def for_customer(record, link, now):
    """What the customer's page shows of a return."""
    carriers = list(Carrier.objects.filter(accepted=True))
    news = list(record.news.all())
    for one in news:
        one.text = STEPS.get(one.step, "")
    due = refunds.refund_of(record).total if record.status in (S.REFUND_DUE, S.COMPLETED) else None
    return {
        "lines": list(record.full_lines()),
        "standing": news[0].text if news else record.get_status_display(),
        "news": news,
        "refund": due,
        "coming": record.parcels.on_the_way().filter(direction="out").select_related("carrier").last(),
        "address": ReturnAddress.of(record.region),
        "carriers": carriers,
        "collecting": [carrier for carrier in carriers if carrier.collect_on_delivery],
        "may_send": record.status == S.APPROVED and record.mode != "on_site",
        "may_confirm": record.status == S.EXCHANGE_SHIPPED,
        "may_cancel": record.status in CANCELLABLE,
        "sent": list(Attachment.objects.sent_by_customer().shown().filter(matter=link.matter_id)),
    }
