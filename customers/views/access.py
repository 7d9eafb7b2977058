"""Seeing one customer in full, and who has looked at him."""

from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from core.editing import FormPage
from core.lists import FilteredListView
from core.visibility import get_visible_or_404
from customers import access
from customers.filters import AccessFilter
from customers.forms import UnmaskForm
from customers.models import Access, Customer


class Unmask(FormPage):
    """Show one customer in full for half an hour, with the occasion on record."""

    form_class = UnmaskForm
    permission = access.UNMASK_RIGHT
    template_name = "customers/unmask.html"
    title = _("Show in full")

    def find(self):
        self.customer = get_visible_or_404(Customer.objects.all(), self.request.user, pk=self.kwargs["pk"])

    def get_context_data(self, **context):
        return super().get_context_data(customer=self.customer, next=self.next(), **context)

    def get(self, request, *args, **kwargs):
        return self.answer(UnmaskForm())

    def post(self, request, *args, **kwargs):
        form = UnmaskForm(request.POST)
        if not form.is_valid():
            return self.answer(form, 422)
        access.note(self.customer, request.user, Access.Kind.UNMASKED, timezone.now(), **form.cleaned_data)
        return redirect(self.next() or self.customer.get_absolute_url())

    def next(self):
        """The page the press came from, when it is one of ours."""
        url = self.request.POST.get("next") or self.request.GET.get("next", "")
        return url if url_has_allowed_host_and_scheme(url, allowed_hosts=None) else ""


class AccessLog(FilteredListView):
    """Who opened, printed, exported or unmasked a customer's file, the newest first."""

    filterset_class = AccessFilter
    orders = {"newest": ("-at", "-pk"), "oldest": ("at", "pk")}
    order_labels = {"newest": _("Newest first"), "oldest": _("Oldest first")}
    template_name = "customers/access_log.html"
    partial_template_name = "customers/_access_rows.html"
    permission_required = "customers.view_access"

    def dispatch(self, request, *args, **kwargs):
        self.customer = get_visible_or_404(Customer.objects.all(), request.user, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self):
        return Access.objects.visible_to(self.viewer).of_file(self.customer).select_related("user", "customer")

    def get_list_key(self):
        return f"customers:access-{self.customer.pk}"

    def get_context_data(self, **context):
        return super().get_context_data(customer=self.customer, **context)
