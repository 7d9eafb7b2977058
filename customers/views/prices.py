"""The price list: what everything costs on a day, what it cost before, and a new price from a day on (S0-02)."""

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.generic import DetailView

from core.editing import NewPage
from core.forms import DayField
from core.lists import FilteredListView
from customers.filters import PriceFilter
from customers.forms import NewPriceForm, PriceItemForm
from customers.models import Price, PriceItem

VIEW, SET = "customers.view_priceitem", "customers.set_price"


class Prices(FilteredListView):
    """Every item with its price of today, or of the day asked for."""

    queryset = PriceItem.objects.select_related("group")
    filterset_class = PriceFilter
    orders = {"code": ("code",), "kind": ("kind", "code")}
    order_labels = {"code": _("By code"), "kind": _("By kind")}
    template_name = "customers/price_list.html"
    partial_template_name = "customers/_price_rows.html"
    permission_required = VIEW
    scoped = False

    @property
    def day(self):
        try:
            return DayField(required=False).clean(self.request.GET.get("day")) or timezone.localdate()
        except ValidationError:
            return timezone.localdate()

    def get_queryset(self):
        return super().get_queryset().priced_on(self.day)

    def get_context_data(self, **context):
        return super().get_context_data(day=self.day, may_set=self.request.user.has_perm(SET), **context)


class PriceHistory(PermissionRequiredMixin, DetailView):
    """One item with all its prices, the newest first."""

    permission_required = VIEW
    raise_exception = True
    http_method_names = ["get", "head", "options"]
    queryset = PriceItem.objects.select_related("group")
    context_object_name = "item"
    template_name = "customers/price.html"

    def get_context_data(self, **context):
        prices = self.object.prices.select_related("created_by")
        return super().get_context_data(prices=prices, may_set=self.request.user.has_perm(SET), **context)


class PriceItemNew(NewPage):
    """Put an item on the list."""

    form_class = PriceItemForm
    permission = SET
    template_name = "customers/price_form.html"
    title = pgettext_lazy("price", "New item")

    def create(self, form, **press):
        return PriceItem.objects.introduce(by=self.request.user, **press, **form.cleaned_data)

    def made(self, op):
        return PriceItem.made_by(op, self.request.user)


class PriceNew(NewPage):
    """Ask for another amount from a day on."""

    form_class = NewPriceForm
    permission = SET
    template_name = "customers/price_form.html"
    title = pgettext_lazy("price", "New price")

    def find(self):
        self.item = get_object_or_404(PriceItem, pk=self.kwargs["pk"])

    def form_options(self):
        return {"item": self.item}

    def get_context_data(self, **context):
        return super().get_context_data(item=self.item, prices=self.item.prices.select_related("created_by"), **context)

    def create(self, form, **press):
        try:
            return self.item.change_price(by=self.request.user, **press, **form.cleaned_data)
        except ValidationError as refusal:  # a colleague was a moment earlier
            raise IntegrityError from refusal

    def made(self, op):
        return Price.made_by(op, self.request.user)
