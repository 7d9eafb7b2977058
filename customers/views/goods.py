"""Service cards and orders: what a customer owns and what was promised with it."""

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView

from core.editing import EditPage, NewPage
from core.visibility import get_visible_or_404
from customers.forms import CardForm, OrderForm
from customers.models import Customer, Order, ServiceCard
from customers.offers import offers_on
from customers.signals import order_submitted


class OfCustomer(NewPage):
    """Something new in a customer's file."""

    def find(self):
        self.customer = get_visible_or_404(
            Customer.objects.select_related("region"), self.request.user, pk=self.kwargs["pk"]
        )

    def may(self):
        return super().may() and not self.customer.erased_at

    def get_context_data(self, **context):
        return super().get_context_data(customer=self.customer, **context)

    def get_success_url(self, record):
        return self.customer.get_absolute_url()


def technicians_of(customer):
    """Who may have installed it: the branch's technicians."""
    return get_user_model().objects.in_role("technician").of_region(customer.region_id).order_by("name")


class CardNew(OfCustomer):
    """Register the service card of one installed product (S0-38)."""

    form_class = CardForm
    permission = "customers.add_servicecard"
    template_name = "customers/card_form.html"
    title = gettext_lazy("New service card")

    def form_options(self):
        return {"customer": self.customer, "technicians": technicians_of(self.customer)}

    def get_context_data(self, **context):
        return super().get_context_data(rooms=ServiceCard.ROOMS, **context)

    def create(self, form, **press):
        return ServiceCard.objects.register(by=self.request.user, customer=self.customer, **press, **form.cleaned_data)

    def made(self, op):
        return ServiceCard.made_by(op, self.request.user)


class CardEdit(EditPage):
    queryset = ServiceCard.objects.select_related("customer__region", "product", "order", "plan")
    form_class = CardForm
    permission = "customers.change_servicecard"
    template_name = "customers/card_form.html"
    title = gettext_lazy("Edit service card")

    def form_options(self):
        customer = self.record.customer
        return {"customer": customer, "technicians": technicians_of(customer)}

    def get_context_data(self, **context):
        return super().get_context_data(rooms=ServiceCard.ROOMS, customer=self.record.customer, **context)


class SeenRecord(DetailView):
    """A page about one record of a customer that the user sees."""

    permission = "customers.view_customer"
    http_method_names = ["get", "head", "options"]

    def get_object(self, queryset=None):
        record = get_visible_or_404(self.queryset, self.request.user, pk=self.kwargs["pk"])
        if not self.request.user.has_perm(self.permission):
            raise PermissionDenied
        return record


class CardDetail(SeenRecord):
    """One card: the product, its room, its dates, what its warranty covers."""

    queryset = ServiceCard.objects.with_warranty().with_customer().prefetch_related("plan__coverage")
    template_name = "customers/card.html"
    context_object_name = "card"


class OrderDetail(SeenRecord):
    """One order with its lines, its promises and the cards that came of it."""

    queryset = Order.objects.with_lines().with_customer()
    template_name = "customers/order.html"
    context_object_name = "order"

    def get_context_data(self, **context):
        offers = offers_on(self.object, self.request.user)
        return super().get_context_data(cards=self.object.cards.with_warranty(), offers=offers, **context)


class OrderNew(OfCustomer):
    """Note an order, so that service knows what was bought and promised (S3-55, S3-81, S1-87)."""

    form_class = OrderForm
    permission = "customers.add_order"
    template_name = "customers/order_form.html"
    title = gettext_lazy("New order")

    def create(self, form, **press):
        user, is_new = self.request.user, self.made(press.get("op")) is None
        order = Order.objects.take(
            by=user, customer=self.customer, lines=form.new_lines(), **press, **form.cleaned_data
        )
        if is_new:
            order_submitted.send(Order, order=order, by=user)
        return order

    def made(self, op):
        return Order.made_by(op, self.request.user)


class OrderEdit(EditPage):
    queryset = Order.objects.select_related("customer__region", "dealer")
    form_class = OrderForm
    permission = "customers.change_order"
    template_name = "customers/order_form.html"
    title = gettext_lazy("Edit order")

    def get_context_data(self, **context):
        return super().get_context_data(customer=self.record.customer, **context)

    def save(self, form):
        super().save(form)
        form.lines.save()
        self.record.index()
