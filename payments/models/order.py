"""What was approved, and the lines it is paid by (S0-15, S2-186).

A record that ends in money, inside its own verbs (so its row is locked)::

    PayOrder.objects.release(self, sum, by=approver, version=self.version, now=self.moment, giving="refund", payee={…})
    PayOrder.objects.locked(self).pay(part, means="transfer", reference="…", by=by, now=self.moment)
    PayOrder.objects.locked(self).reverse(line, reason="…", by=by, now=self.moment)
    PayOrder.objects.void(self, "cancelled", now=self.moment)

Finance finds it among what is to be paid from the release on; ``payments.paying.pay_at`` says where it is paid.
"""

from decimal import Decimal

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models
from django.db.models import F, Q
from django.db.transaction import atomic
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.numbers import next_number
from core.visibility import VisibleQuerySet
from payments.models.tier import Giving, Tier
from payments.owing import owed_under
from workflow.errors import MoveRefused
from workflow.models import Matter

User = settings.AUTH_USER_MODEL
CENT = Decimal("0.01")


def sum_of_money(amount, field="amount"):
    """The amount as yuan with two decimals. Raises ValidationError for what is no positive sum of cents."""
    amount = Decimal(amount)
    if not amount.is_finite() or amount <= 0 or amount != amount.quantize(CENT):
        raise ValidationError({field: _("The amount must be more than 0, in yuan and cents.")})
    return amount.quantize(CENT)


class Means(models.TextChoices):
    """How a sum reaches the customer; goods count as payment in kind (S0-09)."""

    TRANSFER = "transfer", _("bank transfer")
    WECHAT = "wechat", _("WeChat Pay")
    ALIPAY = "alipay", _("Alipay")
    CASH = "cash", _("in cash")
    KIND = "kind", _("in kind")
    OFFSET = "offset", _("set off against what the customer owes")
    CREDIT = "credit", _("as credit")


# These leave a number in somebody else's books, without which nobody can find the payment again.
REFERENCED = frozenset({Means.TRANSFER, Means.WECHAT, Means.ALIPAY, Means.OFFSET})
TO_AN_ACCOUNT = frozenset({Means.TRANSFER, Means.WECHAT, Means.ALIPAY})


class Approval(models.Model):
    """Somebody agreed to a sum: what he saw, and whether it still counts (threats 9). Rows stay when they are void."""

    class Stage(models.TextChoices):
        ENDORSE = "endorse", _("endorsed")
        RELEASE = "release", _("released")

    matter = models.ForeignKey("workflow.Matter", models.PROTECT, related_name="approvals")
    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    subject_id = models.PositiveBigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    stage = models.CharField(_("stage"), max_length=10, choices=Stage.choices)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    version = models.PositiveIntegerField(_("version it saw"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    # In whose place, where a deputy decided.
    for_whom = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)
    void_at = models.DateTimeField(_("void since"), null=True, blank=True)
    void_reason = models.CharField(_("why void"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        ordering = ["pk"]
        indexes = [models.Index(fields=["subject_type", "subject_id", "id"], name="approvals_of_subject")]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="approval_above_zero"),
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "stage"],
                condition=Q(void_at__isnull=True),
                name="one_approval_of_a_stage_counts",
            ),
        ]

    def __str__(self):
        return f"{self.get_stage_display()} {self.amount}"


