"""Whose entry in the list of staff a user may see."""

from django.db.models import Q

from accounts.models import User


def colleagues(user):
    """Everybody, for who sees every region; else the staff of own regions and of departments one runs (S1-11)."""
    if user.sees_everything:
        return None
    same_region = User.regions.through.objects.filter(region__in=user.region_ids).values("user")
    return Q(pk=user.pk) | Q(pk__in=same_region) | Q(department__in=user.managed_department_ids)
