"""What stands beside payments: debts to customers, claims on others, gifts (S2-71, S2-82, S3-154, S0-60)."""

from decimal import Decimal

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.numbers import next_number
from core.visibility import VisibleQuerySet
from payments.models.order import PayOrder, _unique, sum_of_money
from payments.models.tier import Giving, Tier
from workflow.errors import MoveRefused
from workflow.models import Event, Matter

User = settings.AUTH_USER_MODEL


class Entry(models.Model):
    """What every row of these ledgers has: a number, a matter, and what it came out of, if anything."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    matter = models.ForeignKey("workflow.Matter", models.PROTECT, related_name="%(class)ss")
    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+", null=True, blank=True)
    subject_id = models.PositiveBigIntegerField(null=True, blank=True)
    subject = GenericForeignKey("subject_type", "subject_id")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("entered at"), default=timezone.now)

    class Meta:
        abstract = True

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse(f"payments:{self._meta.model_name}", args=[self.pk])

    def tell(self, action, *, by, now, note="", **data):
        """One line of the matter's timeline, for those who deal with money."""
        kind = self._meta.model_name
        return Event.objects.write(
            self.matter, action, by=by, at=now, note=note, data=data | {kind: self.pk}, visibility="money"
        )


def _lock(matter):
    return Matter.objects.select_for_update(of=("self",), no_key=True).get(pk=matter.pk)


class DebtQuerySet(VisibleQuerySet):
    def owe(self, matter, kind, amount, *, why, by, now, due_on=None, subject=None, **payee):
        """Write down what we owe a customer: a fee or postage he advanced, and by when he gets it back (S3-154, X35)."""
        debt = self.create(
            number=next_number("QK", timezone.localdate(now)), matter=matter, kind=kind, amount=sum_of_money(amount),
            why=why, due_on=due_on, subject=subject, by=by, at=now, **payee,
        )  # fmt: skip
        debt.tell("owe", by=by, now=now, note=why, kind=kind)
        return debt

    def open(self):
        return self.filter(settled_at__isnull=True, dropped_at__isnull=True)


class Debt(Entry):
    """What we owe a customer besides compensation; paid by an order like everything else."""

    class Kind(models.TextChoices):
        FEE = "fee", _("fee he advanced")
        POSTAGE = "postage", _("postage he advanced")
        DEPOSIT = "deposit", _("deposit")
        OTHER = "other", pgettext_lazy("debt", "other")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    why = models.CharField(_("what for"), max_length=200)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    means = models.CharField(_("means"), max_length=10, blank=True)
    payee_name = models.CharField(_("payee"), max_length=60, blank=True)
    payee_account = models.CharField(_("account"), max_length=60, blank=True)
    payee_bank = models.CharField(_("bank"), max_length=80, blank=True)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)

    objects = DebtQuerySet.as_manager()

    class Meta:
        verbose_name = _("debt to a customer")
        verbose_name_plural = _("debts to customers")
        permissions = [
            ("record_debt", _("Can record what is owed to customers")),
            ("confirm_debt", _("Can confirm what is owed to customers")),
        ]
        indexes = [
            models.Index(
                fields=["due_on", "id"],
                condition=Q(settled_at__isnull=True, dropped_at__isnull=True),
                name="debts_open",
            ),
            models.Index(fields=["-at", "-id"], name="debts_newest"),
        ]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="debt_above_zero")]

    @property
    def order(self):
        return PayOrder.objects.of(self).first()

    def confirm(self, *, by, now):
        """Somebody else than who entered it says that we owe it; finance may then pay it."""
        self._still_open()
        if by.pk == self.by_id:
            raise PermissionDenied(_("You entered this; somebody else must confirm it."))
        payee = {name: getattr(self, name) for name in ("means", "payee_name", "payee_account", "payee_bank")}
        # What he advanced is his own money: it takes nothing from what the matter may be given.
        order = PayOrder.objects.release(
            self, self.amount, by=by, version=1, now=now, giving=Giving.REFUND, counted=False, payee=payee
        )
        self.tell("confirm_debt", by=by, now=now)
        return order

    def pay(self, amount, *, by, now, **line):
        """Pay it, or a part of it."""
        self._still_open()
        order = PayOrder.objects.locked(self)
        payment = order.pay(amount, by=by, now=now, **line)
        if order.is_paid:
            self.settled_at = now
            self.save(update_fields=["settled_at"])
        self.tell("pay_debt", by=by, now=now, payment=payment.pk)
        return payment

    def reverse(self, line, *, reason, by, now):
        """A line was wrong: the debt is open again."""
        order = PayOrder.objects.locked(self)
        reversal = order.reverse(line, reason=reason, by=by, now=now)
        self.settled_at = None
        self.save(update_fields=["settled_at"])
        self.tell("reverse_debt", by=by, now=now, note=reason, payment=reversal.pk)
        return reversal

    def drop(self, *, reason, by, now):
        """It is not owed after all."""
        self._still_open()
        PayOrder.objects.void(self, "dropped", now=now)
        self.dropped_at = now
        self.save(update_fields=["dropped_at"])
        self.tell("drop_debt", by=by, now=now, note=reason)

    def _still_open(self):
        if self.settled_at or self.dropped_at:
            raise MoveRefused(_("This debt is settled already."), record=self)


