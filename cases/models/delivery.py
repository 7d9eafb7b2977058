"""The delivery of an order that has a date to meet: from the promise to the goods in the customer's hands.

A preventive issue of the type "has a deadline" (有最后期限; S3-120 … S3-132), which also keeps what was found at the pick-up
(S3-133 … S3-139).
"""

from datetime import datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import RETURN_VALUE, FSMField

from cases.delivery.clocks import CLOCKS, REPEATING
from cases.models.leadtime import LeadTime
from core import search
from core.numbers import next_number
from core.visibility import VisibleQuerySet
from customers.marks import scope_of
from customers.models import Order
from payments.models import Claim
from workflow.actors import user_of
from workflow.clocks import start_clocks
from workflow.models import Attachment, Matter, WorkflowModel
from workflow.transitions import because, transition

NUMBER_PREFIX = "JH"
SUMS = {"max_digits": 12, "decimal_places": 2}
OPEN_RIGHT, FOLLOW, APPROVE = (f"cases.{verb}_deliveryissue" for verb in ("open", "follow", "approve"))


class Status(models.TextChoices):
    TO_APPROVE = "to_approve", pgettext_lazy("delivery", "date to be approved")
    REGISTERED = "registered", pgettext_lazy("delivery", "order to be checked")
    PREPARING = "preparing", pgettext_lazy("delivery", "being prepared")
    SHIPPED = "shipped", pgettext_lazy("delivery", "on its way")
    DAMAGED = "damaged", pgettext_lazy("delivery", "picked up with damage")
    CLOSED = "closed", pgettext_lazy("delivery", "received")
    CANCELLED = "cancelled", pgettext_lazy("delivery", "cancelled")


FINAL = frozenset({Status.CLOSED, Status.CANCELLED})
OPEN = [status for status in Status if status not in FINAL]
PROMISING, UNDER_WAY = [Status.TO_APPROVE, Status.REGISTERED], [Status.SHIPPED, Status.DAMAGED]
# What a receipt with damage is proved by: the paper the customer wrote on, and the goods (S3-134, S3-135).
RECEIPTS = frozenset({Attachment.Kind.WAYBILL, Attachment.Kind.SIGNED})
SHOWS_DAMAGE = frozenset(
    {Attachment.Kind.PACKING_SIDE, Attachment.Kind.PACKING_DAMAGE, Attachment.Kind.PART, Attachment.Kind.CLOSE_UP}
)


class Urgency(models.TextChoices):
    """How much the date matters to the customer (S3-122)."""

    EASY = "easy", pgettext_lazy("delivery urgency", "can wait")
    USUAL = "usual", pgettext_lazy("delivery urgency", "as agreed")
    SENSITIVE = "sensitive", pgettext_lazy("delivery urgency", "sensitive")
    CRITICAL = "critical", pgettext_lazy("delivery urgency", "must not be missed")


class Risk(models.TextChoices):
    NONE = "none", pgettext_lazy("delay", "no risk")
    POSSIBLE = "possible", pgettext_lazy("delay", "may be late")
    CERTAIN = "certain", pgettext_lazy("delay", "will be late")


class Why(models.TextChoices):
    """Why a date is another one now."""

    STOCK = "stock", _("not in stock")
    PRODUCTION = "production", _("production takes longer")
    EARLY = "early", _("ready earlier")
    CUSTOMER = "customer", _("the customer wishes it")
    CARRIER = "carrier", pgettext_lazy("delay", "the carrier")


class Remedy(models.TextChoices):
    """What the customer gets for damage on the way: repaired or completed, never left with it (S3-136)."""

    PARTS = "parts", _("parts are sent")
    REPAIR = "repair", _("it is repaired")
    EXCHANGE = "exchange", _("it is exchanged")
    DISCOUNT = "discount", _("he keeps it for a discount")


@because(_("The deadline has not been set."))
def date_known(issue):
    return issue.deadline is not None


@because(_("The waybill has not been traced with the carrier yet."))
def waybill_traced(issue):
    return issue.traced_at is not None


@because(_("The customer has not had the dispatch notice yet."))
def notice_sent(issue):
    return issue.noticed_at is not None


@because(_("The dispute about fees is not settled."))
def no_fee_dispute(issue):
    return issue.disputed_at is None or issue.dispute_settled_at is not None


@because(_("No dispute about fees is open."))
def fee_disputed(issue):
    return not no_fee_dispute(issue)


