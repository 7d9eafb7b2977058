"""The customers and the service cards a user may see."""

from django.utils.translation import gettext_lazy as _

from core.lists import FilteredListView
from customers.filters import CardFilter, CustomerFilter
from customers.models import Customer, ServiceCard


class CustomerList(FilteredListView):
    """Customers, newest file first."""

    queryset = Customer.objects.live().with_contact_points().with_buying_days()
    filterset_class = CustomerFilter
    orders = {"newest": ("-pk",), "oldest": ("pk",)}
    order_labels = {"newest": _("Newest first"), "oldest": _("Oldest first")}
    template_name = "customers/customer_list.html"
    partial_template_name = "customers/_customer_rows.html"
    permission_required = "customers.view_customer"


class CardList(FilteredListView):
    """The register of service cards (客户售后服务卡登记汇总, S0-38)."""

    queryset = ServiceCard.objects.with_warranty().with_customer()
    filterset_class = CardFilter
    orders = {"newest": ("-pk",), "installed": ("-installed_on", "-pk")}
    order_labels = {"newest": _("Newest first"), "installed": _("By installation date")}
    template_name = "customers/card_list.html"
    partial_template_name = "customers/_card_rows.html"
    permission_required = "customers.view_customer"
