"""What a job costs the customer, line by line, and what he paid (S0-01, S0-02, S2-132, S3-16)."""

from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q, Sum
from django.utils.translation import pgettext_lazy

from customers.models import PriceItem
from technicians.models.choices import Attribution, Consent

User = settings.AUTH_USER_MODEL
CENT = Decimal("0.01")


class Quote(models.Model):
    """The price told on site before work begins. A new finding or another attribution makes it void."""

    order = models.ForeignKey("technicians.WorkOrder", models.PROTECT, related_name="quotes")
    attribution = models.CharField(pgettext_lazy("quote", "attribution"), max_length=10, choices=Attribution)
    priced_on = models.DateField(pgettext_lazy("quote", "prices of"))
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(pgettext_lazy("quote", "made at"))
    total = models.DecimalField(pgettext_lazy("quote", "total"), max_digits=12, decimal_places=2, default=Decimal(0))
    confirmed_at = models.DateTimeField(pgettext_lazy("quote", "agreed at"), null=True, blank=True)
    confirmed_how = models.CharField(pgettext_lazy("quote", "agreed"), max_length=10, choices=Consent, blank=True)
    confirmed_name = models.CharField(pgettext_lazy("quote", "agreed by"), max_length=60, blank=True)
    signature = models.ForeignKey("workflow.Attachment", models.PROTECT, related_name="+", null=True, blank=True)
    voided_at = models.DateTimeField(pgettext_lazy("quote", "void since"), null=True, blank=True)
    void_reason = models.CharField(pgettext_lazy("quote", "void because"), max_length=300, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("work order", "quote")
        verbose_name_plural = pgettext_lazy("work order", "quotes")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["order"], condition=Q(voided_at=None), name="one_live_quote_of_an_order"),
            models.CheckConstraint(condition=Q(total__gte=0), name="quote_is_not_negative"),
        ]

    def __str__(self):
        return f"{self.order} {self.total}"


class QuoteLine(models.Model):
    """One line: what it is, how many, at which price, and whether the warranty bears it."""

    class Component(models.TextChoices):
        """The four parts of a fee (S3-16)."""

        LABOUR = "labour", pgettext_lazy("fee", "labour")
        PART = "part", pgettext_lazy("fee", "parts")
        VISIT = "visit", pgettext_lazy("fee", "visit")
        TRAVEL = "travel", pgettext_lazy("fee", "travel")

    # What the line is called in the coverage of a warranty plan (customers.models.warranty).
    COVERED_AS = {
        Component.LABOUR: "人工",
        Component.PART: "配件",
        Component.VISIT: "上门",
        Component.TRAVEL: "交通",
    }

    quote = models.ForeignKey(Quote, models.CASCADE, related_name="lines")
    component = models.CharField(pgettext_lazy("fee", "kind"), max_length=8, choices=Component)
    item = models.ForeignKey(PriceItem, models.PROTECT, related_name="+")
    quantity = models.DecimalField(pgettext_lazy("fee", "quantity"), max_digits=8, decimal_places=2)
    unit_price = models.DecimalField(pgettext_lazy("fee", "unit price"), max_digits=12, decimal_places=2)
    covered = models.BooleanField(pgettext_lazy("fee", "borne by the warranty"), default=False)
    amount = models.DecimalField(pgettext_lazy("fee", "to pay"), max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = pgettext_lazy("fee", "line of a quote")
        verbose_name_plural = pgettext_lazy("fee", "lines of a quote")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0, amount__gte=0), name="quote_line_is_some"),
        ]

    def __str__(self):
        return f"{self.item} × {self.quantity}"


def component_of(item):
    """Which of the four parts of a fee an item of the price list belongs to."""
    if item.kind == PriceItem.Kind.TRAVEL:
        visit = item.unit == PriceItem.Unit.VISIT
        return QuoteLine.Component.VISIT if visit else QuoteLine.Component.TRAVEL
    return QuoteLine.Component(item.kind)


def is_covered(card, item, attribution, on):
    """Whether the card's warranty bears this item on a day; never what the customer caused himself (S0-01, S3-12, S3-15)."""
    if card is None or attribution != Attribution.COMPANY:
        return False
    named = QuoteLine.COVERED_AS[component_of(item)]
    if item.kind == PriceItem.Kind.PART and card.plan_id:
        parts = [line.name for line in card.plan.coverage.all() if line.kind == "part" and line.name in item.name]
        named = parts[0] if parts else named
    return card.warranty(on, part=named).is_covered


def priced(card, wanted, attribution, on):
    """Unsaved lines for pairs of item (with its ``amount`` of the day) and quantity (S0-02)."""
    lines = []
    for item, quantity in wanted:
        covered = is_covered(card, item, attribution, on)
        amount = Decimal(0) if covered else (item.amount * quantity).quantize(CENT, ROUND_HALF_UP)
        lines.append(
            QuoteLine(
                component=component_of(item),
                item=item,
                quantity=quantity,
                unit_price=item.amount,
                covered=covered,
                amount=amount,
            )
        )
    return lines


class FeeQuerySet(models.QuerySet):
    def held_by(self, user):
        """What he collected and has not handed in."""
        return self.filter(collected_by=user, handed_in__isnull=True)

    def total(self):
        return self.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)


class Fee(models.Model):
    """Money a customer paid on site, with the number of its receipt (S2-134)."""

    class Means(models.TextChoices):
        CASH = "cash", pgettext_lazy("means", "cash")
        WECHAT = "wechat", pgettext_lazy("means", "WeChat")
        ALIPAY = "alipay", pgettext_lazy("means", "Alipay")
        TRANSFER = "transfer", pgettext_lazy("means", "bank transfer")

    order = models.ForeignKey("technicians.WorkOrder", models.PROTECT, related_name="fees")
    number = models.CharField(pgettext_lazy("fee", "receipt"), max_length=20, unique=True)
    amount = models.DecimalField(pgettext_lazy("fee", "amount"), max_digits=12, decimal_places=2)
    means = models.CharField(pgettext_lazy("fee", "paid by"), max_length=10, choices=Means)
    collected_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    collected_at = models.DateTimeField(pgettext_lazy("fee", "collected at"))
    handed_in = models.ForeignKey("technicians.HandIn", models.PROTECT, related_name="fees", null=True, blank=True)

    objects = FeeQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("work order", "fee")
        verbose_name_plural = pgettext_lazy("work order", "fees")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="fee_is_some")]
        indexes = [models.Index(fields=["collected_by"], condition=Q(handed_in=None), name="fees_held_by")]

    def __str__(self):
        return self.number
