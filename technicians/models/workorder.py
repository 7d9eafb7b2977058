"""The work order: what is done in a customer's home, from its acceptance to the agent who closes it."""

from decimal import Decimal
from functools import cached_property

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import RETURN_VALUE, FSMField

from cases.models import Complaint
from cases.models.parts import Strand
from core import search
from core.numbers import next_number
from customers.models import ServiceCard
from payments.models import Payment
from technicians.clocks import CLOCKS
from technicians.models import choices
from technicians.models.checklist import CheckedLine, Checklist, lines_in
from technicians.models.parts import Attendance, CrewMember, DispatchRule, OrderExplanation, PartUsed, PreferredWindow
from technicians.models.quote import Fee, Quote, QuoteLine, priced
from technicians.models.technician import LONGEST_JOB, Booking
from technicians.querysets import FINAL, WorkOrderQuerySet
from technicians.rights import CrewOnly, CrewOrOffice, NotTheCrew
from technicians.signals import orders_finished
from workflow.actors import user_of
from workflow.clocks import start_clocks
from workflow.models import Attachment, Matter, WorkflowModel
from workflow.perform import locked
from workflow.transitions import because, transition

NUMBER_PREFIX, RECEIPT_PREFIX = "WX", "SJ"
SUBJECT_LENGTH = 36

crew = CrewOnly("technicians.work_workorder")
crew_or_office = CrewOrOffice("technicians.work_workorder", office="technicians.handle_workorder")
not_the_crew = NotTheCrew("technicians.close_workorder")


class Status(models.TextChoices):
    ACCEPTED = "accepted", pgettext_lazy("work order", "accepted")
    DISPATCHED = "dispatched", pgettext_lazy("work order", "dispatched")
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("work order", "taken on")
    ON_SITE = "on_site", pgettext_lazy("work order", "on site")
    QUOTED = "quoted", pgettext_lazy("work order", "quoted, customer to agree")
    IN_PROGRESS = "in_progress", pgettext_lazy("work order", "at work")
    WAITING_PARTS = "waiting_parts", pgettext_lazy("work order", "waiting for parts")
    RESCHEDULED = "rescheduled", pgettext_lazy("work order", "time moved")
    ESCALATED = "escalated", pgettext_lazy("work order", "before the supervisor")
    COMPLETED = "completed", pgettext_lazy("work order", "done, to be accepted")
    REWORK = "rework", pgettext_lazy("work order", "to be reworked")
    PART_SHIPPED = "part_shipped", pgettext_lazy("work order", "part sent, customer fits it")
    CUSTOMER_ACCEPTED = "customer_accepted", pgettext_lazy("work order", "accepted by the customer")
    CLOSED = "closed", pgettext_lazy("work order", "closed")
    CANCELLED = "cancelled", pgettext_lazy("work order", "cancelled")


S = Status
OPEN = tuple(status for status in Status if status not in FINAL)
# A supervisor need not be told twice, and what is done or accepted is no longer his.
ESCALATABLE = [status for status in OPEN if status not in (S.ESCALATED, S.COMPLETED, S.CUSTOMER_ACCEPTED)]


@because(_("A photo of what it looks like before the work is missing."))
def shown_before(order):
    """Nothing is touched before it was photographed, unless the company does without; an appraisal touches nothing."""
    if order.kind == choices.Kind.APPRAISAL or not DispatchRule.holds(DispatchRule.Code.EVIDENCE):
        return True
    return Attachment.Kind.BEFORE in order.photo_kinds()


@because(_("A photo of the work as it is now is missing."))
def shown_after(order):
    kinds = order.photo_kinds()
    return bool(kinds) if order.kind == choices.Kind.APPRAISAL else Attachment.Kind.AFTER in kinds


@because(_("The checklist is not done: tick every line, or say why one is left out."))
def checklist_done(order):
    """Every line that must be ticked is, or was left out with a reason (S3-49)."""
    return not order.unchecked


@because(_("The attribution has changed: what was agreed on the price no longer holds. Quote anew first."))
def terms_hold(order):
    """The quote was made for the present attribution; what was begun free of charge is not the customer's cause (S0-02)."""
    quote = order.live_quote
    if quote is not None:
        return quote.attribution == order.attribution
    return order.kind == choices.Kind.APPRAISAL or order.attribution != choices.Attribution.CUSTOMER


@because(_("The fee the customer agreed to is not paid in full."))
def fee_settled(order):
    return order.owed == 0


@because(_("The record of the repair is not complete."))
def record_complete(order):
    return bool(order.work_done)


@because(_("The customer has not yet agreed to what becomes of the damaged product."))
def disposal_agreed(order):
    return not order.disposal_item or order.disposal_agreed_at is not None


