"""Who goes out: skills, home, certificates, leave, and the half hours that are taken."""

from datetime import date, time, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.db.models import Q
from django.db.transaction import atomic
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.calendar import local_day, midnight
from core.versions import Versioned
from core.visibility import VisibleQuerySet
from customers.models.record import Made
from technicians.models.choices import Skill

SLOT = timedelta(minutes=30)
LONGEST_JOB = timedelta(days=14)
LONGEST_LEAVE = timedelta(days=62)


class TechnicianQuerySet(VisibleQuerySet):
    def active(self):
        return self.filter(active=True, user__is_active=True)

    def of_region(self, region_id):
        """Those who work in a region: it is their home, or one of their regions."""
        return self.filter(Q(home_id=region_id) | Q(user__in=_people_of(region_id)))


def _people_of(region_id):
    regions = Technician._meta.get_field("user").related_model.regions.through
    return regions.objects.filter(region_id=region_id).values("user_id")


class Technician(Made, Versioned):
    """A member of staff who is sent to customers (S3-42, S1-13)."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("member of staff"), related_name="technician"
    )
    home = models.ForeignKey(
        "accounts.Region", models.PROTECT, verbose_name=pgettext_lazy("technician", "home region"), related_name="+"
    )
    skills = models.JSONField(pgettext_lazy("technician", "skills"), default=list, blank=True)
    begins_at = models.TimeField(pgettext_lazy("technician", "begins work"), default=time(8))
    ends_at = models.TimeField(pgettext_lazy("technician", "ends work"), default=time(18))
    capacity = models.PositiveSmallIntegerField(pgettext_lazy("technician", "jobs a day"), default=4)
    active = models.BooleanField(pgettext_lazy("technician", "is sent out"), default=True)

    objects = TechnicianQuerySet.as_manager()

    class Meta:
        verbose_name = _("technician")
        verbose_name_plural = _("technicians")
        ordering = ["user__name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("begins_at")),
                name="technician_ends_after_he_begins",
                violation_error_message=_("The work ends after it begins."),
            )
        ]
        permissions = [
            ("manage_technician", _("Can keep technicians, their certificates and leave")),
            ("view_roster", _("Can see the repair roster")),
        ]

    def __str__(self):
        return self.user.name or self.user.username

    def get_absolute_url(self):
        return reverse("technicians:technician", args=[self.pk])

    @property
    def skill_labels(self):
        labels = dict(Skill.choices)
        return [labels[code] for code in self.skills if code in labels]

    def has_skill(self, code):
        """Whether he knows a trade; a job that names none asks for none."""
        return not code or code in self.skills

    def works_in(self, region_id):
        return self.home_id == region_id or region_id in self.user.region_ids

    def expired_certificates(self, on):
        """What he would need and no longer holds: the newest certificate of a name decides (S2-124)."""
        newest = {}
        for row in self.certificates.all():
            if row.kind == Certificate.Kind.CERTIFICATE:
                newest[row.name] = max(newest.get(row.name, row), row, key=lambda one: one.ends)
        return [row for row in newest.values() if row.ends < on]

    def slots(self, starts_at, ends_at):
        """The half hours a job from one moment to another takes of him.

        Within a day it takes all of them; over several days those between his hours, and on the first and last day what
        the job itself says.
        """
        first, last = local_day(starts_at), local_day(ends_at - timedelta(microseconds=1))
        slots, at = [], floor(starts_at)
        while at < ends_at:
            local = timezone.localtime(at)
            inside = self.begins_at <= local.time() < self.ends_at
            if first == last or inside:
                slots.append(at)
            at += SLOT
        return slots


def floor(moment):
    """The half hour a moment lies in."""
    local = timezone.localtime(moment)
    return local.replace(minute=local.minute - local.minute % 30, second=0, microsecond=0)


class Certificate(Made):
    """A certificate with its last day, or a training that was taken part in (S2-124)."""

    class Kind(models.TextChoices):
        CERTIFICATE = "certificate", pgettext_lazy("certificate", "certificate")
        TRAINING = "training", pgettext_lazy("certificate", "training")

    technician = models.ForeignKey(Technician, models.CASCADE, related_name="certificates")
    kind = models.CharField(pgettext_lazy("certificate", "kind"), max_length=12, choices=Kind, default=Kind.CERTIFICATE)
    name = models.CharField(pgettext_lazy("certificate", "name"), max_length=80)
    obtained_on = models.DateField(pgettext_lazy("certificate", "obtained on"))
    valid_until = models.DateField(pgettext_lazy("certificate", "valid until"), null=True, blank=True)
    result = models.CharField(pgettext_lazy("certificate", "result"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        ordering = ["-obtained_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=models.F("obtained_on")),
                name="certificate_ends_after_it_begins",
                violation_error_message=_("The last day lies before the first."),
            )
        ]

    def __str__(self):
        return self.name

    @property
    def ends(self):
        """Its last day, for comparing; one without is good for ever."""
        return self.valid_until or date.max


class Leave(Made):
    """Days on which a technician is not there; they take his half hours like any job."""

    technician = models.ForeignKey(Technician, models.CASCADE, related_name="leaves")
    first_on = models.DateField(pgettext_lazy("leave", "first day"))
    last_on = models.DateField(pgettext_lazy("leave", "last day"))
    reason = models.CharField(pgettext_lazy("leave", "reason"), max_length=100)

    class Meta:
        verbose_name = _("leave")
        verbose_name_plural = _("leaves")
        ordering = ["-first_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_on__gte=models.F("first_on")),
                name="leave_ends_after_it_begins",
                violation_error_message=_("The last day lies before the first."),
            )
        ]

    def __str__(self):
        return f"{self.first_on} – {self.last_on}"


class BookingQuerySet(models.QuerySet):
    def take(self, technicians, *, slots_of, order=None, leave=None):
        """Take half hours of several technicians, all or none.

        The unique key decides: whoever comes second is refused by the database, on whichever one it runs (design 6).
        Raises ValidationError naming who is taken and when.
        """
        rows = [
            Booking(technician=person, slot_at=at, order=order, leave=leave)
            for person in technicians
            for at in slots_of(person)
        ]
        try:
            with atomic():
                self.bulk_create(rows)
        except IntegrityError:
            raise ValidationError(self._who_is_taken(technicians, slots_of)) from None

    def _who_is_taken(self, technicians, slots_of):
        for person in technicians:
            taken = self.filter(technician=person, slot_at__in=slots_of(person)).order_by("slot_at")
            first = taken.select_related("order", "leave").first()
            if first is not None:
                params = {"who": str(person), "when": f"{timezone.localtime(first.slot_at):%Y-%m-%d %H:%M}"}
                if first.leave_id:
                    return ValidationError(_("%(who)s is on leave at %(when)s."), params=params, code="taken")
                return ValidationError(
                    _("%(who)s is taken at %(when)s by %(order)s."),
                    params=params | {"order": str(first.order)},
                    code="taken",
                )
        return ValidationError(_("Somebody has just taken this time. Look at the free times again."), code="taken")

    def free(self, order, *, since=None):
        """Give back the half hours of an order, or those from a moment on."""
        rows = self.filter(order=order)
        if since is not None:
            rows = rows.filter(slot_at__gte=floor(since))
        rows.delete()


class Booking(models.Model):
    """One half hour of one technician: taken by an order or by his leave, and by nothing else at the same time."""

    technician = models.ForeignKey(Technician, models.CASCADE, related_name="bookings")
    slot_at = models.DateTimeField()
    order = models.ForeignKey("technicians.WorkOrder", models.CASCADE, related_name="bookings", null=True, blank=True)
    leave = models.ForeignKey(Leave, models.CASCADE, related_name="bookings", null=True, blank=True)

    objects = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        constraints = [
            models.UniqueConstraint(fields=["technician", "slot_at"], name="one_booking_a_half_hour"),
            models.CheckConstraint(
                condition=Q(order__isnull=True, leave__isnull=False) | Q(order__isnull=False, leave__isnull=True),
                name="booking_is_of_an_order_or_a_leave",
            ),
        ]
        indexes = [models.Index(fields=["slot_at"], name="bookings_by_time")]

    def __str__(self):
        return f"{self.technician_id} {self.slot_at:%Y-%m-%d %H:%M}"


def grant_leave(technician, *, first_on, last_on, reason, by, **press):
    """Enter leave; refused where a job lies in it. ``press`` are the ``op`` and ``sent`` of the form it came from.

    Raises ValidationError for more than LONGEST_LEAVE, or for half hours that are taken.
    """
    if last_on < first_on:
        raise ValidationError({"last_on": _("The last day lies before the first.")})
    if last_on - first_on > LONGEST_LEAVE:
        raise ValidationError({"last_on": _("Enter at most two months at a time.")})
    starts_at, ends_at = midnight(first_on), midnight(last_on + timedelta(days=1))
    slots = [starts_at + SLOT * number for number in range((ends_at - starts_at) // SLOT)]
    with atomic():
        leave = Leave.objects.create(
            technician=technician, first_on=first_on, last_on=last_on, reason=reason, created_by=by, **press
        )
        Booking.objects.take([technician], slots_of=lambda person: slots, leave=leave)
    return leave
