"""A customer's data handed out to him as one file."""

from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.editing import FormPage
from core.visibility import get_visible_or_404
from customers import handing_out
from customers.forms import HandOutForm
from customers.models import Customer


class HandOut(FormPage):
    """Make the archive of everything kept about a customer; who asked for it and why stays on record."""

    form_class = HandOutForm
    permission = handing_out.RIGHT
    template_name = "customers/hand_out.html"
    title = _("Hand out his data")

    def find(self):
        files = Customer.objects.select_related("root")
        self.customer = get_visible_or_404(files, self.request.user, pk=self.kwargs["pk"]).root

    def may(self):
        return super().may() and not self.customer.erased_at

    def get_context_data(self, **context):
        labels = [one.label for one in handing_out.sorted_parts()]
        return super().get_context_data(customer=self.customer, labels=labels, **context)

    def get(self, request, *args, **kwargs):
        return self.answer(HandOutForm())

    def post(self, request, *args, **kwargs):
        form = HandOutForm(request.POST)
        if not form.is_valid():
            return self.answer(form, 422)
        job = handing_out.start(self.customer, by=request.user, reason=form.cleaned_data["reason"], now=timezone.now())
        return redirect(job)
