"""The papers of a work order: A4 pages the browser prints, each with its number and the boxes to sign in (design 4.6)."""

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from core.models import Installation
from technicians.models.choices import Criterion
from technicians.views.order import find


class Paper(PermissionRequiredMixin, TemplateView):
    """One form on A4: its title, its number, and what stands on it."""

    permission_required = "technicians.print_workorder"
    raise_exception = True
    title = ""

    def get_context_data(self, **kwargs):
        order = find(self.request.user, self.kwargs["pk"])
        return super().get_context_data(
            title=self.title,
            number=self.number_of(order),
            order=order,
            customer=order.matter.customer,
            phones=list(order.matter.customer.phones.all()),
            card=order.card,
            crew=order.present_crew,
            preferred=list(order.preferred.all()),
            company=Installation.objects.current().company,
            region=order.region,
            printed_at=timezone.now(),
            **kwargs,
        )

    def number_of(self, order):
        return order.number


class AcceptancePaper(Paper):
    """《维修受理表》 (S0-26, S0-27, S0-29)."""

    title = _("Repair acceptance form")
    template_name = "technicians/papers/acceptance.html"


def live_quote(order):
    quote = order.quotes.filter(voided_at=None).first()
    return {"quote": quote, "lines": list(quote.lines.select_related("item")) if quote else []}


class SlipPaper(Paper):
    """《派工单》: one for each time somebody is sent (S2-127, S2-135)."""

    title = _("Dispatch slip")
    template_name = "technicians/papers/slip.html"

    def number_of(self, order):
        if not order.slips:
            raise Http404(_("Nobody has been sent yet, so there is no slip."))
        return order.slip_number

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return context | live_quote(context["order"])


class SheetPaper(Paper):
    """《维修单》: what was found, done, used and accepted (S2-137, S2-139, S3-47)."""

    title = _("Repair sheet")
    template_name = "technicians/papers/sheet.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        order = context["order"]
        return (
            context
            | live_quote(order)
            | {
                "checked": list(order.checked.all()),
                "parts": list(order.parts_used.all()),
                "attendances": list(order.attendances.select_related("user")),
                "explanations": list(order.explanations.all()),
                "fees": list(order.fees.all()),
                "photos": list(order.files().filter(media="photo")),
                "criteria": Criterion.choices,
            }
        )


class ExplanationPaper(Paper):
    """The written explanation with its definite time (S3-22, S2-118)."""

    title = _("Written explanation")
    template_name = "technicians/papers/explanation.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        rows = context["order"].explanations.select_related("by")
        return context | {"explanation": get_object_or_404(rows, pk=self.kwargs["explanation"])}


class ReceiptPaper(Paper):
    """What the customer gets for his money (S2-134)."""

    title = _("Receipt")
    template_name = "technicians/papers/receipt.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        fee = get_object_or_404(context["order"].fees.select_related("collected_by"), pk=self.kwargs["fee"])
        return context | live_quote(context["order"]) | {"fee": fee, "number": fee.number}
