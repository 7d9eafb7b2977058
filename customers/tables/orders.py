"""The table of orders: one row per line of an order."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core import search
from core.numbers import reserve
from core.tables.columns import Column
from core.tables.resource import CHANGED, SAME
from core.tables.widgets import Choice, Code, Count, Day, Words
from core.tables.writing import correct_many, differences
from customers.models import Order, OrderLine
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

FIELDS = ("ordered_on", "delivered_on", "state", "voucher", "dealer_id", "service_terms", "note")
LINE = ("product_id", "quantity", "room", "spec")


def order_number_column(**kwargs):
    return Column(
        "order_number", pgettext_lazy("column", "Order number"), Code(40),
        aliases=("订单号", "合同号", "销售单号"), example="DD-2026-0815", steady=False, **kwargs,
    )  # fmt: skip


class OrderTable(AboutCustomer):
    """Orders with what was ordered; rows of one order number belong together (S3-55, S3-81, S1-87)."""

    key = "orders"
    label = gettext_lazy("Orders")
    hint = gettext_lazy("One row per product of an order. Rows with the same order number are one order.")
    order = 20
    first = ("order_number",)

    order_number = order_number_column(source="number", required=True)
    customer_number = number_column(source="customer__root__number")
    name = name_column(source="customer__root__name")
    phone = phone_column(source="customer__root__preferred_phone__number")
    region_id = region_column(source="customer__root__region__name")
    area_id = area_column(source="customer__root__area__full_name")
    address = address_column(source="customer__root__address")
    dealer_id = Column(
        "dealer_id",
        pgettext_lazy("column", "Dealer"),
        widgets.dealer(),
        source="dealer__name",
        aliases=("门店",),
    )
    ordered_on = Column(
        "ordered_on", pgettext_lazy("column", "Ordered on"), Day(past=True), source="ordered_on",
        aliases=("签单日期",), example="2026-08-15",
    )  # fmt: skip
    delivered_on = Column(
        "delivered_on", pgettext_lazy("column", "Delivered on"), Day(past=True), source="delivered_on",
        aliases=("交货日期",), example="2026-10-08",
    )  # fmt: skip
    state = Column("state", pgettext_lazy("column", "State"), Choice(Order.State.choices), source="state")
    voucher = Column(
        "voucher", pgettext_lazy("column", "Voucher"), Code(60), source="voucher", aliases=("发票号", "收据号"),
        steady=False,
    )  # fmt: skip
    service_terms = Column(
        "service_terms",
        pgettext_lazy("column", "Promised service"),
        Words(2000, line=False),
        source="service_terms",
    )
    note = Column("note", pgettext_lazy("column", "Note"), Words(200), source="note", steady=False)
    product_id = Column(
        "product_id", pgettext_lazy("column", "Model"), widgets.product(), source="lines__product__model_no",
        aliases=("产品", "model"), example="M-203",
    )  # fmt: skip
    quantity = Column(
        "quantity", pgettext_lazy("column", "Quantity"), Count(1, 32_000), source="lines__quantity", example="1"
    )
    room = Column("room", pgettext_lazy("column", "Room"), Words(30), source="lines__room", example="主卧")
    spec = Column(
        "spec", pgettext_lazy("column", "Specification"), Words(100), source="lines__spec", aliases=("规格型号",)
    )

    def identity(self, row):
        return repr([row.get("order_number"), *(row.get(name) for name in ("product_id", "room", "spec"))])

    def look_up(self, rows):
        self.find_customers(rows)
        numbers = {row.get("order_number") for row in rows}
        kept = {
            order.number: order for order in Order.objects.filter(number__in=numbers).select_related("customer__root")
        }
        lines = {}
        for line in OrderLine.objects.filter(order__number__in=numbers):
            lines[line.order_id, line.product_id, line.room, line.spec] = line
        owners = {}
        for row in rows:
            if row.is_good:
                self._compare(row, kept.get(row.get("order_number")), lines)
                self._refuse_two_customers(row, owners)

    def _compare(self, row, order, lines):
        row.found = [order, None]
        if order is None:
            self._refuse_wrong_dates(row, row.get("ordered_on"), row.get("delivered_on"))
            return
        if row.work.customer is None or row.work.customer.pk != order.customer.root_id:
            row.refuse(self.column("order_number"), _("This order is filed with another customer."))
            return
        row.changes = differences(order, row.values, FIELDS)
        self._refuse_wrong_dates(
            row, row.get("ordered_on", order.ordered_on), row.get("delivered_on", order.delivered_on)
        )
        line = row.found[1] = lines.get((order.pk, row.get("product_id"), row.get("room", ""), row.get("spec", "")))
        more = row.get("product_id") and line is None
        other = line is not None and line.quantity != row.get("quantity", line.quantity)
        if row.is_good:
            row.state = CHANGED if row.changes or more or other else SAME

    def _refuse_wrong_dates(self, row, ordered, delivered):
        if ordered and delivered and delivered < ordered:
            row.refuse(self.column("delivered_on"), _("The delivery cannot lie before the order."))

    def _refuse_two_customers(self, row, owners):
        mine = row.work.identity() if row.work.customer is None else row.work.customer.pk
        if row.is_good and owners.setdefault(row.get("order_number"), mine) != mine:
            row.refuse(self.column("order_number"), _("Another row files this order with another customer."))

    # --- writing ----------------------------------------------------------------------------------------------------
    def write(self, rows):
        self.open_customers(rows)
        orders = self._take([row for row in rows if row.found[0] is None])
        changes = {}
        for row in rows:
            order = row.found[0]
            if order is not None:
                changes.setdefault(order.pk, {}).update(row.changes)
                orders[order.number] = order
        correct_many(Order, {pk: said for pk, said in changes.items() if said}, by=self.by, fields=FIELDS)
        self._write_lines(rows, orders)
        index_orders([order.pk for order in orders.values()])

    def _take(self, rows):
        """Number → order, made once for all rows of it; what one row leaves out another may say."""
        said = {}
        for row in rows:
            said.setdefault(row.get("order_number"), (row.work, {}))[1].update(
                {name: row.values[name] for name in FIELDS if name in row.values}
            )
        reserve(said)
        orders = Order.objects.bulk_create(
            Order(number=number, customer=work.customer, created_at=self.now, created_by=self.by, **fields)
            for number, (work, fields) in said.items()
        )
        return {order.number: order for order in orders}

    def _write_lines(self, rows, orders):
        fresh, other = {}, []
        for row in rows:
            line, order = row.found[1], orders[row.get("order_number")]
            if line is not None:
                line.quantity = row.get("quantity", line.quantity)
                other.append(line)
            elif row.get("product_id"):
                values = {name: row.values[name] for name in LINE if name in row.values}
                fresh[self.identity(row)] = OrderLine(order=order, **values)
        OrderLine.objects.bulk_create(fresh.values())
        OrderLine.objects.bulk_update(other, ["quantity"], batch_size=500)

    def rows_for(self, user, query=""):
        """One row per line, and one for an order without any."""
        return Order.objects.visible_to(user)

    def in_order(self, rows):
        return rows.order_by("pk", "lines__pk")


def index_orders(pks):
    """Let many orders be found by number, voucher and products."""
    search.refresh(Order, pk__in=pks)
