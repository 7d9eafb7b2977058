"""The table of service cards (客户售后服务卡): one row per installed product, with whose it is and which order it came with."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core import search
from core.numbers import next_numbers, reserve
from core.tables.columns import Column
from core.tables.exporting import listed
from core.tables.resource import CHANGED, SAME
from core.tables.widgets import Choice, Code, Day, Words
from core.tables.writing import correct_many, differences
from customers.models import Order, Product, ServiceCard, WarrantyPlan
from customers.signals import card_registered
from customers.tables import widgets
from customers.tables.block import (
    AboutCustomer,
    address_column,
    area_column,
    name_column,
    number_column,
    phone_column,
    region_column,
)
from customers.tables.files import Wanted
from customers.tables.orders import index_orders, order_number_column
from customers.views.lists import CardList

FIELDS = (
    "product_id", "room", "spec", "batch", "opening_direction", "colour", "measured_size", "bought_on", "installed_on",
    "accepted_on", "installed_by", "note",
)  # fmt: skip


class CardTable(AboutCustomer):
    """Cards with their customers and orders, which are opened where they are not there; each starts its calls (S0-38)."""

    key = "cards"
    label = gettext_lazy("Service cards")
    hint = gettext_lazy(
        "A card is found by number, or by customer, order, product, room and batch. Customers and orders that are not there "
        "are opened with it."
    )
    order = 30
    first = ("number",)

    number = Column(
        "number", pgettext_lazy("column", "Card number"), Code(40), source="number",
        aliases=("卡号", "服务卡号"), steady=False,
    )  # fmt: skip
    customer_number = number_column(source="customer__root__number")
    name = name_column(source="customer__root__name")
    phone = phone_column(source="customer__root__preferred_phone__number")
    region_id = region_column(source="customer__root__region__name")
    area_id = area_column(source="customer__root__area__full_name")
    address = address_column(source="customer__root__address")
    order_number = order_number_column(source="order__number")
    ordered_on = Column(
        "ordered_on", pgettext_lazy("column", "Ordered on"), Day(past=True), source="order__ordered_on",
        example="2026-08-15",
    )  # fmt: skip
    delivered_on = Column(
        "delivered_on", pgettext_lazy("column", "Delivered on"), Day(past=True), source="order__delivered_on",
        example="2026-10-08",
    )  # fmt: skip
    product_id = Column(
        "product_id", pgettext_lazy("column", "Model"), widgets.product(), source="product__model_no",
        aliases=("产品", "model"), required=True, example="M-203",
    )  # fmt: skip
    room = Column("room", pgettext_lazy("column", "Room"), Words(30), source="room", example="主卧")
    spec = Column("spec", pgettext_lazy("column", "Specification"), Words(100), source="spec", example="2100×900×240")
    batch = Column(
        "batch", pgettext_lazy("column", "Batch"), Code(40), source="batch", aliases=("批号",), example="2608A"
    )
    opening_direction = Column(
        "opening_direction",
        pgettext_lazy("column", "Opens"),
        Choice(ServiceCard.Opening.choices),
        source="opening_direction",
    )
    colour = Column("colour", pgettext_lazy("column", "Colour"), Words(40), source="colour", example="胡桃木")
    measured_size = Column("measured_size", pgettext_lazy("column", "Measured size"), Words(60), source="measured_size")
    bought_on = Column("bought_on", pgettext_lazy("column", "Bought on"), Day(past=True), source="bought_on")
    installed_on = Column(
        "installed_on", pgettext_lazy("column", "Installed on"), Day(past=True), source="installed_on",
        aliases=("安装时间",), example="2026-10-10",
    )  # fmt: skip
    accepted_on = Column(
        "accepted_on", pgettext_lazy("column", "Accepted on"), Day(past=True), source="accepted_on",
        aliases=("验收时间",), example="2026-10-12",
    )  # fmt: skip
    installed_by = Column(
        "installed_by", pgettext_lazy("column", "Installed by"), Words(60), source="installed_by", aliases=("安装师傅", "安装队"),
        example="黄石一队",
    )  # fmt: skip
    plan = Column("plan", pgettext_lazy("column", "Warranty"), Words(60), source="plan__name", shown=True)
    note = Column("note", pgettext_lazy("column", "Note"), Words(200), source="note", steady=False)

    def __init__(self, by, now):
        super().__init__(by, now)
        self.products, self.promised = {}, WarrantyPlan.objects.promises()

    def identity(self, row):
        if row.get("number"):
            return row.get("number")
        return repr([Wanted(row.values).identity(), row.get("order_number", ""), *goods_of(row)])

    def look_up(self, rows):
        self.find_customers(rows)
        numbers = {row.get("number") for row in rows if row.get("number")}
        kept = {
            card.number: card
            for card in ServiceCard.objects.filter(number__in=numbers).select_related("order", "customer")
        }
        pks = {row.work.customer.pk for row in rows if row.is_good and row.work.customer and not row.get("number")}
        same = {}
        for card in (
            ServiceCard.objects.filter(customer__root__in=pks).select_related("order", "customer").order_by("-pk")
        ):
            order = card.order.number if card.order_id else ""
            same[card.customer.root_id, order, card.product_id, card.room, card.batch] = card
        orders = {row.get("order_number") for row in rows if row.get("order_number")}
        orders = {order.number: order for order in Order.objects.filter(number__in=orders).select_related("customer")}
        for row in rows:
            if row.is_good:
                row.found = [self._card_of(row, kept, same), orders.get(row.get("order_number"))]
                self._compare(row, *row.found)

    def _card_of(self, row, kept, same):
        if row.get("number"):
            return kept.get(row.get("number"))
        if row.work.customer is None:
            return None
        return same.get((row.work.customer.pk, row.get("order_number", ""), *goods_of(row)))

    def _compare(self, row, card, order):
        mine = row.work.customer and row.work.customer.pk
        if card is not None and card.customer.root_id != mine:
            row.refuse(self.column("number"), _("This card is filed with another customer."))
        if order is not None and order.customer.root_id != mine:
            row.refuse(self.column("order_number"), _("This order is filed with another customer."))
        installed = row.get("installed_on", card and card.installed_on)
        accepted = row.get("accepted_on", card and card.accepted_on)
        if installed and accepted and accepted < installed:
            row.refuse(self.column("accepted_on"), _("The acceptance cannot lie before the installation."))
        if card is None or not row.is_good:
            return
        row.changes = differences(card, row.values, FIELDS)
        if row.get("order_number") and (card.order is None or card.order.number != row.get("order_number")):
            row.changes["order_number"] = row.get("order_number")
        row.state = CHANGED if row.changes else SAME

    # --- writing ----------------------------------------------------------------------------------------------------
    def write(self, rows):
        self.open_customers(rows)
        orders = self._orders(rows)
        wanted = {row.get("product_id") for row in rows} - self.products.keys()
        self.products |= Product.objects.select_related("group").in_bulk(wanted)
        self._register([row for row in rows if row.found[0] is None], orders)
        self._correct([row for row in rows if row.found[0] is not None], orders)

    def _orders(self, rows):
        """Number → order; those that are not there are opened with the first row that names them."""
        orders = {row.found[1].number: row.found[1] for row in rows if row.found[1] is not None}
        fresh = {}
        for row in rows:
            number = row.get("order_number")
            if number and number not in orders and number not in fresh:
                fresh[number] = Order(
                    number=number,
                    customer=row.work.customer,
                    ordered_on=row.get("ordered_on"),
                    delivered_on=row.get("delivered_on"),
                    state=Order.State.DELIVERED if row.get("delivered_on") else Order.State.ORDERED,
                    created_at=self.now,
                    created_by=self.by,
                )
        reserve(fresh)
        for order in Order.objects.bulk_create(fresh.values()):
            orders[order.number] = order
        index_orders([order.pk for order in fresh.values()])
        self.count(_("orders"), len(fresh))
        return orders

    def _register(self, rows, orders):
        given = [row.get("number") for row in rows if row.get("number")]
        drawn = iter(next_numbers(ServiceCard.PREFIX, timezone.localdate(self.now), len(rows) - len(given)))
        reserve(given)
        cards = []
        for row in rows:
            card = ServiceCard(
                number=row.get("number") or next(drawn),
                customer=row.work.customer,
                order=orders.get(row.get("order_number")),
                created_at=self.now,
                created_by=self.by,
                **{name: row.values[name] for name in FIELDS if name in row.values},
            )
            card.product = self.products[card.product_id]
            card.plan = self.promised(card.product.group_id, card.promised_on)
            cards.append(card)
        ServiceCard.objects.bulk_create(cards)
        search.index_many([card.search_entry() for card in cards])
        if cards:
            card_registered.send(ServiceCard, cards=cards, by=self.by)

    def _correct(self, rows, orders):
        changes = {}
        for row in rows:
            said = dict(row.changes)
            if number := said.pop("order_number", None):
                said["order_id"] = orders[number].pk
            changes[row.found[0].pk] = said
        correct_many(ServiceCard, changes, by=self.by, fields=("order_id", *FIELDS))
        cards = ServiceCard.objects.filter(pk__in=changes).select_related("product", "customer")
        search.index_many([card.search_entry() for card in cards])

    def rows_for(self, user, query=""):
        return listed(CardList, user, query)


def goods_of(row):
    """What tells two cards of one customer and order apart when they have no number."""
    return row.get("product_id"), row.get("room", ""), row.get("batch", "")
