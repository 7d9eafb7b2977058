"""What a complaint consists of and gathers on its way: items, appraisals, strands, evaluation, escalations."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from cases.models.choices import Cause, EscalationLevel, Severity, Verdict
from customers.models import Product, ServiceCard

User = settings.AUTH_USER_MODEL


class ComplaintClass(models.Model):
    """A class of complaints with the department that deals with it by default (S1-22, S1-65, S2-177, X7)."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    department = models.ForeignKey(
        "accounts.Department", models.PROTECT, verbose_name=_("department"), null=True, blank=True, related_name="+"
    )
    severity = models.CharField(_("usual severity"), max_length=10, choices=Severity.choices, default=Severity.MINOR)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("complaint class")
        verbose_name_plural = _("complaint classes")
        ordering = ["order", "pk"]

    def __str__(self):
        english = (get_language() or "").startswith("en")
        return self.name_en if english and self.name_en else self.name


class ComplaintItem(models.Model):
    """One thing complained about: a product in its room, with its own cause and remedy."""

    complaint = models.ForeignKey("cases.Complaint", models.CASCADE, related_name="items")
    card = models.ForeignKey(ServiceCard, models.PROTECT, verbose_name=_("service card"), null=True, blank=True)
    product = models.ForeignKey(Product, models.PROTECT, verbose_name=_("product"), null=True, blank=True)
    room = models.CharField(_("room"), max_length=40, blank=True)
    part = models.CharField(_("part"), max_length=40, blank=True)
    symptom = models.CharField(_("symptom"), max_length=80, blank=True)
    cause = models.CharField(_("cause"), max_length=20, choices=Cause.choices, blank=True)
    remedy = models.CharField(_("remedy"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        ordering = ["pk"]

    def __str__(self):
        return " ".join(filter(None, [self.room, str(self.product or ""), self.part, self.symptom]))


class Appraisal(models.Model):
    """What a technician found: the customer's cause or not (S0-05 … S0-07). He never appraises what he installed."""

    class Finding(models.TextChoices):
        PENDING = "pending", _("not yet appraised")
        CUSTOMER = "customer", _("the customer's cause")
        NOT_CUSTOMER = "not_customer", _("not the customer's cause")

    complaint = models.ForeignKey("cases.Complaint", models.PROTECT, related_name="appraisals")
    matter = models.ForeignKey("workflow.Matter", models.PROTECT, related_name="appraisals")
    technician = models.ForeignKey(User, models.PROTECT, verbose_name=_("technician"), related_name="appraisals")
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(_("requested at"), default=timezone.now)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=120, blank=True)
    findings = models.TextField(_("findings"), blank=True)
    extent = models.CharField(_("extent of the damage"), max_length=200, blank=True)
    verdict = models.CharField(_("verdict"), max_length=20, choices=Finding.choices, default=Finding.PENDING)
    proposed_remedy = models.CharField(_("proposed remedy"), max_length=200, blank=True)
    amount = models.DecimalField(
        _("estimated amount"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )
    countersigned_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    countersigned_at = models.DateTimeField(_("countersigned at"), null=True, blank=True)

    class Meta:
        verbose_name = _("appraisal")
        verbose_name_plural = _("appraisals")
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["technician"], condition=models.Q(done_at__isnull=True), name="appraisals_to_do_of_technician"
            )
        ]

    def __str__(self):
        return f"{self.complaint} · {self.get_verdict_display()}"


class Strand(models.Model):
    """One of the three things that follow an approved plan, each finished on its own (S0-35)."""

    class Kind(models.TextChoices):
        NOTIFY = "notify", _("notify the customer")
        EXECUTE = "execute", _("carry out the plan")
        DISPATCH = "dispatch", _("secure the repairer")

    complaint = models.ForeignKey("cases.Complaint", models.CASCADE, related_name="strands")
    round = models.PositiveSmallIntegerField(_("round"))
    kind = models.CharField(_("strand"), max_length=10, choices=Kind.choices)
    opened_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    done_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=500, blank=True)
    needed = models.BooleanField(_("needed"), default=True)

    class Meta:
        verbose_name = _("strand")
        verbose_name_plural = _("strands")
        ordering = ["round", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["complaint", "round", "kind"], name="one_strand_of_a_kind_a_round")
        ]

    def __str__(self):
        return self.get_kind_display()

    @property
    def is_done(self):
        return self.done_at is not None


