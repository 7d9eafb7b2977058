"""What must always hold of money (design 4.9): asked by ``manage.py check_invariants``."""

from decimal import Decimal

from django.db.models import Count, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from core.invariants import invariant
from payments.models import Approval, Claim, Payment, PayOrder, Recovery


def _sum(rows, key, field):
    """The sum of a field over the rows of one subject, 0 for none."""
    sums = rows.order_by().values(key).annotate(sum=Sum(field)).values("sum")
    return Coalesce(Subquery(sums), Value(Decimal(0)), output_field=rows.model._meta.get_field(field))


@invariant("approved = paid + pending, and the lines add up to what is paid")
def orders_add_up():
    lines = _sum(Payment.objects.filter(order=OuterRef("pk")), "order", "amount")
    for order in PayOrder.objects.annotate(lines_sum=lines).exclude(paid=F("lines_sum")):
        yield f"order {order.pk}: paid {order.paid}, its lines add up to {order.lines_sum}"
    for order in PayOrder.objects.filter(paid__gt=F("approved")):
        yield f"order {order.pk}: {order.paid} paid of {order.approved} approved"


@invariant("no payment without the approval that released it")
def orders_are_approved():
    released = Approval.objects.filter(
        subject_type=OuterRef("subject_type"), subject_id=OuterRef("subject_id"), stage="release", void_at__isnull=True
    )
    for order in PayOrder.objects.annotate(word=Subquery(released.values("amount")[:1])):
        if (order.word or 0) != order.approved:
            yield f"order {order.pk}: {order.approved} to pay, {order.word} released"


@invariant("a reversal takes back exactly the line it reverses")
def reversals_match():
    rows = Payment.objects.filter(reverses__isnull=False)
    wrong = rows.exclude(amount=-F("reverses__amount"), order=F("reverses__order"))
    for pk in wrong.values_list("pk", flat=True):
        yield f"payment {pk} does not match the line it reverses"


@invariant("a reference is used once, a receipt stands for a line that was not reversed")
def references_are_unique():
    named = Payment.objects.exclude(reference=None).exclude(
        means=Payment.Means.OFFSET
    )  # a bill may be set off in parts
    doubles = named.values("reference").annotate(n=Count("pk")).filter(n__gt=1)
    for row in doubles.order_by():
        yield f"{row['n']} payments share one reference"
    for pk in Payment.objects.filter(Q(receipt__isnull=False), reverses__isnull=False).values_list("pk", flat=True):
        yield f"payment {pk} is a reversal with a receipt"


@invariant("claims have received what their recoveries say")
def claims_add_up():
    came = _sum(Recovery.objects.filter(claim=OuterRef("pk")), "claim", "amount")
    for claim in Claim.objects.annotate(came=came).exclude(received=F("came")):
        yield f"claim {claim.pk}: received {claim.received}, its recoveries add up to {claim.came}"
