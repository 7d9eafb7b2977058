"""What a technician sees of returns: those he was asked to look at on site."""

from django.db.models import Q

from returns.models import ReturnRequest
from workflow.rules import NOTHING


def _asked_of(user):
    return ReturnRequest.objects.filter(inspector=user).values("matter_id")


def inspected_by_him(user):
    return Q(inspector=user.pk) if "technician" in user.role_names else NOTHING


def in_matters_he_inspects(user):
    """For attachments, deadlines, promises: rows with a ``matter``."""
    return Q(matter_id__in=_asked_of(user)) if "technician" in user.role_names else NOTHING


def matters_he_inspects(user):
    return Q(pk__in=_asked_of(user)) if "technician" in user.role_names else NOTHING


def customers_he_visits(user):
    if "technician" not in user.role_names:
        return NOTHING
    return Q(root__in=ReturnRequest.objects.filter(inspector=user).values("matter__customer__root"))
