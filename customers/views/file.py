"""The service file page (《客户售后服务档案》).

The app above that keeps the timeline draws the whole page and says so by ``show_file_with``; without it the file shows
who the customer is and what he has.
"""

from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.visibility import get_visible_or_404
from customers.models import Customer, Order, ServiceCard

_page = None


def show_file_with(view):
    """Let this view, called with ``request`` and ``pk``, answer for customers:file; called in ``ready()``."""
    global _page
    _page = view


def file(request, pk):
    return (_page or plain_file)(request, pk=pk)


@require_safe
def plain_file(request, pk):
    """The file without a timeline."""
    customer = get_visible_or_404(
        Customer.objects.with_contact_points().prefetch_related("contacts"), request.user, pk=pk
    )
    if not request.user.has_perm("customers.view_customer"):
        raise PermissionDenied
    return render(
        request,
        "customers/file.html",
        {
            "customer": customer,
            "cards": ServiceCard.objects.of_file(customer).with_warranty(),
            "orders": Order.objects.of_file(customer).with_lines(),
        },
    )