class Evaluation(models.Model):
    """How it went, seen from our side, when the work is done (S0-37): no complaint closes without one."""

    complaint = models.ForeignKey("cases.Complaint", models.PROTECT, related_name="evaluations")
    round = models.PositiveSmallIntegerField(default=1)
    overall = models.CharField(_("overall result"), max_length=20, choices=Verdict.choices)
    words = models.TextField(_("evaluation"))
    feedback = models.TextField(_("the customer's feedback"), blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("evaluation")
        verbose_name_plural = _("evaluations")
        ordering = ["pk"]

    def __str__(self):
        return self.get_overall_display()


class Sanction(models.Model):
    """The outcome noted against a responsible person; deciding it is not this system's business (S2-180)."""

    complaint = models.ForeignKey("cases.Complaint", models.PROTECT, related_name="sanctions")
    person = models.ForeignKey(User, models.PROTECT, verbose_name=_("person"), related_name="+")
    outcome = models.CharField(_("outcome"), max_length=300)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("sanction")
        verbose_name_plural = _("sanctions")
        ordering = ["pk"]

    def __str__(self):
        return self.outcome


class Escalation(models.Model):
    """A matter put before somebody higher, and what he answered (S2-185, S0-61, S0-08)."""

    complaint = models.ForeignKey("cases.Complaint", models.PROTECT, related_name="escalations")
    level = models.CharField(_("put before"), max_length=20, choices=EscalationLevel.choices)
    to = models.ForeignKey(User, models.PROTECT, verbose_name=_("person"), related_name="+", null=True, blank=True)
    reason = models.TextField(_("reason"))
    raised_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    raised_at = models.DateTimeField(default=timezone.now)
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    class Meta:
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["level"], condition=models.Q(answered_at__isnull=True), name="escalations_unanswered")
        ]

    def __str__(self):
        return self.get_level_display()


class Transfer(models.Model):
    """A complaint offered to another department; it moves when that department accepts (S1-17)."""

    complaint = models.ForeignKey("cases.Complaint", models.PROTECT, related_name="transfers")
    origin = models.ForeignKey("accounts.Department", models.PROTECT, related_name="+", null=True, blank=True)
    department = models.ForeignKey(
        "accounts.Department", models.PROTECT, verbose_name=_("department"), related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=300)
    offered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    offered_at = models.DateTimeField(default=timezone.now)
    answered_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    accepted = models.BooleanField(null=True)

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        constraints = [
            models.UniqueConstraint(
                fields=["complaint"],
                condition=models.Q(answered_at__isnull=True),
                name="one_transfer_waiting_a_complaint",
            )
        ]

    def __str__(self):
        return str(self.department)


class Checkpoint(models.Model):
    """What is watched in a serious matter until the customer has it (S2-32)."""

    class Kind(models.TextChoices):
        SHIPPED = "shipped", _("shipped")
        ARRIVED = "arrived", _("arrived")
        EXCHANGED = "exchanged", _("exchanged")
        REFUNDED = "refunded", _("refunded")
        DIFFERENCE_REFUNDED = "difference_refunded", _("difference refunded")
        TRANSFER_RECEIVED = "transfer_received", _("transfer received")

    complaint = models.ForeignKey("cases.Complaint", models.CASCADE, related_name="checkpoints")
    kind = models.CharField(_("checkpoint"), max_length=20, choices=Kind.choices)
    passed_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")
        constraints = [models.UniqueConstraint(fields=["complaint", "kind"], name="one_checkpoint_of_a_kind")]

    def __str__(self):
        return self.get_kind_display()


class WrittenExplanation(models.Model):
    """Why it takes longer, told in writing with a definite new time; the old one stays on record (S3-22, S2-118, X4)."""

    complaint = models.ForeignKey("cases.Complaint", models.PROTECT, related_name="explanations")
    reason = models.TextField(_("reason"))
    old_due_at = models.DateTimeField(null=True, blank=True)
    new_due_at = models.DateTimeField(_("settled by"))
    addressee = models.CharField(_("addressed to"), max_length=60)
    delivered_on = models.DateField(_("delivered on"), null=True, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("written explanation")
        verbose_name_plural = _("written explanations")
        ordering = ["pk"]

    def __str__(self):
        return f"{self.complaint} → {self.new_due_at:%Y-%m-%d}"


class Guard(models.Model):
    """A rule of the lifecycle that a company may switch off, on record (X8)."""

    class Code(models.TextChoices):
        APPRAISAL = "appraisal", _("appraisal and photo before we accept liability for damage")
        REMOTE_FIRST = "remote_first", _("help from afar before a visit")
        OWN_CAUSE = "own_cause", _("what the customer caused himself is charged to him")
        LADDER = "ladder", _("milder remedies first, or a reason")
        MONEY_RAISED = "money_raised", _("money only if the customer spoke of it first")
        FOLLOW_UP = "follow_up", _("follow-up before closing")
        OTHER_LEADER = "other_leader", pgettext_lazy("guard", "a plan is approved by somebody else than its author")

    code = models.CharField(_("rule"), max_length=20, choices=Code.choices, unique=True)
    active = models.BooleanField(_("in force"), default=True)

    class Meta:
        verbose_name = _("rule of the lifecycle")
        verbose_name_plural = _("rules of the lifecycle")

    def __str__(self):
        return self.get_code_display()

    @classmethod
    def holds(cls, code):
        """Whether the rule is in force; it is unless it was switched off."""
        return not cls.objects.filter(code=code, active=False).exists()
