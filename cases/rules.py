"""What a technician sees of complaints: the matters he was asked to appraise."""

from django.db.models import Q

from cases.models import Appraisal
from customers.models import Customer
from workflow.rules import NOTHING


def _asked_of(user):
    return Appraisal.objects.filter(technician=user).values("matter_id")


def appraised_by_him(user):
    """For complaints, attachments, deadlines, promises: rows with a ``matter``."""
    return Q(matter_id__in=_asked_of(user)) if "technician" in user.role_names else NOTHING


def matters_he_appraises(user):
    return Q(pk__in=_asked_of(user)) if "technician" in user.role_names else NOTHING


def customers_he_visits(user):
    if "technician" not in user.role_names:
        return NOTHING
    return Q(root__in=Appraisal.objects.filter(technician=user).values("matter__customer__root"))


def entries_he_may_find(user):
    """Words of the matters and customers he was sent to; each kind still shows its own rows only."""
    if "technician" not in user.role_names:
        return NOTHING
    return Q(customer_id__in=Customer.objects.filter(customers_he_visits(user)).values("pk"))
