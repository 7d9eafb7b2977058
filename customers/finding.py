"""How customers, their orders and their service cards look among the results of a search."""

from django.utils.translation import gettext_lazy as _

from core.search import Found, Kind, register
from customers.models import Customer, Order, ServiceCard
from customers.phones import name_for, place_for


def customers(pks, user):
    found = Customer.objects.live().visible_to(user).filter(pk__in=pks).select_related("area", "region")
    return {
        row.pk: Found(
            f"{name_for(user, row.name)} {row.number}", row.get_absolute_url(), f"{row.region} · {place_for(user, row)}"
        )
        for row in found
    }


def orders(pks, user):
    found = Order.objects.visible_to(user).filter(pk__in=pks).select_related("customer")
    return {
        row.pk: Found(row.number, row.get_absolute_url(), name_for(user, row.customer.name), row.created_at)
        for row in found
    }


def cards(pks, user):
    found = ServiceCard.objects.visible_to(user).filter(pk__in=pks).select_related("customer", "product")
    return {
        row.pk: Found(
            row.number, row.get_absolute_url(), f"{name_for(user, row.customer.name)} · {row.title}", row.created_at
        )
        for row in found
    }


def show():
    """Called once, when the app is ready."""
    files, goods, bought = Customer.objects.to_index, ServiceCard.objects.to_index, Order.objects.to_index
    register(Kind("customer", _("Customers"), customers, icon="user-round", order=10, records=files))
    register(Kind("card", _("Service cards"), cards, icon="door-open", order=30, records=goods))
    register(Kind("order", _("Orders"), orders, icon="package", order=40, records=bought))
