"""What a technician sees: the matters of the orders he is sent to, and nothing of anybody else's (design 3.8)."""

from django.db.models import Q

from customers.models import Customer
from technicians.models import CrewMember
from workflow.models import Matter
from workflow.rules import NOTHING, own_region


def technicians_of_his_regions(user):
    """The people of one's own regions; everybody sees himself."""
    rule = own_region(user, "home")
    return rule if rule is None else rule | Q(user=user.pk)


def hand_ins_of_his_own(user):
    """Finance and whoever sees everything see all; everybody else what he handed in himself."""
    return None if user.sees_everything else Q(created_by=user.pk)


def _sent(user):
    return CrewMember.objects.filter(technician__user=user, released_at=None)


def _matters(user):
    return _sent(user).values("order__matter_id")


def orders_he_was_given(user):
    """His orders, and those taken from him: what he did meanwhile gets its answer there and not silence (threats 13)."""
    if "technician" not in user.role_names:
        return NOTHING
    return Q(pk__in=CrewMember.objects.filter(technician__user=user).values("order_id"))


def of_his_matters(user):
    """For complaints, attachments, deadlines, promises: rows with a ``matter``."""
    return Q(matter_id__in=_matters(user)) if "technician" in user.role_names else NOTHING


def his_matters(user):
    return Q(pk__in=_matters(user)) if "technician" in user.role_names else NOTHING


def customers_he_visits(user):
    if "technician" not in user.role_names:
        return NOTHING
    return Q(root__in=Matter.objects.filter(pk__in=_matters(user)).values("customer__root"))


def entries_he_may_find(user):
    """Words of the customers he is sent to; each kind still shows its own rows only."""
    if "technician" not in user.role_names:
        return NOTHING
    return Q(customer_id__in=Customer.objects.filter(customers_he_visits(user)).values("pk"))