class PayOrderQuerySet(VisibleQuerySet):
    def of(self, subject):
        """The order of one record, if it was ever released."""
        kind = ContentType.objects.get_for_model(type(subject))
        return self.filter(subject_type=kind, subject_id=subject.pk)

    def waiting(self):
        """Those with something left to pay."""
        return self.filter(approved__gt=F("paid"))

    def endorse(self, subject, amount, *, by, version, now, for_whom=None):
        """Somebody puts his name under a sum that somebody higher is to release; nothing may be paid yet."""
        return _approve(subject, Approval.Stage.ENDORSE, sum_of_money(amount), by, version, now, for_whom)

    def release(
        self, subject, amount, *, by, version, now, giving, for_whom=None, authority=None, counted=True, payee=None,
        unlimited=False,
    ):  # fmt: skip
        """Let ``amount`` be paid for ``subject`` on the word of ``by``, who saw its ``version``.

        ``subject`` is a record with a matter whose row the caller holds locked. ``payee`` are the order's means and
        account; ``counted`` whether the sum counts against the limits of the matter; ``authority`` the one person whose
        own limit decides, else it is that of ``by`` and of everybody he stands in for; ``unlimited`` says that none does:
        what goods sent back cost is the customer's own money. Raises PermissionDenied above the limit (threats 7, 8).
        """
        amount = sum_of_money(amount)
        # Two sums of one matter are not approved at the same moment: each must see the other.
        matter = Matter.objects.select_for_update(of=("self",), no_key=True).get(pk=subject.matter_id)
        allows = Tier.objects.reaches if authority else Tier.objects.allows
        if not (unlimited or allows(authority or by, matter, amount, giving, timezone.localdate(now))):
            raise PermissionDenied(_("This amount is above your limit; it goes to the next higher role."))
        _approve(subject, Approval.Stage.RELEASE, amount, by, version, now, for_whom)
        order = self.of(subject).select_for_update(of=("self",), no_key=True).first()
        if order is None:
            order = PayOrder(
                number=next_number("FK", timezone.localdate(now)),
                matter=matter,
                region_id=matter.region_id,
                customer_id=matter.customer_id,
                subject=subject,
            )
        order.approved, order.giving, order.counted, order.released_at = amount, giving, counted, now
        for name, value in (payee or {}).items():
            setattr(order, name, value)
        order.save()
        return order

    def locked(self, subject):
        """The record's order, locked. Raises MoveRefused where nothing was released."""
        order = self.of(subject).select_for_update(of=("self",), no_key=True).first()
        if order is None or not order.approved:
            raise MoveRefused(_("Nothing has been approved that could be paid."), record=subject)
        return order

    def void(self, subject, reason, *, now):
        """What was approved for the record counts no more; the rows stay. Refused once something was paid (threats 10)."""
        order = self.of(subject).select_for_update(of=("self",), no_key=True).first()
        if order is not None:
            if order.paid:
                raise MoveRefused(_("Something was paid already; it must be reversed first."), record=subject)
            order.approved, order.batch = Decimal(0), None
            order.save(update_fields=["approved", "batch"])
        kind = ContentType.objects.get_for_model(type(subject))
        rows = Approval.objects.filter(subject_type=kind, subject_id=subject.pk, void_at__isnull=True)
        return rows.update(void_at=now, void_reason=reason)


def _approve(subject, stage, amount, by, version, now, for_whom):
    try:
        with atomic():
            return Approval.objects.create(
                matter_id=subject.matter_id, subject=subject, stage=stage, amount=amount, version=version, by=by, at=now,
                for_whom=for_whom,
            )  # fmt: skip
    except IntegrityError:
        raise MoveRefused(_("This was approved already."), record=subject) from None


