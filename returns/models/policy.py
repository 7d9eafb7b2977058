"""What a company takes back, under which conditions: data its managers edit."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import ProductGroup
from returns.models import choices

NO_REASON_DAYS = 7  # the right of the law, counted from receipt (X12); a policy may give more, never less
QUALITY_DAYS = 3  # from signing, for unused small goods (S2-72); furniture goes by its warranty


class ReturnPolicyQuerySet(models.QuerySet):
    def active(self):
        return self.filter(active=True)

    def by_group(self):
        """Group key → policy, None → the policy of everything else; one statement."""
        return {policy.group_id: policy for policy in self.active()}


class ReturnPolicy(models.Model):
    """What holds for the goods of one product group, or for all that no other policy speaks of (S3-13, S3-78, X12)."""

    group = models.OneToOneField(
        ProductGroup, models.PROTECT, verbose_name=_("product group"), related_name="+", null=True, blank=True
    )
    no_reason_days = models.PositiveSmallIntegerField(
        _("days to return without a reason"),
        default=NO_REASON_DAYS,
        validators=[MinValueValidator(NO_REASON_DAYS)],
        help_text=_("Counted from receipt; the law asks for seven at least."),
    )
    quality_days = models.PositiveSmallIntegerField(
        _("days to report a fault"),
        null=True,
        blank=True,
        help_text=_("From signing, of unused goods. Empty: as long as the warranty runs."),
    )
    made_to_order_exempt = models.BooleanField(_("goods made to order are exempt from the seven days"), default=True)
    excluded = models.BooleanField(_("not taken back without a fault"), default=False)
    use_condition = models.CharField(_("condition of use"), max_length=200, blank=True)
    fee_percent = models.DecimalField(
        _("handling fee in per cent"),
        max_digits=4,
        decimal_places=1,
        default=0,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
        help_text=_("Of returns without our fault (S3-79)."),
    )
    large = models.BooleanField(_("large: collected by us"), default=False)
    active = models.BooleanField(_("active"), default=True)

    objects = ReturnPolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("return policy")
        verbose_name_plural = _("return policies")
        constraints = [
            models.UniqueConstraint(
                fields=["active"], condition=models.Q(group__isnull=True, active=True), name="one_general_return_policy"
            )
        ]

    def __str__(self):
        return str(self.group) if self.group_id else str(_("everything else"))


@dataclass
class Verdict:
    """What the policy says about a request: objections that only a supervisor may set aside, and the fee it names."""

    objections: list = field(default_factory=list)
    fee: Decimal = Decimal(0)

    @property
    def is_allowed(self):
        return not self.objections


def policy_for(product, policies):
    """The policy of a product: of its group, else of what that is part of, else the general one; None without any."""
    for group in product.group.lineage():
        if group.pk in policies:
            return policies[group.pk]
    return policies.get(None)


def judge(request, lines, now):
    """What the policy says about these lines of a request (X12, X13, S3-10, S3-78, S3-82).

    A fault of ours is never held up by a window of the merchant's own, as the law leaves return, exchange and repair
    open to the customer; only small goods have days to report it in.
    """
    verdict, policies = Verdict(), ReturnPolicy.objects.by_group()
    for line in lines:
        policy = policy_for(line.order_line.product, policies) or ReturnPolicy()
        received = line.order_line.order.delivered_on
        days = None if received is None else (timezone.localdate(now) - received).days
        if request.is_without_reason:
            _without_reason(verdict, policy, line.order_line.product, days)
            verdict.fee += line.unit_price * line.quantity * policy.fee_percent / 100
        elif policy.quality_days and days is not None and days > policy.quality_days:
            verdict.objections.append(
                _("%(product)s: faults are reported within %(days)s days of signing.")
                % {"product": line.order_line.product, "days": policy.quality_days}
            )
    if request.liability == choices.Liability.CUSTOMER and not request.is_without_reason:
        verdict.objections.append(_("It is the customer's own fault."))
    verdict.fee = verdict.fee.quantize(Decimal("0.01"))
    return verdict


def _without_reason(verdict, policy, product, days):
    say = {"product": product, "days": policy.no_reason_days}
    if product.custom_made and policy.made_to_order_exempt:
        verdict.objections.append(_("%(product)s was made to order: no return without a reason.") % say)
    elif policy.excluded:
        verdict.objections.append(_("%(product)s is not taken back without a fault.") % say)
    elif days is not None and days > policy.no_reason_days:
        verdict.objections.append(_("%(product)s: more than %(days)s days since receipt.") % say)


class Carrier(models.Model):
    """A carrier we accept parcels from, and on which terms (S2-100)."""

    name = models.CharField(pgettext_lazy("carrier", "name"), max_length=40, unique=True)
    accepted = models.BooleanField(_("accepted for returns"), default=True)
    collect_on_delivery = models.BooleanField(
        _("may collect on delivery"),
        default=False,
        help_text=_("Parcels with charges due are refused from all others."),
    )
    fee = models.DecimalField(
        _("usual postage"), max_digits=8, decimal_places=2, default=0, validators=[MinValueValidator(Decimal(0))]
    )
    hotline = models.CharField(_("enquiry number"), max_length=30, blank=True)
    position = models.PositiveSmallIntegerField(_("place in the list"), default=0)

    class Meta:
        verbose_name = _("carrier")
        verbose_name_plural = _("carriers")
        ordering = ["position", "pk"]

    def __str__(self):
        return self.name


class ReturnAddress(models.Model):
    """Where returns go: of a branch, or of the company where the branch has none (S2-100)."""

    region = models.OneToOneField(
        "accounts.Region", models.PROTECT, verbose_name=_("region"), related_name="+", null=True, blank=True
    )
    name = models.CharField(_("addressee"), max_length=40)
    phone = models.CharField(pgettext_lazy("return address", "phone"), max_length=30)
    address = models.CharField(_("address"), max_length=200)

    class Meta:
        verbose_name = _("return address")
        verbose_name_plural = _("return addresses")

    def __str__(self):
        return f"{self.name} {self.phone} {self.address}"

    @classmethod
    def of(cls, region):
        """The branch's own, else the company's, else None."""
        rows = cls.objects.filter(models.Q(region=region) | models.Q(region__isnull=True))
        return rows.order_by(models.F("region").asc(nulls_last=True)).first()
