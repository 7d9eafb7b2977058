from datetime import timedelta

from django.db.models import CharField, Exists, F, JSONField, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject, Substr

from core.visibility import VisibleQuerySet
from workflow.models import Deadline

FINAL = ("closed", "withdrawn", "merged")
# As much of the content as a line of a list can show.
SNIPPET = 80


def next_clock(matter="matter"):
    """The clock of a matter that runs out first, as JSON: one look into an index a row, whatever the list shows."""
    running = Deadline.objects.running().filter(matter=OuterRef(matter)).order_by("due_at", "pk")
    return Subquery(
        running.values(clock=JSONObject(kind="kind", due="due_at", started="started_at"))[:1],
        output_field=JSONField(),
    )


class ComplaintQuerySet(VisibleQuerySet):
    def open(self):
        return self.exclude(status__in=FINAL)

    def ended(self):
        return self.filter(status__in=FINAL)

    def owned_by(self, user):
        """Those whose matter this person handles; open ones come from an index of open matters."""
        return self.filter(matter__owner=user)

    def unowned(self):
        return self.filter(matter__owner__isnull=True)

    def of_customer(self, customer):
        return self.filter(matter__customer=customer)

    def unverified(self):
        """Entries nobody has checked yet: they do not count in the ledger (S2-85)."""
        return self.filter(verified_at__isnull=True)

    def overdue(self, now):
        """Those with a clock that has run out."""
        late = Deadline.objects.running().filter(matter=OuterRef("matter"), due_at__lte=now)
        return self.filter(Exists(late))

    def due_within(self, now, hours):
        soon = Deadline.objects.running().filter(matter=OuterRef("matter"), due_at__lte=now + timedelta(hours=hours))
        return self.filter(Exists(soon))

    def to_index(self):
        """With what the search index says of them (``search_entry``)."""
        return self.select_related("matter__customer")

    def with_customer(self):
        return self.select_related("matter__customer", "matter__owner", "klass")

    def as_rows(self):
        """With what a row of a list shows and needs to name its next step, in the same statement."""
        strands = self.model._meta.get_field("strands").related_model.objects
        waiting = strands.filter(complaint=OuterRef("pk"), round=OuterRef("plan_round"), done_at__isnull=True)
        return self.only(
            "number", "status", "version", "matter", "region", "severity", "type", "remote", "received_at", "closed_at",
            "urgency", "is_grave", "is_risky", "chase_count", "plan_round", "follow_up_verdict", "follow_up_tries",
            "follow_up_reason", "verified_at", "received_by",
        ).annotate(
            customer_id=F("matter__customer_id"),
            customer_name=F("matter__customer__name"),
            customer_is_vip=F("matter__customer__is_vip"),
            owner_pk=F("matter__owner_id"),
            owner_name=F("matter__owner__name"),
            class_name=F("klass__name"),
            class_name_en=F("klass__name_en"),
            department_name=F("department__name"),
            snippet=Substr("content", 1, SNIPPET, output_field=CharField()),
            clock=next_clock(),
            has_open_strands=Exists(waiting),
        )  # fmt: skip

    def newest_first(self):
        return self.order_by("-received_at", "-pk")

    def urgent(self):
        return self.filter(~Q(urgency="") | Q(is_grave=True))
