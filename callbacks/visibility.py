"""Who sees which summaries: those of a branch its people, that of the whole company whoever works in all of it."""

from django.db.models import Q

from accounts.models import Region
from workflow.rules import NOTHING, own_region


def own_or_all(user):
    """None for those who see everything; of a branch as elsewhere; of the company for who works in every branch."""
    of_branch = own_region(user)
    if of_branch is None or of_branch == NOTHING:
        return of_branch
    elsewhere = Region.objects.in_use().exclude(pk__in=user.region_ids)
    return of_branch if elsewhere.exists() else of_branch | Q(region__isnull=True)
