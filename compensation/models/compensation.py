from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import RETURN_VALUE, FSMField

from cases.models import Appraisal, Escalation, Guard, RaisedBy
from cases.models.choices import EscalationLevel, Liability
from cases.models.plan import skipped_rungs
from compensation import visits
from compensation.clocks import CLOCKS
from compensation.models.choices import DAMAGE, IN_KIND, MONEY, Basis, Disposal, Material, Route, Status
from compensation.models.parts import Agreement, CollectedMaterial, Reading, WriteOff
from compensation.readers import readers_of
from core.numbers import next_number
from core.visibility import VisibleQuerySet
from payments.models import (
    TO_AN_ACCOUNT,
    Approval,
    Approver,
    Claim,
    Delegation,
    Gift,
    Giving,
    Means,
    PayOrder,
    Tier,
    sum_of_money,
)
from workflow.errors import MoveRefused
from workflow.models import Attachment, Event, WorkflowModel
from workflow.transitions import because, transition

S = Status
User = settings.AUTH_USER_MODEL
NUMBER_PREFIX = "PC"
APPROVE, RELEASE = "compensation.approve_compensation", "compensation.release_compensation"
LEAD = "compensation.lead_compensation"
# States that wait for somebody's yes or no.
DECIDING = (S.DRAFT, S.APPRAISED, S.GM_REVIEW)
UNPAID = (S.DRAFT, S.APPRAISED, S.DEPARTMENT_APPROVED, S.VISIT_PENDING, S.AGREED, S.GM_REVIEW, S.APPROVED, S.REJECTED)
RELEASED = (S.DEPARTMENT_APPROVED, S.APPROVED)
# What an approval is about: whoever changes any of it asks anew.
SUBSTANCE = ("basis", "liability", "responsible", "giving", "item", "amount", "terms", "raised_by", "skip_reason")
PAYEE = ("means", "payee_name", "payee_account", "payee_bank")


# --- who ------------------------------------------------------------------------------------------------------------
def asker(compensation, user):
    """Whoever asked for it; once he has left, somebody who leads takes his place."""
    if not user.has_perm("compensation.request_compensation"):
        return False
    return compensation.maker_id == user.pk or (user.has_perm(LEAD) and not compensation.maker.is_active)


def sender_back(compensation, user):
    """The supervisor while the department decides, the general manager once it lies before him."""
    if compensation.status == S.GM_REVIEW:
        return releaser(compensation, user)
    return user.has_perm(LEAD)


def payer(compensation, user):
    """Finance; goods and credits are handed over by the department itself."""
    return user.has_perm("payments.pay_payorder") or (
        user.has_perm("compensation.hand_over_compensation") and compensation.means in (Means.KIND, Means.CREDIT)
    )


approver, releaser = Approver(APPROVE), Approver(RELEASE)


# --- what must be so ------------------------------------------------------------------------------------------------
@because(_("The sum is above what the department may settle in one matter: it takes the large route."))
def is_small(compensation):
    return Tier.objects.is_small(compensation.matter, compensation.amount, compensation.giving)


@because(_("The sum is small: the department decides."))
def is_large(compensation):
    return not is_small(compensation)


@because(_("This is about damage: an appraisal comes first."))
def needs_no_appraisal(compensation):
    return not compensation.is_about_damage


@because(_("Nobody has to appraise this: it is approved as goodwill."))
def needs_appraisal(compensation):
    return compensation.is_about_damage


@because(_("The account the money goes to is missing."))
def payee_known(compensation):
    return compensation.means not in TO_AN_ACCOUNT or bool(compensation.payee_account and compensation.payee_name)


@because(_("A home visit of supervisor and technician together comes first."))
def visited(compensation):
    return visits.joint_visit(compensation) is not None


@because(_("Not all of the customer's material is in the file."))
def material_complete(compensation):
    return not compensation.missing_material()


@because(_("It took the large route; it ends with the write-off."))
def went_small(compensation):
    return compensation.route == Route.SMALL


@because(_("It took the small route; it ends with its report."))
def went_large(compensation):
    return compensation.route == Route.LARGE


@because(_("Something was paid already; it must be reversed first."))
def nothing_paid(compensation):
    order = compensation.order
    return order is None or not order.paid


@because(_("Nothing was paid that could be taken back."))
def something_paid(compensation):
    return not nothing_paid(compensation)


@because(_("The declaration has to be filled in first."))
def declaration_filled(compensation):
    return WriteOff.objects.filter(compensation=compensation).exists()


@because(_("A fault of the product is reported to the group first, and what it bears is recorded."))
def group_has_answered(compensation):
    if compensation.basis != Basis.PRODUCT_FAULT:
        return True
    return compensation.group_claim is not None and compensation.group_claim.agreed is not None


