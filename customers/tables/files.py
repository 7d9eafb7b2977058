"""Which customers' files the rows of a table mean, and opening those that are not there: a few statements for thousands."""

from django.db.models import F, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from core import search
from core.numbers import next_numbers, reserve
from customers import phones
from customers.addresses import PROVINCE, known_names, read_place
from customers.models import Contact, Customer, Phone
from customers.signals import customer_opened

# What a file is opened with, beside its numbers and contacts.
FIELDS = (
    "name", "region_id", "area_id", "address", "dealer_id", "is_vip", "is_member", "credit_level", "source",
    "acceptable_settlement", "quiet_hours", "note",
)  # fmt: skip


class Wanted:
    """The customer one row names: by number, by name and telephone, or by name and address."""

    __slots__ = ("customer", "is_mine", "named", "number", "numbers", "problem", "values", "written")

    def __init__(self, values):
        self.values = values
        self.number = values.get("customer_number", "")
        first = values.get("phone")
        self.numbers = list(dict.fromkeys([*([first] if first else []), *values.get("other_phones", ())]))
        self.customer, self.problem, self.is_mine = None, "", True
        self.named = bool(self.number)
        self.written = values.get("address")  # before an area is read off its front

    @property
    def name(self):
        return self.values.get("name", "")

    @property
    def home(self):
        return self.name, self.values.get("area_id"), self.values.get("address", "")

    def marks(self):
        """What says that two rows mean the same file."""
        if self.number:
            yield self.number
        for number in self.numbers:
            yield self.name, number
        if not self.number and not self.numbers:
            yield self.home

    def identity(self):
        return repr(next(iter(self.marks())))


