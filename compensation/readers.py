"""Who a small settlement is reported to (S0-12)."""

from django.contrib.auth import get_user_model
from django.db.models import Q


def readers_of(compensation):
    """Everybody in finance, and the managers of the branch: the supervising manager (主管经理) is one of these."""
    finance = Q(groups__name="finance")
    managers = Q(groups__name="manager", regions=compensation.region_id)
    return get_user_model().objects.filter(finance | managers, is_active=True).distinct().order_by("pk")
