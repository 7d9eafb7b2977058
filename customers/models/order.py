from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import search
from customers.models.customer import Customer
from customers.models.dealer import Dealer
from customers.models.product import Product
from customers.models.record import Record
from customers.querysets import OrderQuerySet


class Order(Record):
    """What a customer ordered and was promised with it, as far as service needs it (S3-55, S3-81, S1-87)."""

    PREFIX = "DD"

    class State(models.TextChoices):
        ORDERED = "ordered", pgettext_lazy("goods", "ordered")
        PRODUCTION = "production", pgettext_lazy("goods", "in production")
        DELIVERED = "delivered", pgettext_lazy("goods", "delivered")
        SUPPORT = "support", pgettext_lazy("goods", "in service")

    customer = models.ForeignKey(Customer, models.PROTECT, verbose_name=_("customer"), related_name="orders")
    dealer = models.ForeignKey(
        Dealer,
        models.PROTECT,
        verbose_name=_("dealer"),
        related_name="orders",
        null=True,
        blank=True,
    )
    ordered_on = models.DateField(_("ordered on"), null=True, blank=True)
    delivered_on = models.DateField(_("delivered on"), null=True, blank=True)
    state = models.CharField(
        pgettext_lazy("goods", "state"), max_length=10, choices=State.choices, default=State.ORDERED
    )
    voucher = models.CharField(
        _("voucher"),
        max_length=60,
        blank=True,
        help_text=_("Number of the invoice or receipt."),
    )
    service_terms = models.TextField(
        _("promised service"),
        max_length=2000,
        blank=True,
        help_text=_("What was promised beyond the usual terms."),
    )
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("goods", "order")
        verbose_name_plural = pgettext_lazy("goods", "orders")
        indexes = [models.Index(fields=["customer", "-ordered_on"], name="order_customer_newest")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(delivered_on__isnull=True)
                | models.Q(ordered_on__isnull=True)
                | models.Q(delivered_on__gte=models.F("ordered_on")),
                name="order_delivered_after_ordered",
                violation_error_message=_("The delivery cannot lie before the order."),
            )
        ]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("customers:order", args=[self.pk])

    def search_entry(self):
        """Number, voucher, what was promised, and the products."""
        return search.entry(
            "order",
            self.pk,
            customer_id=self.customer_id,
            region_id=self.customer.region_id,
            at=self.created_at,
            texts=[self.service_terms, self.note, *(str(line.product) for line in self.lines.all())],
            numbers=[self.number, self.voucher],
        )


class OrderLine(models.Model):
    """One product of an order with its quantity, for which room and to which size."""

    order = models.ForeignKey(Order, models.CASCADE, verbose_name=pgettext_lazy("goods", "order"), related_name="lines")
    product = models.ForeignKey(Product, models.PROTECT, verbose_name=_("product"), related_name="+")
    quantity = models.PositiveSmallIntegerField(_("quantity"), default=1)
    price = models.DecimalField(
        _("price of one"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
        help_text=_("What was paid for one piece, in yuan."),
    )
    room = models.CharField(pgettext_lazy("room", "room"), max_length=30, blank=True)
    spec = models.CharField(_("specification"), max_length=100, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("goods", "order line")
        verbose_name_plural = pgettext_lazy("goods", "order lines")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(quantity__gte=1), name="order_line_has_a_quantity"),
        ]

    def __str__(self):
        return f"{self.product} × {self.quantity}"
