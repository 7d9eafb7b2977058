from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import search
from core.visibility import VisibleQuerySet
from customers.models import Customer
from workflow.models.event import Event
from workflow.models.link import CustomerLink
from workflow.signals import matters_handed_over


class MatterQuerySet(VisibleQuerySet):
    def open(self):
        return self.filter(closed_at__isnull=True)

    def owned_by(self, user):
        return self.filter(owner=user)


class Matter(models.Model):
    """One trouble of one customer and everything that is done about it (design 3.1).

    A complaint opens one; what follows from it (work orders, returns, compensation) joins it. Who may see any of
    those is decided here, by region and owner.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, verbose_name=_("customer"), related_name="matters")
    region = models.ForeignKey("accounts.Region", models.PROTECT, verbose_name=_("region"), related_name="+")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("handler"),
        related_name="matters",
        null=True,
        blank=True,
    )
    opened_at = models.DateTimeField(_("opened at"), default=timezone.now)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    objects = MatterQuerySet.as_manager()

    class Meta:
        verbose_name = _("matter")
        verbose_name_plural = _("matters")
        indexes = [
            models.Index(fields=["owner", "id"], condition=Q(closed_at__isnull=True), name="open_matters_of_owner"),
            models.Index(fields=["region", "id"], condition=Q(closed_at__isnull=True), name="open_matters_of_region"),
        ]
        permissions = [
            ("hand_over_matter", _("Can hand over own matters")),
            ("reassign_matter", _("Can reassign the matters of others")),
            ("view_restricted_event", _("Can see restricted lines of a timeline")),
            ("view_money_event", _("Can see lines of a timeline about money")),
        ]

    def __str__(self):
        return f"M{self.pk}"

    @staticmethod
    def record_models():
        """Every kind of record that can belong to a matter."""
        related = (relation.related_model for relation in Matter._meta.related_objects)
        return [model for model in related if hasattr(model, "FINAL")]

    def records(self):
        """Everything done about this matter, oldest first."""
        found = [record for model in self.record_models() for record in model.objects.filter(matter=self)]
        return sorted(found, key=lambda record: record.created_at)

    def open_records(self, *, besides=None):
        """What of this matter is not finished; ``besides`` is the record that asks (S0-35: it waits for the others)."""
        found = []
        for model in self.record_models():
            rows = model.objects.filter(matter=self).exclude(status__in=model.FINAL)
            if besides is not None and isinstance(besides, model):
                rows = rows.exclude(pk=besides.pk)
            found.extend(rows)
        return found

    def assign(self, owner, *, by, now, action="assign", note="", **data):
        """Make ``owner`` the handler of everything in this matter; a dated line says so (X28)."""
        before = self.owner_id
        self.owner = owner
        self.save(update_fields=["owner"])
        event = Event.objects.write(
            self, action, by=by, at=now, note=note, data={"from": before, "to": owner.pk if owner else None} | data
        )
        matters_handed_over.send(Matter, matters=[self], owner=owner, by=by)
        return event

    def move_to(self, region, *, by, now, note=""):
        """Give the matter to another branch, with all its records."""
        before, self.region, self.owner = self.region_id, region, None
        self.save(update_fields=["region", "owner"])
        for model in self.record_models():
            model.objects.filter(matter=self).update(region=region)
            search.refresh(model, matter=self)
        return Event.objects.write(self, "move_to", by=by, at=now, note=note, data={"from": before, "to": region.pk})

    def settle(self, now):
        """Note whether anything is still open: a matter is closed while, and only while, all its records are.

        With it ends the customer's link.
        """
        closed_at = None if self.open_records() else now
        if closed_at is not None:
            CustomerLink.objects.revoke_for(self, now)
        if closed_at is None or self.closed_at is None:
            self.closed_at = closed_at
            self.save(update_fields=["closed_at"])
