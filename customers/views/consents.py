"""What a customer agreed to and took back."""

import uuid

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.editing import FormPage, operation
from core.visibility import get_visible_or_404
from customers.forms import ConsentForm
from customers.models import Consent, Customer

SHOWN = 50


class Consents(FormPage):
    """What holds for each purpose, every word on record, and one form for the next; of a merged file the kept one's."""

    form_class = ConsentForm
    permission = "customers.add_consent"
    template_name = "customers/consents.html"
    title = gettext_lazy("Consent")

    def find(self):
        files = Customer.objects.select_related("root")
        self.customer = get_visible_or_404(files, self.request.user, pk=self.kwargs["pk"]).root

    def may(self):
        return super().may() and (self.request.method != "POST" or not self.customer.erased_at)

    def get_context_data(self, **context):
        holds = [(purpose.label, self.customer.allows(purpose)) for purpose in Customer.Purpose]
        said = Consent.objects.of_file(self.customer)[:SHOWN]
        return super().get_context_data(customer=self.customer, holds=holds, said=said, **context)

    def get(self, request, *args, **kwargs):
        return self.answer(ConsentForm(), op=uuid.uuid4())

    def post(self, request, *args, **kwargs):
        form = ConsentForm(request.POST)
        if not form.is_valid():
            return self.answer(form, 422, op=request.POST.get("op", ""))
        Consent.objects.note(self.customer, by=request.user, op=operation(request), **form.cleaned_data)
        messages.success(request, _("Noted."))
        return redirect("customers:consents", pk=self.customer.pk)
