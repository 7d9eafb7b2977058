"""Finance's pages: what is to be paid, what was paid in a month, files for the bank, receipts."""

import tempfile
from pathlib import Path

from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Sum
from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from core.lists import FilteredListView
from core.models import Installation
from core.tables.files import CONTENT_TYPES
from core.visibility import get_visible_or_404, visible
from payments.bank import batch_lines
from payments.forms import BatchForm, ReceiptForm, month_of
from payments.ledger import write_month
from payments.models import BankBatch, Payment, PayOrder, Receipt
from payments.paying import pay_url
from workflow.errors import MoveRefused
from workflow.models import Attachment
from workflow.perform import begin

LINES = Payment.objects.select_related("order__customer", "by", "receipt", "reversal", "reverses")


class MoneyPage:
    """What every money list has: its tab, and who may open it."""

    permission_required = "payments.view_payorder"
    tab = ""
    title = ""
    empty = ""

    def get_context_data(self, **kwargs):
        return super().get_context_data(tab=self.tab, title=self.title, empty=self.empty, **kwargs)


class ToPay(MoneyPage, FilteredListView):
    """Everything approved and not yet paid in full, longest waiting first (S0-12, S0-15)."""

    queryset = (
        PayOrder.objects.waiting().select_related("customer", "batch", "subject_type").prefetch_related("subject")
    )
    orders = {"oldest": ("released_at", "pk")}
    template_name = "payments/to_pay.html"
    partial_template_name = "payments/_to_pay.html"
    tab = "to-pay"
    title = gettext_lazy("To be paid")
    empty = gettext_lazy("Everything approved is paid.")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["rows"] = [(order, pay_url(order)) for order in context["page"].rows]
        return context


class PaymentList(MoneyPage, FilteredListView):
    """The lines of one month with their sum by means (S2-186)."""

    queryset = LINES.prefetch_related("order__subject")
    orders = {"newest": ("-paid_on", "-pk")}
    template_name = "payments/payments.html"
    partial_template_name = "payments/_payments.html"
    tab = "payments"
    title = gettext_lazy("Paid")
    empty = gettext_lazy("Nothing was paid in this month.")

    def get_month(self):
        return month_of(self.request.GET.get("month"), timezone.localdate())

    def get_queryset(self):
        return super().get_queryset().paid_between(*self.get_month())

    def get_context_data(self, **kwargs):
        first, last = self.get_month()
        rows = visible(Payment.objects.all(), self.request.user).paid_between(first, last)
        sums = {row["means"]: row["sum"] for row in rows.order_by().values("means").annotate(sum=Sum("amount"))}
        labels = dict(Payment.Means.choices)
        return super().get_context_data(
            month=f"{first:%Y-%m}", sums=[(labels[means], total) for means, total in sums.items()], total=sum(sums.values()),
            **kwargs,
        )  # fmt: skip


class MonthFile(PermissionRequiredMixin, View):
    """The month's lines as a workbook for the ledger program, with account and summary; it is on record who took it."""

    permission_required = "payments.pay_payorder"
    raise_exception = True

    def get(self, request):
        first, last = month_of(request.GET.get("month"), timezone.localdate())
        rows = visible(LINES.prefetch_related("order__subject"), request.user).paid_between(first, last)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "month.xlsx"
            write_month(str(path), rows.order_by("paid_on", "pk"))
            content = path.read_bytes()
        answer = HttpResponse(content, content_type=CONTENT_TYPES["xlsx"])
        answer["Content-Disposition"] = f'attachment; filename="payments-{first:%Y-%m}.xlsx"'
        return answer


class BatchList(MoneyPage, FilteredListView):
    """Files of transfers that were given to the bank."""

    queryset = BankBatch.objects.select_related("by")
    scoped = False
    permission_required = "payments.pay_payorder"
    orders = {"newest": ("-pk",)}
    template_name = "payments/batches.html"
    partial_template_name = "payments/_batches.html"
    tab = "batches"
    title = gettext_lazy("Bank files")
    empty = gettext_lazy("Tick what is to be transferred among what is to be paid.")


