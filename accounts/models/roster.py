"""The duty roster of agents (S2-60)."""

from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from accounts.models.records import Change


class Shift(models.TextChoices):
    DAY = "day", pgettext_lazy("shift", "Day")
    EVENING = "evening", pgettext_lazy("shift", "Evening")


class ShiftHours(models.Model):
    """From when to when a shift runs, by the clock on the wall; the evening may end after midnight."""

    shift = models.CharField(_("shift"), max_length=10, choices=Shift, unique=True)
    starts = models.TimeField(_("starts"))
    ends = models.TimeField(_("ends"))

    class Meta:
        ordering = ["starts"]
        verbose_name = _("shift hours")
        verbose_name_plural = _("shift hours")

    def __str__(self):
        return f"{self.get_shift_display()} {self.starts:%H:%M}–{self.ends:%H:%M}"

    def day_running(self, at):
        """The day whose shift of this kind runs at the moment ``at``, or None; past midnight still yesterday."""
        local = timezone.localtime(at)
        day, clock = local.date(), local.time()
        if self.starts < self.ends:
            return day if self.starts <= clock < self.ends else None
        if clock >= self.starts:
            return day
        return day - timedelta(days=1) if clock < self.ends else None


class DutyShiftQuerySet(models.QuerySet):
    def between(self, first, last):
        """Shifts from the day ``first`` to the day ``last``, both included."""
        return self.filter(date__range=(first, last))

    def running(self, at):
        """Shifts whose hours hold the moment ``at``."""
        running = Q(pk__in=[])
        for hours in ShiftHours.objects.all():
            if day := hours.day_running(at):
                running |= Q(shift=hours.shift, date=day)
        return self.filter(running)

    @transaction.atomic
    def plan(self, filled, cleared, *, by):
        """Put people on the places ``filled`` and take them off ``cleared``, on record; how many changed."""
        for shift in cleared:
            self.filter(user=shift.user, date=shift.date, shift=shift.shift).delete()
        self.bulk_create(filled, ignore_conflicts=True)
        moves = {}
        for sign, shifts in (("-", cleared), ("+", filled)):
            for shift in shifts:
                moves.setdefault(shift.user, []).append(f"{shift.date} {sign}{shift.shift}")
        for person, lines in moves.items():
            Change.objects.write(Change.Act.ROSTERED, person, by=by, shifts=["", sorted(lines)])
        return len(filled) + len(cleared)


class DutyShift(models.Model):
    """One agent on duty for one shift of one day (S2-60)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("member of staff"), related_name="shifts"
    )
    date = models.DateField(_("date"), db_index=True)
    shift = models.CharField(_("shift"), max_length=10, choices=Shift)

    objects = DutyShiftQuerySet.as_manager()

    class Meta:
        ordering = ["date", "shift", "user"]
        verbose_name = _("duty shift")
        verbose_name_plural = _("duty shifts")
        constraints = [
            models.UniqueConstraint(fields=["user", "date", "shift"], name="one_row_per_person_date_and_shift"),
        ]
        permissions = [("plan_roster", gettext_noop("Plan the duty roster"))]

    def __str__(self):
        return f"{self.date} {self.get_shift_display()} {self.user}"
