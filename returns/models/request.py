from datetime import datetime, time, timedelta
from decimal import Decimal

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import RETURN_VALUE, FSMField

from cases.models.choices import Cause
from core import search
from core.numbers import next_number
from core.visibility import VisibleQuerySet
from customers.marks import scope_of
from payments.models import Claim, Giving, Means, PayOrder
from returns import refunds
from returns.clocks import CLOCKS
from returns.models import choices
from returns.models.line import MONEY, Ledger, ReturnLine
from returns.models.parcel import Inspection, Parcel
from returns.models.policy import ReturnAddress, judge
from returns.signals import wrong_shipment_found
from workflow.actors import user_of
from workflow.clocks import start_clocks
from workflow.models import Attachment, Deadline, Matter, WorkflowModel
from workflow.transitions import because, transition

NUMBER_PREFIX = "TH"
EXTENSION = timedelta(days=10)  # of the transaction, on approval (S2-99)
Kind, Option = choices.Kind, choices.Option
User = settings.AUTH_USER_MODEL
# What a refund is for, in the words of the limits.
GIVING = {
    choices.Purpose.GOODS: Giving.REFUND,
    choices.Purpose.DIFFERENCE: Giving.DIFFERENCE,
    choices.Purpose.POSTAGE: Giving.REFUND,
    choices.Purpose.DISCOUNT: Giving.DISCOUNT,
}


class Status(models.TextChoices):
    SUBMITTED = "submitted", pgettext_lazy("return", "submitted")
    REVIEWING = "reviewing", pgettext_lazy("return", "being reviewed")
    REJECTED = "rejected", pgettext_lazy("return", "turned down")
    APPROVED = "approved", _("agreed, to be sent back")
    IN_TRANSIT = "in_transit", _("on its way back")
    RECEIVED = "received", pgettext_lazy("return", "received")
    INSPECTING = "inspecting", pgettext_lazy("return", "being inspected")
    INSPECTION_FAILED = "inspection_failed", _("inspection not as claimed")
    REFUND_DUE = "refund_due", _("to be refunded")
    EXCHANGE_DUE = "exchange_due", _("exchange to be sent")
    REPAIR_DUE = "repair_due", _("to be repaired")
    RECALLING = "recalling", _("order being held back")
    EXCHANGE_SHIPPED = "exchange_shipped", _("exchange sent")
    COMPLETED = "completed", pgettext_lazy("return", "completed")
    LAPSED = "lapsed", pgettext_lazy("return", "lapsed")
    CANCELLED = "cancelled", pgettext_lazy("return", "cancelled")


FINAL = frozenset({Status.REJECTED, Status.COMPLETED, Status.LAPSED, Status.CANCELLED})
OPEN = tuple(status for status in Status if status not in FINAL)


@because(_("Only where goods come back."))
def goods_come_back(request):
    return request.kind in choices.GOODS_BACK


@because(_("Only for a refund without return."))
def refund_only(request):
    return request.kind == Kind.REFUND_ONLY


@because(_("Only for an order that has not arrived yet."))
def can_be_held_back(request):
    return request.kind == Kind.UNSHIPPED and not request.has_arrived


@because(_("Only what is looked at on site is inspected before it came back."))
def is_here(request):
    return request.status != Status.APPROVED or request.mode == choices.Mode.ON_SITE


@because(_("Only an exchange that is our fault goes out before the goods are back."))
def may_go_first(request):
    ours = request.kind == Kind.EXCHANGE and request.liability == choices.Liability.COMPANY
    return ours and request.advance_shipped_at is None


@because(_("The customer has not given the number of his parcel yet."))
def number_known(request):
    return any(parcel.number for parcel in request.parcels.all() if parcel.direction == Parcel.Direction.BACK)


@because(_("The delivery address has not been confirmed with the customer."))
def address_confirmed(request):
    return bool(request.address)


@because(_("The top-up has not been paid."))
def top_up_paid(request):
    return not request.top_up or request.top_up_paid_at is not None


@because(_("The account to pay to is missing."))
def payee_known(request):
    return bool(request.payee_account) or not request.needs_account


@because(_("Nothing has to go back to the customer."))
def goods_to_send_back(request):
    return request.must_send_back


class ReturnQuerySet(VisibleQuerySet):
    def to_index(self):
        """With what the search index says of them (``search_entry``)."""
        return self.select_related("matter").prefetch_related("parcels", "lines__order_line__product")

    def open(self):
        return self.exclude(status__in=FINAL)

    def with_customer(self):
        return self.select_related("matter__customer", "matter__owner", "region")

    def lapsing(self, now):
        """Agreed to, and the time to send the goods is over (S2-108)."""
        kind = ContentType.objects.get_for_model(self.model)
        clocks = Deadline.objects.running().filter(subject_type=kind, kind="return_tracking", due_at__lte=now)
        return self.filter(status=Status.APPROVED, pk__in=clocks.values("subject_id"))