@because(_("It was reported to the group already."))
def not_with_group(compensation):
    return compensation.group_report_id is None


@because(_("It was not reported to the group, or has its answer already."))
def group_asked(compensation):
    return compensation.group_report_id is not None and compensation.group_report.answered_at is None


class CompensationQuerySet(VisibleQuerySet):
    def open(self):
        return self.exclude(status__in=Compensation.FINAL)

    def unreported(self):
        """Small settlements carried out and not yet reported (S0-12)."""
        return self.filter(status=S.PAID, route=Route.SMALL)

    def awaiting_word(self, *, approves, releases):
        """What waits for a yes or no that the department, or the general manager, may give."""
        waiting = Q(pk__in=[])
        if approves:
            waiting |= Q(status=S.APPRAISED) | Q(status=S.DRAFT) & ~Q(basis__in=DAMAGE)
        if releases:
            waiting |= Q(status=S.GM_REVIEW)
        return self.filter(waiting)

    def awaiting(self, user):
        """The same for one person; never what he asked for himself."""
        on = timezone.localdate()
        may = [
            bool(user.has_perm(right) or Delegation.objects.lenders_of(user, right, on)) for right in (APPROVE, RELEASE)
        ]
        waiting = self.awaiting_word(approves=may[0], releases=may[1])
        return waiting.exclude(maker=user).exclude(status=S.GM_REVIEW, submitted_by=user)


