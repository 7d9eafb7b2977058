"""Taking up a return from an order, a customer's file or a complaint, with a look at what it comes to first."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View

from cases.models import Complaint
from core.visibility import get_visible_or_404
from customers.models import Customer, Order
from returns import refunds
from returns.changes import rehearse
from returns.intake import SubmitForm
from returns.models import ReturnRequest
from returns.models.choices import Liability
from returns.models.policy import judge
from workflow.errors import OperationConflict
from workflow.perform import begin
from workflow.views import add_errors, resend


class NewReturn(View):
    """GET shows the customer's goods; POST shows what would come of it, and with ``confirm`` takes it up."""

    http_method_names = ["get", "head", "post"]

    def dispatch(self, request, pk):
        self.customer = get_visible_or_404(Customer.objects.select_related("region"), request.user, pk=pk)
        if not request.user.has_perm("returns.submit_returnrequest"):
            raise PermissionDenied
        self.order = self._named("order", Order.objects.filter(customer__root=self.customer.root_id))
        self.complaint = self._named(
            "complaint", Complaint.objects.filter(matter__customer__root=self.customer.root_id).select_related("matter")
        )
        return super().dispatch(request, pk)

    def _named(self, name, rows):
        """What the address names; a record of somebody else is 404 like one that does not exist (threats 25)."""
        pk = self.request.GET.get(name, "")
        if not pk:
            return None
        if not pk.isdecimal() or len(pk) > 18:
            raise Http404
        return get_visible_or_404(rows, self.request.user, pk=pk)

    def form(self, data=None):
        initial = {"words": self.complaint.content} if self.complaint else {}
        return SubmitForm(data, customer=self.customer, order=self.order, user=self.request.user, initial=initial)

    def get(self, request, pk):
        return self.show(self.form())

    def post(self, request, pk):
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form, 422)
        if "back" in request.POST:
            return self.show(form)
        try:
            if "confirm" not in request.POST:
                return self.preview(form)
            done = self.act(form, form.cleaned_data["op"])
        except ValidationError as error:
            add_errors(form, error)
            return self.show(form, 422)
        except OperationConflict:
            form.add_error(None, _("This form has been used for something else already. Nothing was saved."))
            return self.show(form, 409)
        return HttpResponseRedirect(f"{done.record.get_absolute_url()}?done=new")

    def act(self, form, op=None):
        details = form.details() | {"customer": self.customer, "complaint": self.complaint}
        return begin(ReturnRequest.submit, "submit", by=self.request.user, op=op, **details)

    def preview(self, form):
        said = {}

        def act():
            done = self.act(form)
            record, lines = done.record, list(done.record.full_lines())
            usual = Liability.CUSTOMER if record.is_without_reason else Liability.COMPANY
            verdict = judge(record, lines, timezone.now())
            said.update(
                objections=[str(one) for one in verdict.objections],
                fee=verdict.fee,
                payer=refunds.usual_payer(usual).label,
                value=refunds.goods_price(lines),
            )
            return done

        changes = rehearse(act, "submit", "")
        context = self.context(form) | {"changes": changes, "resend": resend(form), "said": said}
        return render(self.request, "returns/new_preview.html", context)

    def context(self, form):
        return {"form": form, "customer": self.customer, "order": self.order, "complaint": self.complaint}

    def show(self, form, status=200):
        return render(self.request, "returns/new.html", self.context(form), status=status)
