"""The papers of a return: the request, the voucher the customer sends with his parcel, the inspection report."""

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from core.models import Installation
from returns import refunds
from returns.models import Carrier, ReturnAddress
from returns.views.request import find
from workflow.models import Attachment


class Paper(PermissionRequiredMixin, TemplateView):
    """One form on A4: its title, its number, and what stands on it."""

    permission_required = "returns.print_returnrequest"
    raise_exception = True
    title = ""

    def get_context_data(self, **kwargs):
        record = find(self.request, self.kwargs["pk"])
        return super().get_context_data(
            title=self.title,
            number=record.number,
            record=record,
            lines=list(record.full_lines()),
            customer=record.matter.customer,
            company=Installation.objects.current().company,
            region=record.region,
            printed_at=timezone.now(),
            **kwargs,
        )


class RequestPaper(Paper):
    """退换货申请 (S1-33, S2-29, S3-60): reason, goods, demand, voucher, liability, postage, money, signatures."""

    title = gettext_lazy("Return and exchange request")
    template_name = "returns/papers/request.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        record = context["record"]
        return context | {
            "due": refunds.refund_of(record),
            "inspections": record.inspections.select_related("by"),
            "parcels": record.parcels.select_related("carrier"),
            "phones": list(record.matter.customer.phones.all()),
            "photos": Attachment.objects.shown().filter(matter=record.matter_id).order_by("pk"),
        }


class VoucherPaper(Paper):
    """退货凭证: goes into the parcel; where to, by whom, keep the packing, no cash (S2-96, S2-100, S3-61, S3-63, S3-86)."""

    title = gettext_lazy("Return voucher")
    template_name = "returns/papers/voucher.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        carriers = list(Carrier.objects.filter(accepted=True))
        return context | {
            "address": ReturnAddress.of(context["record"].region),
            "carriers": carriers,
            "collecting": [carrier for carrier in carriers if carrier.collect_on_delivery],
        }


class InspectionPaper(Paper):
    """《检验报告》 of returned goods (S3-64, S3-84)."""

    title = gettext_lazy("Inspection report")
    template_name = "returns/papers/inspection.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        rows = context["record"].inspections.select_related("by")
        photos = Attachment.objects.shown().filter(matter=context["record"].matter_id).order_by("pk")
        return context | {"inspection": get_object_or_404(rows, pk=self.kwargs["inspection"]), "photos": photos}