class ClaimQuerySet(VisibleQuerySet):
    def raise_on(self, matter, against, claimed, *, party, what, by, now, subject=None, **fields):
        """Ask somebody else to bear it: carrier, supplier, installer, group (S2-71, S2-82, S3-137)."""
        claim = self.create(
            number=next_number("SP", timezone.localdate(now)), matter=matter, against=against, party=party, what=what,
            claimed=sum_of_money(claimed, "claimed"), claimed_on=timezone.localdate(now), subject=subject, by=by, at=now,
            **fields,
        )  # fmt: skip
        claim.tell("raise_claim", by=by, now=now, note=what, against=against)
        return claim

    def of_month(self, first, last):
        return self.filter(claimed_on__range=(first, last))

    def open(self):
        return self.filter(closed_at__isnull=True)


class Claim(Entry):
    """What we want back from somebody else, what he agreed to and what came (S2-82: entered at once, summed by month)."""

    class Against(models.TextChoices):
        CARRIER = "carrier", _("the carrier")
        SUPPLIER = "supplier", _("a supplier")
        INSTALLER = "installer", _("the installer")
        GROUP = "group", _("group headquarters")

    against = models.CharField(_("on whom"), max_length=10, choices=Against.choices)
    party = models.CharField(_("name"), max_length=80)
    what = models.CharField(_("product and damage"), max_length=200)
    waybill = models.CharField(_("waybill"), max_length=60, blank=True)
    evidence = models.CharField(_("evidence"), max_length=300, blank=True)
    claimed = models.DecimalField(_("claimed"), max_digits=12, decimal_places=2)
    claimed_on = models.DateField(_("claimed on"))
    agreed = models.DecimalField(pgettext_lazy("sum", "agreed"), max_digits=12, decimal_places=2, null=True, blank=True)
    received = models.DecimalField(_("received"), max_digits=12, decimal_places=2, default=Decimal(0))
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    closed_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim on others")
        verbose_name_plural = _("claims on others")
        permissions = [
            ("record_claim", _("Can claim from carriers, suppliers, installers and the group")),
            ("settle_claim", _("Can record what came of claims")),
        ]
        indexes = [
            models.Index(fields=["-claimed_on", "-id"], name="claims_newest"),
            models.Index(fields=["against", "-claimed_on", "-id"], name="claims_by_party"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(claimed__gt=0), name="claim_above_zero"),
            models.CheckConstraint(condition=Q(received__gte=0), name="claim_received_not_negative"),
            models.CheckConstraint(
                condition=Q(agreed__isnull=True) | Q(agreed__gte=0), name="claim_agreed_not_negative"
            ),
        ]

    @property
    def missing(self):
        """What was promised, or claimed as long as nothing was promised, and has not come."""
        return max(Decimal(0), (self.claimed if self.agreed is None else self.agreed) - self.received)

    def answered(self, agreed, *, answer, by, now):
        """The other side says what it bears; 0 where it refuses."""
        self._still_open()
        if not answer.strip():
            raise ValidationError({"answer": _("Write what they answered.")})
        if agreed < 0 or agreed > self.claimed:
            raise ValidationError({"agreed": _("They agree to nothing, to a part, or to all of what was claimed.")})
        self.agreed, self.answer = agreed, answer.strip()[:300]
        self.closed_at = now if self.received >= self.agreed else None
        self.save(update_fields=["agreed", "answer", "closed_at"])
        self.tell("answer_claim", by=by, now=now, note=self.answer)

    def receive(self, amount, *, reference, received_on, by, now):
        """Money came in for it. Raises ValidationError for a reference that was used before."""
        self._still_open()
        amount = sum_of_money(amount)
        if received_on > timezone.localdate(now):
            raise ValidationError({"received_on": _("This day is still to come.")})
        row = _unique(
            Recovery(claim=self, amount=amount, reference=reference.strip(), received_on=received_on, by=by, at=now),
            "reference",
        )
        self.received += amount
        if not self.missing:
            self.closed_at = now
        self.save(update_fields=["received", "closed_at"])
        self.tell("receive_claim", by=by, now=now, recovery=row.pk)
        return row

    def _still_open(self):
        if self.closed_at:
            raise MoveRefused(_("This claim is settled already."), record=self)


