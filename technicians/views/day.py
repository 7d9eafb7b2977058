"""The technician's day on his phone: whom to go to next, how to reach him, what to bring."""

from datetime import timedelta
from urllib.parse import quote

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.views.generic import TemplateView

from core.calendar import midnight
from customers.phones import place_for
from technicians.models import WorkOrder
from technicians.steps import NEXT
from workflow.transitions import Move, declaration

WORK = "technicians.work_workorder"
SHOWN = 60


def maps_to(address):
    """The three map services, each opening at an address (name, link)."""
    place = quote(address)
    return [
        ("高德", f"https://uri.amap.com/search?keyword={place}&src=aftersales&callnative=1"),
        ("百度", f"https://api.map.baidu.com/geocoder?address={place}&output=html&src=aftersales"),
        ("腾讯", f"https://apis.map.qq.com/uri/v1/search?keyword={place}&referer=aftersales"),
    ]


class Today(TemplateView):
    """Today's visits in their order, the next one large; then the rest of the week and what waits for a time."""

    template_name = "technicians/today.html"

    def get_context_data(self, **kwargs):
        user, today = self.request.user, timezone.localdate()
        if not user.has_perm(WORK):
            raise PermissionDenied
        orders = list(
            WorkOrder.objects.of_person(user)
            .open()
            .exclude(status__in=("completed", "customer_accepted"))
            .select_related("matter__customer__area", "card__product")
            .prefetch_related("matter__customer__phones")
            .order_by("window_from", "pk")[:SHOWN]
        )
        for order in orders:
            order.where = place_for(user, order.matter.customer)
            order.maps = maps_to(order.where)
            order.next = next_move(order, user)
        ends, week = midnight(today + timedelta(days=1)), midnight(today + timedelta(days=8))
        timed = [order for order in orders if order.window_from is not None]
        return super().get_context_data(
            now_due=[order for order in timed if order.window_from < ends],
            later=[order for order in timed if ends <= order.window_from < week],
            waiting=[order for order in orders if order.window_from is None],
            today=today,
            **kwargs,
        )


def next_move(order, user):
    """The crew's step that leads on, without asking the database; None where it is somebody else's turn."""
    for verb in NEXT.get(order.status, ()):
        meta = declaration(order, verb)
        needed = getattr(meta.permission, "permission", meta.permission) if meta else None
        if needed is not None and user.has_perm(needed):
            return Move(order, verb, meta)
    return None
