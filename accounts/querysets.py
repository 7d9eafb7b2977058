"""Questions asked about people and units."""

from django.contrib.auth.models import UserManager
from django.db import models
from django.db.models import Exists, OuterRef


class UnitQuerySet(models.QuerySet):
    def in_use(self):
        return self.filter(active=True)


class UserQuerySet(models.QuerySet):
    """People, by what they do and where. No method joins, so any of them can be locked with FOR UPDATE."""

    def active(self):
        return self.filter(is_active=True)

    def in_role(self, *names):
        """Those who have at least one of the roles ``names``."""
        has_role = self.model.groups.through.objects.filter(user=OuterRef("pk"), group__name__in=names)
        return self.filter(Exists(has_role))

    def of_region(self, region):
        """Those who belong to ``region`` (an object or a key); who sees every region is not thereby of it."""
        return self.of_regions([getattr(region, "pk", region)])

    def of_regions(self, region_ids):
        belongs = self.model.regions.through.objects.filter(user=OuterRef("pk"), region__in=region_ids)
        return self.filter(Exists(belongs))

    def in_charge(self):
        """Leaders of the after-sales department: supervisors and managers (design 3.9)."""
        return self.in_role("supervisor", "manager")

    def feedback_handlers(self):
        """Those on the post that owns a customer's feedback until it is settled (S3-114)."""
        return self.active().filter(is_feedback_handler=True)

    def without_superior(self):
        """Active people nobody answers for, the top of the company apart (S2-185)."""
        return self.active().filter(superior=None).exclude(pk__in=self.model.objects.in_role("general_manager"))

    def on_duty(self, at):
        """Those whose shift of the duty roster runs at the moment ``at`` (S2-60)."""
        shifts = self.model._meta.get_field("shifts").related_model.objects.running(at)
        return self.active().filter(Exists(shifts.filter(user=OuterRef("pk"))))


class Staff(UserManager.from_queryset(UserQuerySet)):
    """``User.objects``."""

    use_in_migrations = False