class Files:
    """Finds and opens files for one importer."""

    def __init__(self, by, now):
        self.by, self.now = by, now
        self.places = None
        self.own_regions = None

    # --- finding ----------------------------------------------------------------------------------------------------
    def find(self, wanted):
        """Give each its ``customer``, or a ``problem``; one that is to be opened has neither."""
        for want in wanted:
            self._split_address(want)
        found = self._by_number(wanted) | self._by_phone(wanted) | self._by_home(wanted)
        pks = {pk for pk in found.values() if pk}
        files = Customer.objects.select_related("region", "area").in_bulk(pks)
        seen = set(Customer.objects.visible_to(self.by).filter(pk__in=pks).values_list("pk", flat=True))
        for want in wanted:
            pk = next((found[key] for key in want.marks() if key in found), None)
            if pk is None:
                want.problem = self._why_not_opened(want)
            elif pk not in seen:
                want.problem = _("This customer is filed at another branch.")
            elif files[pk].erased_at:
                want.problem = _("This customer's personal data were erased; the file is not filled again.")
            else:
                want.customer = files[pk]

    def _split_address(self, want):
        """Without an area of its own, a row has the one its address begins with."""
        address = want.values.get("address")
        if not address or "area_id" in want.values:
            return
        self.places = self.places or known_names()
        read = read_place(address, self.places)
        if len(read) == 1 and len(read[0].code) > PROVINCE:
            want.values["area_id"], want.values["address"] = read[0].code, read[0].rest

    def _by_number(self, wanted):
        numbers = {want.number for want in wanted if want.number}
        return dict(Customer.objects.filter(number__in=numbers).values_list("number", "root")) if numbers else {}

    def _by_phone(self, wanted):
        bases = {number.partition("x")[0] for want in wanted for number in want.numbers}
        if not bases:
            return {}
        rows = Phone.objects.filter(base__in=bases).order_by("-pk")
        found = {}
        for number, pk, name, said in rows.values_list(
            "number", "customer__root", "customer__root__name", "customer__name"
        ):
            found[name, number] = found[said, number] = pk
        return found

    def _by_home(self, wanted):
        homes = {want.home for want in wanted if not want.number and not want.numbers}
        if not homes:
            return {}
        rows = Customer.objects.live().filter(name__in={name for name, _area, _address in homes}).order_by("-pk")
        kept = rows.values_list("name", "area", "address", "pk")
        return {(name, area, address): pk for name, area, address, pk in kept if (name, area, address) in homes}

    def _why_not_opened(self, want):
        if not want.name:
            return _("No customer has this number, and without a name no file can be opened.")
        if not want.numbers and not want.values.get("address"):
            return _("A customer needs a telephone number or an address to be found by.")
        if "region_id" not in want.values:
            want.values["region_id"] = self._only_region()
            if want.values["region_id"] is None:
                return _("Say which branch the customer belongs to.")
        if want.values.get("is_vip") and not self.by.has_perm("customers.mark_vip"):
            return _("Your role does not include marking customers as VIP.")
        return ""

    def _only_region(self):
        if self.own_regions is None:
            self.own_regions = list(self.by.regions.values_list("pk", flat=True)[:2])
        return self.own_regions[0] if len(self.own_regions) == 1 else None

    # --- opening ----------------------------------------------------------------------------------------------------
    def open(self, wanted):
        """Open a file for each that found none, once where several mean the same; returns the files opened."""
        first, fresh = {}, []
        for want in wanted:
            if want.customer is not None:
                continue
            known = next((first[key] for key in want.marks() if key in first), None)
            if known is None:
                known = want
                fresh.append(want)
            for key in want.marks():
                first.setdefault(key, known)
            want.is_mine = known is want
            if known is not want:
                known.numbers = list(dict.fromkeys([*known.numbers, *want.numbers]))
        opened = self._create(fresh) if fresh else []
        for want in wanted:
            if want.customer is None:
                want.customer = next(first[key] for key in want.marks()).customer
        return opened

    def _create(self, fresh):
        numbers = self._numbers(fresh)
        for want, number in zip(fresh, numbers, strict=True):
            values = {name: want.values[name] for name in FIELDS if name in want.values}
            values.setdefault("source", Customer.Source.IMPORT)
            want.customer = Customer(number=number, created_at=self.now, created_by=self.by, **values)
        opened = Customer.objects.bulk_create([want.customer for want in fresh])
        pks = [customer.pk for customer in opened]
        rows = [phone_of(want.customer, number, self.now) for want in fresh for number in want.numbers]
        Phone.objects.bulk_create(rows)
        first = Phone.objects.filter(customer=OuterRef("pk")).order_by("pk").values("pk")[:1]
        Customer.objects.filter(pk__in=pks).update(root=F("pk"), preferred_phone=Subquery(first))
        for customer in opened:
            customer.root_id = customer.pk
        add_contacts([(want.customer, want.values.get("contacts", ())) for want in fresh], self.now)
        index_files(pks)
        customer_opened.send(Customer, customers=opened, by=self.by)
        return opened

    def _numbers(self, fresh):
        drawn = iter(next_numbers(Customer.PREFIX, timezone.localdate(self.now), sum(not w.number for w in fresh)))
        reserve([want.number for want in fresh if want.number])
        return [want.number or next(drawn) for want in fresh]


def phone_of(customer, number, now):
    """An unsaved number of a file, with the pieces it is looked up by."""
    number, kind, base, local, tail = phones.parse(number)
    return Phone(customer=customer, number=number, kind=kind, base=base, local=local, tail=tail, created_at=now)


def add_contacts(said, now):
    """Keep contacts given as (customer, [(name, relation, number)]) that are not kept yet; their numbers are the files'."""
    said = [(customer, people) for customer, people in said if people]
    if not said:
        return 0
    pks = [customer.pk for customer, _people in said]
    kept_phones = {(phone.customer_id, phone.number): phone for phone in Phone.objects.filter(customer__in=pks)}
    missing = {
        (customer.pk, number): phone_of(customer, number, now)
        for customer, people in said
        for _name, _relation, number in people
        if number and (customer.pk, number) not in kept_phones
    }
    Phone.objects.bulk_create(missing.values())
    kept_phones |= missing
    kept = set(Contact.objects.filter(customer__in=pks).values_list("customer", "name", "relation", "phone"))
    fresh = {}
    for customer, people in said:
        for name, relation, number in people:
            phone = kept_phones.get((customer.pk, number))
            key = customer.pk, name, relation, phone and phone.pk
            if key not in kept:
                fresh[key] = Contact(customer=customer, name=name, relation=relation, phone=phone)
    return len(Contact.objects.bulk_create(fresh.values()))


def index_files(pks):
    """Let many live files be found by their words and numbers, and by those of the files merged into them."""
    search.refresh(Customer, pk__in=pks)
