"""When the service works: exceptions day by day, hours by weekday. What is counted with them is in core/calendar.py."""

import chinese_calendar
from chinese_calendar import constants as official
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models.counter import Edition


class EditedCalendar(models.QuerySet):
    """Every change of the tables the calendar is read from raises its edition, so each process reads them anew."""

    def bulk_create(self, *args, **kwargs):
        created = super().bulk_create(*args, **kwargs)
        Edition.objects.bump("calendar")
        return created

    def update(self, **kwargs):
        changed = super().update(**kwargs)
        Edition.objects.bump("calendar")
        return changed

    def delete(self):
        gone = super().delete()
        Edition.objects.bump("calendar")
        return gone


class WorkDayQuerySet(EditedCalendar):
    def load_official(self, years=None):
        """Write the public holidays and make-up working days the library knows; return the years written.

        A year that has rows already is left alone: its days may have been corrected by hand.
        """
        known = {day.year for day in official.holidays if day.year >= FIRST_YEAR}
        wanted = known & set(years) if years is not None else known
        wanted -= set(self.years())
        self.bulk_create(_official_days(wanted))
        return sorted(wanted)

    def years(self):
        """The years for which at least one exception is known."""
        return [day.year for day in self.dates("date", "year")]


# Nothing this company handles began earlier; a few hundred rows less in every process's table.
FIRST_YEAR = 2018


class WorkDay(models.Model):
    """A day that differs from its weekday: a public holiday, or a weekend day that is worked to make up for one."""

    date = models.DateField(_("date"), primary_key=True)
    is_working = models.BooleanField(_("is worked"))
    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=40, blank=True)

    objects = WorkDayQuerySet.as_manager()

    class Meta:
        ordering = ["date"]
        verbose_name = _("exceptional day")
        verbose_name_plural = _("exceptional days")

    def __str__(self):
        return f"{self.date:%Y-%m-%d} {self.name}"

    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        Edition.objects.bump("calendar")

    def delete(self, *args, **kwargs):
        gone = super().delete(*args, **kwargs)
        Edition.objects.bump("calendar")
        return gone


class ServiceHours(models.Model):
    """A span of the week in which the service works; a weekday may have two, and one without any is off (S3-97)."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    weekday = models.SmallIntegerField(_("weekday"), choices=Weekday)
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))

    objects = EditedCalendar.as_manager()

    class Meta:
        ordering = ["weekday", "opens"]
        verbose_name = _("service hours")
        verbose_name_plural = _("service hours")
        constraints = [
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="service_closes_after_it_opens"),
            models.UniqueConstraint(fields=["weekday", "opens"], name="one_span_per_weekday_and_opening"),
        ]

    def __str__(self):
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"

    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        Edition.objects.bump("calendar")

    def delete(self, *args, **kwargs):
        gone = super().delete(*args, **kwargs)
        Edition.objects.bump("calendar")
        return gone


def _official_days(years):
    holidays = {day: (False, name) for day, name in official.holidays.items()}
    worked = {day: (True, name) for day, name in official.workdays.items()}
    chinese = {kind.value: kind.chinese for kind in chinese_calendar.Holiday}
    return [
        WorkDay(date=day, is_working=is_working, name=chinese.get(name, name))
        for day, (is_working, name) in sorted((holidays | worked).items())
        if day.year in years
    ]