class PayOrder(models.Model):
    """The sum released for one record, and how much of it is paid; never more than that (S0-15).

    The subject may be any record with a matter. ``approved`` is what the approval that counts says, ``paid`` what the
    lines add up to; both are kept here under this row's lock.
    """

    number = models.CharField(_("number"), max_length=20, unique=True)
    matter = models.ForeignKey("workflow.Matter", models.PROTECT, related_name="pay_orders")
    region = models.ForeignKey("accounts.Region", models.PROTECT, verbose_name=_("region"), related_name="+")
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="pay_orders")
    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    subject_id = models.PositiveBigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    giving = models.CharField(_("kind of remedy"), max_length=20, choices=Giving.choices)
    counted = models.BooleanField(_("counts against limits"), default=True)
    approved = models.DecimalField(_("approved"), max_digits=12, decimal_places=2, default=Decimal(0))
    paid = models.DecimalField(pgettext_lazy("sum", "paid"), max_digits=12, decimal_places=2, default=Decimal(0))
    means = models.CharField(_("means"), max_length=10, choices=Means.choices, blank=True)
    payee_name = models.CharField(_("payee"), max_length=60, blank=True)
    payee_account = models.CharField(_("account"), max_length=60, blank=True)
    payee_bank = models.CharField(_("bank"), max_length=80, blank=True)
    released_at = models.DateTimeField(_("approved at"))
    batch = models.ForeignKey("payments.BankBatch", models.PROTECT, related_name="orders", null=True, blank=True)

    objects = PayOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment order")
        verbose_name_plural = _("payment orders")
        permissions = [("pay_payorder", _("Can pay what was approved"))]
        indexes = [
            models.Index(fields=["released_at", "id"], condition=Q(approved__gt=F("paid")), name="orders_to_pay"),
            models.Index(
                fields=["region", "released_at", "id"],
                condition=Q(approved__gt=F("paid")),
                name="orders_to_pay_of_region",
            ),
            models.Index(fields=["matter"], name="orders_of_matter"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["subject_type", "subject_id"], name="one_order_a_record"),
            models.CheckConstraint(condition=Q(paid__gte=0), name="order_paid_not_negative"),
            models.CheckConstraint(condition=Q(paid__lte=F("approved")), name="order_paid_within_approval"),
        ]

    def __str__(self):
        return self.number

    @property
    def pending(self):
        """What is left to pay, in yuan."""
        return self.approved - self.paid

    @property
    def is_paid(self):
        return self.approved > 0 and self.paid == self.approved

    def pay(self, amount, *, means, by, now, reference="", paid_on=None, note=""):
        """Write one line of money that went out; the order is locked by the caller (``PayOrder.objects.locked``).

        Raises MoveRefused when nothing is left, ValidationError for a sum above what is left, a day to come, a reference
        that is missing or was used before, and where it is set off, for more than the customer owes under that number.
        """
        amount = sum_of_money(amount)
        if not self.pending:
            raise MoveRefused(_("Everything approved is paid already."), record=self.subject)
        if amount > self.pending:
            left = _("Only ¥%(left)s of what was approved is left.") % {"left": f"{self.pending:,.2f}"}
            raise ValidationError({"amount": left})
        paid_on = paid_on or timezone.localdate(now)
        if paid_on > timezone.localdate(now):
            raise ValidationError({"paid_on": _("This day is still to come.")})
        reference = reference.strip()
        if means in REFERENCED and not reference:
            raise ValidationError(
                {"reference": _("Write the number of the transfer or of what it is set off against.")}
            )
        if means == Means.OFFSET:
            self._check_owed(amount, reference)
        line = _unique(
            Payment(
                matter_id=self.matter_id, order=self, amount=amount, means=means, reference=reference or None,
                paid_on=paid_on, note=note, by=by, at=now,
            ),
            "reference",
        )  # fmt: skip
        self.paid += amount
        self.save(update_fields=["paid"])
        return line

    def _check_owed(self, amount, number):
        """No more is set off than the customer owes under this number; the bill stays locked with the order."""
        owed = owed_under(self.customer, number)
        if not owed:
            raise ValidationError({"reference": _("This customer owes nothing under this number.")})
        if amount > owed:
            sentence = _("He owes ¥%(owed)s under %(number)s; no more can be set off.")
            raise ValidationError({"amount": sentence % {"owed": f"{owed:,.2f}", "number": number}})

    def reverse(self, line, *, reason, by, now):
        """Take one line back by a line of its own; the sum may then be paid again (threats 10)."""
        if line.order_id != self.pk or line.reverses_id:
            raise ValidationError({"line": _("This line is not one that can be reversed.")})
        reversal = Payment(
            matter_id=self.matter_id, order=self, amount=-line.amount, means=line.means, paid_on=timezone.localdate(now),
            note=reason[:200], by=by, at=now, reverses=line,
        )  # fmt: skip
        if Payment.objects.filter(reverses=line).exists():
            raise MoveRefused(_("This line was reversed already."), record=self.subject)
        reversal.save()
        self.paid -= line.amount
        self.save(update_fields=["paid"])
        return reversal


def _unique(row, field):
    """Save a row whose ``field`` must be new; a number that is there already is told at its field."""
    try:
        with atomic():
            row.save()
    except IntegrityError:
        raise ValidationError({field: _("This number was used for another line already.")}) from None
    return row


