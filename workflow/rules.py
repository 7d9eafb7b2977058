"""Who sees which matters: the rule that every record, file, event and clock of a matter follows (design 3.8)."""

from django.db.models import Q

NOTHING = Q(pk__in=[])

# Roles that see their region's matters. A technician sees only what he is sent to; cases and technicians add that.
REGIONAL = frozenset(
    {
        "agent",
        "specialist",
        "supervisor",
        "manager",
        "dispatcher",
        "parts_clerk",
        "quality",
        "order_follower",
    }
)


def works_in_regions(user):
    return bool(user.role_names & REGIONAL)


def own_region(user, field="region"):
    """None for those who see everything; own regions for staff; nothing for technicians and strangers."""
    if user.sees_everything:
        return None
    if not works_in_regions(user):
        return NOTHING
    return Q(**{f"{field}__in": user.region_ids})


def matters(user):
    return own_region(user)


def of_matter(user):
    return own_region(user, "matter__region")
