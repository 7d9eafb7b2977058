"""Taking up a return: the customer's goods to choose from, and what he wants of them."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.forms import pick, text_area
from core.forms import LineField, MoneyField
from customers.fields import LookupInput, ProductField
from customers.forms import PRODUCTS
from customers.models import OrderLine
from returns.models import Ledger, choices
from workflow.forms import MoveForm

MOST_LINES = 60  # the newest lines of a customer's orders that the form offers


def goods_of(customer):
    """The newest order lines of a customer's file, with their orders."""
    lines = OrderLine.objects.filter(order__customer__root=customer.root_id)
    return lines.select_related("order__customer", "product__group").order_by("-order__ordered_on", "-order", "pk")


class SubmitForm(MoveForm):
    """What is asked back and why. Every line of the customer's orders can be ticked, with its pieces."""

    version = None

    kind = pick(_("The customer wants"), choices.Kind.choices)
    reason = pick(_("Reason"), choices.Reason.choices)
    detail = forms.ChoiceField(label=_("More closely"), choices=[("", "—"), *choices.Detail.choices], required=False)
    words = text_area(_("In the customer's words"))
    channel = pick(_("Came by"), choices.Channel.choices, initial="phone")
    voucher = pick(_("Proof of purchase"), choices.Voucher.choices, initial="order")
    voucher_number = LineField(label=_("Its number"), max_length=60, required=False)
    asked_amount = MoneyField(
        label=_("Amount asked for"), required=False, help_text=_("Only for a refund without return.")
    )
    purpose = pick(_("Refund for"), choices.Purpose.choices, initial="goods")
    not_shipped = forms.ChoiceField(
        label=_("Not shipped because"), choices=[("", "—"), *choices.NotShipped.choices], required=False
    )
    wish = forms.ChoiceField(label=_("Special wish"), choices=[("", "—"), *choices.Wish.choices], required=False)

    def __init__(self, *args, customer=None, order=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.customer, self.order = customer, order
        self.goods = list(goods_of(customer)[:MOST_LINES])
        taken = dict(Ledger.objects.filter(order_line__in=self.goods).values_list("order_line", "taken"))
        for line in self.goods:
            line.free = line.quantity - taken.get(line.pk, 0)
            self._ask(line)

    def _ask(self, line):
        of_this = self.order is not None and line.order_id == self.order.pk
        alone = of_this and sum(other.order_id == self.order.pk for other in self.goods) == 1
        self.fields[f"pick-{line.pk}"] = forms.BooleanField(label=str(line.product), required=False, initial=alone)
        self.fields[f"pieces-{line.pk}"] = forms.IntegerField(
            label=pgettext_lazy("goods", "Pieces"),
            min_value=1,
            max_value=max(line.quantity, 1),
            initial=1,
            required=False,
        )
        self.fields[f"price-{line.pk}"] = MoneyField(label=_("Price of one"), required=False, initial=line.price)
        self.fields[f"price-{line.pk}"].disabled = line.price is not None
        self.fields[f"serial-{line.pk}"] = LineField(label=_("Serial number"), max_length=60, required=False)
        self.fields[f"new-{line.pk}"] = ProductField(
            label=_("In exchange"), required=False, widget=LookupInput(PRODUCTS)
        )
        self.fields[f"newprice-{line.pk}"] = MoneyField(label=_("Its price"), required=False)

    @cached_property
    def rows(self):
        """Each line with its fields, as the page lays them out."""
        names = ("pick", "pieces", "price", "serial", "new", "newprice")
        return [(line, {name: self[f"{name}-{line.pk}"] for name in names}) for line in self.goods]

    @property
    def plain(self):
        """The fields that do not belong to a line."""
        return [field for field in self.visible_fields() if not field.name.rsplit("-", 1)[-1].isdigit()]

    def clean(self):
        data = super().clean()
        picked = [line for line in self.goods if data.get(f"pick-{line.pk}")]
        if not picked:
            raise ValidationError(_("Tick what is to be returned."))
        for line in picked:
            if data.get(f"price-{line.pk}") is None and f"price-{line.pk}" not in self.errors:
                self.add_error(f"price-{line.pk}", _("Write what was paid for one."))
            if data.get("kind") == choices.Kind.EXCHANGE and not data.get(f"new-{line.pk}"):
                self.add_error(f"new-{line.pk}", _("Say what is wanted in exchange."))
        self.picked = picked
        return data

    def add_error(self, field, error):
        """What is said against the lines together stands above the form."""
        super().add_error(field if field in self.fields else None, error)

    def details(self):
        names = ("kind", "reason", "detail", "words", "channel", "voucher", "voucher_number", "asked_amount", "purpose",
                 "not_shipped", "wish")  # fmt: skip
        return {name: self.cleaned_data[name] for name in names} | {"lines": [self._line(line) for line in self.picked]}

    def _line(self, line):
        data = self.cleaned_data
        replacement = data[f"new-{line.pk}"] if data["kind"] == choices.Kind.EXCHANGE else None
        price = data[f"price-{line.pk}"] or Decimal(0)
        return {
            "order_line": line,
            "quantity": data[f"pieces-{line.pk}"] or 1,
            "unit_price": price,
            "serial": data[f"serial-{line.pk}"],
            "replacement": replacement,
            "replacement_price": (data[f"newprice-{line.pk}"] or price) if replacement else None,
        }
