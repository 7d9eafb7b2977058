"""The table of customers: files with numbers, contacts, address, dealer and marks."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.tables.columns import Column
from core.tables.exporting import listed
from core.tables.resource import CHANGED, SAME
from core.tables.widgets import Choice, Flag, Words
from core.tables.writing import correct_many, differences
from customers.models import Contact, Customer, Phone
from customers.signals import customer_changed
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
from customers.tables.files import FIELDS, Wanted, add_contacts, index_files, phone_of
from customers.views.lists import CustomerList


class CustomerTable(AboutCustomer):
    """One row per customer. Numbers and contacts are added, never taken away; an empty cell changes nothing (S1-73, S1-74)."""

    key = "customers"
    label = gettext_lazy("Customers")
    hint = gettext_lazy(
        "A customer is found by number, or by name and phone; without a phone by name and address. Who is not found is new."
    )
    order = 10

    customer_number = number_column(source="number")
    name = name_column(source="name", required=True)
    phone = phone_column(source="preferred_phone__number")
    other_phones = Column(
        "other_phones", pgettext_lazy("column", "Other phones"), widgets.Numbers(),
        aliases=("备用电话", "座机"), personal="phones", example="0714-6351234", steady=False,
    )  # fmt: skip
    contacts = Column(
        "contacts", pgettext_lazy("column", "Contacts"), widgets.People(),
        personal="contacts", example="李娟 家属 13900139000；王工 装修公司", steady=False,
    )  # fmt: skip
    region_id = region_column(source="region__name")
    area_id = area_column(source="area__full_name")
    address = address_column(source="address")
    dealer_id = Column(
        "dealer_id",
        pgettext_lazy("column", "Dealer"),
        widgets.dealer(),
        source="dealer__name",
        aliases=("门店", "经销商名称"),
    )
    is_vip = Column("is_vip", "VIP", Flag(), source="is_vip", example="否")
    is_member = Column("is_member", pgettext_lazy("column", "Member"), Flag(), source="is_member", example="是")
    credit_level = Column(
        "credit_level",
        pgettext_lazy("column", "Credit level"),
        Choice(Customer.CreditLevel.choices),
        source="credit_level",
    )
    source = Column(
        "source", pgettext_lazy("column", "Source"), Choice(Customer.Source.choices), source="source", aliases=("来源",)
    )
    acceptable_settlement = Column(
        "acceptable_settlement", pgettext_lazy("column", "Settlement he would accept"), Words(200),
        source="acceptable_settlement", steady=False,
    )  # fmt: skip
    quiet_hours = Column(
        "quiet_hours",
        pgettext_lazy("column", "Quiet hours"),
        widgets.Hours(120),
        source="quiet_hours",
        example="12:00–14:00",
    )
    note = Column("note", pgettext_lazy("column", "Note"), Words(2000, line=False), source="note", steady=False)

    def identity(self, row):
        return Wanted(row.values).identity()

    def _refuse_other_name(self, row):
        """Here a number with another name is a corrected name."""

    def look_up(self, rows):
        self.find_customers(rows)
        known = [row for row in rows if row.is_good and row.work.customer is not None]
        pks = {row.work.customer.pk for row in known}
        numbers = set(Phone.objects.filter(customer__root__in=pks).values_list("customer__root", "number"))
        people = set(
            Contact.objects.filter(customer__root__in=pks).values_list(
                "customer__root", "name", "relation", "phone__number"
            )
        )
        for row in known:
            self._compare(row, numbers, people)

    def _compare(self, row, numbers, people):
        customer = row.work.customer
        row.found, row.changes = customer, differences(customer, row.values, FIELDS)
        if row.work.written in (customer.address, customer.place):  # the same place, written another way
            row.changes = {name: row.changes[name] for name in row.changes if name not in ("area_id", "address")}
        more = [number for number in row.work.numbers if (customer.pk, number) not in numbers]
        others = [
            person for person in row.get("contacts", ()) if (customer.pk, *person[:2], person[2] or None) not in people
        ]
        row.work.numbers, row.values["contacts"] = more, others
        if "is_vip" in row.changes and not self.by.has_perm("customers.mark_vip"):
            row.refuse(self.column("is_vip"), _("Your role does not include marking customers as VIP."))
        else:
            row.state = CHANGED if row.changes or more or others else SAME

    def write(self, rows):
        self.files.open([row.work for row in rows if row.found is None])
        changed = [row for row in rows if row.found is not None]
        if changed:
            self._correct(changed)

    def _correct(self, rows):
        changes = {row.found.pk: row.changes for row in rows}
        corrected = correct_many(Customer, changes, by=self.by, fields=FIELDS)
        for row in rows:
            if "region_id" in row.changes:  # a file moves to another branch with what was merged into it
                merged = Customer.objects.filter(root=row.found.pk).exclude(pk=row.found.pk)
                merged.update(region=row.changes["region_id"])
        more = [
            phone_of(row.found, number, timezone.now()) for row in rows for number in dict.fromkeys(row.work.numbers)
        ]
        Phone.objects.bulk_create(more, ignore_conflicts=True)
        add_contacts([(row.found, row.get("contacts", ())) for row in rows], timezone.now())
        index_files(list(changes))
        self._tell({customer.pk: customer for customer in corrected}, rows)

    def _tell(self, customers, rows):
        """Who listens hears which fields were corrected, together where the same ones were."""
        by_fields = {}
        for row in rows:
            fields = {name.removesuffix("_id") for name in row.changes}
            fields |= {"phones"} if row.work.numbers else set()
            fields |= {"contacts"} if row.get("contacts") else set()
            by_fields.setdefault(tuple(sorted(fields)), []).append(customers[row.found.pk])
        for fields, together in by_fields.items():
            customer_changed.send(Customer, customers=together, fields=list(fields), by=self.by)

    # --- export -----------------------------------------------------------------------------------------------------
    def rows_for(self, user, query=""):
        return listed(CustomerList, user, query)

    def beside(self, keys):
        """The numbers a file has beside the one called first, and its contacts."""
        numbers, people = {}, {}
        kept = Phone.objects.filter(customer__root__in=keys).order_by("pk")
        for root, first, pk, number in kept.values_list(
            "customer__root", "customer__root__preferred_phone", "pk", "number"
        ):
            if pk != first:
                numbers.setdefault(root, []).append(number)
        contacts = Contact.objects.filter(customer__root__in=keys).order_by("pk")
        for root, *person in contacts.values_list("customer__root", "name", "relation", "phone__number"):
            people.setdefault(root, []).append(tuple(part or "" for part in person))
        return {"other_phones": numbers, "contacts": people}
