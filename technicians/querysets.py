from django.db.models import F, OuterRef, Subquery

from core.visibility import VisibleQuerySet
from technicians.models.parts import CrewMember

FINAL = ("closed", "cancelled")


class WorkOrderQuerySet(VisibleQuerySet):
    def open(self):
        return self.exclude(status__in=FINAL)

    def to_index(self):
        """With what the search index says of them (``search_entry``)."""
        return self.select_related("matter")

    def of_person(self, user):
        """Those he is sent to now, or was when they ended; not those taken from him."""
        return self.filter(pk__in=CrewMember.objects.filter(technician__user=user, released_at=None).values("order_id"))

    def to_dispatch(self):
        """Nobody is on his way: new ones, those whose time was moved, and those a part came back from (S0-19)."""
        return self.filter(status__in=("accepted", "rescheduled"))

    def waiting_for_parts(self):
        return self.filter(status="waiting_parts")

    def to_accept(self):
        """Done or accepted by the customer, and for an agent to close."""
        return self.filter(status__in=("completed", "customer_accepted"))

    def with_facts(self):
        """With what a row or a card shows of it."""
        leader = CrewMember.objects.filter(order=OuterRef("pk"), released_at=None, leads=True)
        return self.annotate(
            customer_name=F("matter__customer__name"),
            customer_pk=F("matter__customer_id"),
            leader_name=Subquery(leader.values("technician__user__name")[:1]),
        )
