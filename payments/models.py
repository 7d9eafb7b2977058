"""Money: who may decide how much, and the lines that are paid. The compensation issue fills these in."""

from decimal import Decimal

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class TierQuerySet(models.QuerySet):
    def limit_of(self, user, on=None):
        """The most this person may decide in one matter, in yuan; None means without limit, 0 not at all."""
        on = on or timezone.localdate()
        rows = self.filter(role__in=user.role_names, since__lte=on).order_by("role", "-since")
        latest = {}
        for tier in rows:
            latest.setdefault(tier.role, tier.limit)
        if any(limit is None for limit in latest.values()):
            return None
        return max(latest.values(), default=Decimal(0))

    def allows(self, user, matter, amount):
        """Whether the person may decide ``amount`` on top of what the matter was given so far (threats 8)."""
        limit = self.limit_of(user)
        return limit is None or Payment.objects.total_of(matter) + amount <= limit


class Tier(models.Model):
    """Up to which sum a role decides by itself, from a day on; older rows stay as the record (S0-11, X9)."""

    role = models.SlugField(_("role"), max_length=30)
    limit = models.DecimalField(_("limit"), max_digits=12, decimal_places=2, null=True, blank=True)
    since = models.DateField(_("since"), default=timezone.localdate)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)

    objects = TierQuerySet.as_manager()

    class Meta:
        verbose_name = _("approval limit")
        verbose_name_plural = _("approval limits")
        constraints = [
            models.UniqueConstraint(fields=["role", "since"], name="one_limit_per_role_and_day"),
            models.CheckConstraint(condition=Q(limit__isnull=True) | Q(limit__gte=0), name="limit_not_negative"),
        ]

    def __str__(self):
        return f"{self.role} ≤ {self.limit if self.limit is not None else '∞'}"


class PaymentQuerySet(models.QuerySet):
    def total_of(self, matter):
        """What was promised or paid in this matter so far, in yuan; a reversal counts against it."""
        return self.filter(matter=matter).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)


class Payment(models.Model):
    """One line of money that goes to a customer, or comes back (negative: a reversal)."""

    class Means(models.TextChoices):
        TRANSFER = "transfer", _("bank transfer")
        WECHAT = "wechat", _("WeChat Pay")
        ALIPAY = "alipay", _("Alipay")
        CASH = "cash", _("in cash")
        KIND = "kind", _("in kind")

    matter = models.ForeignKey("workflow.Matter", models.PROTECT, related_name="payments")
    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+", null=True, blank=True)
    subject_id = models.PositiveBigIntegerField(null=True, blank=True)
    subject = GenericForeignKey("subject_type", "subject_id")
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    means = models.CharField(_("means"), max_length=10, choices=Means.choices)
    reference = models.CharField(_("reference"), max_length=60, unique=True, null=True, blank=True)
    paid_on = models.DateField(_("paid on"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    reverses = models.OneToOneField("self", models.PROTECT, related_name="reversal", null=True, blank=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.CheckConstraint(
                condition=Q(reverses__isnull=True, amount__gt=0) | Q(reverses__isnull=False, amount__lt=0),
                name="only_reversals_are_negative",
            )
        ]

    def __str__(self):
        return f"{self.amount} {self.means}"
