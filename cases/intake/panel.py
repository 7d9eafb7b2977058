"""What the call screen shows of a customer's file while he is on the line; the same number of queries for any file."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.functional import cached_property

from cases.casefile import clock_name
from cases.models import Complaint, ComplaintItem
from cases.models.choices import Type
from core.clocks import Clock
from customers.models import ServiceCard, WarrantyState
from workflow.models import Deadline, Promise

LOOK_BACK = timedelta(days=30)  # "similar" and "this batch" speak of this long
MOST_CARDS, MOST_CASES, MOST_PROMISES, MOST_SIMILAR = 60, 30, 10, 5
NOT_TROUBLE = (Type.ENQUIRY, Type.SUGGESTION)


@dataclass
class Installed:
    """One installed product as the caller's line shows it."""

    card: ServiceCard
    warranty: WarrantyState
    in_batch: int = 0

    @property
    def name(self):
        return " ".join(filter(None, [self.card.room, self.card.product.model_no]))


@dataclass
class OpenCase:
    """An open complaint with the clock that runs out first."""

    complaint: Complaint
    clock: Clock | None


class CallerFile:
    """The summary of one customer's file: who, what stands in the rooms, what is open, what was promised."""

    def __init__(self, customer, user, *, number="", now=None):
        self.customer, self.user, self.number = customer, user, number
        self.now = now or timezone.now()

    # --- who is calling -----------------------------------------------------------------------------------------
    @cached_property
    def contacts(self):
        return list(self.customer.contacts.select_related("phone"))

    @cached_property
    def phones(self):
        return list(self.customer.phones.all())

    @property
    def has_number(self):
        """Whether the number the call came from is in the file."""
        base = phones_base(self.number)
        return not self.number or any(phone.base == base for phone in self.phones)

    @property
    def calling(self):
        """The contact whose number the call came from, or None: the customer himself."""
        if not self.number:
            return None
        base = phones_base(self.number)
        return next((contact for contact in self.contacts if contact.phone and contact.phone.base == base), None)

    @property
    def main_number(self):
        preferred = self.customer.preferred_phone or next(iter(self.phones), None)
        return self.number or (preferred.number if preferred else "")

    # --- what he has --------------------------------------------------------------------------------------------
    @cached_property
    def cards(self):
        rows = ServiceCard.objects.of_file(self.customer).visible_to(self.user).with_warranty()[:MOST_CARDS]
        cards = list(rows)[::-1]
        batches, today = self._in_batches(cards), timezone.localdate(self.now)
        return [Installed(card, card.warranty(today), batches.get((card.product_id, card.batch), 0)) for card in cards]

    def _in_batches(self, cards):
        """How many complaints of the last 30 days are about goods of the same product and batch."""
        asked = {(card.product_id, card.batch) for card in cards if card.batch}
        if not asked:
            return {}
        recent = Complaint.objects.visible_to(self.user).filter(received_at__gte=self.now - LOOK_BACK)
        rows = (
            ComplaintItem.objects.filter(
                card__product__in={product for product, _batch in asked},
                card__batch__in={batch for _product, batch in asked},
                complaint__in=recent.exclude(type__in=NOT_TROUBLE),
            )
            .values_list("card__product", "card__batch")
            .annotate(Count("complaint", distinct=True))
            .order_by()
        )
        return {(product, batch): count for product, batch, count in rows}

    # --- what is going on ---------------------------------------------------------------------------------------
    @cached_property
    def cases(self):
        """Complaints that are open or came in within 30 days, newest first."""
        current = ~Q(status__in=Complaint.FINAL) | Q(received_at__gte=self.now - LOOK_BACK)
        rows = self._complaints.filter(current).with_customer().prefetch_related("items").newest_first()
        return list(rows[:MOST_CASES])

    @property
    def _complaints(self):
        return Complaint.objects.visible_to(self.user).filter(matter__customer__root=self.customer.root_id)

    @cached_property
    def open(self):
        """Open complaints, the one with the least time left first."""
        cases = [case for case in self.cases if not case.is_final]
        clocks = self._clocks(cases)
        far = self.now + timedelta(days=3650)
        cases.sort(key=lambda case: clocks[case.pk].due if case.pk in clocks else far)
        return [OpenCase(case, clocks.get(case.pk)) for case in cases]

    def _clocks(self, cases):
        """Complaint → the running clock that falls due first."""
        rows = Deadline.objects.running().filter(matter__in=[case.matter_id for case in cases]).order_by("-due_at")
        by_matter = {row.matter_id: row for row in rows}
        return {
            case.pk: Clock.of(label=clock_name(row), due=row.due_at, started=row.started_at)
            for case in cases
            if (row := by_matter.get(case.matter_id))
        }

    @property
    def similar(self):
        """Complaints of the last 30 days that a new one may repeat."""
        since = self.now - LOOK_BACK
        alike = (
            case
            for case in self.cases
            if case.received_at >= since and case.type not in NOT_TROUBLE and case.status != Complaint.Status.MERGED
        )
        return list(alike)[:MOST_SIMILAR]

    @cached_property
    def promises(self):
        rows = Promise.objects.visible_to(self.user).open().filter(customer__root=self.customer.root_id)
        return list(rows.select_related("promised_by").order_by("due_at", "pk")[:MOST_PROMISES])

    @cached_property
    def counts(self):
        """(label, number) of what was ever registered for him, by type."""
        rows = self._complaints.values_list("type").annotate(Count("pk")).order_by()
        found = dict(rows)
        return [(label, found[value]) for value, label in Type.choices if found.get(value)]


def phones_base(number):
    """A number without its extension."""
    return number.partition("x")[0]