class DeliveryIssueQuerySet(VisibleQuerySet):
    def open(self):
        return self.exclude(status__in=FINAL)

    def with_customer(self):
        return self.select_related("matter__customer", "matter__owner", "order", "region")

    def to_index(self):
        """With what the search index says of them (``search_entry``)."""
        return self.select_related("matter", "order")


class DeliveryIssue(WorkflowModel):
    """One order on its way to its customer by a date he counts on, watched from the order to the pick-up."""

    Status, FINAL, REPEATING = Status, FINAL, REPEATING
    clocks = CLOCKS
    risk_rose = False  # whether the act under way found the date in more danger than before

    status = FSMField(_("status"), choices=Status.choices, default=Status.REGISTERED, protected=True)
    order = models.ForeignKey(
        Order, models.PROTECT, verbose_name=pgettext_lazy("goods", "order"), related_name="deliveries"
    )
    # --- the promise ---------------------------------------------------------------------------------------------------
    deadline = models.DateField(_("deadline"), null=True, blank=True)
    first_deadline = models.DateField(_("first deadline"), null=True, blank=True)
    urgency = models.CharField(_("urgency"), max_length=10, choices=Urgency.choices, default=Urgency.USUAL)
    hangs_on_date = models.BooleanField(_("the deal hangs on the date"), default=False)
    too_early = models.BooleanField(_("earlier than the lead time"), default=False)
    why = models.CharField(_("why the date matters"), max_length=300, blank=True)
    refusal = models.CharField(_("why the date was refused"), max_length=300, blank=True)
    estimated_freight = models.DecimalField(_("estimated freight"), null=True, blank=True, **SUMS)
    # --- preparing -----------------------------------------------------------------------------------------------------
    in_stock = models.BooleanField(pgettext_lazy("order check", "in stock"), null=True)
    checked_at = models.DateTimeField(_("order checked at"), null=True, blank=True)
    planned_on = models.DateField(_("planned dispatch"), null=True, blank=True)
    risk = models.CharField(_("risk of delay"), max_length=10, choices=Risk.choices, default=Risk.NONE)
    progress = models.CharField(_("progress"), max_length=300, blank=True)
    told_at = models.DateTimeField(_("customer last told"), null=True, blank=True)
    # --- on its way: what the notice says (S3-131) ---------------------------------------------------------------------
    carrier = models.CharField(_("carrier"), max_length=60, blank=True)
    waybill = models.CharField(_("waybill number"), max_length=60, blank=True)
    enquiry_phone = models.CharField(_("enquiry number"), max_length=30, blank=True)
    packages = models.PositiveSmallIntegerField(_("packages"), null=True, blank=True)
    transport_units = models.PositiveSmallIntegerField(_("transport units"), null=True, blank=True)
    volume = models.DecimalField(_("volume in m³"), max_digits=8, decimal_places=3, null=True, blank=True)
    freight = models.DecimalField(_("freight"), null=True, blank=True, **SUMS)
    packing_fee = models.DecimalField(_("packing fee"), null=True, blank=True, **SUMS)
    shipped_at = models.DateTimeField(_("shipped at"), null=True, blank=True)
    traced_at = models.DateTimeField(_("waybill traced at"), null=True, blank=True)
    noticed_at = models.DateTimeField(_("notice sent at"), null=True, blank=True)
    # --- fees ----------------------------------------------------------------------------------------------------------
    disputed_at = models.DateTimeField(_("fees disputed at"), null=True, blank=True)
    dispute_settled_at = models.DateTimeField(_("dispute settled at"), null=True, blank=True)
    estimate_error = models.CharField(_("why the estimate was wrong"), max_length=300, blank=True)
    # --- picked up -----------------------------------------------------------------------------------------------------
    picked_up_on = models.DateField(_("picked up on"), null=True, blank=True)
    signatory = models.CharField(_("signed by"), max_length=60, blank=True)
    damage = models.CharField(_("damage noted on the receipt"), max_length=300, blank=True)
    remedy = models.CharField(_("remedy"), max_length=10, choices=Remedy.choices, blank=True)
    closed_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = DeliveryIssueQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        permissions = [
            ("open_deliveryissue", _("Can promise delivery dates and note what customers say of deliveries")),
            ("follow_deliveryissue", _("Can follow orders to their delivery")),
            ("approve_deliveryissue", _("Can agree to delivery dates above the lead time and settle fees")),
        ]
        indexes = [
            models.Index(fields=["deadline", "id"], name="deliveries_by_deadline"),
            models.Index(fields=["region", "deadline", "id"], name="deliveries_of_region"),
            models.Index(fields=["matter"], name="deliveries_of_matter"),
            models.Index(fields=["-created_at", "-id"], name="deliveries_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=~Q(status=Status.CANCELLED), name="one_delivery_of_an_order"
            ),
            models.CheckConstraint(
                condition=Q(noticed_at__isnull=True) | Q(traced_at__isnull=False), name="traced_before_noticed"
            ),
        ]

    def get_absolute_url(self):
        return reverse("cases:deliveryissue", args=[self.pk])

    # --- what it is ----------------------------------------------------------------------------------------------------
    @property
    def customer(self):
        return self.matter.customer

    @property
    def deadline_due(self):
        return _end_of(self.deadline) if self.deadline else None

    @property
    def notice_due(self):
        """The day the waybill is known (S3-130)."""
        return _end_of(timezone.localdate(self.shipped_at)) if self.shipped_at else None

    @property
    def is_at_risk(self):
        return self.status == Status.PREPARING and self.risk != Risk.NONE

    @property
    def is_watched(self):
        """Delayed and out-of-stock orders are checked once or twice a week (S2-61)."""
        return self.status == Status.PREPARING and (self.is_at_risk or self.in_stock is False)

    @property
    def actual_cost(self):
        return None if self.freight is None else self.freight + (self.packing_fee or 0)

    @property
    def cost_difference(self):
        """What it cost more than was told beforehand; negative: less; None while one of them is not known (S3-129)."""
        if self.actual_cost is None or self.estimated_freight is None:
            return None
        return self.actual_cost - self.estimated_freight

    @property
    def has_glass(self):
        """Whether the packages are to be shaken gently before one signs (S3-139)."""
        return self.order.lines.filter(product__has_glass=True).exists()

    def lead_time(self):
        """The row of the lead-time notice for what was ordered; None where none is kept (S3-117)."""
        return LeadTime.objects.of([line.product for line in self.order.lines.select_related("product__group")])

    def deadline_scope(self):
        return {"region": self.region.code, "delivery": self.urgency} | scope_of(self.matter.customer)

    def search_entry(self):
        return search.entry(
            "delivery", self.pk, customer_id=self.matter.customer_id, region_id=self.region_id, at=self.created_at,
            texts=[self.why, self.damage], numbers=[self.number, self.waybill, self.order.number], ended=self.is_final,
        )  # fmt: skip

    # --- the promise ---------------------------------------------------------------------------------------------------
    @classmethod
    def open(cls, *, by, now, order, deadline=None, urgency=Urgency.USUAL, hangs_on_date=False, why="",
             estimated_freight=None):  # fmt: skip
        """Open the issue that goes with an order (S3-121): who promises looks at the lead time, a superior beyond it.

        Must run inside ``workflow.begin``. ValidationError where the order has one, or has arrived.
        """
        if order.delivered_on is not None:
            raise ValidationError(_("This order has been delivered."))
        if cls.objects.filter(order=order).exclude(status=Status.CANCELLED).exists():
            raise ValidationError(_("This order is followed already."))
        person = user_of(by)
        matter = Matter.objects.create(
            customer=order.customer, region=order.customer.region, owner=person, opened_at=now
        )
        issue = cls(
            number=next_number(NUMBER_PREFIX, timezone.localdate(now)), matter=matter, region=matter.region,
            order=order, created_at=now, first_deadline=deadline,
        )  # fmt: skip
        issue._moment, issue._new = now, True
        issue._promise(deadline, urgency, hangs_on_date, why, estimated_freight)
        # The status is protected against everything but verbs; a new record may begin where it must.
        issue.__dict__["status"] = issue._status_of_promise()
        issue.save()
        issue.log("open", by=by, target=issue.status, note=issue.why, data=issue._said_of_date(), version=1)
        start_clocks(issue, CLOCKS["open"], now=now)
        search.index_many([issue.search_entry()])
        return issue

    def _promise(self, deadline, urgency, hangs_on_date, why, estimated_freight):
        today = timezone.localdate(self.moment)
        if deadline is not None and deadline < today:
            raise ValidationError({"deadline": _("This day is past.")})
        if (hangs_on_date or urgency == Urgency.CRITICAL) and not why.strip():
            raise ValidationError({"why": _("Say why the date matters so much.")})
        lead = self.lead_time()
        # Counted from the order, as the notice counts; an order without a date is taken to be of today.
        earliest = lead and (self.order.ordered_on or today) + timedelta(days=lead.days)
        self.too_early = bool(deadline and earliest and deadline < earliest)
        self.deadline, self.urgency, self.hangs_on_date, self.why = deadline, urgency, hangs_on_date, why.strip()
        self.estimated_freight, self.refusal = estimated_freight, ""
        self.first_deadline = self.first_deadline or deadline

    def _status_of_promise(self):
        return Status.TO_APPROVE if self.deadline and (self.too_early or self.hangs_on_date) else Status.REGISTERED

    def _said_of_date(self):
        return {"deadline": self.deadline.isoformat() if self.deadline else "", "urgency": self.urgency}

    @transition("status", source=PROMISING, target=RETURN_VALUE(*PROMISING), permission=OPEN_RIGHT,
                label=_("Set the deadline"))  # fmt: skip
    def set_date(self, *, by, deadline, urgency, hangs_on_date=False, why="", estimated_freight=None):
        """The date that is promised, and how much it matters; beyond the lead time, or where the deal hangs on it, it goes
        to a superior (S3-118, S3-120, S3-122)."""
        before = self.deadline
        self._promise(deadline, urgency, hangs_on_date, why, estimated_freight)
        self.say(why or _("%(day)s was agreed with the customer.") % {"day": deadline})
        self.remember(**{"from": before.isoformat() if before else ""}, **self._said_of_date())
        return self._status_of_promise()

    @transition("status", source=Status.TO_APPROVE, target=Status.REGISTERED, permission=APPROVE,
                label=_("Agree to the date"), tone="primary")  # fmt: skip
    def approve_date(self, *, by, words):
        """A superior lets a date stand that the lead time does not cover, or that a deal hangs on (S3-118, S3-120)."""
        self._need(words=words)
        if user_of(by) is not None and by.pk == self.matter.owner_id:
            raise ValidationError(_("Whoever promised the date does not approve it."))
        self.say(words)
        self.refusal = ""

    @transition("status", source=Status.TO_APPROVE, permission=APPROVE, label=_("Refuse the date"), tone="danger")
    def refuse_date(self, *, by, reason):
        """The date cannot be kept: another one is agreed with the customer, or the order does not come about (S3-118)."""
        self._need(reason=reason)
        self.refusal = reason.strip()[:300]
        self.say(reason)

    # --- preparing -----------------------------------------------------------------------------------------------------
    @transition("status", source=Status.REGISTERED, target=Status.PREPARING, permission=FOLLOW, conditions=[date_known],
                label=_("Check the order"), tone="primary")  # fmt: skip
    def check_order(self, *, by, in_stock, words, planned_on=None, deadline=None):
        """The stock is asked again; without any the customer is asked about a new date. From here the order follower has
        the matter, and after-sales keeps reading it (S3-123, S3-124)."""
        self._need(words=words)
        if not in_stock and deadline is None:
            raise ValidationError({"deadline": _("Not in stock: write the date the customer was told.")})
        self.in_stock, self.checked_at, self.planned_on = in_stock, self.moment, planned_on
        if deadline is not None and deadline != self.deadline:
            self._move_deadline(deadline, Why.CUSTOMER if in_stock else Why.STOCK)
            self.told_at = self.moment
        self.say(words)
        self.remember(stock="yes" if in_stock else "no")
        if user_of(by) is not None and by.pk != self.matter.owner_id:
            self.matter.assign(by, by=by, now=self.moment)

    @transition("status", source=Status.PREPARING, permission=FOLLOW, label=_("Note progress"), stales=False)
    def record_progress(self, *, by, progress, risk):
        """How far production is, and whether the date is in danger; if so the customer hears of it at once (S3-125, S2-61)."""
        self._need(progress=progress)
        self.risk_rose = risk not in (Risk.NONE, self.risk)
        self.progress, self.risk = " ".join(progress.split())[:300], risk
        self.say(progress)
        self.remember(risk=risk)

    @transition("status", source=[Status.PREPARING, Status.SHIPPED], permission=FOLLOW, label=_("Move the deadline"))
    def move_date(self, *, by, deadline, why, words, channel="phone", planned_on=None):
        """The customer agreed to another date; the old one stays on the timeline (S3-125, S3-126, S3-127)."""
        self._need(words=words)
        if deadline == self.deadline and planned_on in (None, self.planned_on):
            raise ValidationError({"deadline": _("This is the present date.")})
        self._move_deadline(deadline, why)
        self.planned_on = planned_on or self.planned_on
        self.told_at, self.risk = self.moment, Risk.NONE
        self.say(words)
        self.remember(channel=channel)

    def _move_deadline(self, deadline, why):
        if deadline < timezone.localdate(self.moment):
            raise ValidationError({"deadline": _("This day is past.")})
        self.remember(**{"from": self.deadline.isoformat(), "deadline": deadline.isoformat(), "why": why})
        self.deadline = deadline

    @transition("status", source=OPEN, permission=OPEN_RIGHT, label=_("Note what was said"), stales=False)
    def tell_customer(self, *, by, channel, words):
        """The customer was told how it stands (S3-124, S3-125)."""
        self._need(words=words)
        self.told_at = self.moment
        self.say(words)
        self.remember(channel=channel)

    # --- on its way ----------------------------------------------------------------------------------------------------
    @transition("status", source=Status.PREPARING, target=Status.SHIPPED, permission=FOLLOW, label=_("Shipped"),
                tone="primary")  # fmt: skip
    def ship(self, *, by, carrier, waybill, enquiry_phone, packages, transport_units, volume, freight, packing_fee,
             early_word=""):  # fmt: skip
        """The goods left, with the eight facts of the notice; before the planned day only with the customer's word
        (S3-127, S3-129, S3-131)."""
        self._need(carrier=carrier, waybill=waybill, enquiry_phone=enquiry_phone)
        if self.planned_on and timezone.localdate(self.moment) < self.planned_on and not early_word.strip():
            raise ValidationError({"early_word": _("Earlier than planned: write what the customer said to that.")})
        self.carrier, self.waybill, self.enquiry_phone = carrier.strip(), waybill.strip(), enquiry_phone.strip()
        self.packages, self.transport_units, self.volume = packages, transport_units, volume
        self.freight, self.packing_fee, self.shipped_at, self.risk = freight, packing_fee, self.moment, Risk.NONE
        self.say(early_word or f"{self.carrier} {self.waybill}")

    @transition("status", source=Status.SHIPPED, permission=FOLLOW, label=_("Waybill traced"))
    def trace_waybill(self, *, by, words, waybill=""):
        """By telephone or on the web the waybill was found; only then the customer is told of it (S3-128)."""
        self._need(words=words)
        self.waybill = waybill.strip() or self.waybill
        self.traced_at = self.moment
        self.say(words)

    @transition("status", source=Status.SHIPPED, permission=FOLLOW, conditions=[waybill_traced],
                label=_("Send the dispatch notice"), tone="primary")  # fmt: skip
    def send_notice(self, *, by, channel, words):
        """The eight facts and the rules of the pick-up reach the customer the same day (S3-130, S3-131, S3-133, S3-138)."""
        self._need(words=words)
        self.noticed_at = self.told_at = self.moment
        self.say(words)
        self.remember(channel=channel)

    # --- fees ----------------------------------------------------------------------------------------------------------
    @transition(
        "status", source=UNDER_WAY, permission=OPEN_RIGHT, conditions=[no_fee_dispute], label=_("Fees disputed")
    )
    def dispute_fee(self, *, by, words):
        """The customer will not bear the fees; a superior decides what is done (S3-132)."""
        self._need(words=words)
        self.disputed_at, self.dispute_settled_at = self.moment, None
        self.say(words)

    @transition("status", source=UNDER_WAY, permission=APPROVE, conditions=[fee_disputed], label=_("Settle the fees"))
    def settle_fee(self, *, by, words, estimate_error):
        """What was agreed about the fees, and why the estimate was wrong, so that the next one is right (S3-132)."""
        self._need(words=words, estimate_error=estimate_error)
        self.dispute_settled_at, self.estimate_error = self.moment, " ".join(estimate_error.split())[:300]
        self.say(words)

    # --- picked up -----------------------------------------------------------------------------------------------------
    @transition("status", source=Status.SHIPPED, target=Status.CLOSED, permission=OPEN_RIGHT,
                conditions=[notice_sent, no_fee_dispute], label=_("Picked up whole"), tone="primary")  # fmt: skip
    def pick_up(self, *, by, picked_up_on, signatory, words):
        """The customer has his goods and nothing is wrong with them."""
        self._need(words=words)
        self._picked_up(picked_up_on, signatory, user_of(by))
        self.closed_at = self.moment
        self.say(words)

    @transition("status", source=Status.SHIPPED, target=Status.DAMAGED, permission=OPEN_RIGHT, conditions=[notice_sent],
                label=_("Picked up with damage"))  # fmt: skip
    def pick_up_damaged(self, *, by, picked_up_on, signatory, damage):
        """A pick-up with damage (有损提货): the customer wrote "packing damaged" and what it is on the receipt, which is on
        file with photos (S3-134, S3-135)."""
        self._need(damage=damage, signatory=signatory)
        shown = set(Attachment.objects.shown().filter(matter=self.matter_id).values_list("kind", flat=True))
        if not shown & RECEIPTS:
            raise ValidationError(_("Attach the receipt first on which the customer wrote the damage."))
        if not shown & SHOWS_DAMAGE:
            raise ValidationError(_("Attach photos of the packing and the damage first."))
        self._picked_up(picked_up_on, signatory, user_of(by))
        self.damage = " ".join(damage.split())[:300]
        self.say(damage)

    def _picked_up(self, day, signatory, by):
        if day > timezone.localdate(self.moment):
            raise ValidationError({"picked_up_on": _("This day is still to come.")})
        if self.shipped_at and day < timezone.localdate(self.shipped_at):
            raise ValidationError({"picked_up_on": _("The goods had not left by then.")})
        if self.order.ordered_on and day < self.order.ordered_on:
            raise ValidationError({"picked_up_on": _("The delivery cannot lie before the order.")})
        self.picked_up_on, self.signatory = day, signatory.strip()
        self.order.delivered_on, self.order.state = day, Order.State.DELIVERED
        self.order.save_edit(by=by, fields=["delivered_on", "state"])

    @transition("status", source=Status.DAMAGED, permission="payments.record_claim", label=_("Claim from the carrier"))
    def claim_carrier(self, *, by, claimed, what, evidence):
        """The carrier answers for it: a claim with the receipt as evidence, helped by the customer (S3-137)."""
        self._need(what=what, evidence=evidence)
        if self.claims().exists():
            raise ValidationError(_("The carrier was asked for it already."))
        claim = Claim.objects.raise_on(
            self.matter, Claim.Against.CARRIER, claimed, party=self.carrier or "–", what=what.strip()[:200],
            by=user_of(by), now=self.moment, subject=self, waybill=self.waybill, evidence=evidence.strip()[:300],
        )  # fmt: skip
        self.say(what)
        self.remember(claim=claim.pk)

    def claims(self):
        """What was claimed from the carrier for this delivery."""
        return Claim.objects.filter(matter=self.matter_id, against=Claim.Against.CARRIER)

    @transition("status", source=Status.DAMAGED, target=Status.CLOSED, permission=OPEN_RIGHT, conditions=[no_fee_dispute],
                label=_("Damage settled"), tone="primary")  # fmt: skip
    def settle_damage(self, *, by, remedy, words, no_claim=""):
        """The customer is helped; the carrier was asked to bear it, or there is a reason why not (S3-136, S3-137)."""
        self._need(words=words)
        if not self.claims().exists() and not no_claim.strip():
            raise ValidationError({"no_claim": _("Nothing was claimed from the carrier: say why.")})
        self.remedy, self.closed_at = remedy, self.moment
        self.say(f"{words}\n{no_claim}".strip())
        self.remember(remedy=remedy)

    @transition("status", source=[*PROMISING, Status.PREPARING], target=Status.CANCELLED, permission=OPEN_RIGHT,
                label=_("Cancel"), tone="danger")  # fmt: skip
    def cancel(self, *, by, reason):
        """The order does not come about, or is not followed any more."""
        self._need(reason=reason)
        self.closed_at = self.moment
        self.say(reason)

    def then(self, verb):
        if verb in ("ship", "trace_waybill", "pick_up_damaged"):
            search.index_many([self.search_entry()])

    def _need(self, **texts):
        for name, text in texts.items():
            if not (text or "").strip():
                raise ValidationError({name: _("This cannot be left empty.")})


def _end_of(day):
    return timezone.make_aware(datetime.combine(day, time(23, 59, 59)))
