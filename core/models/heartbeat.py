"""What runs by itself leaves a mark each time, so that others see when it stops."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _


class HeartbeatQuerySet(models.QuerySet):
    def beat(self, name, now):
        """``name`` ran at ``now``."""
        self.update_or_create(name=name, defaults={"at": now})

    def age(self, name, now) -> timedelta | None:
        """How far from ``now`` the last mark of ``name`` is; None where it never ran.

        A mark in the future counts like one in the past: after a clock was set back, what ran "tomorrow" says nothing
        about today.
        """
        last = self.filter(name=name).values_list("at", flat=True).first()
        return None if last is None else abs(now - last)


class Heartbeat(models.Model):
    """When a thing that runs by itself last did: the sweep, the worker with the timetable, the nightly backup."""

    name = models.CharField(_("name"), max_length=40, primary_key=True)
    at = models.DateTimeField(_("at"))

    objects = HeartbeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self):
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"
