"""Where a record is paid: each app that releases money says which page of its own takes the payment."""

from django.urls import reverse

_pages = {}


def pay_at(model_label, url_name):
    """Payments of this model's records are entered on ``url_name``, which takes the record's key."""
    _pages[model_label.lower()] = url_name


def pay_url(order):
    """The page that pays an order; empty where its app named none."""
    model = order.subject_type.model_class()
    name = _pages.get(model._meta.label_lower) if model else None
    return reverse(name, args=[order.subject_id]) if name else ""