class Compensation(WorkflowModel):
    """What a customer is given for a trouble we answer for, from the request to the last paper (S0-08 … S0-18, S2-48).

    States and verbs are the contract of the requirements, section "Compensation". Two routes: the department settles
    small sums and reports them afterwards; large ones take appraisal, joint visit, agreement and the general manager.
    """

    Status = Status
    FINAL = frozenset({S.REPORTED, S.WRITTEN_OFF, S.CANCELLED})
    clocks = CLOCKS

    status = FSMField(_("status"), choices=Status.choices, default=Status.DRAFT, protected=True)
    status_since = models.DateTimeField(_("in this state since"), default=timezone.now)
    complaint = models.ForeignKey(
        "cases.Complaint", models.PROTECT, verbose_name=_("complaint"), related_name="compensations"
    )
    option = models.ForeignKey(
        "cases.PlanOption", models.PROTECT, verbose_name=_("plan"), related_name="+", null=True, blank=True
    )

    # --- what an approval is about --------------------------------------------------------------------------------
    basis = models.CharField(_("for"), max_length=20, choices=Basis.choices)
    liability = models.CharField(_("who answers for it"), max_length=10, choices=Liability.choices)
    responsible = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("person responsible"), related_name="+", null=True, blank=True
    )
    giving = models.CharField(_("remedy"), max_length=20, choices=Giving.choices)
    item = models.CharField(_("what exactly"), max_length=120, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    terms = models.TextField(_("terms"))
    raised_by = models.CharField(
        _("who first spoke of money"), max_length=10, choices=RaisedBy.choices, default=RaisedBy.NOBODY
    )
    skip_reason = models.CharField(_("why nothing milder"), max_length=200, blank=True)
    maker = models.ForeignKey(User, models.PROTECT, verbose_name=_("asked for by"), related_name="+")

    # --- where it goes ----------------------------------------------------------------------------------------------
    means = models.CharField(_("means"), max_length=10, choices=Means.choices)
    payee_name = models.CharField(_("payee"), max_length=60, blank=True)
    payee_account = models.CharField(_("account"), max_length=60, blank=True)
    payee_bank = models.CharField(_("bank"), max_length=80, blank=True)

    # --- on its way --------------------------------------------------------------------------------------------------
    route = models.CharField(_("route"), max_length=5, choices=Route.choices, blank=True)
    appraisal = models.ForeignKey("cases.Appraisal", models.PROTECT, related_name="+", null=True, blank=True)
    submitted_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    paid_at = models.DateTimeField(pgettext_lazy("sum", "paid at"), null=True, blank=True)
    reported_at = models.DateTimeField(_("reported at"), null=True, blank=True)
    disposal = models.CharField(_("what became of the product"), max_length=12, choices=Disposal.choices, blank=True)
    disposed_on = models.DateField(_("disposed of on"), null=True, blank=True)
    group_report = models.ForeignKey("cases.Escalation", models.PROTECT, related_name="+", null=True, blank=True)
    group_claim = models.ForeignKey("payments.Claim", models.PROTECT, related_name="+", null=True, blank=True)

    objects = CompensationQuerySet.as_manager()

    class Meta:
        verbose_name = _("compensation")
        verbose_name_plural = _("compensations")
        permissions = [
            ("request_compensation", _("Can ask for compensation")),
            ("appraise_compensation", _("Can appraise for compensation")),
            ("approve_compensation", _("Can approve compensation within the limit")),
            ("lead_compensation", _("Can lead compensation: visits, agreements, disposal")),
            ("release_compensation", _("Can release large compensation")),
            ("hand_over_compensation", _("Can hand over goods and credits")),
            ("report_compensation", _("Can report small settlements")),
            ("book_write_off", _("Can book write-offs")),
            ("print_compensation", _("Can print papers of compensation")),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="compensations_newest"),
            models.Index(fields=["region", "-created_at", "-id"], name="compensations_of_region"),
            models.Index(fields=["status", "status_since", "id"], name="compensations_by_status"),
            models.Index(fields=["matter"], name="compensations_of_matter"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="compensation_above_zero"),
            models.UniqueConstraint(
                fields=["option"],
                condition=Q(option__isnull=False) & ~Q(status="cancelled"),
                name="one_compensation_a_plan",
            ),
        ]

    def get_absolute_url(self):
        return reverse("compensation:compensation", args=[self.pk])

    # --- what it is -------------------------------------------------------------------------------------------------
    @property
    def customer(self):
        return self.matter.customer

    @property
    def is_about_damage(self):
        return self.basis in DAMAGE

    @property
    def order(self):
        return PayOrder.objects.of(self).first()

    @property
    def agreement(self):
        """The agreement that counts, or None."""
        return self.agreements.filter(void_at__isnull=True).first()

    def approvals(self):
        return Approval.objects.filter(subject_type__model="compensation", subject_id=self.pk)

    def photos(self):
        rows = Attachment.objects.shown().filter(matter__in=self.complaint.matter_ids(), media="photo")
        return rows.order_by("pk")

    def found_material(self):
        """The kinds of material that are in the file, ticked or there for all to see."""
        found = set(self.collected.values_list("kind", flat=True))
        there = {
            Material.PHOTOS: lambda: self.photos().exists(),
            Material.APPRAISAL: lambda: self.appraisal_id is not None or not self.is_about_damage,
            Material.AGREEMENT: lambda: self.agreement is not None,
        }
        return found | {kind for kind, is_there in there.items() if is_there()}

    def missing_material(self):
        found = self.found_material()
        return [kind for kind in Material if kind not in found]

    def deadline_scope(self):
        return {"region": self.region.code}

    def save_changes(self):
        if self.status != self._read_so_far().get("status"):
            self.status_since = self.moment
        super().save_changes()

    # --- the request ------------------------------------------------------------------------------------------------
    @classmethod
    def request(cls, *, by, now, complaint, amount, **fields):
        """Ask for compensation on a complaint: what for, what, how much, on which terms.

        Must run inside ``workflow.begin``. Raises PermissionDenied without the right, ValidationError for a sum, a remedy
        or a word on money that does not fit.
        """
        if not by.has_perm("compensation.request_compensation"):
            raise PermissionDenied(_("Your role does not include asking for compensation."))
        if complaint.is_final:
            raise ValidationError(_("This complaint has ended; it is opened again first."))
        record = cls(
            number=next_number(NUMBER_PREFIX, timezone.localdate(now)),
            matter=complaint.matter,
            region_id=complaint.region_id,
            complaint=complaint,
            amount=sum_of_money(amount),
            maker=by,
            created_at=now,
            status_since=now,
            **fields,
        )
        record._moment = now
        record._check_substance()
        record.save()
        data = {"giving": record.giving, "basis": record.basis, "option": record.option_id}
        record.log("request", by=by, target=record.status, note=record.terms, data=data, version=1)
        record.then("request")
        return record

    def _check_substance(self):
        """A sum of money waits for the customer's word, a stronger remedy for its reason (S3-145, S3-146)."""
        self._need("terms", self.terms)
        if self.giving in MONEY and self.raised_by != RaisedBy.CUSTOMER and Guard.holds(Guard.Code.MONEY_RAISED):
            raise ValidationError(
                {
                    "raised_by": _(
                        "We do not bring up money ourselves: this is open only if the customer spoke of it first."
                    )
                }
            )
        if skipped_rungs({self.giving}) and not self.skip_reason.strip() and Guard.holds(Guard.Code.LADDER):
            raise ValidationError({"skip_reason": _("A milder remedy was left out: say why.")})
        if self.basis == Basis.TECHNICIAN_DAMAGE and self.responsible_id is None:
            raise ValidationError({"responsible": _("Name the technician who did it.")})
        if self.option_id and self.amount > self.option.compensation:
            raise ValidationError({"amount": _("The plan gives less than that.")})
        self._check_means()

    def _check_means(self):
        """Goods are handed over, money is paid."""
        if self.giving in IN_KIND:
            self.means = Means.KIND
            self._need("item", self.item)
        elif self.means in ("", Means.KIND):
            raise ValidationError({"means": _("Say how the money reaches the customer.")})

    def then(self, verb):
        """The next step is the system's own where everything for it is there: appraised before, too large, planned."""
        if verb in ("request", "amend") and self.is_about_damage:
            found = self.appraisal if verb == "amend" else self._earlier_appraisal()
            if found is not None:
                self.appraise(by=None, appraisal=found)
                return  # goes on from there
        if verb == "appraise" and is_large(self):
            self.require_visit(by=None)
        elif verb in ("request", "appraise"):
            self._release_by_plan()

    def _earlier_appraisal(self):
        """What a technician already found on the complaint, if it speaks for the customer and there is a photo."""
        found = self.complaint.appraisals.exclude(verdict=Appraisal.Finding.PENDING).order_by("-done_at", "-pk").first()
        fits = found is not None and found.verdict == Appraisal.Finding.NOT_CUSTOMER
        return found if fits and self.photos().exists() else None

    def _release_by_plan(self):
        """A leader chose this very option within his limit: the same money is not approved twice (design 4.2)."""
        option, complaint = self.option, self.complaint
        if option is None or not (option.selected and option.selected_by_id) or option.round != complaint.plan_round:
            return
        chosen_by = option.selected_by
        own = chosen_by.pk in self.makers() or chosen_by.pk == complaint.planned_by_id
        still_his = chosen_by.is_active and chosen_by.has_perm("cases.approve_plan") and chosen_by.has_perm(APPROVE)
        if own or not still_his or not (payee_known(self) and is_small(self)):
            return
        if not Tier.objects.allows(chosen_by, self.matter, self.amount, self.giving):
            return
        verb = self.approve_small if self.is_about_damage else self.approve_goodwill
        verb(by=None, amount=self.amount, words=option.instruction, planner=chosen_by)

    def makers(self):
        """Everybody who asked for it, or changed what is asked for."""
        kinds = {"subject_type__model": "compensation", "subject_id": self.pk, "action__in": ("request", "amend")}
        rows = Event.objects.filter(matter_id=self.matter_id, kind=Event.Kind.VERB, **kinds)
        return {self.maker_id, *rows.values_list("by_id", flat=True)} - {None}

    # --- the appraisal ------------------------------------------------------------------------------------------------
    @transition(
        "status", source=S.DRAFT, permission=LEAD, conditions=[needs_appraisal], label=_("Ask for an appraisal")
    )
    def ask_appraisal(self, *, by, technician, words):
        """A technician is to look at the damage; never the one who installed it (S0-05)."""
        self._need("words", words)
        if not self.complaint.may_be_appraised_by(technician):
            raise ValidationError({"technician": _("He installed it himself, or does not appraise in this branch.")})
        appraisal = Appraisal.objects.create(
            complaint=self.complaint,
            matter=self.matter,
            technician=technician,
            requested_by=by,
            requested_at=self.moment,
        )
        self.say(words)
        self.remember(appraisal=appraisal.pk, technician=technician.pk)

    @transition(
        "status",
        source=S.DRAFT,
        target=S.APPRAISED,
        permission="compensation.appraise_compensation",
        conditions=[needs_appraisal],
        label=_("Record the appraisal"),
        tone="primary",
    )
    def appraise(self, *, by, appraisal=None, files=(), findings="", **found):
        """What the technician found: not the customer's cause, with photos (S0-05, S0-06, S0-07).

        ``appraisal`` is one that is done already, which the system takes over. Raises ValidationError without a photo or
        where the customer did it himself, PermissionDenied for whoever installed it.
        """
        if appraisal is None:
            appraisal = self._appraised_by(by, findings, found)
        if files:
            rows = Attachment.objects.keep(self.matter, files, by=by, subject=self, now=self.moment)
            self.remember(attachments=[row.pk for row in rows if not row.was_there])
        if appraisal.verdict != Appraisal.Finding.NOT_CUSTOMER:
            raise ValidationError({"verdict": _("What the customer caused himself is not compensated; cancel this.")})
        if not self.photos().exists():
            raise ValidationError({"files": _("Attach at least one photo of the damage first.")})
        self.appraisal = appraisal
        self.say(appraisal.findings)
        self.remember(appraisal=appraisal.pk, verdict=appraisal.verdict)

    def _appraised_by(self, by, findings, found):
        """The appraisal this technician was asked for, or a new one, with what he found."""
        self._need("findings", findings)
        if not self.complaint.may_be_appraised_by(by):
            raise PermissionDenied(_("You installed it yourself, or do not appraise in this branch."))
        asked = self.complaint.appraisals.filter(technician=by, done_at__isnull=True).first()
        row = asked or Appraisal(complaint=self.complaint, matter=self.matter, technician=by, requested_by=self.maker)
        row.findings, row.done_at = findings, self.moment
        for name, value in found.items():
            setattr(row, name, value)
        row.save()
        return row

    @transition(
        "status",
        source=S.APPRAISED,
        target=S.VISIT_PENDING,
        permission=LEAD,
        conditions=[is_large],
        label=_("Take the large route"),
        tone="primary",
    )
    def require_visit(self, *, by, words=""):
        """Above the threshold: supervisor and technician go there together (S0-11, S0-13). The system does it by itself."""
        self.route = Route.LARGE
        self.say(words)

    # --- the department decides ---------------------------------------------------------------------------------------
    @transition(
        "status",
        source=S.APPRAISED,
        target=S.DEPARTMENT_APPROVED,
        permission=approver,
        conditions=[is_small, payee_known],
        label=_("Approve"),
        tone="primary",
    )
    def approve_small(self, *, by, amount, words, planner=None):
        """A small sum is decided inside the department, within the person's limit (S0-10, S2-48)."""
        self._release(by, amount, words, planner)

    @transition(
        "status",
        source=S.DRAFT,
        target=S.DEPARTMENT_APPROVED,
        permission=approver,
        conditions=[needs_no_appraisal, payee_known],
        label=_("Approve"),
        tone="primary",
    )
    def approve_goodwill(self, *, by, amount, words, planner=None):
        """Gift, discount, price difference, delay or manner: no appraisal, the limit all the same (S2-48, S0-60)."""
        if not is_small(self) and not (by is not None and releaser(self, by)):
            raise PermissionDenied(_("This sum is above what the department may settle; the general manager decides."))
        self._release(by, amount, words, planner)

    def _release(self, by, amount, words, planner):
        self._need("words", words)
        self.route = Route.SMALL
        self._let_pay(by, amount, APPROVE, planner)
        self.say(words)

    def _let_pay(self, by, amount, right, planner=None):
        """Write the approval of the sum that was seen, and let it be paid; maker is never approver (threats 7, 9)."""
        if amount != self.amount:
            raise MoveRefused(str(_("The sum was changed meanwhile; look at it again.")), record=self)
        decides = by or planner
        busy = self.makers() | ({self.submitted_by_id} if right == RELEASE else set())
        if decides.pk in busy:
            raise PermissionDenied(_("You asked for this yourself; somebody else decides."))
        lender = self._for_whom(decides, right, busy)
        payee = {name: getattr(self, name) for name in PAYEE}
        PayOrder.objects.release(
            self, amount, by=decides, version=self._seen, now=self.moment, giving=self.giving, for_whom=lender,
            authority=lender or decides, payee=payee,
        )  # fmt: skip
        self.remember(amount=str(amount), **({"for": lender.pk} if lender else {}))

    def _for_whom(self, decides, right, busy):
        """In whose place he decides: nobody's where his own right and limit reach, else an absent person's whose do.

        Whoever asked for it lends nobody anything for it.
        """
        on = timezone.localdate(self.moment)

        def reaches(person):
            return person.has_perm(right) and Tier.objects.reaches(person, self.matter, self.amount, self.giving, on)

        if reaches(decides):
            return None
        lenders = Delegation.objects.lenders_of(decides, right, on)
        free = [lender for lender in lenders if reaches(lender) and lender.pk not in busy]
        if not free:
            raise PermissionDenied(_("This amount is above your limit; it goes to the next higher role."))
        return free[0]

    @property
    def _seen(self):
        """The version the person looked at: ``perform`` has counted his own act already."""
        return max(1, self.version - 1)

    @transition("status", source=S.APPRAISED, target=S.REJECTED, permission=LEAD, label=_("Refuse"), tone="danger")
    def reject_small(self, *, by, words):
        """The department does not pay, and says why (S2-75)."""
        self._need("words", words)
        self.say(words)

    @transition(
        "status",
        source=[S.APPRAISED, S.GM_REVIEW],
        target=RETURN_VALUE(S.DRAFT, S.AGREED),
        permission=sender_back,
        label=_("Send back"),
    )
    def send_back(self, *, by, words):
        """Something is missing: back to whoever put it forward, with what it is."""
        self._need("words", words)
        self.say(words)
        if self.status == S.GM_REVIEW:
            PayOrder.objects.void(self, "send_back", now=self.moment)
            self.submitted_by = None
            return S.AGREED
        self.appraisal = None
        return S.DRAFT

    # --- the large route ----------------------------------------------------------------------------------------------
    @transition(
        "status",
        source=S.VISIT_PENDING,
        target=S.AGREED,
        permission=LEAD,
        conditions=[visited],
        label=_("Record the agreement"),
        tone="primary",
    )
    def record_agreement(self, *, by, amount, terms, disposal, how, signed, countersigned=None, **payee):
        """Both sides agreed and signed, after the visit of supervisor and technician (S0-13, S0-14).

        ``signed`` and ``countersigned`` are prepared files: a scan with both signatures, or two pictures from the screen.
        """
        self._need("terms", terms)
        if how == Agreement.How.SCREEN and countersigned is None:
            raise ValidationError({"countersigned": _("Our own signature is missing.")})
        files = [(Attachment.Kind.SIGNED, file) for file in (signed, countersigned) if file is not None]
        rows = Attachment.objects.keep(self.matter, files, by=by, subject=self, now=self.moment)
        self.amount, self.terms = sum_of_money(amount), terms.strip()
        for name, value in payee.items():
            setattr(self, name, value)
        agreement = Agreement.objects.create(
            compensation=self,
            number=next_number("XY", timezone.localdate(self.moment)),
            terms=self.terms,
            amount=self.amount,
            disposal=disposal,
            visit=visits.joint_visit(self).number,
            how=how,
            signed=rows[0],
            countersigned=rows[1] if len(rows) > 1 else None,
            by=by,
            at=self.moment,
        )
        self.say(terms)
        self.remember(agreement=agreement.pk, amount=str(self.amount), attachments=[row.pk for row in rows])

    @transition(
        "status",
        source=[S.VISIT_PENDING, S.AGREED, S.GM_REVIEW],
        permission="compensation.request_compensation",
        label=_("Tick the material"),
        stales=False,
    )
    def collect_material(self, *, by, kinds, words=""):
        """Which of the customer's papers are in the file (S0-17)."""
        have = set(self.collected.values_list("kind", flat=True))
        CollectedMaterial.objects.bulk_create(
            CollectedMaterial(compensation=self, kind=kind, by=by, at=self.moment) for kind in kinds if kind not in have
        )
        self.collected.exclude(kind__in=kinds).delete()
        self.say(words)
        self.remember(kinds=sorted(kinds))

    @transition(
        "status",
        source=S.AGREED,
        target=S.GM_REVIEW,
        permission=LEAD,
        conditions=[material_complete, payee_known],
        label=_("Put before the general manager"),
        tone="primary",
    )
    def submit_to_gm(self, *, by, words):
        """The supervisor puts his name under it; the file is complete (S0-15, S0-17, X9)."""
        self._need("words", words)
        PayOrder.objects.endorse(self, self.amount, by=by, version=self._seen, now=self.moment)
        self.submitted_by = by
        self.say(words)
        self.remember(amount=str(self.amount))

    @transition(
        "status",
        source=S.GM_REVIEW,
        target=S.APPROVED,
        permission=releaser,
        conditions=[payee_known],
        label=_("Approve"),
        tone="primary",
    )
    def gm_approve(self, *, by, amount, words):
        """The general manager releases it, never who put it before him (S0-15)."""
        self._need("words", words)
        self._let_pay(by, amount, RELEASE)
        self.say(words)

    @transition("status", source=S.GM_REVIEW, target=S.REJECTED, permission=releaser, label=_("Refuse"), tone="danger")
    def gm_reject(self, *, by, words):
        """The general manager does not release it, and says why (S0-15)."""
        self._need("words", words)
        PayOrder.objects.void(self, "gm_reject", now=self.moment)
        self.submitted_by = None
        self.say(words)

    @transition(
        "status",
        source=S.REJECTED,
        target=S.VISIT_PENDING,
        permission=LEAD,
        label=_("Negotiate anew"),
        tone="primary",
    )
    def renegotiate(self, *, by, reason):
        """New terms are sought with the customer; the old agreement counts no more (S2-75)."""
        self._need("reason", reason)
        self.route = Route.LARGE
        self.agreements.filter(void_at__isnull=True).update(void_at=self.moment)
        self.say(reason)

    # --- paying -------------------------------------------------------------------------------------------------------
    @transition(
        "status",
        source=list(RELEASED),
        target=RETURN_VALUE(*RELEASED, S.PAID),
        permission=payer,
        label=_("Pay"),
        tone="primary",
    )
    def pay(self, *, by, amount, means, reference="", paid_on=None, words=""):
        """One line of money, or of goods; with the last one it is paid (S0-09, S0-12)."""
        if not by.has_perm("payments.pay_payorder") and means not in (Means.KIND, Means.CREDIT):
            raise PermissionDenied(_("Money is paid by finance."))
        order = PayOrder.objects.locked(self)
        line = order.pay(
            amount, means=means, by=by, now=self.moment, reference=reference, paid_on=paid_on, note=words[:200]
        )
        self.say(words or reference or str(line))
        self.remember(payment=line.pk, amount=str(line.amount), means=means)
        if not order.is_paid:
            return self.status
        self.paid_at = self.moment
        if self.giving == Giving.GIFT:
            self._register_gift(by, line)
        return S.PAID

    def _register_gift(self, by, line):
        approval = self.approvals().get(stage=Approval.Stage.RELEASE, void_at__isnull=True)
        gift = Gift.objects.give(
            self.matter, self.item[:80], self.amount, why=self.terms[:200], by=approval.by, now=self.moment, subject=self,
            approved=True,
        )  # fmt: skip
        gift.deliver(on=line.paid_on, how=self.terms, by=by, now=self.moment)

    @transition(
        "status",
        source=[S.PAID, S.REPORTED, S.WRITE_OFF_PENDING, *RELEASED],
        target=RETURN_VALUE(*RELEASED),
        permission="payments.reverse_payment",
        conditions=[something_paid],
        label=_("Reverse a payment"),
        tone="danger",
    )
    def reverse(self, *, by, line, reason):
        """A line was wrong: it is taken back by a row of its own, and the sum may be paid again."""
        self._need("reason", reason)
        reversal = PayOrder.objects.locked(self).reverse(line, reason=reason, by=by, now=self.moment)
        self.paid_at = self.reported_at = None
        self.say(reason)
        self.remember(payment=reversal.pk, reverses=line.pk)
        return S.DEPARTMENT_APPROVED if self.route == Route.SMALL else S.APPROVED

    @transition(
        "status",
        source=S.PAID,
        target=S.REPORTED,
        permission="compensation.report_compensation",
        conditions=[went_small],
        label=_("Report it"),
        tone="primary",
    )
    def report(self, *, by, words=""):
        """Finance and the supervising manager are told of what was settled in the department (S0-12)."""
        readers = list(readers_of(self))
        if not readers:
            raise ValidationError(_("There is nobody in finance, and no manager, to report this to."))
        Reading.objects.bulk_create(
            (Reading(compensation=self, reader=reader, told_at=self.moment) for reader in readers),
            ignore_conflicts=True,
        )
        self.reported_at = self.moment
        self.say(words or (str(_("Reported")) if by is not None else ""))
        self.remember(readers=[reader.pk for reader in readers])

    @transition("status", source=S.REPORTED, permission="compensation.view_compensation", label=_("I have read it"),
                stales=False)  # fmt: skip
    def acknowledge(self, *, by, words=""):
        """A reader of the report has read it (S0-12)."""
        mine = self.readings.filter(reader=by, read_at__isnull=True)
        if not mine.update(read_at=self.moment):
            raise ValidationError(_("This was not reported to you, or you have read it already."))
        self.say(words)

    # --- the group ----------------------------------------------------------------------------------------------------
    @transition(
        "status",
        source=[S.APPRAISED, S.DEPARTMENT_APPROVED, S.VISIT_PENDING, S.AGREED, S.GM_REVIEW, S.APPROVED, S.PAID,
                S.REPORTED, S.WRITE_OFF_PENDING],
        permission=LEAD,
        conditions=[not_with_group],
        label=_("Report to the group"),
        stales=False,
    )  # fmt: skip
    def report_to_group(self, *, by, words, claimed):
        """A fault of the product goes to the group with its photos, and what it should bear (S0-07, S0-08)."""
        self._need("words", words)
        if not self.photos().exists():
            raise ValidationError({"words": _("Attach at least one photo of the damage first.")})
        self.group_report = Escalation.objects.create(
            complaint=self.complaint, level=EscalationLevel.GROUP, reason=words, raised_by=by, raised_at=self.moment
        )
        self.group_claim = Claim.objects.raise_on(
            self.matter, Claim.Against.GROUP, claimed, party=str(Claim.Against.GROUP.label), what=words[:200], by=by,
            now=self.moment, subject=self,
        )  # fmt: skip
        self.say(words)
        self.remember(escalation=self.group_report.pk, claim=self.group_claim.pk, level=EscalationLevel.GROUP)

    @transition("status", source="*", permission=LEAD, conditions=[group_asked], label=_("Record the group's answer"),
                stales=False)  # fmt: skip
    def answer_group(self, *, by, answer, agreed):
        """What the group says, and what it pays back (S0-08, S2-82)."""
        self._need("answer", answer)
        report = self.group_report
        report.answer, report.answered_by, report.answered_at = answer, by, self.moment
        report.save(update_fields=["answer", "answered_by", "answered_at"])
        self.group_claim.answered(agreed, answer=answer, by=by, now=self.moment)
        self.say(answer)
        self.remember(escalation=report.pk, claim=self.group_claim_id)

    # --- disposal, write-off ------------------------------------------------------------------------------------------
    @transition(
        "status",
        source=S.PAID,
        target=S.WRITE_OFF_PENDING,
        permission=LEAD,
        conditions=[went_large],
        label=_("Record the disposal"),
        tone="primary",
    )
    def dispose(self, *, by, disposal, disposed_on, consent, words):
        """What became of the product, as both sides agreed and with the customer's consent (S0-04, S0-16)."""
        self._need("words", words)
        agreed = self.agreement.disposal
        if disposal != agreed:
            raise ValidationError({"disposal": _("Both sides agreed to something else.")})
        if not consent:
            raise ValidationError({"consent": _("The customer's consent is needed before the product is disposed of.")})
        if disposed_on > timezone.localdate(self.moment):
            raise ValidationError({"disposed_on": _("This day is still to come.")})
        self.disposal, self.disposed_on = disposal, disposed_on
        self.say(words)
        self.remember(disposal=disposal)

    @transition(
        "status", source=S.WRITE_OFF_PENDING, permission=LEAD, label=_("Fill in the declaration"), tone="primary"
    )
    def fill_write_off(self, *, by, fault, category, words=""):
        """The supervisor fills in 《产品质量处理核销申报表》 (S0-18)."""
        self._need("fault", fault)
        row = WriteOff.objects.filter(compensation=self).first() or WriteOff(
            compensation=self, number=next_number("HX", timezone.localdate(self.moment))
        )
        row.fault, row.category, row.words, row.filled_by, row.filled_at = fault, category, words, by, self.moment
        row.save()
        self.say(fault)
        self.remember(write_off=row.pk)

    @transition(
        "status",
        source=S.WRITE_OFF_PENDING,
        target=S.WRITTEN_OFF,
        permission="compensation.book_write_off",
        conditions=[declaration_filled, group_has_answered],
        label=_("Book the write-off"),
        tone="primary",
    )
    def declare_write_off(self, *, by, entry, words=""):
        """Finance books it: the last step of a large claim, by somebody else than who filled it in (S0-18)."""
        self._need("entry", entry)
        row = self.write_off
        if row.filled_by_id == by.pk:
            raise PermissionDenied(_("You filled the declaration in; somebody else must book it."))
        if WriteOff.objects.filter(entry=entry.strip()).exists():
            raise ValidationError({"entry": _("This number was used for another line already.")})
        row.entry, row.booked_by, row.booked_at = entry.strip(), by, self.moment
        row.save(update_fields=["entry", "booked_by", "booked_at"])
        self.say(words or entry)
        self.remember(write_off=row.pk)

    # --- changing one's mind --------------------------------------------------------------------------------------------
    @transition(
        "status",
        source=[S.DRAFT, S.APPRAISED, S.DEPARTMENT_APPROVED, S.AGREED, S.GM_REVIEW, S.APPROVED],
        target=S.DRAFT,
        permission=asker,
        conditions=[nothing_paid],
        label=_("Change what is asked for"),
    )
    def amend(self, *, by, reason, **fields):
        """Sum, terms or attribution change: what was approved before counts no more, and is decided anew (threats 9)."""
        self._need("reason", reason)
        changed = sorted(name for name, value in fields.items() if getattr(self, name) != value)
        if not changed:
            raise ValidationError({"reason": _("Nothing was changed.")})
        attributed = {"basis", "liability", "responsible"} & set(changed)
        for name in changed:
            setattr(self, name, fields[name])
        self.amount = sum_of_money(self.amount)
        self._check_substance()
        PayOrder.objects.void(self, "amend", now=self.moment)
        self.agreements.filter(void_at__isnull=True).update(void_at=self.moment)
        if attributed:
            self.appraisal = None  # somebody looks again at what caused it
        self.route, self.submitted_by, self.maker = "", None, by
        self.say(reason)
        self.remember(fields=changed)

    @transition(
        "status",
        source=list(UNPAID),
        target=S.CANCELLED,
        permission=LEAD,
        conditions=[nothing_paid],
        label=_("Cancel"),
        tone="danger",
    )
    def cancel(self, *, by, reason):
        """It is not given after all."""
        self._need("reason", reason)
        PayOrder.objects.void(self, "cancel", now=self.moment)
        self.say(reason)

    def _need(self, field, words):
        if not (words or "").strip():
            raise ValidationError({field: _("This cannot be left empty.")})