class ReturnRequest(WorkflowModel):
    """A customer wants to give goods back, change them, or have money back (退换货申请; S1-33, S3-76).

    The states and verbs are the contract of the requirements, section "Return / exchange request (returns)".
    """

    Status = Status
    FINAL = FINAL
    clocks = CLOCKS

    # --- where it stands -----------------------------------------------------------------------------------------------
    status = FSMField(_("status"), choices=Status.choices, default=Status.SUBMITTED, protected=True)
    complaint = models.ForeignKey(
        "cases.Complaint", models.PROTECT, verbose_name=_("complaint"), related_name="+", null=True, blank=True
    )
    reopened_count = models.PositiveSmallIntegerField(_("times reopened"), default=0)
    flag = models.CharField(_("flag"), max_length=10, choices=choices.Flag.choices, blank=True)
    remark = models.CharField(_("remark on the order"), max_length=200, blank=True)
    platform_claim = models.BooleanField(_("the platform was called in"), default=False)

    # --- what the customer wants ---------------------------------------------------------------------------------------
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    reason = models.CharField(_("reason"), max_length=20, choices=choices.Reason.choices)
    detail = models.CharField(_("more closely"), max_length=20, choices=choices.Detail.choices, blank=True)
    words = models.TextField(_("in the customer's words"))
    channel = models.CharField(_("came by"), max_length=10, choices=choices.Channel.choices, default="phone")
    received_at = models.DateTimeField(_("received at"), default=timezone.now)
    received_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("received by"), related_name="+", null=True)
    voucher = models.CharField(_("voucher"), max_length=10, choices=choices.Voucher.choices, default="order")
    voucher_number = models.CharField(_("number of the voucher"), max_length=60, blank=True)
    asked_amount = models.DecimalField(_("amount asked for"), null=True, blank=True, **MONEY)
    purpose = models.CharField(_("refund for"), max_length=12, choices=choices.Purpose.choices, default="goods")
    not_shipped = models.CharField(
        _("not shipped because"), max_length=20, choices=choices.NotShipped.choices, blank=True
    )
    wish = models.CharField(_("special wish"), max_length=20, choices=choices.Wish.choices, blank=True)

    # --- found out in review -------------------------------------------------------------------------------------------
    liability = models.CharField(
        _("who answers for it"), max_length=10, choices=choices.Liability.choices, default="undecided"
    )
    cause = models.CharField(_("cause"), max_length=20, choices=Cause.choices, blank=True)
    weight = models.CharField(_("weight of all that came"), max_length=40, blank=True)
    true_reason = models.CharField(_("true reason"), max_length=200, blank=True)
    is_evident = models.BooleanField(_("evident difference that affects normal use"), null=True)
    ground = models.CharField(_("turned down because"), max_length=15, choices=choices.Ground.choices, blank=True)
    exception_reason = models.CharField(_("reason of the exception"), max_length=200, blank=True)
    retention = models.CharField(_("what was offered instead"), max_length=200, blank=True)
    approved_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("agreed by"), related_name="+", null=True)
    approved_at = models.DateTimeField(_("agreed at"), null=True, blank=True)
    extended_until = models.DateField(_("transaction extended until"), null=True, blank=True)

    # --- money ---------------------------------------------------------------------------------------------------------
    postage_payer = models.CharField(_("postage"), max_length=10, choices=choices.Payer.choices, blank=True)
    postage_reason = models.CharField(_("why not as usual"), max_length=200, blank=True)
    postage_advanced = models.DecimalField(_("postage advanced by the customer"), default=0, **MONEY)
    postage_settled = models.CharField(
        _("advanced postage"), max_length=10, choices=choices.PostageSettled.choices, blank=True
    )
    fee = models.DecimalField(_("fee"), default=0, **MONEY)
    top_up = models.DecimalField(_("top-up"), default=0, **MONEY)
    top_up_paid_at = models.DateTimeField(_("top-up paid at"), null=True, blank=True)
    payee_name = models.CharField(_("payee"), max_length=60, blank=True)
    payee_account = models.CharField(_("account to pay to"), max_length=100, blank=True)
    original_means = models.BooleanField(_("back the way it was paid"), default=True)
    refunded_at = models.DateTimeField(_("refunded at"), null=True, blank=True)
    refunded_sum = models.DecimalField(_("refunded"), null=True, blank=True, **MONEY)

    # --- goods ---------------------------------------------------------------------------------------------------------
    mode = models.CharField(_("way back"), max_length=10, choices=choices.Mode.choices, blank=True)
    pickup_on = models.DateField(_("to be collected on"), null=True, blank=True)
    inspector = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("inspector"), related_name="+", null=True, blank=True
    )
    voucher_present = models.BooleanField(_("voucher enclosed"), null=True)
    option = models.CharField(_("agreed after inspection"), max_length=10, choices=Option.choices, blank=True)
    must_send_back = models.BooleanField(_("goods to be sent back to the customer"), default=False)
    address = models.CharField(_("delivery address"), max_length=200, blank=True)
    advance_shipped_at = models.DateTimeField(_("sent before the goods were back"), null=True, blank=True)
    remake_number = models.CharField(_("number of the remake"), max_length=40, blank=True)
    promised_on = models.DateField(_("promised for"), null=True, blank=True)
    repair_number = models.CharField(_("work order"), max_length=40, blank=True)
    closed_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = ReturnQuerySet.as_manager()

    class Meta:
        verbose_name = _("return")
        verbose_name_plural = _("returns")
        indexes = [
            models.Index(fields=["-received_at", "-id"], name="returns_newest"),
            models.Index(fields=["region", "-received_at", "-id"], name="returns_of_region"),
            models.Index(fields=["status", "received_at", "id"], name="returns_by_status"),
            models.Index(fields=["matter"], name="returns_of_matter"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="completed") | Q(closed_at__isnull=False), name="completed_return_has_closed_at"
            ),
            models.CheckConstraint(
                condition=Q(refunded_at__isnull=True) | Q(refunded_sum__isnull=False),
                name="refunded_return_has_its_sum",
            ),
        ]
        permissions = [
            ("submit_returnrequest", _("Can take up returns")),
            ("review_returnrequest", _("Can review and agree to returns")),
            ("except_returnrequest", _("Can make exceptions from the return policy")),
            ("ship_returnrequest", _("Can receive and send goods of returns")),
            ("inspect_returnrequest", _("Can inspect returned goods")),
            ("refund_returnrequest", _("Can pay refunds")),
            ("print_returnrequest", _("Can print the papers of returns")),
        ]

    def get_absolute_url(self):
        return reverse("returns:returnrequest", args=[self.pk])

    # --- what it is ----------------------------------------------------------------------------------------------------
    @property
    def customer(self):
        return self.matter.customer

    @property
    def is_without_reason(self):
        return self.reason == choices.Reason.PERSONAL

    @property
    def needs_proof(self):
        """Faults, damage and differences are shown by a photo or a video; a personal reason needs none (S2-98, S3-11)."""
        return not self.is_without_reason and self.kind != Kind.UNSHIPPED

    @property
    def has_proof(self):
        media = [Attachment.Media.PHOTO, Attachment.Media.VIDEO]
        return Attachment.objects.shown().filter(matter=self.matter_id, media__in=media).exists()

    @property
    def is_missing_goods(self):
        """Whether the customer says that not all of it came (S2-104)."""
        return self.reason == choices.Reason.WRONG_SHIPMENT and self.detail in (
            choices.Detail.MISSED,
            choices.Detail.SHORT,
        )

    @property
    def has_arrived(self):
        return any(line.order_line.order.delivered_on is not None for line in self.full_lines())

    @property
    def needs_account(self):
        return not self.original_means or self.kind == Kind.REFUND_ONLY

    @property
    def amount_to_enter(self):
        """What the customer enters as paid to the seller: the price less the refund (S2-110: 100 − 10 = 90)."""
        return refunds.goods_price(self.lines.all()) - refunds.refund_of(self).total

    @property
    def extension_due(self):
        return _end_of(self.extended_until) if self.extended_until else None

    @property
    def promise_due(self):
        return _end_of(self.promised_on) if self.promised_on else None

    def full_lines(self):
        """The lines with what they are about, asked for anew: a page keeps its own under ``lines``, without them."""
        lines = ReturnLine.objects.filter(request=self)
        return lines.select_related("order_line__order", "order_line__product__group", "replacement")

    def deadline_scope(self):
        about = {"region": self.region.code, "return": self.kind, "reason": self.reason}
        return about | scope_of(self.matter.customer)

    # --- submitted -----------------------------------------------------------------------------------------------------
    @classmethod
    def submit(cls, *, by, now, customer, kind, reason, words, lines, complaint=None, **fields):
        """Take up a request: number, matter, lines out of the ledger, five minutes to answer (S1-37, S2-28, S2-64, S3-77).

        Must run inside ``workflow.begin``. ``lines`` are dicts of ReturnLine fields. Raises PermissionDenied without the
        right; ValidationError for goods that are not this customer's, were not bought, or are asked back already.
        """
        person = user_of(by)
        if person is not None and not person.has_perm("returns.submit_returnrequest"):
            raise PermissionDenied(_("Your role does not include taking up returns."))
        if not words.strip():
            raise ValidationError({"words": _("Write what the customer said.")})
        if fields.setdefault("received_at", now) > now:
            raise ValidationError({"received_at": _("This time is still to come.")})
        matter = complaint.matter if complaint is not None else None
        if matter is None:
            owner = person if person and person.has_perm("returns.review_returnrequest") else None
            matter = Matter.objects.create(customer=customer, region=customer.region, owner=owner, opened_at=now)
        request = cls(
            number=next_number(NUMBER_PREFIX, timezone.localdate(now)), matter=matter, region=matter.region,
            complaint=complaint, created_at=now, received_by=person, kind=kind, reason=reason, words=words.strip(), **fields,
        )  # fmt: skip
        request._moment, request._new = now, True
        request._check_request(customer, lines)
        request.save()
        request._take(lines)
        data = {"kind": kind, "reason": reason, "channel": request.channel}
        request.log("submit", by=by, target=request.status, note=request.words, data=data, version=1)
        start_clocks(request, CLOCKS["submit"], now=request.received_at)
        matter.settle(now)
        request.reindex()
        return request

    def _check_request(self, customer, lines):
        if not lines:
            raise ValidationError({"lines": _("Choose what is to be returned.")})
        if self.detail and self.detail not in choices.DETAILS[self.reason]:
            raise ValidationError({"detail": _("This does not belong to the reason.")})
        if any(line["order_line"].order.customer.root_id != customer.root_id for line in lines):
            raise ValidationError({"lines": _("These goods were bought by somebody else.")})
        if len({line["order_line"].pk for line in lines}) < len(lines):
            raise ValidationError({"lines": _("The same goods are named twice.")})
        if self.kind == Kind.EXCHANGE and any(line.get("replacement") is None for line in lines):
            raise ValidationError({"lines": _("Say what is wanted in exchange.")})
        if self.kind == Kind.REFUND_ONLY and not self.asked_amount:
            raise ValidationError({"asked_amount": _("Write how much the customer asks for.")})

    def _take(self, lines):
        """Make the lines and hold their pieces in the ledger, always in the same order: no two requests lock each other out."""
        for facts in sorted(lines, key=lambda line: line["order_line"].pk):
            line = ReturnLine(request=self, **facts)
            ledger = Ledger.objects.of(line.order_line, line.unit_price)
            line.unit_price = ledger.price
            if line.quantity > ledger.bought:
                raise ValidationError({"lines": _("More is asked back than was bought.")})
            if line.serial and ReturnLine.objects.filter(serial=line.serial, taken__gt=0).exists():
                raise ValidationError({"lines": _("This serial number is in another return.")})
            if refunds.holds_goods(self.kind):
                line.hold(line.quantity)
            line.save()

    def reindex(self):
        """Put the words of this request into the search index."""
        search.index_many([self.search_entry()])

    def search_entry(self):
        """What it is found by: the customer's words, the goods, its own number, the voucher's and those of its parcels."""
        return search.entry(
            "return", self.pk, customer_id=self.matter.customer_id, region_id=self.region_id, at=self.received_at,
            texts=[self.words, *(str(line.order_line.product) for line in self.lines.all())],
            numbers=[self.number, self.voucher_number, *(parcel.number for parcel in self.parcels.all())],
            ended=self.is_final,
        )  # fmt: skip

    @transition(
        "status",
        source=list(OPEN),
        permission="returns.review_returnrequest",
        label=_("Answer the customer"),
        stales=False,
    )
    def answer(self, *, by, channel, words):
        """The customer is answered at once, and told how it stands (S2-64, S1-36)."""
        self._need(words=words)
        self.say(words)
        self.remember(channel=channel)

    @transition("status", source=Status.SUBMITTED, target=Status.REVIEWING, permission="returns.review_returnrequest",
                label=_("Start the review"), tone="primary")  # fmt: skip
    def start_review(self, *, by, verified, liability, cause, true_reason="", is_evident=None, list_checked=False,
                     weight=""):  # fmt: skip
        """Order and problem were checked with the customer; who answers for it, and why he really asks (S2-90, S3-83, S3-89).

        Where something is missing, the packing list and a shipment in parts were looked at first, and all that came was
        weighed (S2-104).
        """
        self._need(verified=verified)
        if self.is_missing_goods:
            if not list_checked:
                raise ValidationError(
                    {"list_checked": _("Check the packing list and whether it was sent in parts first.")}
                )
            self._need(weight=weight)
        self.weight = weight.strip()
        if self.reason == choices.Reason.NOT_AS_DESCRIBED and is_evident is None:
            raise ValidationError({"is_evident": _("Say whether the difference is evident and affects normal use.")})
        self.liability, self.cause, self.true_reason, self.is_evident = liability, cause, true_reason, is_evident
        if self.matter.owner_id is None and user_of(by) is not None:
            self.matter.owner = by
            self.matter.save(update_fields=["owner"])
        self.say(verified)
        self.remember(liability=liability, cause=cause)

    @transition("status", source=Status.REVIEWING, target=Status.REJECTED, permission="returns.review_returnrequest",
                label=_("Turn down"), tone="danger")  # fmt: skip
    def reject(self, *, by, ground, reason):
        """It does not meet the conditions; the customer is told why (S2-76, S3-78, S3-80, S1-41)."""
        self._need(reason=reason)
        self.ground = ground
        self._let_go()
        self.say(reason)
        self.remember(ground=ground)

    # --- agreed to -----------------------------------------------------------------------------------------------------
    @transition("status", source=Status.REVIEWING, target=Status.APPROVED, permission="returns.review_returnrequest",
                conditions=[goods_come_back], label=_("Agree to the return"), tone="primary")  # fmt: skip
    def approve(self, *, by, mode, payer, words, postage_reason="", fee=None, quantities=None, retention="",
                exception_reason="", extend=True, pickup_on=None, inspector=None):  # fmt: skip
        """The goods may come back: how, who pays, by which rules (S2-41, S2-65, S2-97, S2-99, S2-100, S2-101, S2-102).

        ``quantities``: line key → pieces agreed to, all that were asked for without it.
        """
        self._need(words=words)
        self._agree(by, exception_reason)
        self._agree_postage(payer, postage_reason)
        self._agree_way(mode, pickup_on, inspector)
        lines = self._agree_pieces(quantities or {})
        self.fee = self._usual_fee(lines) if fee is None else fee
        self.top_up = refunds.top_up_of(lines) if self.kind == Kind.EXCHANGE else Decimal(0)
        self.retention = retention
        self.extended_until = timezone.localdate(self.moment) + EXTENSION if extend else None
        self.flag = choices.Flag.BLUE
        self._note_remark(by)
        if self.reason == choices.Reason.WRONG_SHIPMENT:
            wrong_shipment_found.send(type(self), request=self, by=user_of(by), now=self.moment)
        self.say(words)
        self.remember(mode=mode, payer=payer, exception=bool(exception_reason))

    def _agree(self, by, exception_reason):
        """The conditions, or a supervisor's exception from them."""
        if self.liability == choices.Liability.UNDECIDED:
            raise ValidationError({"words": _("Decide first who answers for it.")})
        objections = self.objections()
        if objections and not exception_reason.strip():
            raise ValidationError({"exception_reason": [str(one) for one in objections]})
        if objections and user_of(by) is not None and not by.has_perm("returns.except_returnrequest"):
            raise PermissionDenied(_("Only a supervisor may make this exception."))
        self.exception_reason = exception_reason.strip() if objections else ""
        self.approved_by, self.approved_at = user_of(by), self.moment

    def objections(self):
        """What speaks against agreeing, as far as the policy knows (X12, X13, X20)."""
        found = judge(self, list(self.full_lines()), self.moment).objections
        if self.needs_proof and not self.has_proof:
            found.append(_("There is no photo or video of it yet."))
        if self.needs_proof and self.voucher == choices.Voucher.NONE:
            found.append(_("There is no proof of purchase."))
        return found

    def _agree_postage(self, payer, reason):
        if payer != refunds.usual_payer(self.liability) and not reason.strip():
            raise ValidationError({"postage_reason": _("It is usually the other way round: write why not here.")})
        self.postage_payer, self.postage_reason = payer, reason.strip()

    def _agree_way(self, mode, pickup_on, inspector):
        if mode == choices.Mode.PICKUP and pickup_on is None:
            raise ValidationError({"pickup_on": _("Agree a day to collect it.")})
        if pickup_on and pickup_on < timezone.localdate(self.moment):
            raise ValidationError({"pickup_on": _("This day has passed.")})
        if mode == choices.Mode.ON_SITE and inspector is None:
            raise ValidationError({"inspector": _("Say who looks at it on site.")})
        if mode != choices.Mode.ON_SITE and ReturnAddress.of(self.region) is None:
            raise ValidationError({"mode": _("No return address is set up yet; a manager does that under Rules.")})
        self.mode, self.pickup_on, self.inspector = mode, pickup_on, inspector

    def _agree_pieces(self, quantities):
        lines = list(self.full_lines())
        for line in lines:
            line.approved = quantities.get(line.pk, line.quantity)
            if line.approved > line.quantity:
                raise ValidationError({"quantities": _("More than was asked for.")})
            line.hold(line.approved)
            line.save()
        if not any(line.approved for line in lines):
            raise ValidationError({"quantities": _("Nothing is agreed to: turn the request down instead.")})
        return lines

    def _usual_fee(self, lines):
        """The fee of the policy, of a return without our fault."""
        return (
            judge(self, lines, self.moment).fee if self.is_without_reason and self.kind == Kind.RETURN else Decimal(0)
        )

    @transition("status", source=Status.REVIEWING, target=Status.REFUND_DUE, permission="returns.review_returnrequest",
                conditions=[refund_only], label=_("Agree to the refund"), tone="primary")  # fmt: skip
    def approve_refund_only(self, *, by, amount, payee_name, payee_account, words, retention=""):
        """Money back without the goods, within what was paid and within one's own limit (S2-29, S2-48, S2-110)."""
        self._need(words=words, payee_account=payee_account)
        lines = list(self.full_lines())
        if refunds.spread(amount, lines, lambda line: _left_of(line.order_line)):
            raise ValidationError({"amount": _("This is more than was paid for these goods.")})
        for line in lines:
            line.save(update_fields=["amount"])
        self.payee_name, self.payee_account, self.original_means = payee_name, payee_account.strip(), False
        self.approved_by, self.approved_at, self.retention = user_of(by), self.moment, retention
        self._release(by, amount, GIVING[self.purpose], counted=True)
        self.flag = choices.Flag.GREEN
        self._note_remark(by)
        self.say(words)
        self.remember(purpose=self.purpose)

    @transition("status", source=Status.REVIEWING, target=Status.RECALLING, permission="returns.review_returnrequest",
                conditions=[can_be_held_back], label=_("Hold the order back"), tone="primary")  # fmt: skip
    def approve_unshipped(self, *, by, printed, words, freight=Decimal(0)):
        """The order is withdrawn, or the parcel recalled; of a sent one the freight is the customer's (S2-51 … S2-53, S2-111)."""
        self._need(words=words)
        self._agree_pieces({})
        self.fee = freight
        self.approved_by, self.approved_at = user_of(by), self.moment
        self.flag = choices.Flag.PURPLE
        self._note_remark(by)
        self.say(words)
        self.remember(printed=printed)

    @transition("status", source=Status.RECALLING, target=Status.REFUND_DUE, permission="returns.ship_returnrequest",
                label=_("Held back"), tone="primary")  # fmt: skip
    def recalled(self, *, by, outcome, words):
        """The waybill was withdrawn or the parcel is coming back; the customer hears of it (S2-52, S2-111)."""
        self._need(words=words)
        for line in self.full_lines():
            self._owe(line, line.approved)
        self._release_due(by)
        self.flag = choices.Flag.GREEN
        self.say(words)
        self.remember(outcome=outcome)

    @transition("status", source=Status.RECALLING, target=Status.APPROVED, permission="returns.ship_returnrequest",
                label=_("Too late, it went out"))  # fmt: skip
    def recall_failed(self, *, by, words):
        """The parcel went out: from here it is an ordinary return."""
        self._need(words=words)
        self.kind, self.mode = Kind.RETURN, choices.Mode.COURIER
        self.postage_payer = refunds.usual_payer(self.liability)
        self.say(words)

    # --- on its way ----------------------------------------------------------------------------------------------------
    @transition("status", source=Status.APPROVED, target=Status.IN_TRANSIT, permission="returns.review_returnrequest",
                label=_("Enter the tracking number"), tone="primary", customer=True)  # fmt: skip
    def enter_tracking(self, *, by, carrier=None, number="", words="", postage=Decimal(0)):
        """Number and carrier of the customer's parcel, or that we have collected it (S2-108, S3-62)."""
        if self.mode != choices.Mode.PICKUP and not (carrier and number.strip()):
            raise ValidationError({"number": _("Carrier and number are both needed.")})
        if carrier is not None and not carrier.accepted:
            raise ValidationError({"carrier": _("We do not take parcels of this carrier.")})
        self.postage_advanced = postage
        self._send_parcel(Parcel.Direction.BACK, carrier, number)
        self.say(words or str(_("The goods are on their way.")))
        self.reindex()

    def _send_parcel(self, direction, carrier, number, **fields):
        number = number.strip()
        if number and Parcel.objects.filter(carrier=carrier, number=number).exists():
            raise ValidationError({"number": _("This number is on record already.")})
        return self.parcels.create(
            region=self.region, direction=direction, carrier=carrier, number=number,
            sent_at=self.moment, heard_at=self.moment, **fields,
        )  # fmt: skip

    def parcel_back(self):
        """The parcel that is on its way to us, or None."""
        return self.parcels.on_the_way().filter(direction=Parcel.Direction.BACK).last()

    @transition("status", source=[Status.APPROVED, Status.IN_TRANSIT], permission="returns.except_returnrequest",
                conditions=[may_go_first, number_known, address_confirmed, top_up_paid],
                label=_("Send the exchange first"))  # fmt: skip
    def advance_exchange(self, *, by, carrier, number, reason):
        """Our fault and urgent: the new goods go out before the old ones are here; the balance stays open (S2-93, X15)."""
        self._need(reason=reason, number=number)
        self._send_parcel(Parcel.Direction.OUT, carrier, number)
        self.advance_shipped_at = self.moment
        self.say(reason)

    @transition("status", source=Status.APPROVED, target=Status.LAPSED, permission="returns.review_returnrequest",
                label=_("Let it lapse"), tone="danger")  # fmt: skip
    def lapse(self, *, by, reason=""):
        """The goods were not sent in time. Its pieces stay held: whoever comes later reopens this request (S2-108)."""
        self.closed_at = self.moment
        self.say(reason)

    @transition("status", source=Status.LAPSED, target=Status.REVIEWING, permission="returns.review_returnrequest",
                label=_("Reopen"), tone="primary")  # fmt: skip
    def reopen(self, *, by, reason):
        """The customer applies again (S2-108)."""
        self._need(reason=reason)
        self.reopened_count += 1
        self.closed_at = None
        self.say(reason)

    @transition("status", source=Status.IN_TRANSIT, target=RETURN_VALUE(Status.REFUND_DUE, Status.EXCHANGE_DUE),
                permission="returns.ship_returnrequest", label=_("Parcel lost"), tone="danger")  # fmt: skip
    def lose(self, *, by, to, words):
        """The parcel is lost: the customer gets his due, the carrier is claimed on (S2-70, S2-71)."""
        self._need(words=words)
        self._claim_on_carrier(by, words)
        self._end_parcel(Parcel.Trouble.LOST)
        self.option = Option.EXCHANGE if to == Status.EXCHANGE_DUE else Option.REFUND
        for line in self.full_lines():
            self._owe(line, line.approved if to == Status.REFUND_DUE else 0, passed=line.approved)
        if to == Status.REFUND_DUE:
            self._release_due(by)
        self.say(words)
        self.remember(to=to)
        return to

    @transition("status", source=Status.IN_TRANSIT, target=Status.APPROVED, permission="returns.ship_returnrequest",
                label=_("Refuse the parcel"))  # fmt: skip
    def refuse_parcel(self, *, by, reason):
        """Not ours, without its voucher, or with charges to be paid: it goes back, the customer is told (S1-41, S2-100)."""
        self._need(reason=reason)
        self._end_parcel("")
        self.say(reason)

    def _end_parcel(self, trouble):
        self.parcels.on_the_way().filter(direction=Parcel.Direction.BACK).update(ended_at=self.moment, trouble=trouble)

    # --- here ----------------------------------------------------------------------------------------------------------
    @transition("status", source=Status.IN_TRANSIT, target=Status.RECEIVED, permission="returns.ship_returnrequest",
                label=_("Receive"), tone="primary")  # fmt: skip
    def receive(self, *, by, words, voucher_present, quantities=None, damaged=None):
        """The parcel is here and belongs to this request; what is in it, with or without its voucher (S1-39, S2-107, S3-61)."""
        self._need(words=words)
        quantities, damaged = quantities or {}, damaged or {}
        for line in self.full_lines():
            line.received = quantities.get(line.pk, line.approved)
            line.damaged = damaged.get(line.pk, 0)
            if line.received > line.approved:
                raise ValidationError({"quantities": _("More than was agreed to.")})
            if line.damaged > line.received:
                raise ValidationError({"damaged": _("More damaged than received.")})
            line.hold(line.received)
            line.save()
        self.voucher_present = voucher_present
        self.parcels.on_the_way().filter(direction=Parcel.Direction.BACK).update(arrived_at=self.moment)
        self.say(words)
        self.remember(voucher=voucher_present)

    @transition("status", source=[Status.RECEIVED, Status.APPROVED], target=Status.INSPECTING,
                permission="returns.inspect_returnrequest", conditions=[is_here], label=_("Inspect"),
                tone="primary")  # fmt: skip
    def inspect(self, *, by, place, traces, cause, findings):
        """What the goods look like, how much they were used and what caused it (S3-64, S3-80, S3-84)."""
        self._need(findings=findings, place=place)
        on_site = self.mode == choices.Mode.ON_SITE
        if on_site:  # what is looked at where it stands counts as received there
            self.lines.update(received=F("approved"))
        inspection = Inspection.objects.create(
            request=self, place=place, on_site=on_site, traces=traces, cause=cause, findings=findings,
            by=user_of(by), at=self.moment,
        )  # fmt: skip
        self.say(findings)
        self.remember(inspection=inspection.pk, traces=traces, cause=cause)

    @transition("status", source=Status.INSPECTING,
                target=RETURN_VALUE(Status.REFUND_DUE, Status.EXCHANGE_DUE, Status.REPAIR_DUE, Status.EXCHANGE_SHIPPED),
                permission="returns.inspect_returnrequest", label=_("Confirm what was claimed"), tone="primary")  # fmt: skip
    def inspection_ok(self, *, by, option, words, passed=None, fates=None):
        """It is as the customer said; what he chose follows (S2-73, S3-85, S3-96). Lines that do not pass go back to him."""
        self._need(words=words)
        lines = list(self.full_lines())
        for line in lines:
            count = (passed or {}).get(line.pk, line.received)
            if count > line.received:
                raise ValidationError({"passed": _("More than was received.")})
            self._owe(line, count if option == Option.REFUND else 0, passed=count, fate=(fates or {}).get(line.pk, ""))
        if not any(line.passed for line in lines):
            raise ValidationError({"passed": _("Nothing passes: say that it is not as claimed.")})
        self.option = option
        self.must_send_back = self.must_send_back or any(line.passed < line.received for line in lines)
        self._judge_inspection(True)
        if option == Option.REFUND:
            self._release_due(by)
        self.say(words)
        self.remember(option=option)
        if option == Option.EXCHANGE:
            return Status.EXCHANGE_SHIPPED if self.advance_shipped_at else Status.EXCHANGE_DUE
        return Status.REFUND_DUE if option == Option.REFUND else Status.REPAIR_DUE

    @transition("status", source=Status.INSPECTING, target=Status.INSPECTION_FAILED,
                permission="returns.inspect_returnrequest", label=_("Not as claimed"))  # fmt: skip
    def inspection_bad(self, *, by, words):
        """It is not as the customer said; he is told what was found (S2-74, S3-80)."""
        self._need(words=words)
        self._judge_inspection(False)
        self.say(words)

    def _judge_inspection(self, passed):
        newest = self.inspections.last()
        if newest is not None:
            newest.passed = passed
            newest.save(update_fields=["passed"])

    @transition("status", source=Status.INSPECTION_FAILED, target=RETURN_VALUE(Status.REFUND_DUE, Status.REJECTED),
                permission="returns.except_returnrequest", label=_("Settle it"), tone="primary")  # fmt: skip
    def resolve_failed(self, *, by, to, words, amounts=None):
        """What the talk with the customer came to: part of the money line by line, or the goods go back (S2-74, S2-75).

        ``amounts``: line key → yuan.
        """
        self._need(words=words)
        amounts = amounts or {}
        if to == Status.REFUND_DUE and not any(amounts.values()):
            raise ValidationError({"amounts": _("Write what is paid back for at least one line.")})
        for line in self.full_lines():
            amount = amounts.get(line.pk) or Decimal(0) if to == Status.REFUND_DUE else Decimal(0)
            if amount > line.unit_price * line.received:
                raise ValidationError({f"amounts-{line.pk}": _("More than was paid for what came back.")})
            line.amount, line.passed = amount, line.received if amount else 0
            line.fate = line.fate or (choices.Fate.STOCK if amount else choices.Fate.SEND_BACK)
            line.hold(line.passed)
            line.save()
            self.must_send_back = self.must_send_back or line.passed < line.received
        self.option = Option.REFUND if to == Status.REFUND_DUE else ""
        self.approved_by = user_of(by)
        self.closed_at = self.moment if to == Status.REJECTED else None
        if to == Status.REFUND_DUE:
            self._release_due(by)
        self.say(words)
        self.remember(to=to)
        return to

    @transition("status", source="*", permission="returns.ship_returnrequest", conditions=[goods_to_send_back],
                label=_("Send the goods back"))  # fmt: skip
    def send_back(self, *, by, carrier, number):
        """What did not pass goes back to the customer, whatever has become of the request."""
        self._need(number=number)
        self._send_parcel(Parcel.Direction.OUT, carrier, number)
        self.must_send_back = False
        self.say(number)

    # --- settled -------------------------------------------------------------------------------------------------------
    @transition("status", source=Status.REFUND_DUE, target=Status.COMPLETED, permission="returns.refund_returnrequest",
                conditions=[payee_known], label=_("Refund"), tone="primary")  # fmt: skip
    def refund(self, *, by, means, reference, words="", postage="refunded"):
        """The money goes back, once, and never by who agreed to it (S2-109, S3-65, S2-95).

        ``postage`` says whether postage the customer advanced for us is paid with it or kept as his credit.
        """
        self._need(reference=reference)
        if by.pk == self.approved_by_id:
            raise PermissionDenied(_("Somebody else must pay what you agreed to."))
        self.postage_settled = postage if self.postage_advanced else ""
        due = refunds.refund_of(self)
        for line in self.full_lines():
            Ledger.objects.pay_back(line.order_line, line.amount)
            line.refunded = line.amount
            line.save(update_fields=["refunded"])
        total, credit = due.total, due.postage if postage == choices.PostageSettled.CREDITED else Decimal(0)
        if total:
            order = PayOrder.objects.locked(self)
            press = {"by": by, "now": self.moment}
            if total > credit:
                order.pay(total - credit, means=means, reference=reference, note=words, **press)
            if credit:
                order.pay(min(credit, total), means=Means.CREDIT, note=self.number, **press)
        self.refunded_at, self.refunded_sum, self.closed_at = self.moment, total, self.moment
        self.say(words or reference)
        self.remember(means=means)

    @transition("status", source=Status.EXCHANGE_DUE, target=Status.EXCHANGE_SHIPPED,
                permission="returns.ship_returnrequest", conditions=[address_confirmed, top_up_paid],
                label=_("Send the exchange"), tone="primary")  # fmt: skip
    def ship_exchange(self, *, by, carrier, number):
        """The new goods go out, to the address the customer confirmed (S1-40, S2-21, S2-49)."""
        self._need(number=number)
        self._send_parcel(Parcel.Direction.OUT, carrier, number)
        self.flag = choices.Flag.BLUE
        self.say(number)
        self.reindex()

    @transition("status", source=Status.EXCHANGE_SHIPPED, permission="returns.ship_returnrequest",
                label=_("Send it anew"))  # fmt: skip
    def resend(self, *, by, trouble, carrier, number, words, difference=None):
        """The parcel could not be delivered, went astray or broke: it goes out anew, mostly by another carrier, the order
        flagged blue and the transaction extended; the customer hears of number and reason (S2-78, S2-105).

        What the other carrier costs more is ours the first time a customer needs it, and his from then on (S2-106).
        """
        self._need(number=number, words=words)
        before = Parcel.objects.filter(request__matter__customer__root=self.customer.root_id, difference__gt=0).exists()
        payer = (choices.Payer.CUSTOMER if before else choices.Payer.COMPANY) if difference else ""
        lost = self.parcels.on_the_way().filter(direction=Parcel.Direction.OUT)
        lost.update(ended_at=self.moment, trouble=trouble, note=words[:200])
        self._send_parcel(Parcel.Direction.OUT, carrier, number, difference=difference or 0, difference_payer=payer)
        self.flag = choices.Flag.BLUE
        self.extended_until = timezone.localdate(self.moment) + EXTENSION
        self.say(words)
        self.remember(trouble=trouble, payer=payer)
        self.reindex()

    @transition("status", source=Status.EXCHANGE_SHIPPED, target=Status.COMPLETED,
                permission="returns.review_returnrequest", label=_("Exchange has arrived"), tone="primary",
                customer=True)  # fmt: skip
    def confirm_exchange(self, *, by, words=""):
        """The customer has signed for the new goods; what was pending between us is cleared (S2-26, S2-93)."""
        self.parcels.on_the_way().filter(direction=Parcel.Direction.OUT).update(arrived_at=self.moment)
        self._let_go()
        self.say(words or str(_("The exchange has arrived.")))

    @transition("status", source=Status.REPAIR_DUE, target=Status.COMPLETED,
                permission="returns.review_returnrequest", label=_("Hand over to repair"), tone="primary")  # fmt: skip
    def to_repair(self, *, by, repair_number, words=""):
        """The goods are put right under a work order instead (S3-85, S3-88)."""
        self._need(repair_number=repair_number)
        self.repair_number = repair_number.strip()
        self._let_go()
        self.say(words or repair_number)

    @transition("status", source=[Status.SUBMITTED, Status.REVIEWING, Status.APPROVED, Status.RECALLING],
                target=Status.CANCELLED, permission="returns.review_returnrequest", label=_("Cancel"), tone="danger",
                customer=True)  # fmt: skip
    def cancel(self, *, by, reason):
        """The customer keeps the goods after all."""
        self._need(reason=reason)
        if self.advance_shipped_at is not None:
            raise ValidationError({"reason": _("The exchange is on its way already.")})
        self._let_go()
        self.say(reason)

    # --- acts ----------------------------------------------------------------------------------------------------------
    @transition("status", source=list(OPEN), permission="returns.review_returnrequest", label=_("Confirm the address"))
    def confirm_address(self, *, by, address, words=""):
        """The customer said where the exchange goes, so that no parcel goes astray (S2-21)."""
        self._need(address=address)
        self.address = address.strip()
        self.say(words)

    @transition("status", source=[Status.APPROVED, Status.IN_TRANSIT, Status.RECEIVED, Status.INSPECTING, Status.EXCHANGE_DUE],
                permission="returns.review_returnrequest", label=_("Top-up paid"))  # fmt: skip
    def take_top_up(self, *, by, reference):
        """The customer paid what the new goods cost more, by a link of its own and never in the parcel (S2-49, S2-96)."""
        self._need(reference=reference)
        if not self.top_up or self.top_up_paid_at:
            raise ValidationError({"reference": _("No top-up is owed.")})
        self.top_up_paid_at, self.flag = self.moment, choices.Flag.YELLOW
        self._note_remark(by)
        self.say(reference)

    @transition("status", source=Status.EXCHANGE_DUE, permission="returns.ship_returnrequest", label=_("Have it made"))
    def order_remake(self, *, by, remake_number, promised_on, words=""):
        """Goods made to order are made anew; the factory says until when, and the clock runs to that day."""
        self._need(remake_number=remake_number)
        if promised_on < timezone.localdate(self.moment):
            raise ValidationError({"promised_on": _("This day has passed.")})
        self.remake_number, self.promised_on = remake_number.strip(), promised_on
        self.say(words)

    @transition("status", source=list(OPEN), permission="returns.review_returnrequest", label=_("Account to pay to"))
    def set_payee(self, *, by, payee_name, payee_account, original_means=False):
        """Where the money goes if not back the way it came (S2-29)."""
        self._need(payee_account=payee_account)
        self.payee_name, self.payee_account, self.original_means = payee_name, payee_account.strip(), original_means
        self.say("")

    @transition("status", source=list(OPEN), permission="returns.review_returnrequest", label=_("Transaction extended"),
                stales=False)  # fmt: skip
    def confirm_extension(self, *, by, words=""):
        """Somebody has extended the transaction on the platform (S2-99)."""
        if self.extended_until is None:
            raise ValidationError({"words": _("No extension was agreed.")})
        self.say(words)

    @transition("status", source=list(OPEN), permission="returns.review_returnrequest", label=_("News of the parcel"),
                stales=False)  # fmt: skip
    def trace_parcel(self, *, by, words, trouble=""):
        """What the carrier says of the parcel; the day counts anew from here (S2-25, S2-30)."""
        self._need(words=words)
        if not self.parcels.on_the_way().update(heard_at=self.moment, trouble=trouble, note=words[:200]):
            raise ValidationError({"words": _("No parcel is on its way.")})
        self.say(words)
        self.remember(trouble=trouble)

    @transition("status", source=list(OPEN), permission="returns.review_returnrequest", label=_("Platform called in"),
                stales=False)  # fmt: skip
    def call_platform(self, *, by, reason):
        """The customer has called the platform in: marked and counted (S2-28)."""
        self._need(reason=reason)
        self.platform_claim = True
        self.say(reason)

    @transition("status", source="*", permission="returns.review_returnrequest", label=_("Customer told"), stales=False)
    def tell_customer(self, *, by, channel, words):
        """The customer was told by a person what his page says already (S1-41)."""
        self._need(words=words)
        self.news.filter(told_at__isnull=True).update(told_at=self.moment, told_by=user_of(by), channel=channel)
        self.say(words)
        self.remember(channel=channel)

    # --- money, through the books ---------------------------------------------------------------------------------------
    def _release_due(self, by):
        """What goods and postage come to may be paid from here. It is the customer's own, so it counts against no limit."""
        self._release(self.approved_by or by, refunds.refund_of(self).total, Giving.REFUND, counted=False)

    def _release(self, by, amount, giving, *, counted):
        if amount:
            payee = {"payee_name": self.payee_name, "payee_account": self.payee_account[:60]}
            PayOrder.objects.release(
                self, amount, by=by, version=self.version, now=self.moment, giving=giving, counted=counted,
                unlimited=not counted, payee=payee,
            )  # fmt: skip

    def _claim_on_carrier(self, by, words):
        """What was lost on the way is claimed back from whoever carried it, at the price of the goods (S2-71, S2-82)."""
        parcel, lines = self.parcel_back(), list(self.full_lines())
        worth = sum((line.unit_price * line.approved for line in lines), Decimal(0))
        if worth:
            Claim.objects.raise_on(
                self.matter, Claim.Against.CARRIER, worth, party=str(parcel.carrier or "—") if parcel else "—",
                what="; ".join(str(line) for line in lines)[:200], by=by, now=self.moment, subject=self,
                waybill=parcel.number if parcel else "", evidence=words[:300],
            )  # fmt: skip

    # --- helpers -------------------------------------------------------------------------------------------------------
    def _owe(self, line, pieces, *, passed=None, fate=""):
        """What is paid back for a line: the price of so many pieces."""
        line.passed = pieces if passed is None else passed
        line.amount = line.unit_price * pieces
        line.fate = fate or line.fate
        line.hold(line.passed)
        line.save()

    def _let_go(self):
        """It has ended and nothing of it is out any more: the pieces may be asked for again."""
        for line in self.full_lines():
            line.hold(0)
            line.save(update_fields=["taken"])
        self.closed_at = self.moment

    def _note_remark(self, by):
        """The remark on the order as the platform wants it: reason, agent, date (S2-59, S2-101)."""
        who = str(user_of(by) or "")
        with translation.override(settings.LANGUAGE_CODE):  # whatever the colleague's screen is in
            what = f"{self.get_kind_display()}·{self.get_reason_display()}"
        self.remark = f"{what} {who}/{timezone.localdate(self.moment):%Y-%m-%d}"[:200]

    def _need(self, **texts):
        for name, text in texts.items():
            if not (text or "").strip():
                raise ValidationError({name: _("This cannot be left empty.")})


def _end_of(day):
    return timezone.make_aware(datetime.combine(day, time(23, 59, 59)))


def _left_of(order_line):
    ledger = Ledger.objects.get(order_line=order_line)
    return ledger.paid - ledger.refunded
