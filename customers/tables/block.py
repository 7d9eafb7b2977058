"""The columns that say whose goods a row is about; orders and cards begin with them."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from core.tables.columns import Column
from core.tables.resource import TableResource
from core.tables.widgets import Code, Words
from customers import phones
from customers.tables import widgets
from customers.tables.files import Files, Wanted


def number_column(**kwargs):
    return Column(
        "customer_number", pgettext_lazy("column", "Customer number"), Code(40),
        aliases=("客户号", "档案号"), steady=False, **kwargs,
    )  # fmt: skip


def name_column(**kwargs):
    return Column(
        "name", pgettext_lazy("column", "Customer name"), widgets.Name(60),
        aliases=("姓名", "客户", "业主", "业主姓名"), personal="name", example="张伟", steady=False, **kwargs,
    )  # fmt: skip


def phone_column(**kwargs):
    return Column(
        "phone", pgettext_lazy("column", "Phone"), widgets.Number(),
        aliases=("手机", "手机号", "联系电话", "客户电话", "mobile"), personal="phone", example="13800138000", steady=False,
        **kwargs,
    )  # fmt: skip


def region_column(**kwargs):
    return Column(
        "region_id", pgettext_lazy("column", "Branch"), widgets.region(),
        aliases=("区域", "地区", "门店区域", "region"), **kwargs,
    )  # fmt: skip


def area_column(**kwargs):
    return Column(
        "area_id", pgettext_lazy("column", "Province, city, district"), widgets.District(),
        aliases=("省市县", "行政区", "area"), example="湖北省黄石市下陆区", **kwargs,
    )  # fmt: skip


def address_column(**kwargs):
    return Column(
        "address", pgettext_lazy("column", "Address"), Words(200),
        aliases=("详细地址", "安装地址"), personal="place", example="湖滨大道18号3栋1201", steady=False, **kwargs,
    )  # fmt: skip


class AboutCustomer(TableResource):
    """A table whose rows belong to customers: they are found by number, or by name and phone or address, or opened."""

    customer_number = number_column()
    name = name_column()
    phone = phone_column()
    region_id = region_column()
    area_id = area_column()
    address = address_column()

    export_right = "customers.view_customer"

    def __init__(self, by, now):
        super().__init__(by, now)
        self.files = Files(by, now)

    def sees_whole(self, user):
        return phones.sees_whole(user)

    def masks(self):
        """Names by their first character, numbers by head and tail; of an address the district alone is left."""
        return {
            "name": phones.mask_name,
            "phone": phones.mask_phone,
            "phones": lambda numbers: "、".join(map(phones.mask_phone, numbers)),
            "contacts": lambda people: "；".join(_masked_contact(*person) for person in people),
            "place": lambda address: "*",
        }

    def context(self):
        hotlines = list(self.by.regions.values_list("hotline", flat=True)[:2])
        return {"area_code": phones.area_code_of(hotlines[0]) if len(hotlines) == 1 else ""}

    def find_customers(self, rows):
        """Give each good row its ``work``: the customer it wants; rows whose customer cannot be found or opened are refused."""
        for row in rows:
            row.work = Wanted(row.values)
        self.files.find([row.work for row in rows])
        for row in rows:
            if row.work.problem:
                row.refuse("", row.work.problem)
            elif row.work.customer is not None and row.work.named:
                self._refuse_other_name(row)

    def _refuse_other_name(self, row):
        """A number of one customer beside the name of another is a slip that would file goods with a stranger."""
        if row.get("name", row.work.customer.name) != row.work.customer.name:
            row.refuse(self.column("name"), _("The customer with this number has another name."))

    def open_customers(self, rows):
        opened = self.files.open([row.work for row in rows])
        self.count(_("customers"), len(opened))


def _masked_contact(name, relation, number):
    said = [phones.mask_name(name), widgets.People.relations.render(relation), number and phones.mask_phone(number)]
    return " ".join(part for part in said if part)
