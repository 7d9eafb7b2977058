"""Who is free on a day: what the dispatcher looks at before he sends somebody."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from core.calendar import midnight
from technicians.models import Booking, Leave
from technicians.models.technician import SLOT


@dataclass
class FreeTime:
    """One technician on one day: his jobs, the stretches between them, and what speaks against him."""

    technician: object
    jobs: int = 0
    stretches: list = field(default_factory=list)
    on_leave: bool = False
    fits: bool = True
    expired: list = field(default_factory=list)
    is_chosen: bool = False
    helps: bool = False

    @property
    def is_full(self):
        return self.jobs >= self.technician.capacity


def free_times(technicians, day, *, skill=""):
    """A row for each technician; those who fit and are free first. Three statements, however many there are."""
    begins, ends = midnight(day), midnight(day + timedelta(days=1))
    leave = Leave.objects.filter(technician=OuterRef("pk"), first_on__lte=day, last_on__gte=day)
    people = list(technicians.annotate(is_away=Exists(leave)).prefetch_related("certificates"))
    taken = {}
    bookings = Booking.objects.filter(technician__in=people, slot_at__gte=begins, slot_at__lt=ends)
    for technician, order, at in bookings.values_list("technician_id", "order_id", "slot_at"):
        taken.setdefault(technician, {})[at] = order
    rows = [_row(one, day, taken.get(one.pk, {}), skill) for one in people]
    return sorted(rows, key=lambda row: (row.on_leave, not row.fits, bool(row.expired), row.is_full, row.jobs))


def _row(technician, day, taken, skill):
    return FreeTime(
        technician=technician,
        jobs=len({order for order in taken.values() if order is not None}),
        stretches=stretches(technician, day, taken),
        on_leave=technician.is_away,
        fits=technician.has_skill(skill),
        expired=technician.expired_certificates(day),
    )


def stretches(technician, day, taken):
    """The free parts of his working day, as pairs of local times."""
    at = midnight(day) + timedelta(hours=technician.begins_at.hour, minutes=technician.begins_at.minute)
    end = midnight(day) + timedelta(hours=technician.ends_at.hour, minutes=technician.ends_at.minute)
    found, since = [], None
    while at < end:
        if at in taken and since is not None:
            found.append((timezone.localtime(since), timezone.localtime(at)))
            since = None
        elif at not in taken and since is None:
            since = at
        at += SLOT
    if since is not None:
        found.append((timezone.localtime(since), timezone.localtime(end)))
    return found
