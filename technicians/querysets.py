from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, F, OuterRef, Subquery

from core.visibility import VisibleQuerySet
from technicians.models.parts import CrewMember
from workflow.models import Deadline

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
        """With what a row or a card shows of it: customer, who leads, the clock that runs out first."""
        clock = self.running_clocks().order_by("due_at", "pk")
        leader = CrewMember.objects.filter(order=OuterRef("pk"), released_at=None, leads=True)
        return self.annotate(
            customer_name=F("matter__customer__name"),
            customer_pk=F("matter__customer_id"),
            leader_name=Subquery(leader.values("technician__user__name")[:1]),
            clock_due=Subquery(clock.values("due_at")[:1]),
            clock_started=Subquery(clock.values("started_at")[:1]),
        )

    def running_clocks(self):
        """The running clocks of each order, for a subquery."""
        kind = ContentType.objects.get_for_model(self.model)
        return Deadline.objects.running().filter(subject_type=kind, subject_id=OuterRef("pk"))

    def late(self, now):
        return self.open().filter(Exists(self.running_clocks().filter(due_at__lte=now)))
