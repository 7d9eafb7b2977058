"""Asking that a customer is forgotten, and deciding about it: two people (customers.erasing)."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.editing import FormPage, operation
from core.lists import FilteredListView
from core.visibility import get_visible_or_404
from customers import erasing
from customers.erasing.acts import APPROVE_RIGHT, REQUEST_RIGHT
from customers.filters import ErasureFilter
from customers.forms import DecideErasureForm, EraseForm
from customers.models import Customer, Erasure
from customers.tallies import tallies_of

VIEW_RIGHT = "customers.view_erasure"


class EraseRequest(FormPage):
    """Why a customer is to be forgotten; of a merged file that is the one it was merged into."""

    form_class = EraseForm
    permission = REQUEST_RIGHT
    template_name = "customers/erase.html"
    title = gettext_lazy("Ask to erase a customer")

    def find(self):
        files = Customer.objects.select_related("root__region")
        self.customer = get_visible_or_404(files, self.request.user, pk=self.kwargs["pk"]).root

    def get_context_data(self, **context):
        waiting = Erasure.objects.waiting().filter(customer=self.customer).first()
        open_things = erasing.obstacles(self.customer)
        return super().get_context_data(customer=self.customer, waiting=waiting, obstacles=open_things, **context)

    def get(self, request, *args, **kwargs):
        return self.answer(EraseForm(), op=uuid.uuid4())

    def post(self, request, *args, **kwargs):
        form, op = EraseForm(request.POST), operation(request)
        if not form.is_valid():
            return self.answer(form, 422, op=op)
        try:
            made = erasing.request(self.customer, by=request.user, op=op, **form.cleaned_data)
        except erasing.ErasureRefused as refusal:
            form.add_error(None, str(refusal))
            return self.answer(form, 409, op=uuid.uuid4())
        return redirect("customers:erasure", pk=made.pk)


class Erasures(FilteredListView):
    """Requests to erase, the newest first."""

    queryset = Erasure.objects.with_people()
    filterset_class = ErasureFilter
    orders = {"newest": ("-requested_at", "-pk"), "oldest": ("requested_at", "pk")}
    order_labels = {"newest": gettext_lazy("Newest first"), "oldest": gettext_lazy("Oldest first")}
    template_name = "customers/erasures.html"
    partial_template_name = "customers/_erasure_rows.html"
    permission_required = VIEW_RIGHT


class ErasurePage(FormPage):
    """One request with what hangs on the file, and the form by which another person decides."""

    form_class = DecideErasureForm
    permission = VIEW_RIGHT
    template_name = "customers/erasure.html"
    title = gettext_lazy("Request to erase")

    def find(self):
        self.erasure = get_visible_or_404(Erasure.objects.with_people(), self.request.user, pk=self.kwargs["pk"])

    def form_options(self):
        own = self.erasure.requested_by_id == self.request.user.pk
        return {"number": self.erasure.customer.number, "own": own}

    def may_decide(self):
        """Whether this person is the other one of the two, or the one who may take his request back."""
        own = self.erasure.requested_by_id == self.request.user.pk
        return self.erasure.is_waiting and (own or self.request.user.has_perm(APPROVE_RIGHT))

    def get_context_data(self, form, **context):
        customer = self.erasure.customer
        context |= {"erasure": self.erasure, "customer": customer, "form": form if self.may_decide() else None}
        if self.erasure.is_waiting:
            counts = tallies_of([customer.pk], self.request.user)
            context |= {"tallies": counts, "obstacles": erasing.obstacles(customer)}
        return super().get_context_data(**context)

    def get(self, request, *args, **kwargs):
        return self.answer(DecideErasureForm(**self.form_options()))

    def post(self, request, *args, **kwargs):
        if self.erasure.is_waiting and not self.may_decide():
            raise PermissionDenied
        form = DecideErasureForm(request.POST, **self.form_options())
        if not form.is_valid():
            return self.answer(form, 422)
        try:
            done = erasing.decide(self.erasure, form.decision, by=request.user, reason=form.cleaned_data["reason"])
        except erasing.ErasureRefused as refusal:
            self.find()
            form.add_error(None, str(refusal))
            return self.answer(form, 409)
        messages.success(request, _("Erased.") if done.answer == Erasure.Answer.APPROVED else _("Saved."))
        return redirect("customers:erasure", pk=self.erasure.pk)
