"""What is asked back: the lines of a request, and the ledger of every order line they are about."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import OrderLine, Product
from returns.models import choices

MONEY = {"max_digits": 12, "decimal_places": 2, "validators": [MinValueValidator(Decimal(0))]}


class LedgerQuerySet(models.QuerySet):
    def of(self, order_line, price=None):
        """The ledger of an order line; the first request about it opens it, with the price paid for one."""
        paid = order_line.price if order_line.price is not None else price
        facts = {"bought": order_line.quantity, "price": paid or Decimal(0)}
        ledger, _new = self.get_or_create(
            order_line=order_line, defaults=facts | {"paid": facts["bought"] * facts["price"]}
        )
        return ledger

    def take(self, order_line, delta):
        """Take ``delta`` more pieces (fewer: negative) out of what was bought; ValidationError when so many are not left."""
        rows = self.filter(order_line=order_line)
        free = Q(taken__lte=F("bought") - delta) if delta > 0 else Q(taken__gte=-delta)
        if delta and not rows.filter(free).update(taken=F("taken") + delta):
            raise ValidationError(
                {"lines": _("More is asked back than was bought, or another request is about these goods.")}
            )

    def pay_back(self, order_line, amount):
        """Note money paid back for an order line; ValidationError beyond what was paid for it."""
        ledger = self.select_for_update(no_key=True).get(order_line=order_line)
        ledger.refunded += amount
        if ledger.refunded > ledger.paid:
            raise ValidationError({"lines": _("More would be paid back than was paid for these goods.")})
        ledger.save(update_fields=["refunded"])


class Ledger(models.Model):
    """What was bought on an order line, what of it is out in requests, and what was paid back for it.

    Every request about the line goes through it, so two requests together never ask for more than was bought (threats 14).
    """

    order_line = models.OneToOneField(OrderLine, models.PROTECT, related_name="+")
    bought = models.PositiveSmallIntegerField(_("bought"))
    price = models.DecimalField(_("price paid for one"), **MONEY)
    paid = models.DecimalField(_("paid"), **MONEY)
    taken = models.PositiveSmallIntegerField(_("in requests"), default=0)
    refunded = models.DecimalField(_("paid back"), default=0, **MONEY)

    objects = LedgerQuerySet.as_manager()

    class Meta:
        verbose_name = _("ledger of an order line")
        verbose_name_plural = _("ledgers of order lines")
        constraints = [
            models.CheckConstraint(condition=Q(taken__lte=F("bought")), name="never_more_returned_than_bought"),
            models.CheckConstraint(condition=Q(refunded__lte=F("paid")), name="never_more_refunded_than_paid"),
        ]

    def __str__(self):
        return f"{self.order_line}: {self.taken}/{self.bought}"

    @property
    def free(self):
        return self.bought - self.taken


class ReturnLine(models.Model):
    """Some pieces of one order line, and how far they have come.

    ``taken`` is what this line holds in the ledger: the pieces asked for, then those approved, none once they have gone
    back to the customer. The order of the columns is the order of the numbers: each never exceeds the one before.
    """

    request = models.ForeignKey("returns.ReturnRequest", models.CASCADE, related_name="lines")
    order_line = models.ForeignKey(OrderLine, models.PROTECT, verbose_name=_("order line"), related_name="+")
    quantity = models.PositiveSmallIntegerField(_("asked for"))
    approved = models.PositiveSmallIntegerField(_("agreed to"), default=0)
    received = models.PositiveSmallIntegerField(pgettext_lazy("pieces", "received"), default=0)
    damaged = models.PositiveSmallIntegerField(pgettext_lazy("pieces", "damaged"), default=0)
    passed = models.PositiveSmallIntegerField(_("passed the inspection"), default=0)
    taken = models.PositiveSmallIntegerField(_("held in the ledger"), default=0)
    unit_price = models.DecimalField(_("price of one"), **MONEY)
    amount = models.DecimalField(_("to be paid back"), default=0, **MONEY)
    refunded = models.DecimalField(_("paid back"), default=0, **MONEY)
    serial = models.CharField(_("serial number"), max_length=60, blank=True)
    replacement = models.ForeignKey(
        Product, models.PROTECT, verbose_name=_("goods in exchange"), related_name="+", null=True, blank=True
    )
    replacement_price = models.DecimalField(_("price of one in exchange"), null=True, blank=True, **MONEY)
    fate = models.CharField(_("what becomes of it"), max_length=10, choices=choices.Fate.choices, blank=True)
    finding = models.CharField(_("found"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("line of a return")
        verbose_name_plural = _("lines of a return")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["request", "order_line"], name="an_order_line_once_in_a_request"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="return_line_has_a_quantity"),
            models.CheckConstraint(condition=Q(approved__lte=F("quantity")), name="approved_within_asked"),
            models.CheckConstraint(condition=Q(received__lte=F("approved")), name="received_within_approved"),
            models.CheckConstraint(condition=Q(damaged__lte=F("received")), name="damaged_within_received"),
            models.CheckConstraint(condition=Q(passed__lte=F("approved")), name="passed_within_approved"),
            # Rounded, because SQLite multiplies in floating point.
            models.CheckConstraint(
                condition=Q(amount__lte=Round(F("quantity") * F("unit_price"), 2)), name="amount_within_price"
            ),
            models.CheckConstraint(condition=Q(refunded__lte=F("amount")), name="refunded_within_amount"),
            models.UniqueConstraint(
                fields=["serial"], condition=Q(taken__gt=0) & ~Q(serial=""), name="a_serial_number_in_one_return"
            ),
        ]
        indexes = [models.Index(fields=["order_line"], name="returns_of_order_line")]

    def __str__(self):
        return f"{self.order_line.product} × {self.quantity}"

    def hold(self, pieces):
        """Hold so many pieces of the order line from now on (ValidationError when they are not there)."""
        Ledger.objects.take(self.order_line, pieces - self.taken)
        self.taken = pieces

    @property
    def value(self):
        """The price of what is agreed to, in yuan."""
        return self.unit_price * self.approved

    @property
    def top_up(self):
        """What the exchange costs more than what came back (negative: less), in yuan."""
        if self.replacement_price is None:
            return Decimal(0)
        return (self.replacement_price - self.unit_price) * self.approved
