"""Everything one needs to say yes or no to a sum, gathered for one page (interface, "Approval")."""

from dataclasses import dataclass, field
from decimal import Decimal
from statistics import median

from django.db.models import Count, Sum
from django.utils import timezone

from compensation.models import Compensation
from payments.models import DEPARTMENT, PayOrder, Tier, committed
from workflow.photos import photos_of

PHOTOS, EARLIER, SIMILAR = 8, 3, 30
# What was let through, whatever became of it afterwards.
GIVEN = ("department_approved", "approved", "paid", "reported", "write_off_pending", "written_off")


@dataclass
class Evidence:
    """What the page shows beside the sum itself."""

    photos: list
    of_customer: list
    of_customer_sum: Decimal
    of_customer_count: int
    of_product: list
    similar: dict | None
    month_sum: Decimal
    threshold: Decimal | None
    given_before: Decimal
    items: list = field(default_factory=list)


def evidence_for(compensation, user, now):
    """The evidence, cut to what this person may see."""
    complaint, giving = compensation.complaint, compensation.giving
    today = timezone.localdate(now)
    seen = Compensation.objects.visible_to(user).exclude(pk=compensation.pk)
    given = seen.filter(status__in=GIVEN)
    of_customer = given.filter(matter__customer__root=compensation.matter.customer.root_id)
    sums = of_customer.aggregate(sum=Sum("amount"), count=Count("pk"))
    items = list(complaint.items.select_related("product", "card"))
    products = [item.product_id for item in items if item.product_id]
    of_product = given.filter(complaint__items__product__in=products).distinct() if products else given.none()
    return Evidence(
        photos=photos_of(compensation.photos()[:PHOTOS]),
        of_customer=list(of_customer.order_by("-created_at", "-pk")[:EARLIER]),
        of_customer_sum=sums["sum"] or Decimal(0),
        of_customer_count=sums["count"],
        of_product=list(of_product.order_by("-created_at", "-pk")[:EARLIER]),
        similar=similar_to(given.filter(basis=compensation.basis, giving=giving)),
        month_sum=month_sum(compensation.region_id, today),
        threshold=Tier.objects.limit_of_roles({DEPARTMENT}, today, giving),
        given_before=committed(compensation.matter) - own_share(compensation),
        items=items,
    )


def similar_to(rows):
    """Least, middle and most of what the last cases of the same kind got; None without any."""
    sums = sorted(rows.order_by("-created_at", "-pk").values_list("amount", flat=True)[:SIMILAR])
    return {"least": sums[0], "middle": median(sums), "most": sums[-1], "count": len(sums)} if sums else None


def month_sum(region_id, today):
    """What was approved in a branch since the first of the month."""
    first = timezone.make_aware(timezone.datetime(today.year, today.month, 1))
    rows = PayOrder.objects.filter(region=region_id, released_at__gte=first, counted=True)
    return rows.aggregate(sum=Sum("approved"))["sum"] or Decimal(0)


def own_share(compensation):
    order = compensation.order
    return order.approved if order else Decimal(0)