class WorkOrder(WorkflowModel):
    """Work at a customer's: repair, appraisal, replacement or adjustment (《维修受理表》《派工单》《维修单》; S1-59, S2-137).

    The states and verbs are the contract of the requirements, section "Repair work order (technicians)".
    """

    Status = Status
    FINAL = frozenset(FINAL)
    clocks = CLOCKS

    status = FSMField(_("status"), choices=Status.choices, default=Status.ACCEPTED, protected=True)
    kind = models.CharField(pgettext_lazy("work order", "kind"), max_length=12, choices=choices.Kind)
    source = models.CharField(pgettext_lazy("work order", "opened from"), max_length=10, choices=choices.Source)
    complaint = models.ForeignKey(
        Complaint, models.PROTECT, verbose_name=_("complaint"), related_name="work_orders", null=True, blank=True
    )
    strand = models.ForeignKey(Strand, models.PROTECT, related_name="work_orders", null=True, blank=True)
    card = models.ForeignKey(
        ServiceCard, models.PROTECT, verbose_name=_("service card"), related_name="work_orders", null=True, blank=True
    )
    rework_of = models.ForeignKey("self", models.PROTECT, related_name="reworks", null=True, blank=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    content = models.TextField(pgettext_lazy("work order", "what is to be done"))
    symptom = models.CharField(pgettext_lazy("work order", "symptom"), max_length=200, blank=True)
    skill = models.CharField(pgettext_lazy("work order", "skill"), max_length=12, choices=choices.Skill, blank=True)
    urgency = models.CharField(
        pgettext_lazy("work order", "goes first"), max_length=12, choices=choices.Urgency, blank=True
    )
    bring = models.CharField(pgettext_lazy("work order", "to bring along"), max_length=300, blank=True)

    # --- the appointment -------------------------------------------------------------------------------------------
    window_from = models.DateTimeField(pgettext_lazy("work order", "appointment from"), null=True, blank=True)
    window_until = models.DateTimeField(pgettext_lazy("work order", "appointment until"), null=True, blank=True)
    slips = models.PositiveSmallIntegerField(pgettext_lazy("work order", "slips written"), default=0)
    dispatched_at = models.DateTimeField(pgettext_lazy("work order", "sent at"), null=True, blank=True)
    dispatched_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    agreed_at = models.DateTimeField(pgettext_lazy("work order", "time agreed at"), null=True, blank=True)
    arrived_at = models.DateTimeField(pgettext_lazy("work order", "arrived at"), null=True, blank=True)
    was_punctual = models.BooleanField(pgettext_lazy("work order", "came in time"), null=True, blank=True)
    visits = models.PositiveSmallIntegerField(pgettext_lazy("work order", "visits"), default=0)
    explained_until = models.DateTimeField(pgettext_lazy("work order", "definite time"), null=True, blank=True)

    # --- what was found and done -------------------------------------------------------------------------------------
    human_damage = models.BooleanField(pgettext_lazy("work order", "damaged by people"), null=True, blank=True)
    situation = models.TextField(pgettext_lazy("work order", "situation on site"), blank=True)
    difficulty = models.CharField(
        pgettext_lazy("work order", "difficulty"), max_length=6, choices=choices.Difficulty, blank=True
    )
    estimated_hours = models.DecimalField(
        pgettext_lazy("work order", "estimated hours"), max_digits=5, decimal_places=1, null=True, blank=True
    )
    materials = models.CharField(pgettext_lazy("work order", "material needed"), max_length=300, blank=True)
    cause = models.CharField(pgettext_lazy("work order", "cause found"), max_length=300, blank=True)
    work_done = models.TextField(pgettext_lazy("work order", "what was done"), blank=True)
    advice = models.TextField(pgettext_lazy("work order", "advice on use and upkeep"), blank=True)
    hours = models.DecimalField(
        pgettext_lazy("work order", "hours worked"), max_digits=5, decimal_places=1, null=True, blank=True
    )
    tested = models.BooleanField(pgettext_lazy("work order", "tested"), default=False)
    cleaned = models.BooleanField(pgettext_lazy("work order", "cleaned up"), default=False)
    completed_at = models.DateTimeField(pgettext_lazy("work order", "done at"), null=True, blank=True)
    rework_count = models.PositiveSmallIntegerField(pgettext_lazy("work order", "times reworked"), default=0)
    opinion = models.CharField(
        pgettext_lazy("work order", "the customer is"), max_length=12, choices=choices.Opinion, blank=True
    )
    opinion_words = models.CharField(pgettext_lazy("work order", "customer's opinion"), max_length=300, blank=True)
    signed_name = models.CharField(pgettext_lazy("work order", "signed by"), max_length=60, blank=True)
    signature = models.ForeignKey(Attachment, models.PROTECT, related_name="+", null=True, blank=True)
    accepted_at = models.DateTimeField(pgettext_lazy("work order", "accepted at"), null=True, blank=True)
    closed_at = models.DateTimeField(pgettext_lazy("work order", "closed at"), null=True, blank=True)

    # --- the damaged product (S0-04) ---------------------------------------------------------------------------------
    disposal_item = models.CharField(pgettext_lazy("work order", "damaged product"), max_length=120, blank=True)
    disposal_way = models.CharField(pgettext_lazy("work order", "what becomes of it"), max_length=120, blank=True)
    disposal_agreed_at = models.DateTimeField(pgettext_lazy("work order", "agreed at"), null=True, blank=True)
    disposal_agreed_by = models.CharField(pgettext_lazy("work order", "agreed by"), max_length=60, blank=True)
    disposal_agreed_how = models.CharField(
        pgettext_lazy("work order", "agreed how"), max_length=10, choices=choices.Consent, blank=True
    )

    objects = WorkOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("work order")
        verbose_name_plural = _("work orders")
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="orders_newest"),
            models.Index(fields=["region", "-created_at", "-id"], name="orders_of_region"),
            models.Index(fields=["status", "-created_at", "-id"], name="orders_by_status"),
            models.Index(fields=["region", "window_from", "id"], name="orders_by_appointment"),
            models.Index(fields=["matter"], name="work_orders_of_matter"),
            models.Index(fields=["completed_at"], name="orders_by_end"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="closed") | Q(closed_at__isnull=False), name="closed_order_has_closed_at"
            ),
            models.CheckConstraint(
                condition=Q(window_from=None) | Q(window_until__gt=models.F("window_from")),
                name="order_window_ends_after_it_begins",
            ),
        ]
        permissions = [
            ("accept_workorder", _("Can accept work orders")),
            ("dispatch_workorder", _("Can dispatch work orders")),
            ("work_workorder", _("Can work on orders he is sent to")),
            ("supply_workorder", _("Can supply parts for work orders")),
            ("handle_workorder", _("Can deal with customers about work orders")),
            ("decide_workorder", _("Can decide on escalated work orders")),
            ("close_workorder", _("Can close work orders")),
            ("print_workorder", _("Can print the papers of work orders")),
        ]

    def get_absolute_url(self):
        return reverse("technicians:order", args=[self.pk])

    # --- what it is --------------------------------------------------------------------------------------------------
    @property
    def subject(self):
        """Its first line, for headings."""
        line = (self.content.strip().splitlines() or [""])[0]
        return line if len(line) <= SUBJECT_LENGTH else f"{line[: SUBJECT_LENGTH - 1]}…"

    @property
    def customer(self):
        return self.matter.customer

    @property
    def present_crew(self):
        """Who is sent now, the leader first."""
        rows = [row for row in self.crew.select_related("technician__user") if row.released_at is None]
        return sorted(rows, key=lambda row: (not row.leads, row.pk))

    @property
    def leader(self):
        return next((row.technician for row in self.present_crew if row.leads), None)

    @cached_property
    def _sent(self):
        """User id → whether he is sent now; read once, for every move of a page asks."""
        sent = {}
        for pk, released_at in self.crew.values_list("technician__user_id", "released_at"):
            sent[pk] = sent.get(pk, False) or released_at is None
        return sent

    def is_in_crew(self, user):
        return self._sent.get(user.pk, False)

    def ever_had(self, user):
        return user.pk in self._sent

    @property
    def slip_number(self):
        """The number of the present dispatch slip (S2-127)."""
        return f"{self.number}-{self.slips}"

    @property
    def live_quote(self):
        return self.quotes.filter(voided_at=None).first()

    @property
    def owed(self):
        """What the customer agreed to pay and has neither paid nor been set off against what we pay him, in yuan."""
        quote = self.live_quote
        if quote is None or quote.confirmed_at is None:
            return Decimal(0)
        return max(Decimal(0), quote.total - self.fees.total() - Payment.objects.set_off(self.number))

    @property
    def attribution(self):
        """Whose cause it is: by the newest appraisal or the findings of the complaint, else by what was seen on site."""
        if self.complaint_id:
            if self.complaint.is_customers_cause():
                return choices.Attribution.CUSTOMER
            judged = self.complaint.appraisals.filter(verdict="not_customer").exists()
            if judged or self.complaint.liability not in ("undecided", ""):
                return choices.Attribution.COMPANY
        if self.human_damage is None:
            return choices.Attribution.UNDECIDED
        return choices.Attribution.CUSTOMER if self.human_damage else choices.Attribution.COMPANY

    def is_covered(self, on):
        """Whether the warranty of the product as a whole bears a repair on a day (S3-15)."""
        return self.card is not None and self.card.warranty(on).is_covered

    def was_attended_by(self, *capacities):
        """Whether there was a visit at which somebody in each of these capacities was present (S0-13)."""
        seen = {}
        for visit, capacity in self.attendances.values_list("visit", "capacity"):
            seen.setdefault(visit, set()).add(capacity)
        return any(set(capacities) <= present for present in seen.values())

    def files(self):
        """Files added to this order, oldest first."""
        kind = ContentType.objects.get_for_model(WorkOrder)
        return Attachment.objects.shown().filter(matter=self.matter_id, subject_type=kind, subject_id=self.pk)

    def photo_kinds(self):
        return set(self.files().filter(media="photo").values_list("kind", flat=True))

    @cached_property
    def checklists(self):
        """The lists that apply to it now; read once, for several steps of a page ask."""
        return Checklist.for_order(self)

    @property
    def lines_to_check(self):
        """(line, whether it must be ticked), each line once, in the order of the lists."""
        lines = {}
        for one in self.checklists:
            lines |= dict.fromkeys(lines_in(one.required), True)
            lines |= {line: False for line in lines_in(one.further) if line not in lines}
        return list(lines.items())

    @property
    def unchecked(self):
        """Lines that must be ticked and are neither ticked nor excused."""
        must = [line for line, required in self.lines_to_check if required]
        if not must:
            return []
        seen = set(self.checked.values_list("text", flat=True))
        return [line for line in must if line not in seen]

    def deadline_scope(self):
        return {
            "region": self.region.code,
            "order": self.kind,
            "urgency": self.urgency,
            "vip": "yes" if self.matter.customer.is_vip else "no",
        }

    # --- acceptance --------------------------------------------------------------------------------------------------
    @classmethod
    def accept(cls, *, by, now, kind, content, customer=None, complaint=None, card=None, windows=(), **fields):
        """Open an order from a complaint, a service card, an order to rework, or for a customer by hand.

        Must run inside ``workflow.begin``. ``windows`` are pairs of moments that suit the customer. The order of a
        complaint that is being carried out belongs to its strand. Raises PermissionDenied without the right,
        ValidationError when something is missing (S0-27, S0-29, S1-59, S1-62, S2-143).
        """
        person = user_of(by)
        if person is not None and not person.has_perm("technicians.accept_workorder"):
            raise PermissionDenied(_("Your role does not include accepting work orders."))
        if not content.strip():
            raise ValidationError({"content": _("Write what is to be done.")})
        before = fields.get("rework_of")
        if before is not None:
            complaint, card = before.complaint, card or before.card
        matter = cls._matter_for(complaint, before, card.customer.root if card else customer, person, now)
        order = cls(
            number=next_number(NUMBER_PREFIX, timezone.localdate(now)),
            matter=matter,
            region=matter.region,
            created_at=now,
            accepted_by=person,
            kind=kind,
            complaint=complaint,
            card=card,
            strand=_strand_of(complaint),
            content=content.strip(),
            source=_source_of(complaint, card, before),
            **fields,
        )
        order._moment, order._new = now, True
        order.save()
        PreferredWindow.objects.bulk_create(
            PreferredWindow(order=order, starts_at=starts_at, ends_at=ends_at) for starts_at, ends_at in windows
        )
        data = {"kind": kind, "complaint": complaint.pk if complaint else None, "card": card.pk if card else None}
        data |= {"rework_of": before.pk if before else None}
        order.log("accept", by=by, target=order.status, note=order.content, data=data, version=1)
        start_clocks(order, CLOCKS["accept"], now=now)
        if matter.closed_at is not None:
            matter.settle(now)
        order.reindex()
        return order

    @staticmethod
    def _matter_for(complaint, before, customer, person, now):
        if before is not None:
            return before.matter
        if complaint is not None:
            if complaint.is_final:
                raise ValidationError({"complaint": _("This complaint has ended. Open it again first.")})
            return complaint.matter
        if customer is None:
            raise ValidationError({"customer": _("Say for whom the order is.")})
        owner = person if person and person.has_perm("cases.handle_complaint") else None
        return Matter.objects.create(customer=customer, region=customer.region, owner=owner, opened_at=now)

    def reindex(self):
        """Put the words of this order into the search index."""
        search.index_many([self.search_entry()])

    def search_entry(self):
        """What it is found by: what is to be done, and its number."""
        return search.entry(
            "workorder",
            self.pk,
            customer_id=self.matter.customer_id,
            region_id=self.region_id,
            at=self.created_at,
            texts=[self.content, self.symptom],
            numbers=[self.number],
            ended=self.is_final,
        )

    # --- sending somebody --------------------------------------------------------------------------------------------
    @transition(
        "status",
        source=S.ACCEPTED,
        target=S.DISPATCHED,
        permission="technicians.dispatch_workorder",
        label=pgettext_lazy("work order", "Dispatch"),
        tone="primary",
    )
    def dispatch(self, *, by, technician, window_from, window_until, helpers=(), words="", why_outside=""):
        """Send one technician or a crew at a time that is free; the slip is written (S0-36, S1-60, S2-126, S2-127, S3-42).

        Raises ValidationError for a missing skill, a foreign region, an expired certificate, a time that is taken or
        lies outside what suits the customer without a word why.
        """
        self._send(by, technician, helpers, window_from, window_until, why_outside)
        self._finish_strand(Strand.Kind.DISPATCH, by, self.slip_number)
        self.say(words or why_outside or self.slip_number)

    def _send(self, by, technician, helpers, window_from, window_until, why_outside=""):
        people = [technician, *(one for one in helpers if one.pk != technician.pk)]
        self._set_window(window_from, window_until, why_outside)
        for one in people:
            self._may_be_sent(one, self.skill if one is technician else "")
        self._release()
        Booking.objects.take(people, slots_of=lambda one: one.slots(window_from, window_until), order=self)
        self.slips += 1
        CrewMember.objects.bulk_create(
            CrewMember(order=self, technician=one, leads=one is technician, slip=self.slips, assigned_at=self.moment)
            for one in people
        )
        self.dispatched_at, self.dispatched_by = self.moment, user_of(by)
        self.remember(to=[one.user_id for one in people], slip=self.slips)

    def _set_window(self, window_from, window_until, why_outside=""):
        if window_until <= window_from:
            raise ValidationError({"window_until": _("The appointment ends after it begins.")})
        if window_until - window_from > LONGEST_JOB:
            raise ValidationError({"window_until": _("An appointment takes at most two weeks.")})
        if window_until <= self.moment:
            raise ValidationError({"window_until": _("Choose a time that is still to come.")})
        suits = list(self.preferred.all())
        if suits and not any(one.holds(window_from, window_until) for one in suits) and not why_outside.strip():
            raise ValidationError({"why_outside": _("This lies outside what suits the customer: say why.")})
        self.window_from, self.window_until = window_from, window_until

    def _may_be_sent(self, technician, skill):
        if not (technician.active and technician.user.is_active):
            raise ValidationError({"technician": _("%(who)s is not sent out.") % {"who": technician}})
        if not technician.works_in(self.region_id):
            raise ValidationError({"technician": _("%(who)s does not work in this region.") % {"who": technician}})
        if not technician.has_skill(skill) and DispatchRule.holds(DispatchRule.Code.SKILL):
            raise ValidationError({"technician": _("%(who)s lacks the skill this asks for.") % {"who": technician}})
        expired = technician.expired_certificates(timezone.localdate(self.window_from))
        if expired and DispatchRule.holds(DispatchRule.Code.CERTIFICATE):
            raise ValidationError(
                {
                    "technician": _("A certificate of %(who)s has expired: %(what)s.")
                    % {"who": technician, "what": expired[0]}
                }
            )
        if self.kind == choices.Kind.APPRAISAL and self._installed(technician.user_id):
            raise ValidationError({"technician": _("He installed it himself; somebody else must appraise it.")})

    def _installed(self, user_id):
        if self.card_id and self.card.installer_id == user_id:
            return True
        return bool(self.complaint_id) and self.complaint.items.filter(card__installer=user_id).exists()

    def _release(self):
        """Nobody is on it any more; their coming half hours are free. Answers their user ids."""
        rows = self.crew.filter(released_at=None)
        former = list(rows.values_list("technician__user_id", flat=True))
        rows.update(released_at=self.moment)
        Booking.objects.free(self, since=self.moment)
        return former

    @transition(
        "status",
        source=S.DISPATCHED,
        target=S.ACKNOWLEDGED,
        permission=crew,
        label=pgettext_lazy("work order", "Take it on"),
        tone="primary",
    )
    def acknowledge(self, *, by, words):
        """The technician called the customer and the time stands (S1-63, S3-26, S3-153)."""
        self._need("words", words)
        self.agreed_at = self.moment
        self.say(words)

    @transition(
        "status", source=S.DISPATCHED, target=S.ACCEPTED, permission=crew, label=pgettext_lazy("work order", "Refuse")
    )
    def refuse(self, *, by, reason):
        """The technician cannot take it; the dispatcher sends somebody else."""
        self._need("reason", reason)
        self.remember(former=self._release())
        self.window_from = self.window_until = None
        self.say(reason)

    @transition(
        "status",
        source=[S.DISPATCHED, S.ACKNOWLEDGED],
        target=S.DISPATCHED,
        permission="technicians.dispatch_workorder",
        label=pgettext_lazy("work order", "Send somebody else"),
    )
    def reassign(self, *, by, technician, reason, window_from, window_until, helpers=(), why_outside=""):
        """Somebody else goes; who went before is told (threats 13)."""
        self._need("reason", reason)
        former = self._release()
        self._send(by, technician, helpers, window_from, window_until, why_outside)
        self.agreed_at = None
        self.remember(former=[pk for pk in former if pk not in self._data["to"]])
        self.say(reason)

    # --- on site -----------------------------------------------------------------------------------------------------
    @transition(
        "status",
        source=S.ACKNOWLEDGED,
        target=S.ON_SITE,
        permission=crew,
        label=pgettext_lazy("work order", "Arrived"),
        tone="primary",
    )
    def arrive(self, *, by, words="", arrived_at=None, missing="", supervisors=()):
        """He stands at the door: when, whether in time, with which tools missing, who else of ours is there.

        ``arrived_at`` is the time the phone noted without reception; it lies between the dispatch and now (S2-130,
        S2-138, S3-99, S0-13).
        """
        at = arrived_at or self.moment
        if at > self.moment or (self.dispatched_at and at < self.dispatched_at):
            at = self.moment
        self.arrived_at, self.visits = at, self.visits + 1
        self.was_punctual = self.window_until is None or at <= self.window_until
        people = [(row.technician.user_id, Attendance.Capacity.TECHNICIAN) for row in self.present_crew]
        people += [(one.pk, Attendance.Capacity.SUPERVISOR) for one in supervisors]
        Attendance.objects.bulk_create(
            Attendance(order=self, visit=self.visits, user_id=pk, capacity=capacity, at=at) for pk, capacity in people
        )
        self.say("\n".join(filter(None, [words, missing])) or str(_("Arrived")))
        self.remember(at=at.isoformat(), punctual=self.was_punctual, supervisors=[one.pk for one in supervisors])

    @transition(
        "status",
        source=S.ON_SITE,
        target=S.QUOTED,
        permission=crew,
        label=pgettext_lazy("work order", "Quote"),
        tone="primary",
    )
    def quote(self, *, by, situation, difficulty, wanted, human_damage=None, estimated_hours=None, materials=""):
        """What is wrong, how hard it is, and what it costs, from the price list of the day (S0-02, S2-132, S3-16).

        ``wanted`` are pairs of an item, with its price of the day as ``amount``, and a quantity.
        """
        self._diagnose(by, situation, difficulty, human_damage, estimated_hours, materials)
        if not wanted:
            raise ValidationError({"wanted": _("Put at least one line into the quote.")})
        if any(item.amount is None for item, _quantity in wanted):
            raise ValidationError({"wanted": _("One of these has no price today.")})
        on = timezone.localdate(self.moment)
        lines = priced(self.card, wanted, self.attribution, on)
        quote = Quote.objects.create(
            order=self,
            attribution=self.attribution,
            priced_on=on,
            made_by=by,
            made_at=self.moment,
            total=sum(line.amount for line in lines),
        )
        for line in lines:
            line.quote = quote
        QuoteLine.objects.bulk_create(lines)
        self.say(situation)
        self.remember(quote=quote.pk, total=str(quote.total), attribution=quote.attribution)

    def _diagnose(self, by, situation, difficulty, human_damage, estimated_hours, materials):
        """What was seen on site; the cause only by one who did not install it himself (S2-132, S3-28)."""
        self._need("situation", situation)
        if human_damage is not None and human_damage != self.human_damage and self._installed(by.pk):
            raise ValidationError(
                {"human_damage": _("He installed it himself; somebody else must say what caused it.")}
            )
        if human_damage is not None:
            self.human_damage = human_damage
        self.situation, self.difficulty = situation, difficulty
        self.estimated_hours, self.materials = estimated_hours, materials

    @transition(
        "status",
        source=S.QUOTED,
        target=S.IN_PROGRESS,
        permission=crew,
        conditions=[terms_hold, shown_before],
        label=pgettext_lazy("work order", "Customer agrees"),
        tone="primary",
    )
    def confirm_quote(self, *, by, name, how, signature=None):
        """The customer agrees to the price on the spot; only then work begins (S2-133, S3-12).

        ``signature`` is what ``workflow.media.prepare`` made of the picture he signed.
        """
        self._need("name", name)
        if how == choices.Consent.SIGNATURE and signature is None:
            raise ValidationError({"signature": _("The customer signs first.")})
        quote = self.live_quote
        quote.confirmed_at, quote.confirmed_how, quote.confirmed_name = self.moment, how, name
        quote.signature = self._keep_signature(signature, by)
        quote.save(update_fields=["confirmed_at", "confirmed_how", "confirmed_name", "signature"])
        self.say(str(choices.Consent(how).label))
        self.remember(quote=quote.pk, total=str(quote.total), how=how)

    def _keep_signature(self, prepared, by):
        if prepared is None:
            return None
        kept = Attachment.objects.keep(
            self.matter, [(Attachment.Kind.SIGNED, prepared)], by=by, subject=self, now=self.moment
        )
        return kept[0]

    @transition(
        "status",
        source=S.ON_SITE,
        target=S.IN_PROGRESS,
        permission=crew,
        conditions=[shown_before],
        label=pgettext_lazy("work order", "Begin, free of charge"),
        tone="primary",
    )
    def start_free(self, *, by, situation, difficulty, human_damage=None, estimated_hours=None, materials=""):
        """In warranty and not the customer's cause: work begins without a quote (S3-15). An appraisal is always free."""
        self._diagnose(by, situation, difficulty, human_damage, estimated_hours, materials)
        if self.kind != choices.Kind.APPRAISAL:
            self._must_be_free()
        self.say(situation)
        self.remember(attribution=self.attribution)

    def _must_be_free(self):
        if self.attribution == choices.Attribution.CUSTOMER:
            raise ValidationError({"human_damage": _("The customer caused it himself: make a quote.")})
        if self.attribution == choices.Attribution.UNDECIDED:
            raise ValidationError({"human_damage": _("Say first whether it was damaged by people.")})
        if not self.is_covered(timezone.localdate(self.moment)):
            raise ValidationError(_("It is not in warranty: make a quote."))

    @transition(
        "status",
        source=S.QUOTED,
        target=S.CANCELLED,
        permission=crew,
        label=pgettext_lazy("work order", "Customer declines the quote"),
    )
    def decline_quote(self, *, by, reason):
        """The customer does not want it at this price; the visit ends."""
        self._need("reason", reason)
        self._void_quote(str(_("Declined by the customer")))
        Booking.objects.free(self, since=self.moment)
        self.say(reason)

    def _void_quote(self, reason):
        self.quotes.filter(voided_at=None).update(voided_at=self.moment, void_reason=reason[:300])

    @transition(
        "status",
        source=[S.QUOTED, S.IN_PROGRESS],
        target=S.ON_SITE,
        permission=crew,
        label=pgettext_lazy("work order", "Quote anew"),
    )
    def requote(self, *, by, reason):
        """Something new was found, or the attribution changed: the old quote is void (S0-02)."""
        self._need("reason", reason)
        self._void_quote(reason)
        self.say(reason)

    # --- parts -------------------------------------------------------------------------------------------------------
    @transition(
        "status",
        source=[S.IN_PROGRESS, S.ON_SITE],
        target=S.WAITING_PARTS,
        permission=crew,
        label=pgettext_lazy("work order", "Wait for a part"),
    )
    def wait_parts(self, *, by, part, agreed, expected_on=None, special=False, explained=""):
        """A part is missing; the customer has seen which one and agreed, and it is sent for at once (S3-27, S3-67).

        For a ``special`` part it is written down how its damage was explained to him, and that he understands (S2-140).
        """
        self._need("part", part)
        if special:
            self._need("explained", explained)
        if not agreed:
            raise ValidationError({"agreed": _("The customer confirms the part before it is sent for.")})
        Booking.objects.free(self, since=self.moment)
        self.materials = part[:300]
        self.window_from = self.window_until = None
        self.say("\n".join(filter(None, [part, explained])))
        self.remember(expected=expected_on.isoformat() if expected_on else None, special=special)

    @transition(
        "status",
        source=S.WAITING_PARTS,
        target=S.ACKNOWLEDGED,
        permission="technicians.supply_workorder",
        label=pgettext_lazy("work order", "Part is there"),
        tone="primary",
    )
    def parts_arrived(self, *, by, words, window_from, window_until):
        """The part is there, and a new time was agreed with the customer; the same crew goes (S3-27)."""
        self._need("words", words)
        crew_now = [row.technician for row in self.present_crew]
        if not crew_now:
            raise ValidationError(_("Nobody is sent any more: ask the dispatcher."))
        self._set_window(window_from, window_until, words)
        Booking.objects.take(crew_now, slots_of=lambda one: one.slots(window_from, window_until), order=self)
        self.agreed_at = self.moment
        self.say(words)

    @transition(
        "status",
        source=S.ACCEPTED,
        target=S.PART_SHIPPED,
        permission="technicians.supply_workorder",
        label=pgettext_lazy("work order", "Send the part, customer fits it"),
    )
    def ship_for_self_fit(self, *, by, part, carrier, tracking, guide):
        """The customer chose to fit it himself: part and guide are on their way (S3-67, S3-68, S3-69, S3-88)."""
        for name, value in (("part", part), ("carrier", carrier), ("tracking", tracking)):
            self._need(name, value)
        if not guide:
            raise ValidationError({"guide": _("Send him the guide as well: he fits it by that.")})
        PartUsed.objects.create(order=self, name=part[:80], at=self.moment)
        self.work_done = part
        self.say(f"{part} · {carrier} {tracking}")

    @transition(
        "status",
        source=S.PART_SHIPPED,
        target=S.CUSTOMER_ACCEPTED,
        permission="technicians.handle_workorder",
        label=pgettext_lazy("work order", "Fitted, and it works"),
        tone="primary",
    )
    def confirm_self_fit(self, *, by, words):
        """The agent asked: it is fitted and works (S3-69)."""
        self._need("words", words)
        self.accepted_at, self.opinion = self.moment, choices.Opinion.SATISFIED
        self.say(words)

    @transition(
        "status",
        source=S.PART_SHIPPED,
        target=S.ACCEPTED,
        permission="technicians.handle_workorder",
        label=pgettext_lazy("work order", "He cannot fit it"),
    )
    def self_fit_failed(self, *, by, reason):
        """It did not work out; somebody is sent after all (S3-69)."""
        self._need("reason", reason)
        self.work_done = ""
        self.say(reason)

    # --- when it goes otherwise --------------------------------------------------------------------------------------
    @transition(
        "status",
        source=[S.DISPATCHED, S.ACKNOWLEDGED, S.ON_SITE],
        target=S.RESCHEDULED,
        permission=crew_or_office,
        label=pgettext_lazy("work order", "Move the appointment"),
    )
    def reschedule(self, *, by, why, agreed, words, window=None, photo=None):
        """Another time, with the customer's consent; a photo of the door where nobody opened it (S2-139).

        ``window`` is the pair of moments the customer named, ``photo`` what ``workflow.media.prepare`` made.
        """
        self._need("words", words)
        away = why == choices.Delay.NOT_AT_HOME
        if away and photo is None:
            raise ValidationError({"photo": _("Take a photo of the door: it shows that you were there.")})
        if not agreed and not away:
            raise ValidationError({"agreed": _("The customer agrees to another time first.")})
        if photo is not None:
            kept = Attachment.objects.keep(
                self.matter, [(Attachment.Kind.OTHER, photo)], by=by, subject=self, now=self.moment
            )
            self.remember(attachments=[row.pk for row in kept])
        if window is not None:
            PreferredWindow.objects.create(order=self, starts_at=window[0], ends_at=window[1])
        self.remember(why=why, former=self._release())
        self.window_from = self.window_until = self.agreed_at = None
        self.say(words)

    @transition(
        "status",
        source=S.RESCHEDULED,
        target=S.DISPATCHED,
        permission="technicians.dispatch_workorder",
        label=pgettext_lazy("work order", "Dispatch again"),
        tone="primary",
    )
    def redispatch(self, *, by, technician, window_from, window_until, helpers=(), words="", why_outside=""):
        """The new time is set, and who comes (S2-139)."""
        self._send(by, technician, helpers, window_from, window_until, why_outside)
        self.say(words or why_outside or self.slip_number)

    @transition(
        "status",
        source=ESCALATABLE,
        target=S.ESCALATED,
        permission=crew_or_office,
        label=pgettext_lazy("work order", "Put before the supervisor"),
    )
    def escalate(self, *, by, reason, settled_by, addressee):
        """It cannot be done in time: the supervisor is told why, the customer a definite time (S2-118, S2-128, S3-22)."""
        self._explain(by, reason, settled_by, addressee)
        Booking.objects.free(self, since=self.moment)

    @transition(
        "status",
        source=list(OPEN),
        permission=crew_or_office,
        label=pgettext_lazy("work order", "Explain in writing"),
        stales=False,
    )
    def explain(self, *, by, reason, settled_by, addressee):
        """It takes longer: the customer gets the reason and a definite time in writing (S2-118, S3-22)."""
        self._explain(by, reason, settled_by, addressee)

    def _explain(self, by, reason, settled_by, addressee):
        self._need("reason", reason)
        if settled_by <= self.moment:
            raise ValidationError({"settled_by": _("Choose a time that is still to come.")})
        row = OrderExplanation.objects.create(
            order=self, reason=reason, settled_by=settled_by, addressee=addressee, by=by, at=self.moment
        )
        self.explained_until = settled_by
        self.say(reason)
        self.remember(explanation=row.pk, until=settled_by.isoformat())

    @transition(
        "status",
        source=S.ESCALATED,
        target=RETURN_VALUE(S.DISPATCHED, S.WAITING_PARTS, S.CANCELLED),
        permission="technicians.decide_workorder",
        label=pgettext_lazy("work order", "Decide"),
        tone="primary",
    )
    def supervisor_decide(self, *, by, to, decision, technician=None, window_from=None, window_until=None):
        """The repair centre's supervisor says how it goes on, or to whom it is reported (S2-129)."""
        self._need("decision", decision)
        if to == S.DISPATCHED:
            if technician is None or window_from is None or window_until is None:
                raise ValidationError({"technician": _("Say who goes, and when.")})
            self._release()
            self._send(by, technician, (), window_from, window_until, decision)
        elif to == S.WAITING_PARTS:
            self.window_from = self.window_until = None
        else:
            self._give_up(decision)
        self.say(decision)
        return to

    @transition(
        "status",
        source=[S.ACCEPTED, S.DISPATCHED, S.ACKNOWLEDGED, S.RESCHEDULED, S.WAITING_PARTS],
        target=S.CANCELLED,
        permission="technicians.handle_workorder",
        label=pgettext_lazy("work order", "Cancel"),
        tone="danger",
    )
    def cancel(self, *, by, reason):
        """The customer calls it off."""
        self._need("reason", reason)
        self.remember(former=list(self.crew.filter(released_at=None).values_list("technician__user_id", flat=True)))
        self._give_up(reason)
        self.say(reason)

    def _give_up(self, reason):
        self._void_quote(reason)
        Booking.objects.free(self, since=self.moment)

    @transition(
        "status",
        source=S.IN_PROGRESS,
        permission=crew,
        label=pgettext_lazy("work order", "Go through the checklist"),
    )
    def tick_off(self, *, by, ticked, excuse=""):
        """He goes through every list that applies; one reason covers what must be ticked and is not (S3-44, S3-49).

        ``ticked`` are lines word for word. What was ticked before is replaced: the last look counts.
        """
        lines = self.lines_to_check
        left = [line for line, required in lines if required and line not in ticked]
        if left and not excuse.strip():
            raise ValidationError(
                {"excuse": _("Not ticked: %(line)s. Tick it, or say why it is left out.") % {"line": left[0]}}
            )
        self.checked.all().delete()
        CheckedLine.objects.bulk_create(
            CheckedLine(order=self, text=line, excuse=excuse if line in left else "", by=user_of(by), at=self.moment)
            for line, _required in lines
            if line in ticked or line in left
        )
        self.say(excuse if left else "")
        self.remember(ticked=len(ticked), left=left)

    @transition(
        "status",
        source=[S.ON_SITE, S.QUOTED, S.IN_PROGRESS, S.WAITING_PARTS, S.ESCALATED, S.COMPLETED, S.REWORK],
        permission=crew_or_office,
        label=pgettext_lazy("work order", "Report an incident"),
        stales=False,
    )
    def report_incident(self, *, by, reason):
        """Something happened to somebody or something on site: it stands in the record at once (S3-49)."""
        self._need("reason", reason)
        self.say(reason)

    # --- done --------------------------------------------------------------------------------------------------------
    @transition(
        "status",
        source=S.IN_PROGRESS,
        target=S.COMPLETED,
        permission=crew,
        conditions=[terms_hold, shown_after, checklist_done],
        label=pgettext_lazy("work order", "Done"),
        tone="primary",
    )
    def complete(self, *, by, cause, work_done, advice, tested, cleaned, hours=None, parts=(), disposal_item=""):
        """Tested, cleaned up, advice given, parts noted, photos taken: the record is whole (S2-134, S3-44 … S3-47).

        ``parts`` are triples of an item or None, a name and a quantity. ``disposal_item`` names a damaged product that
        is not the customer's to keep unless he says so (S0-04).
        """
        for name, value in (("cause", cause), ("work_done", work_done), ("advice", advice)):
            self._need(name, value)
        if not tested:
            raise ValidationError({"tested": _("Try it out first: function and looks.")})
        if not cleaned:
            raise ValidationError({"cleaned": _("Clean up before you ask the customer to look at it.")})
        self.cause, self.work_done, self.advice, self.hours = cause, work_done, advice, hours
        self.tested, self.cleaned, self.completed_at = tested, cleaned, self.moment
        self.disposal_item = disposal_item or self.disposal_item
        PartUsed.objects.bulk_create(
            PartUsed(order=self, item=item, name=name or str(item), quantity=quantity, at=self.moment)
            for item, name, quantity in parts
        )
        Booking.objects.free(self, since=self.moment)
        self.say(work_done)
        self.remember(parts=len(parts))

    @transition(
        "status",
        source=[S.COMPLETED, S.CUSTOMER_ACCEPTED],
        target=S.REWORK,
        permission=crew_or_office,
        label=pgettext_lazy("work order", "Not accepted"),
    )
    def fail_acceptance(self, *, by, failed, reason):
        """The customer is not content with it; which criteria are not met counts against the pass rate (S2-120, S3-48)."""
        self._need("reason", reason)
        if not failed:
            raise ValidationError({"failed": _("Say which of the criteria is not met.")})
        self.rework_count += 1
        self.accepted_at = None
        self.say(reason)
        self.remember(failed=sorted(failed), count=self.rework_count)

    @transition(
        "status",
        source=S.REWORK,
        target=S.IN_PROGRESS,
        permission=crew,
        label=pgettext_lazy("work order", "Begin the rework"),
        tone="primary",
    )
    def resume(self, *, by, words):
        """He sets about it again, and goes through the checklists again when it is done (S2-143)."""
        self._need("words", words)
        self.checked.all().delete()
        self.say(words)

    @transition(
        "status",
        source=S.COMPLETED,
        target=S.CUSTOMER_ACCEPTED,
        permission=crew_or_office,
        label=pgettext_lazy("work order", "Customer accepts"),
        tone="primary",
    )
    def customer_accept(self, *, by, name, opinion, met, words="", signature=None):
        """The customer has looked at it and signs: four criteria, his opinion and his name (S2-134, S2-135, S3-48)."""
        self._need("name", name)
        missing = set(choices.Criterion.values) - set(met)
        if missing:
            raise ValidationError({"met": _("Every criterion must be met; otherwise it is not accepted.")})
        self.accepted_at, self.signed_name = self.moment, name
        self.opinion, self.opinion_words = opinion, words[:300]
        self.signature = self._keep_signature(signature, by)
        self.say(words or str(choices.Opinion(opinion).label))
        self.remember(opinion=opinion)

    @transition(
        "status",
        source=S.CUSTOMER_ACCEPTED,
        target=S.CLOSED,
        permission=not_the_crew,
        conditions=[fee_settled, record_complete, disposal_agreed],
        label=pgettext_lazy("work order", "Close"),
        tone="primary",
    )
    def close(self, *, by, satisfied, words):
        """An agent, never the technician, has asked the customer; the strand of the complaint ends (S1-64, S3-100, S3-47)."""
        self._need("words", words)
        if not satisfied:
            raise ValidationError({"satisfied": _("It closes only when the customer is content: have it reworked.")})
        self.closed_at = self.moment
        self.say(words)
        self._finish_strand(Strand.Kind.EXECUTE, by, f"{self.number} {words}")
        orders_finished.send(WorkOrder, orders=[self], now=self.moment)

    def _finish_strand(self, kind, by, outcome):
        """What the plan asked for is done, as far as this order goes: its strand ends unless other orders still run."""
        if self.strand_id is None:
            return
        others = WorkOrder.objects.filter(strand=self.strand_id).exclude(pk=self.pk).exclude(status__in=FINAL)
        if kind == Strand.Kind.EXECUTE and others.exists():
            return
        complaint = locked(self.complaint)
        strand = complaint.strands.filter(round=self.strand.round, kind=kind, done_at=None).first()
        if strand is not None and complaint.status == Complaint.Status.IMPLEMENTING:
            complaint._moment = self.moment
            complaint.version += 1
            complaint.finish_strand(by=by, strand=strand, outcome=outcome[:500])

    # --- acts that leave the state alone -------------------------------------------------------------------------------
    @transition(
        "status",
        source=[S.IN_PROGRESS, S.COMPLETED, S.CUSTOMER_ACCEPTED],
        permission=crew_or_office,
        label=pgettext_lazy("work order", "Collect the fee"),
        stales=False,
    )
    def collect_fee(self, *, by, amount, means):
        """The customer pays what he agreed to, never more, and gets a numbered receipt (S2-134)."""
        if amount > self.owed:
            raise ValidationError({"amount": _("He owes %(owed)s.") % {"owed": self.owed}})
        fee = Fee.objects.create(
            order=self,
            number=next_number(RECEIPT_PREFIX, timezone.localdate(self.moment)),
            amount=amount,
            means=means,
            collected_by=by,
            collected_at=self.moment,
        )
        self.say(fee.number)
        self.remember(fee=fee.pk, amount=str(amount), means=means)

    @transition(
        "status",
        source=[S.ON_SITE, S.QUOTED, S.IN_PROGRESS, S.WAITING_PARTS, S.COMPLETED, S.CUSTOMER_ACCEPTED],
        permission=crew_or_office,
        label=pgettext_lazy("work order", "Agree on the damaged product"),
        stales=False,
    )
    def agree_disposal(self, *, by, item, way, name, how):
        """The customer says what may become of the damaged product, before anything does (S0-04)."""
        for field, value in (("item", item), ("way", way), ("name", name)):
            self._need(field, value)
        self.disposal_item, self.disposal_way = item, way
        self.disposal_agreed_at, self.disposal_agreed_by, self.disposal_agreed_how = self.moment, name, how
        self.say(f"{item}: {way}")
        self.remember(how=how)

    def _need(self, field, words):
        if not (words or "").strip():
            raise ValidationError({field: _("This cannot be left empty.")})


def _strand_of(complaint):
    """The strand an order carries out: that of the plan being carried out."""
    if complaint is None or complaint.status != Complaint.Status.IMPLEMENTING:
        return None
    mine = complaint.strands.filter(round=complaint.plan_round, done_at=None)
    return mine.filter(kind=Strand.Kind.EXECUTE).first()


def _source_of(complaint, card, before):
    if before is not None:
        return choices.Source.REWORK
    if complaint is not None:
        return choices.Source.COMPLAINT
    return choices.Source.CARD if card is not None else choices.Source.HAND
