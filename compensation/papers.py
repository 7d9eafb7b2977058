"""The papers of a compensation: agreement, small-settlement report, write-off declaration (forms named in the sources)."""

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from compensation.models import Compensation, Material
from core.models import Installation
from core.visibility import get_visible_or_404
from payments.models import Approval, Payment


class CompensationPaper(PermissionRequiredMixin, TemplateView):
    """One form on A4."""

    permission_required = "compensation.print_compensation"
    raise_exception = True
    title = ""

    def get_context_data(self, **kwargs):
        rows = Compensation.objects.select_related(
            "complaint", "matter__customer__area", "region", "maker", "responsible", "appraisal__technician",
            "submitted_by", "write_off__filled_by", "write_off__booked_by", "group_report", "group_claim",
        )  # fmt: skip
        one = get_visible_or_404(rows, self.request.user, pk=self.kwargs["pk"])
        order = one.order
        return super().get_context_data(
            title=self.title,
            number=self.number_of(one),
            one=one,
            complaint=one.complaint,
            customer=one.matter.customer,
            items=list(one.complaint.items.select_related("product", "card")),
            agreement=one.agreement,
            release=one.approvals()
            .filter(stage=Approval.Stage.RELEASE, void_at__isnull=True)
            .select_related("by")
            .first(),
            lines=list(Payment.objects.standing().filter(order=order).order_by("pk")) if order else [],
            company=Installation.objects.current().company,
            region=one.region,
            printed_at=timezone.now(),
            **kwargs,
        )

    def number_of(self, one):
        return one.number


class AgreementPaper(CompensationPaper):
    """The settlement agreement, to be signed or as it was signed (赔偿协议; S0-14)."""

    title = _("Settlement agreement")
    template_name = "compensation/papers/agreement.html"

    def number_of(self, one):
        agreement = one.agreement
        return agreement.number if agreement else one.number


class ReportPaper(CompensationPaper):
    """The small-settlement report to finance and the supervising manager (小额处理上报; S0-12)."""

    title = _("Report of a small settlement")
    template_name = "compensation/papers/report.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        if context["one"].route == "large":
            raise Http404
        return context | {"readings": list(context["one"].readings.select_related("reader"))}


class WriteOffPaper(CompensationPaper):
    """《产品质量处理核销申报表》 (S0-18)."""

    title = _("Product quality write-off declaration")
    template_name = "compensation/papers/write_off.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        if not hasattr(context["one"], "write_off"):
            raise Http404
        found = context["one"].found_material()
        return context | {"material": [(kind.label, kind in found) for kind in Material]}

    def number_of(self, one):
        return one.write_off.number if hasattr(one, "write_off") else one.number