class BatchNew(PermissionRequiredMixin, View):
    """Put ticked orders into one file; one that is in another file already is left out."""

    permission_required = "payments.pay_payorder"
    raise_exception = True
    http_method_names = ["post"]

    def post(self, request):
        form = BatchForm(request.POST, user=request.user)
        if not form.is_valid():
            messages.error(request, _("Tick at least one row."))
            return HttpResponseRedirect(reverse("payments:to-pay"))
        seen = PayOrder.objects.visible_to(request.user).filter(pk__in=form.cleaned_data["pk"])

        def make(*, by, now, pk):
            return BankBatch.objects.make(seen.values_list("pk", flat=True), by=by, now=now)

        try:
            done = begin(make, "make_batch", by=request.user, op=form.cleaned_data["op"], pk=form.cleaned_data["pk"])
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return HttpResponseRedirect(reverse("payments:to-pay"))
        messages.success(request, _("Made: %(number)s") % {"number": done.record.number})
        return HttpResponseRedirect(reverse("payments:batches"))


class BatchFile(PermissionRequiredMixin, View):
    """The file itself, as the bank takes it."""

    permission_required = "payments.pay_payorder"
    raise_exception = True

    def get(self, request, pk):
        batch = get_object_or_404(BankBatch, pk=pk)
        answer = StreamingHttpResponse(batch_lines(batch), content_type=CONTENT_TYPES["csv"])
        answer["Content-Disposition"] = f'attachment; filename="{batch.number}.csv"'
        return answer


class ReceiptNew(View):
    """The customer confirms that a line reached him."""

    template_name = "payments/form.html"
    http_method_names = ["get", "head", "post"]

    def dispatch(self, request, *args, **kwargs):
        if request.method.lower() in self.http_method_names:
            self.line = get_visible_or_404(LINES, request.user, pk=kwargs["pk"])
            if not request.user.has_perm("payments.pay_payorder"):
                raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request, pk):
        return self.show(ReceiptForm(user=request.user))

    def post(self, request, pk):
        form = ReceiptForm(request.POST, request.FILES, user=request.user)
        if not form.is_valid():
            return self.show(form, 422)

        def make(*, by, now, how, file):
            line = Payment.objects.select_for_update(of=("self",), no_key=True).select_related("matter").get(pk=pk)
            rows = Attachment.objects.keep(
                line.matter,
                [(Attachment.Kind.WAYBILL, one) for one in file],
                by=by,
                subject=line.order.subject,
                now=now,
            )
            return line.confirm(how=how, by=by, now=now, attachment=rows[0] if rows else None)

        try:
            done = begin(make, f"confirm:{pk}", by=request.user, op=form.cleaned_data["op"], **form.details())
        except MoveRefused as refusal:
            form.add_error(None, str(refusal.reason))
            return self.show(form, 409)
        return HttpResponseRedirect(reverse("payments:receipt", args=[done.record.pk]))

    def show(self, form, status=200):
        context = {
            "form": form,
            "title": _("Confirm receipt"),
            "about": str(self.line),
            "back": reverse("payments:payments"),
        }
        return render(self.request, self.template_name, context, status=status)


class ReceiptPaper(PermissionRequiredMixin, TemplateView):
    """The receipt on A4, with the sum in capitals and boxes to sign."""

    permission_required = "payments.pay_payorder"
    raise_exception = True
    template_name = "payments/receipt.html"

    def get_context_data(self, **kwargs):
        receipt = get_object_or_404(
            Receipt.objects.select_related("payment__order__customer", "by"), pk=self.kwargs["pk"]
        )
        return super().get_context_data(
            receipt=receipt, line=receipt.payment, order=receipt.payment.order, customer=receipt.payment.order.customer,
            title=_("Receipt"), number=receipt.number, company=Installation.objects.current().company,
            printed_at=timezone.now(), **kwargs,
        )  # fmt: skip