class PaymentQuerySet(VisibleQuerySet):
    def paid_between(self, first, last):
        return self.filter(paid_on__range=(first, last))

    def standing(self):
        """Lines that were not reversed, and are no reversals."""
        return self.filter(reverses__isnull=True, reversal__isnull=True)

    def set_off(self, number):
        """What counts as set off against the bill of this number, in yuan."""
        rows = self.standing().filter(means=Means.OFFSET, reference=number)
        return rows.aggregate(sum=models.Sum("amount"))["sum"] or Decimal(0)


class Payment(models.Model):
    """One line of money that went to a customer, or came back (negative: a reversal)."""

    Means = Means

    matter = models.ForeignKey("workflow.Matter", models.PROTECT, related_name="payments")
    order = models.ForeignKey(PayOrder, models.PROTECT, related_name="lines")
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    means = models.CharField(_("means"), max_length=10, choices=Means.choices)
    reference = models.CharField(_("reference"), max_length=60, null=True, blank=True)  # noqa: DJ001 - without one, nothing is used twice
    note = models.CharField(_("note"), max_length=200, blank=True)
    paid_on = models.DateField(_("paid on"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    reverses = models.OneToOneField("self", models.PROTECT, related_name="reversal", null=True, blank=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        permissions = [("reverse_payment", _("Can reverse payments"))]
        indexes = [
            models.Index(fields=["-paid_on", "-id"], name="payments_newest"),
            models.Index(fields=["reference"], condition=Q(means="offset"), name="payments_set_off"),
        ]
        constraints = [
            # A bill may be set off in parts, or again after a reversal; what is owed under it is the limit.
            models.UniqueConstraint(fields=["reference"], condition=~Q(means="offset"), name="payment_reference_once"),
            models.CheckConstraint(
                condition=Q(reverses__isnull=True, amount__gt=0) | Q(reverses__isnull=False, amount__lt=0),
                name="only_reversals_are_negative",
            ),
        ]

    def __str__(self):
        return f"{self.amount} {self.get_means_display()}"

    def confirm(self, *, how, by, now, attachment=None):
        """The customer has it: his receipt, with a number of its own."""
        if self.reverses_id or hasattr(self, "reversal"):
            raise MoveRefused(_("This line was reversed; there is nothing to confirm."), record=self.order.subject)
        if Receipt.objects.filter(payment=self).exists():
            raise MoveRefused(_("There is a receipt for this line already."), record=self.order.subject)
        number = next_number("SJ", timezone.localdate(now))
        return Receipt.objects.create(payment=self, number=number, how=how, by=by, at=now, attachment=attachment)


class Receipt(models.Model):
    """The customer confirmed that one line reached him."""

    class How(models.TextChoices):
        SIGNED = "signed", _("signed for")
        WECHAT = "wechat", _("confirmed by WeChat")
        PHONE = "phone", _("confirmed by phone")
        BANK = "bank", _("the bank's receipt")

    payment = models.OneToOneField(Payment, models.PROTECT, related_name="receipt")
    number = models.CharField(_("number"), max_length=20, unique=True)
    how = models.CharField(_("confirmed how"), max_length=10, choices=How.choices)
    attachment = models.ForeignKey("workflow.Attachment", models.PROTECT, related_name="+", null=True, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")

    def __str__(self):
        return self.number


class BankBatchQuerySet(models.QuerySet):
    def make(self, orders, *, by, now):
        """Put orders that wait for a transfer into one file for the bank; none goes into two. Must run in a transaction.

        Raises ValidationError where none is left.
        """
        free = PayOrder.objects.waiting().filter(pk__in=orders, batch__isnull=True, means=Means.TRANSFER)
        taken = list(free.exclude(payee_account="").select_for_update(of=("self",), no_key=True).order_by("pk"))
        if not taken:
            raise ValidationError({"orders": _("None of these waits for a transfer with an account.")})
        total = sum(order.pending for order in taken)
        batch = self.create(number=next_number("PL", timezone.localdate(now)), by=by, at=now, total=total)
        PayOrder.objects.filter(pk__in=[order.pk for order in taken]).update(batch=batch)
        return batch


class BankBatch(models.Model):
    """A file of transfers that was given to the bank."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    total = models.DecimalField(_("total"), max_digits=12, decimal_places=2)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = BankBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("bank batch")
        verbose_name_plural = _("bank batches")
        ordering = ["-pk"]

    def __str__(self):
        return self.number
