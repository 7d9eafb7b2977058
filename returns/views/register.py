"""The register of wrong shipments: entered by any agent, verified by another, the stock put right by the warehouse."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from core.editing import NewPage
from core.forms import LineField, ModelForm, Segments
from core.lists import FilteredListView
from core.visibility import get_visible_or_404
from customers.models import Order
from returns.models import WrongShipment


class WrongShipments(FilteredListView):
    """The register, newest first; what is not verified or not put right says so."""

    queryset = WrongShipment.objects.with_all()
    orders = {"newest": ("-created_at", "-pk")}
    permission_required = "returns.view_wrongshipment"
    template_name = "returns/wrong_shipments.html"


class WrongShipmentForm(ModelForm):
    """One entry, about an order."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of error"), choices=WrongShipment._meta.get_field("kind").choices, widget=Segments
    )
    what = LineField(label=gettext_lazy("What went wrong"), max_length=300)

    class Meta:
        model = WrongShipment
        fields = ["kind", "what", "weight", "responsible"]
        field_classes = {"weight": LineField}

    def __init__(self, *args, order=None, **kwargs):
        super().__init__(*args, **kwargs)
        people = self.fields["responsible"].queryset
        self.fields["responsible"].queryset = people.filter(is_active=True, regions=order.customer.region_id).order_by(
            "name"
        )


class WrongShipmentNew(NewPage):
    """Any agent enters what he hears of a wrong shipment (S2-83)."""

    form_class = WrongShipmentForm
    permission = "returns.add_wrongshipment"
    template_name = "returns/wrong_shipment_new.html"
    title = gettext_lazy("New wrong shipment")

    def find(self):
        rows = Order.objects.select_related("customer__region")
        self.order = get_visible_or_404(rows, self.request.user, pk=self.kwargs["pk"])

    def form_options(self):
        return {"order": self.order}

    def get_context_data(self, **context):
        return super().get_context_data(order=self.order, **context)

    def create(self, form, **press):
        entry = form.save(commit=False)
        entry.order, entry.region, entry.created_by = self.order, self.order.customer.region, self.request.user
        for name, value in press.items():
            setattr(entry, name, value)
        entry.save()
        return entry

    def made(self, op):
        return WrongShipment.made_by(op, self.request.user)

    def get_success_url(self, record):
        return reverse("returns:wrong-shipments")


class WrongShipmentAct(View):
    """Verify an entry, or say that the stock was put right."""

    http_method_names = ["post"]
    act = ""
    permission = ""

    def post(self, request, pk):
        entry = get_visible_or_404(WrongShipment.objects.all(), request.user, pk=pk)
        if not request.user.has_perm(self.permission):
            raise PermissionDenied
        done = getattr(entry, self.act)(by=request.user, now=timezone.now())
        messages.info(request, _("Recorded.") if done else _("Somebody was faster."))
        return HttpResponseRedirect(reverse("returns:wrong-shipments"))
