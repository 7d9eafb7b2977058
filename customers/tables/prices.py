"""The table of prices: what an item costs from a day on (S0-02)."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.tables.columns import Column
from core.tables.exporting import listed
from core.tables.resource import SAME, TableResource
from core.tables.widgets import Amount, Choice, Code, Day, Words
from customers.models import Price, PriceItem
from customers.models.price import DAY
from customers.tables import widgets
from customers.views.prices import Prices

ITEM = ("name", "name_en", "kind", "unit", "group_id")


class PriceTable(TableResource):
    """One row per price. A new item brings its whole history; of one that is there only what begins today or later is taken."""

    key = "prices"
    label = gettext_lazy("Prices")
    hint = gettext_lazy(
        "One row per item and first day. A new item may bring its past prices; an item that is there gets prices from today on."
    )
    right = "core.load_basic_tableimport"
    export_right = "customers.view_priceitem"
    chunk = 10_000  # the prices of one item are looked at together
    order = 50

    code = Column(
        "code", pgettext_lazy("column", "Code"), Code(30), source="item__code", required=True, example="SK-01"
    )
    name = Column(
        "name",
        pgettext_lazy("column", "Name in Chinese"),
        Words(60),
        source="item__name",
        aliases=("名称",),
        example="门锁锁体",
    )
    name_en = Column(
        "name_en", pgettext_lazy("column", "Name in English"), Words(60), source="item__name_en", example="lock case"
    )
    kind = Column(
        "kind", pgettext_lazy("column", "Kind"), Choice(PriceItem.Kind.choices), source="item__kind", aliases=("种类",)
    )
    unit = Column(
        "unit",
        pgettext_lazy("column", "Per"),
        Choice(PriceItem.Unit.choices),
        source="item__unit",
        aliases=("计价单位",),
    )
    group_id = Column(
        "group_id", pgettext_lazy("column", "Product group"), widgets.product_group(), source="item__group__name"
    )
    amount = Column(
        "amount", pgettext_lazy("column", "Price"), Amount(), source="amount", aliases=("单价", "金额"), required=True,
        example="80.00",
    )  # fmt: skip
    valid_from = Column(
        "valid_from", pgettext_lazy("column", "Valid from"), Day(), source="valid_from", aliases=("开始日期",),
        required=True, example="2026-01-01",
    )  # fmt: skip
    valid_until = Column("valid_until", pgettext_lazy("column", "Valid until"), Day(), source="valid_until", shown=True)

    def identity(self, row):
        return f"{row.get('code')} {row.get('valid_from')}"

    def look_up(self, rows):
        codes = {row.get("code") for row in rows}
        items = {item.code: item for item in PriceItem.objects.filter(code__in=codes)}
        amounts, last = {}, {}
        for code, day, amount in Price.objects.filter(item__code__in=codes).values_list(
            "item__code", "valid_from", "amount"
        ):
            amounts[code, day] = amount
            last[code] = max(day, last.get(code, day))
        for row in sorted(rows, key=lambda row: row.get("valid_from")):
            row.found = items.get(row.get("code"))
            if row.found is None:
                self._refuse_unfinished(row, rows)
            else:
                self._place(row, amounts, last)

    def _refuse_unfinished(self, row, rows):
        """A new item needs its names, kind and unit in one of its rows."""
        for name in ("name", "kind", "unit"):
            if name not in row.values:
                row.refuse(self.column(name), _("A new item needs this."))

    def _place(self, row, amounts, last):
        code, day = row.get("code"), row.get("valid_from")
        kept = amounts.get((code, day))
        if kept is not None and kept == row.get("amount"):
            row.state = SAME
        elif kept is not None:
            row.refuse(self.column("amount"), _("From this day on the price is %(amount)s already.") % {"amount": kept})
        elif day < timezone.localdate():
            row.refuse(
                self.column("valid_from"),
                _("What was asked for in the past stays as it was: choose today or a later day."),
            )
        elif day <= last[code]:
            row.refuse(
                self.column("valid_from"),
                _("There is a price from %(day)s on already: the next one begins after it.")
                % {"day": f"{last[code]:%Y-%m-%d}"},
            )
        else:
            last[code] = day

    def write(self, rows):
        by_code = {}
        for row in sorted(rows, key=lambda row: row.get("valid_from")):
            by_code.setdefault(row.get("code"), []).append(row)
        for code, prices in by_code.items():
            item = prices[0].found or self._introduce(code, prices)
            self._add(item, prices)

    def _introduce(self, code, prices):
        fields = {name: value for row in prices for name, value in row.values.items() if name in ITEM}
        fields.setdefault("name_en", fields["name"])
        return PriceItem.objects.create(code=code, created_by=self.by, **fields)

    def _add(self, item, rows):
        """Each price ends on the day before the next; what is open now ends before the first of these."""
        PriceItem.objects.select_for_update().get(pk=item.pk)
        item.prices.filter(valid_until=None).end(rows[0].get("valid_from") - DAY)
        ends = [*(row.get("valid_from") - DAY for row in rows[1:]), None]
        for row, end in zip(rows, ends, strict=True):
            Price.objects.create(
                item=item,
                amount=row.get("amount"),
                valid_from=row.get("valid_from"),
                valid_until=end,
                created_by=self.by,
            )

    def rows_for(self, user, query=""):
        """Every price of the items the list shows, past ones too."""
        return Price.objects.filter(item__in=listed(Prices, user, query).values("pk"))