class Recovery(models.Model):
    """One sum that came in for a claim."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="recoveries")
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    reference = models.CharField(_("reference"), max_length=60, unique=True)
    received_on = models.DateField(_("received on"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("recovery")
        verbose_name_plural = _("recoveries")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="recovery_above_zero")]

    def __str__(self):
        return f"{self.amount} {self.reference}"


class GiftQuerySet(VisibleQuerySet):
    def give(self, matter, item, value, *, why, by, now, subject=None, approved=False):
        """A small present for a customer, within what the person may give in one matter (S0-60).

        ``approved``: somebody with the right decided it already, as part of a compensation. Raises PermissionDenied
        above the person's limit for gifts.
        """
        value, matter = sum_of_money(value, "value"), _lock(matter)
        given = self.filter(matter=matter, within_limit=True).aggregate(sum=models.Sum("value"))["sum"] or Decimal(0)
        if not (approved or Tier.objects.allows(by, matter, given + value, Giving.GIFT, timezone.localdate(now))):
            raise PermissionDenied(_("This gift is above what you may give; ask somebody higher."))
        gift = self.create(
            number=next_number("LP", timezone.localdate(now)), matter=matter, item=item, value=value, why=why,
            subject=subject, by=by, at=now, within_limit=not approved,
        )  # fmt: skip
        gift.tell("give_gift", by=by, now=now, note=item)
        return gift

    def to_deliver(self):
        return self.filter(delivered_on__isnull=True)


class Gift(Entry):
    """The register of gifts: what, worth how much, who decided it, why, when it was handed over (S0-60)."""

    item = models.CharField(_("item"), max_length=80)
    value = models.DecimalField(_("value"), max_digits=12, decimal_places=2)
    why = models.CharField(_("reason"), max_length=200)
    # False: it was approved as part of a compensation, whose order counts it.
    within_limit = models.BooleanField(default=True)
    delivered_on = models.DateField(_("handed over on"), null=True, blank=True)
    delivered_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    delivered_how = models.CharField(_("how"), max_length=100, blank=True)

    objects = GiftQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("register", "gift")
        verbose_name_plural = pgettext_lazy("register", "gifts")
        permissions = [("give_gift", _("Can give customers small presents"))]
        indexes = [models.Index(fields=["-at", "-id"], name="gifts_newest")]
        constraints = [models.CheckConstraint(condition=Q(value__gt=0), name="gift_above_zero")]

    def get_absolute_url(self):
        return reverse("payments:gifts")

    def deliver(self, *, on, how, by, now):
        """The customer has it."""
        if self.delivered_on:
            raise MoveRefused(_("This gift was handed over already."), record=self)
        if on > timezone.localdate(now):
            raise ValidationError({"on": _("This day is still to come.")})
        self.delivered_on, self.delivered_by, self.delivered_how = on, by, how[:100]
        self.save(update_fields=["delivered_on", "delivered_by", "delivered_how"])
        self.tell("deliver_gift", by=by, now=now, note=how)
