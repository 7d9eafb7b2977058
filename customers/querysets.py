from typing import NamedTuple

from django.apps import apps
from django.db import transaction
from django.db.models import F, Max, Min, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce, Greatest, Least

from core.visibility import VisibleQuerySet
from customers import phones
from customers.signals import card_registered, customer_opened


class PhoneQuerySet(VisibleQuerySet):
    def find(self, text):
        """Phones that a typed text may mean, at the same cost however many there are.

        A full number in any spelling, with or without its extension, a landline without its area code, or the last
        digits, four at least; nothing when it is no number.
        """
        try:
            return self.filter(base=phones.parse(text).base)
        except ValueError:
            pass
        if local := phones.bare_local(text):
            return self.filter(local=local)
        if digits := phones.last_digits(text):
            return self.filter(tail=digits[-phones.TAIL :], base__endswith=digits)
        return self.none()


class PhoneLookup(NamedTuple):
    """What a number leads to: the files the user may see, and the regions of files that are filed elsewhere."""

    files: list
    elsewhere: list


class Purchase:
    """Rows that say on which day something was bought."""

    def __init__(self, model, day, **only):
        self.model, self.of_day, self.only = model, day, only

    def day(self, root, which):
        """The first or last of those days of a file, as a subquery."""
        rows = apps.get_model("customers", self.model).objects.filter(customer__root=root, **self.only)
        return Subquery(rows.order_by().values("customer__root").annotate(found=which(self.of_day)).values("found"))


class CustomerQuerySet(VisibleQuerySet):
    LOOKUP_CAP = 20

    def live(self):
        """Files that have not been merged into another, nor erased."""
        return self.filter(root=F("pk"), erased_at=None)

    def to_index(self):
        """Live files with what the search index says of them (``search_entry``)."""
        files = Prefetch("merged", self.model.objects.select_related("area"))
        return self.live().prefetch_related(files, "merged__contacts", "merged__phones")

    def vip(self):
        return self.filter(is_vip=True)

    def members(self):
        return self.filter(is_member=True)

    def to_watch(self):
        return self.filter(credit_level="watch")

    def silent(self):
        """Who has refused follow-up calls."""
        return self.filter(allows_calls=False)

    def with_buying_days(self):
        """With ``bought_first`` and ``bought_last``, what ``is_old`` goes by: no query for a row of a list."""
        cards = Purchase("ServiceCard", Coalesce("bought_on", "installed_on"), order=None)
        orders = Purchase("Order", F("ordered_on"))
        first = [part.day(OuterRef("pk"), Min) for part in (orders, cards)]
        last = [part.day(OuterRef("pk"), Max) for part in (orders, cards)]
        # The smaller of two days of which one may be missing: databases do not agree on LEAST of nothing.
        return self.annotate(
            bought_first=Least(Coalesce(*first), Coalesce(*reversed(first))),
            bought_last=Greatest(Coalesce(*last), Coalesce(*reversed(last))),
        )

    def old(self):
        """Who has bought on more than one day (S2-39)."""
        return self.with_buying_days().filter(bought_first__lt=F("bought_last"))

    def new(self):
        return self.with_buying_days().filter(Q(bought_first=None) | Q(bought_first=F("bought_last")))

    def taking_calls(self):
        """Whose files are his own still and who has not refused service calls; his hours are asked of each."""
        return self.filter(allows_calls=True, erased_at=None)

    def newest_first(self):
        return self.order_by("-pk")

    @transaction.atomic
    def open_file(self, *, by, op=None, phone="", caller="", relation="self", **fields):
        """Open a customer's file with the number he called from and whoever is calling for him (S0-27, S1-73).

        The same ``op`` of the same user answers with the file it opened before. ValueError when the phone is none.
        """
        customer = self.model.made_by(op, by)
        if customer is None:
            customer = self.create(created_by=by, op=op, **fields)
            customer.index()
            called_from = customer.add_phone(phone) if phone else None
            if caller or relation != "self":
                customer.add_contact(name=caller, relation=relation, phone=called_from)
            customer_opened.send(self.model, customers=[customer], by=by)
        return customer

    def with_contact_points(self):
        """With what a line about a customer shows: region, area, dealer, phones."""
        return self.select_related("region", "area", "dealer", "preferred_phone").prefetch_related("phones")

    def by_phone(self, text, user):
        """The files a number leads to for this user, newest first, and where else it is filed.

        An exact full number filed in a region the user does not see answers with that region alone (design 3.8), so
        that no second file is made; a tail or a number without its area code names nobody elsewhere.
        """
        visible = self._called(text).visible_to(user)
        shown = list(visible.with_contact_points().newest_first()[: self.LOOKUP_CAP])
        return PhoneLookup(shown, self.elsewhere(text, user))

    def elsewhere(self, text, user):
        """The regions out of this user's sight that have a file of this exact full number."""
        region = self.model._meta.get_field("region").related_model
        if not phones.is_number(text):
            return []
        hidden = self._called(text).exclude(pk__in=self.visible_to(user).values("pk"))
        return list(region.objects.filter(pk__in=hidden.values("region")))

    def _called(self, text):
        found = self.model.phones.rel.related_model.objects.find(text)
        return self.filter(pk__in=found.values("customer__root"))

    def for_file(self, pk):
        """One file with everything its summary shows, in three queries; DoesNotExist when it is not among these.

        Its goods: ``ServiceCard.objects.of_file(customer).with_warranty()`` and ``Order.objects.of_file(customer)``.
        """
        return self.with_contact_points().prefetch_related("contacts").get(pk=pk)


class FileQuerySet(VisibleQuerySet):
    """What hangs on a file. Rows of a merged file keep their customer; the file they count for is its root."""

    def of_file(self, customer):
        """The rows of a file and of the files merged into it, newest first."""
        return self.filter(customer__root=customer.root_id).order_by("-pk")

    def newest_first(self):
        return self.order_by("-pk")

    def with_customer(self):
        return self.select_related("customer__region", "customer__preferred_phone")


class OrderQuerySet(FileQuerySet):
    def to_index(self):
        return self.select_related("customer").prefetch_related("lines__product")

    def with_lines(self):
        return self.select_related("dealer").prefetch_related("lines__product")

    @transaction.atomic
    def take(self, *, by, op=None, lines=(), **fields):
        """Note an order with its unsaved lines; the same ``op`` of the same user answers with the order it noted before."""
        order = self.model.made_by(op, by)
        if order is None:
            order = self.create(created_by=by, op=op, **fields)
            for line in lines:
                line.order = order
                line.save()
            order.index()
        return order


class ServiceCardQuerySet(FileQuerySet):
    def to_index(self):
        return self.select_related("customer", "product")

    def with_warranty(self):
        """With what a line about a card and its warranty chip shows."""
        return self.select_related("product__group", "order", "plan", "installer")

    @transaction.atomic
    def register(self, *, by, op=None, **fields):
        """Register the card of one installed product and tell whoever plans calls and visits by it (S0-38).

        The same ``op`` of the same user answers with the card it registered before.
        """
        card = self.model.made_by(op, by)
        if card is None:
            card = self.create(created_by=by, op=op, **fields)
            card.index()
            card_registered.send(self.model, cards=[card], by=by)
        return card
