"""Who sees which customers: the branch that has the file (design 3.8). What hangs on a file is seen with it.

A technician sees nobody by his region; workflow adds the customers of the matters he is booked for.
"""

from django.db.models import Q

from core import visibility
from core.models import SearchEntry
from customers.models import Access, Contact, Customer, Due, Erasure, Order, Phone, ServiceCard

NOBODY = Q(pk__in=[])


def goes_by_booking(user):
    """Whether the user is a technician and nothing else, so that his region shows him nobody."""
    return user.role_names == {"technician"}


def customers_of(user):
    if user.sees_everything:
        return None
    return NOBODY if goes_by_booking(user) else Q(region__in=user.region_ids)


def rows_of_customers_of(user):
    if user.sees_everything:
        return None
    if goes_by_booking(user):
        return Q(customer__in=Customer.objects.visible_to(user).values("pk"))
    return Q(customer__region__in=user.region_ids)


def entries_of(user):
    """What the search may answer with, before each kind is asked for the rows themselves."""
    if user.sees_everything:
        return None
    return NOBODY if goes_by_booking(user) else Q(region_id__in=user.region_ids)


def register():
    visibility.register(SearchEntry, entries_of)
    visibility.register(Customer, customers_of)
    for model in (Phone, Contact, Order, ServiceCard, Access, Erasure, Due):
        visibility.register(model, rows_of_customers_of)
