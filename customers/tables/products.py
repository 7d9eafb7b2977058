"""The table of products: model, name, group and marks."""

from django.utils.translation import gettext_lazy, pgettext_lazy

from core.tables.columns import Column
from core.tables.resource import CHANGED, SAME, TableResource
from core.tables.widgets import Code, Flag, Words
from core.tables.writing import differences
from customers.models import Product
from customers.tables import widgets

FIELDS = ("name", "group_id", "custom_made", "has_glass", "active")


class ProductTable(TableResource):
    """One row per model; a product is found by its model number (S3-54)."""

    key = "products"
    label = gettext_lazy("Products")
    hint = gettext_lazy("A product is found by its model. Import products before orders and service cards.")
    right = "core.load_basic_tableimport"
    export_right = "customers.view_customer"
    order = 40

    model_no = Column(
        "model_no", pgettext_lazy("column", "Model"), Code(60), source="model_no", aliases=("产品",),
        required=True, example="M-203",
    )  # fmt: skip
    name = Column(
        "name",
        pgettext_lazy("column", "Product name"),
        Words(100),
        source="name",
        aliases=("名称", "品名"),
        example="实木复合门",
    )
    group_id = Column(
        "group_id", pgettext_lazy("column", "Product group"), widgets.product_group(),
        source="group__name", aliases=("产品类别", "group"), example="室内门",
    )  # fmt: skip
    custom_made = Column(
        "custom_made", pgettext_lazy("column", "Made to measure"), Flag(), source="custom_made", example="是"
    )
    has_glass = Column("has_glass", pgettext_lazy("column", "Has glass"), Flag(), source="has_glass", example="否")
    active = Column("active", pgettext_lazy("column", "In use"), Flag(), source="active", example="是")

    def identity(self, row):
        return row.get("model_no", "").casefold()

    def look_up(self, rows):
        models = {row.get("model_no") for row in rows}
        kept = {product.model_no: product for product in Product.objects.filter(model_no__in=models)}
        for row in rows:
            product = kept.get(row.get("model_no"))
            if product is None:
                self._refuse_unfinished(row)
                continue
            row.found, row.changes = product, differences(product, row.values, FIELDS)
            row.state = CHANGED if row.changes else SAME

    def _refuse_unfinished(self, row):
        for name in ("name", "group_id"):
            if name not in row.values:
                row.refuse(self.column(name), self.NEEDED)

    NEEDED = gettext_lazy("A new product needs this.")

    def write(self, rows):
        new = [row.values for row in rows if row.found is None]
        Product.objects.bulk_create(Product(**values) for values in new)
        changed = {row.found.pk: row.changes for row in rows if row.found is not None}
        products = list(Product.objects.select_for_update().filter(pk__in=changed).order_by("pk"))
        for product in products:
            for name, value in changed[product.pk].items():
                setattr(product, name, value)
        if products:
            Product.objects.bulk_update(products, FIELDS, batch_size=200)

    def rows_for(self, user, query=""):
        return Product.objects.all()
