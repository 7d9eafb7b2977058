"""The one row about this site itself."""

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, models
from django.utils.translation import gettext_lazy as _

from core.models.counter import Edition

EDITION = "installation"  # each process keeps a copy of what this row says


class InstallationQuerySet(models.QuerySet):
    def current(self) -> "Installation":
        """The row of this site; an unsaved one before the first start."""
        return self.first() or Installation()

    def mark_demo(self, now, company=""):
        """This site holds invented people whose password is printed at every start (design 5)."""
        self.update_or_create(pk=1, defaults={"is_demo": True, "company": company, "started_at": now})
        Edition.objects.bump(EDITION)

    def start(self, *, trade, company, now):
        """A company begins to work here."""
        site, _created = self.update_or_create(pk=1, defaults={"trade": trade, "company": company, "started_at": now})
        Edition.objects.bump(EDITION)
        return site


class Installation(models.Model):
    """What was decided when this site was first started: for whom, in which trade, or that all in it is invented."""

    class Trade(models.TextChoices):
        DOORS = "doors", _("doors and windows")
        FURNITURE = "furniture", _("custom furniture")
        ECOMMERCE = "e-commerce", _("e-commerce")
        PROPERTY = "property", _("property services")

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    company = models.CharField(_("company"), max_length=80, blank=True)
    trade = models.CharField(_("trade"), max_length=12, choices=Trade, default=Trade.DOORS)
    is_demo = models.BooleanField(_("demo data"), default=False, editable=False)
    started_at = models.DateTimeField(_("started at"), null=True, editable=False)
    # What was due before this day belongs to the old books: follow-up calls before it are marked so, not owed.
    went_live_on = models.DateField(_("works with this system since"), null=True, blank=True)

    objects = InstallationQuerySet.as_manager()

    class Meta:
        verbose_name = _("this site")
        verbose_name_plural = _("this site")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_installation")]

    def __str__(self):
        return self.company or str(self._meta.verbose_name)


def refuse_demo_in_production(production: bool):
    """Raises ImproperlyConfigured where strangers would meet logins whose password everybody knows."""
    if not production:
        return
    try:
        demo = Installation.objects.current().is_demo
    except DatabaseError:
        return  # not reachable or not migrated yet: the pages say so themselves, and come back without a restart
    if demo:
        raise ImproperlyConfigured(
            "PRODUCTION is set, but this database holds the demo data and its public logins. "
            "Start with an empty database: bin/run --empty"
        )
