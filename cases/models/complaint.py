import re
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import RETURN_VALUE, FSMField

from cases.clocks import CLOCKS, SERIOUS_CLOCKS
from cases.models import choices
from cases.models.parts import (
    Appraisal,
    Checkpoint,
    ComplaintClass,
    ComplaintItem,
    Escalation,
    Evaluation,
    Guard,
    Sanction,
    Strand,
    Transfer,
    WrittenExplanation,
)
from cases.models.plan import GOODS_AND_WORK, LADDER, MONEY, ON_SITE, PlanOption, RaisedBy, skipped_rungs
from cases.querysets import ComplaintQuerySet
from core import search
from core.numbers import next_number
from customers.marks import scope_of
from payments.models import Tier
from workflow.actors import actor_of, user_of
from workflow.clocks import end_clocks, meet_clocks, start, start_clocks
from workflow.models import Attachment, Event, Matter, Promise, WorkflowModel
from workflow.transitions import Handlers, because, transition

NUMBER_PREFIX = "TS"
FOLLOW_UP_TRIES = 3
CHASE_AGAIN_AFTER = timedelta(hours=4)  # through the link; whoever calls is counted each time
SUBJECT_LENGTH = 36  # fits beside the number and the chips on an office screen
SENTENCE_END = re.compile(r"[。！？!?\n；;]|\.(?=\s)")

handler = Handlers("cases.handle_complaint", lead="cases.lead_complaint")
judge = Handlers("cases.judge_complaint", lead="cases.lead_complaint")


@because(_("Not every strand is finished: notify the customer, carry out the plan, secure the repairer."))
def strands_done(complaint):
    return not complaint.open_strands


@because(_("Something else in this matter is still open."))
def nothing_else_open(complaint):
    return not complaint.others_open


@because(_("The result of the follow-up is missing, or the customer is dissatisfied."))
def followed_up(complaint):
    return complaint.is_followed_up or not Guard.holds(Guard.Code.FOLLOW_UP)


@because(_("The customer has not been answered yet. Record the first reply."))
def replied(complaint):
    return complaint.first_replied_at is not None


@because(_("Only enquiries, suggestions and what was solved from afar are answered on the spot."))
def can_be_answered(complaint):
    return complaint.type in complaint.ANSWERABLE or complaint.remote == choices.Remote.SOLVED


class Status(models.TextChoices):
    REGISTERED = "registered", _("registered")
    JUDGING = "judging", _("being judged")
    REJECTED = "rejected", _("not valid, to be answered")
    INVESTIGATING = "investigating", _("under investigation")
    PLAN_PROPOSED = "plan_proposed", _("plan to be approved")
    PLAN_APPROVED = "plan_approved", _("plan approved, customer to agree")
    IMPLEMENTING = "implementing", _("being carried out")
    EVALUATING = "evaluating", _("to be evaluated")
    AWAITING_FOLLOW_UP = "awaiting_follow_up", _("to be followed up")
    IN_DISPUTE = "in_dispute", _("in dispute")
    CLOSED = "closed", pgettext_lazy("complaint", "closed")
    WITHDRAWN = "withdrawn", pgettext_lazy("complaint", "withdrawn")
    MERGED = "merged", pgettext_lazy("complaint", "merged")


FINAL = frozenset({Status.CLOSED, Status.WITHDRAWN, Status.MERGED})
OPEN = tuple(status for status in Status if status not in FINAL)


class Complaint(WorkflowModel):
    """A customer's trouble from the ringing phone to the closed file (《客户投诉记录表》, S0-30).

    The states and verbs are the contract of the requirements, section "Complaint (cases)". Enquiries, suggestions and
    repair requests are complaints of another ``type`` (S1-01).
    """

    Status = Status
    FINAL = FINAL
    PAUSABLE = frozenset({Status.PLAN_APPROVED, Status.IN_DISPUTE})
    REPEATING = frozenset({"serious", "check_in"})
    APPRAISERS = ("technician", "quality")  # the roles that are asked what caused a damage
    ANSWERABLE = frozenset({choices.Type.ENQUIRY, choices.Type.SUGGESTION})
    clocks = CLOCKS

    # --- where it stands -------------------------------------------------------------------------------------------
    status = FSMField(_("status"), choices=Status.choices, default=Status.REGISTERED, protected=True)
    department = models.ForeignKey(
        "accounts.Department", models.PROTECT, verbose_name=_("responsible department"), null=True, blank=True
    )
    plan_round = models.PositiveSmallIntegerField(_("round of planning"), default=0)
    reopened_count = models.PositiveSmallIntegerField(_("times reopened"), default=0)
    chase_count = models.PositiveSmallIntegerField(_("times chased"), default=0)

    # --- intake: who, how, what --------------------------------------------------------------------------------------
    type = models.CharField(_("type"), max_length=20, choices=choices.Type.choices, default=choices.Type.COMPLAINT)
    topic = models.CharField(_("topic"), max_length=10, choices=choices.Topic.choices, blank=True)
    channel = models.CharField(_("channel"), max_length=20, choices=choices.Channel.choices, default="phone")
    received_at = models.DateTimeField(_("received at"), default=timezone.now)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("received by"), related_name="+", null=True, blank=True
    )
    caller_name = models.CharField(_("caller"), max_length=60, blank=True)
    caller_relation = models.CharField(_("caller's relation"), max_length=20, blank=True)
    caller_phone = models.CharField(_("caller's phone"), max_length=30, blank=True)
    content = models.TextField(_("content"))
    klass = models.ForeignKey(ComplaintClass, models.PROTECT, verbose_name=_("class"), null=True, blank=True)
    area = models.CharField(_("side of our work"), max_length=20, choices=choices.Area.choices, blank=True)
    severity = models.CharField(
        _("severity"), max_length=10, choices=choices.Severity.choices, default=choices.Severity.MINOR
    )
    remedy_level = models.PositiveSmallIntegerField(
        _("remedy level"), choices=choices.RemedyLevel.choices, null=True, blank=True
    )
    demand = models.CharField(_("demand"), max_length=20, choices=choices.Demand.choices, blank=True)
    demand_words = models.CharField(_("demand in words"), max_length=200, blank=True)
    urgency = models.CharField(_("goes first"), max_length=20, choices=choices.Urgency.choices, blank=True)
    is_grave = models.BooleanField(_("grave incident"), default=False)
    is_risky = models.BooleanField(_("risk"), default=False)

    # --- judged ------------------------------------------------------------------------------------------------------
    first_replied_at = models.DateTimeField(_("first reply at"), null=True, blank=True)
    grounds_sufficient = models.BooleanField(_("grounds sufficient"), null=True, blank=True)
    demand_reasonable = models.BooleanField(_("demand reasonable"), null=True, blank=True)
    in_scope = models.BooleanField(_("within after-sales scope"), null=True, blank=True)
    judged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    judged_at = models.DateTimeField(_("judged at"), null=True, blank=True)
    judgement = models.TextField(_("reason of the judgement"), blank=True)
    investigate_until = models.DateField(_("investigation agreed until"), null=True, blank=True)

    # --- found out ---------------------------------------------------------------------------------------------------
    key_point = models.CharField(_("key point"), max_length=200, blank=True)
    analysis = models.TextField(_("analysis"), blank=True)
    cause = models.CharField(_("cause"), max_length=20, choices=choices.Cause.choices, blank=True)
    human_error = models.CharField(_("kind of error"), max_length=20, choices=choices.HumanError.choices, blank=True)
    responsible_person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("person responsible"),
        related_name="+",
        null=True,
        blank=True,
    )
    stage = models.CharField(_("stage"), max_length=10, choices=choices.Stage.choices, blank=True)
    liability = models.CharField(
        _("liability"), max_length=10, choices=choices.Liability.choices, default=choices.Liability.UNDECIDED
    )
    installed_by = models.CharField(_("installed by"), max_length=10, choices=choices.Installer.choices, blank=True)
    others_ruled_out = models.BooleanField(_("the customer's doing and a product fault are ruled out"), default=False)
    is_damaged = models.BooleanField(_("something is damaged"), default=False)
    remote = models.CharField(_("help from afar"), max_length=12, choices=choices.Remote.choices, default="not_tried")
    located_at = models.DateTimeField(_("cause located at"), null=True, blank=True)

    # --- planned, done, followed up ----------------------------------------------------------------------------------
    planned_at = models.DateTimeField(_("plan proposed at"), null=True, blank=True)
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    accepted_at = models.DateTimeField(_("accepted by the customer at"), null=True, blank=True)
    accepted_how = models.CharField(_("accepted how"), max_length=20, blank=True)
    implemented_at = models.DateTimeField(_("carried out at"), null=True, blank=True)
    follow_up_verdict = models.CharField(_("follow-up"), max_length=20, choices=choices.Verdict.choices, blank=True)
    follow_up_tries = models.PositiveSmallIntegerField(_("follow-up attempts"), default=0)
    follow_up_reason = models.CharField(_("reason"), max_length=300, blank=True)
    followed_up_at = models.DateTimeField(_("followed up at"), null=True, blank=True)
    dispute_stage = models.CharField(_("dispute"), max_length=12, choices=choices.DisputeStage.choices, blank=True)
    summary = models.TextField(_("lesson for the case library"), blank=True)
    answer = models.TextField(_("answer"), blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, related_name="merged_complaints", null=True, blank=True)
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    verified_at = models.DateTimeField(_("entry verified at"), null=True, blank=True)

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = _("complaint")
        verbose_name_plural = _("complaints")
        indexes = [
            models.Index(fields=["-received_at", "-id"], name="complaints_newest"),
            models.Index(fields=["region", "-received_at", "-id"], name="complaints_of_region"),
            models.Index(fields=["status", "-received_at", "-id"], name="complaints_by_status"),
            models.Index(fields=["klass", "-received_at", "-id"], name="complaints_by_class"),
            models.Index(fields=["department", "-received_at", "-id"], name="complaints_of_department"),
            models.Index(
                fields=["region", "status"],
                condition=~Q(status__in=["closed", "withdrawn", "merged"]),
                name="open_complaints_of_region",
            ),
            models.Index(fields=["matter"], name="complaints_of_matter"),
            models.Index(
                fields=["klass", "-received_at", "-id"],
                condition=Q(status="closed") & ~Q(summary=""),
                name="complaints_with_lesson",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="closed") | Q(closed_at__isnull=False), name="closed_complaint_has_closed_at"
            ),
            models.CheckConstraint(
                condition=~Q(status="merged") | Q(merged_into__isnull=False), name="merged_complaint_names_its_target"
            ),
        ]
        permissions = [
            ("register_complaint", _("Can register complaints")),
            ("handle_complaint", _("Can handle complaints")),
            ("lead_complaint", _("Can act in any handler's place")),
            ("judge_complaint", _("Can judge complaints")),
            ("reconsider_complaint", _("Can reconsider a rejection")),
            ("approve_plan", _("Can choose and approve plans")),
            ("evaluate_complaint", _("Can evaluate complaints")),
            ("close_complaint", _("Can close complaints")),
            ("reopen_complaint", _("Can reopen complaints")),
            ("follow_up_complaint", _("Can record follow-ups")),
            ("dispute_complaint", _("Can lead disputes")),
            ("assign_complaint", _("Can assign complaints")),
            ("escalate_complaint", _("Can escalate complaints")),
            ("answer_escalation", _("Can answer escalations")),
            ("appraise_complaint", _("Can appraise damage")),
            ("countersign_appraisal", _("Can countersign appraisals")),
            ("verify_complaint", _("Can verify entries of the after-sales ledger")),
            ("sanction_complaint", _("Can note sanctions")),
            ("view_sanctions", _("Can see sanctions")),
            ("print_complaint", _("Can print papers and the dossier")),
            ("view_board", _("Can see the board of deadlines")),
        ]

    def get_absolute_url(self):
        return reverse("cases:complaint", args=[self.pk])

    # --- what it is -------------------------------------------------------------------------------------------------
    @property
    def subject(self):
        """Its first sentence, for headings."""
        line = SENTENCE_END.split(self.content.strip(), maxsplit=1)[0] if self.content else ""
        return line if len(line) <= SUBJECT_LENGTH else f"{line[: SUBJECT_LENGTH - 1]}…"

    @property
    def customer(self):
        return self.matter.customer

    @property
    def is_followed_up(self):
        """The customer was reached and is not dissatisfied, or the attempts are used up with a reason (S2-169)."""
        if self.follow_up_verdict == choices.Verdict.UNREACHED:
            return self.follow_up_tries >= FOLLOW_UP_TRIES and bool(self.follow_up_reason)
        return self.follow_up_verdict not in ("", choices.Verdict.DISSATISFIED)

    @property
    def selected_option(self):
        return next((o for o in self.options.all() if o.selected and o.round == self.plan_round), None)

    @property
    def open_strands(self):
        """The strands of the present plan that are not finished (S0-35)."""
        return [row for row in self.strands.all() if row.round == self.plan_round and row.done_at is None]

    @property
    def others_open(self):
        """What else in this matter is not finished. A page that has read it already puts it here."""
        known = self.__dict__.get("others_open")
        return self.matter.open_records(besides=self) if known is None else known

    @others_open.setter
    def others_open(self, records):
        self.__dict__["others_open"] = records

    def chased_by_customer_since(self, now):
        """When the customer last chased it through his link, if that is less than CHASE_AGAIN_AFTER ago; else None."""
        mine = Event.objects.filter(matter=self.matter_id, action="chase", kind=Event.Kind.VERB, actor="customer")
        recent = mine.filter(at__gt=now - CHASE_AGAIN_AFTER, at__lte=now)
        return recent.order_by("-at").values_list("at", flat=True).first()

    def current_options(self):
        return self.options.filter(round=self.plan_round)

    def matter_ids(self):
        """Its own matter and those merged into it: their histories are shown together."""
        return [self.matter_id, *Complaint.objects.filter(merged_into=self).values_list("matter_id", flat=True)]

    def deadline_scope(self):
        return {
            "type": self.type,
            "class": self.klass.code if self.klass else "",
            "severity": self.severity,
            "channel": self.channel,
            "region": self.region.code,
            "urgency": self.urgency,
            **scope_of(self.matter.customer),
        }

    # --- registration ------------------------------------------------------------------------------------------------
    @classmethod
    def register(
        cls, *, by, now, customer, content, number="", items=(), matter=None, owner=None, promise=None, **fields
    ):
        """Open the file of a complaint: number, matter, clocks, promise, timeline (S0-30, S0-57, S1-20, S3-05, S3-147).

        Must run inside ``workflow.begin``. ``items`` are dicts of ComplaintItem fields; ``promise`` the keyword arguments
        of a Promise; ``number`` is one it has elsewhere already. Raises PermissionDenied without the right,
        ValidationError when content or contact is missing.
        """
        person = user_of(by)
        if person is not None and not person.has_perm("cases.register_complaint"):
            raise PermissionDenied(_("Your role does not include registering complaints."))
        if not content.strip():
            raise ValidationError({"content": _("Write what the customer said.")})
        received_at = fields.setdefault("received_at", now)
        if received_at > now:
            raise ValidationError({"received_at": _("This time is still to come.")})
        region = customer.region
        if matter is None:
            owner = owner or (person if person and person.has_perm("cases.handle_complaint") else None)
            matter = Matter.objects.create(customer=customer, region=region, owner=owner, opened_at=received_at)
        level = fields.get("remedy_level")
        if level and not fields.get("severity"):
            fields["severity"] = choices.SEVERITY_OF_LEVEL[level]
        klass = fields.get("klass")
        complaint = cls(
            number=number or next_number(NUMBER_PREFIX, timezone.localdate(now)),
            matter=matter,
            region=region,
            created_at=now,
            received_by=person,
            department=klass.department if klass else None,
            content=content.strip(),
            **fields,
        )
        complaint._moment, complaint._new = now, True
        complaint.save()
        ComplaintItem.objects.bulk_create(ComplaintItem(complaint=complaint, **item) for item in items)
        data = {
            "channel": complaint.channel,
            "severity": complaint.severity,
            "class": klass.pk if klass else None,
            "department": complaint.department_id,
            "grave": complaint.is_grave,
        }
        complaint.log("register", by=by, target=complaint.status, note=complaint.content, data=data, version=1)
        effects = [effect for effect in CLOCKS["register"] if effect.when is None or effect.when(complaint)]
        promised = Promise.objects.put_down(complaint, by=person, **promise) if promise else None
        start_clocks(complaint, effects, now=received_at, beside=promised.clocks(now) if promised else [])
        if complaint.is_grave:
            complaint._escalate(choices.EscalationLevel.GENERAL_MANAGER, complaint.content, by=by)
        complaint.reindex()
        return complaint

    def reindex(self):
        """Put the words of this complaint into the search index."""
        search.index_many([self.search_entry()])

    def search_entry(self):
        """What it is found by: its words and number, who called and from where."""
        return search.entry(
            "complaint",
            self.pk,
            customer_id=self.matter.customer_id,
            region_id=self.region_id,
            at=self.received_at,
            texts=[self.content, self.demand_words],
            names=[self.caller_name],
            phones=[self.caller_phone],
            numbers=[self.number],
            ended=self.is_final,
        )

    # --- the first answer --------------------------------------------------------------------------------------------
    @transition(
        "status",
        source=Status.REGISTERED,
        target=Status.CLOSED,
        permission=handler,
        conditions=[can_be_answered],
        label=_("Answer on the spot"),
        tone="primary",
    )
    def answer_on_the_spot(self, *, by, answer, verdict=choices.Verdict.SATISFIED):
        """A question, a suggestion, or what was solved on the phone ends with its answer (S0-22, S1-01, S3-72)."""
        self._need_words("answer", answer)
        if self.type not in self.ANSWERABLE and verdict == choices.Verdict.DISSATISFIED:
            raise ValidationError({"verdict": _("It is not solved as long as the customer is dissatisfied.")})
        self.answer, self.follow_up_verdict = answer, verdict
        self.first_replied_at = self.first_replied_at or self.moment
        self.closed_at = self.moment
        self.say(answer)
        self.remember(verdict=verdict)

    @transition(
        "status", source=list(OPEN), permission="cases.follow_up_complaint", label=_("Record a contact"), stales=False
    )
    def record_contact(self, *, by, channel, result, words, outbound=True):
        """Somebody spoke with the customer, or tried: the first reply, a progress contact, a check-in (S1-28, S3-09, S3-26)."""
        self._need_words("words", words)
        self.say(words)
        self.remember(channel=channel, result=result, outbound=outbound)
        if result == choices.ContactResult.REACHED:
            self.first_replied_at = self.first_replied_at or self.moment
            meet_clocks(self, ["first_reply", "contact", "serious", "check_in"])

    @transition(
        "status", source=[Status.REGISTERED, Status.JUDGING, Status.INVESTIGATING], permission=handler,
        label=_("Help from afar"), stales=False,
    )  # fmt: skip
    def record_remote_help(self, *, by, result, words):
        """What was tried from afar and whether it helped; a visit is for what it does not solve (S3-02, S3-72)."""
        self._need_words("words", words)
        self.remote = result
        self.first_replied_at = self.first_replied_at or self.moment
        meet_clocks(self, ["first_reply", "contact"])
        self.say(words)
        self.remember(result=result)

    # --- judging -----------------------------------------------------------------------------------------------------
    @transition(
        "status",
        source=Status.REGISTERED,
        target=Status.JUDGING,
        permission=handler,
        label=_("Start judging"),
        tone="primary",
    )
    def start_judging(self, *, by, department, reply, klass=None):
        """The matter goes to the department of its class; the customer got a first reply (S1-22, S1-65, S2-177)."""
        self._need_words("reply", reply)
        if klass is not None:
            self.klass = klass
        self.department = department
        self.first_replied_at = self.first_replied_at or self.moment
        self.say(reply)
        self.remember(department=department.pk)

    @transition("status", source=Status.JUDGING, target=Status.REJECTED, permission=judge, label=_("Judge not valid"))
    def judge_invalid(self, *, by, reason, grounds_sufficient, demand_reasonable, in_scope):
        """The complaint does not stand: grounds, demand and scope were looked at, and the reason is written (S0-31, S2-173)."""
        self._judge(by, reason, grounds_sufficient, demand_reasonable, in_scope)
        if grounds_sufficient and demand_reasonable and in_scope:
            raise ValidationError(
                {"reason": _("Grounds, demand and scope all speak for the complaint: judge it valid.")}
            )

    @transition(
        "status",
        source=Status.JUDGING,
        target=Status.INVESTIGATING,
        permission=judge,
        label=_("Judge valid"),
        tone="primary",
    )
    def judge_valid(
        self,
        *,
        by,
        department,
        severity,
        reason,
        investigate_until=None,
        grounds_sufficient=True,
        demand_reasonable=True,
        in_scope=True,
    ):
        """The complaint stands: a department answers for it from here, within a time the customer agreed to (S2-175)."""
        self._judge(by, reason, grounds_sufficient, demand_reasonable, in_scope)
        if not grounds_sufficient:
            raise ValidationError({"grounds_sufficient": _("Without sufficient grounds it cannot be judged valid.")})
        if investigate_until and investigate_until < timezone.localdate(self.moment):
            raise ValidationError({"investigate_until": _("This day has passed.")})
        self.department, self.investigate_until = department, investigate_until
        self._change_severity(severity)
        self.remember(department=department.pk, severity=severity)

    def _judge(self, by, reason, grounds_sufficient, demand_reasonable, in_scope):
        self._need_words("reason", reason)
        self.grounds_sufficient, self.demand_reasonable, self.in_scope = grounds_sufficient, demand_reasonable, in_scope
        self.judgement, self.judged_by, self.judged_at = reason, user_of(by), self.moment
        self.say(reason)

    @transition(
        "status",
        source=Status.REJECTED,
        target=Status.CLOSED,
        permission=handler,
        label=_("Answer the customer"),
        tone="primary",
    )
    def answer_customer(self, *, by, answer, channel, understood=True):
        """The reasoned answer is given, tactfully, and whether the customer accepts it; it is filed (S0-32, S2-174)."""
        self._need_words("answer", answer)
        self.answer, self.closed_at = answer, self.moment
        self.first_replied_at = self.first_replied_at or self.moment
        self.say(answer)
        self.remember(channel=channel, understood=understood)

    @transition(
        "status",
        source=Status.REJECTED,
        target=Status.JUDGING,
        permission="cases.reconsider_complaint",
        label=_("Reconsider"),
    )
    def reconsider(self, *, by, reason):
        """New facts: the judgement is opened again (S2-174)."""
        self._need_words("reason", reason)
        self.say(reason)

    # --- investigating -----------------------------------------------------------------------------------------------
    @transition(
        "status", source=[Status.JUDGING, Status.INVESTIGATING], permission=handler, label=_("Request an appraisal")
    )
    def request_appraisal(self, *, by, technician, words):
        """A technician is to look at the damage (S0-05); never the one who installed it."""
        self._need_words("words", words)
        self._not_the_installer(technician)
        appraisal = Appraisal.objects.create(
            complaint=self, matter=self.matter, technician=technician, requested_by=by, requested_at=self.moment
        )
        self.say(words)
        self.remember(appraisal=appraisal.pk, technician=technician.pk)

    @transition(
        "status", source=list(OPEN), permission="cases.appraise_complaint", label=_("Record the appraisal"), stales=True
    )
    def record_appraisal(
        self, *, by, appraisal, verdict, findings, place, extent="", proposed_remedy="", amount=None, done_at=None
    ):
        """What the technician found, with his verdict on the cause (S0-05, S0-06)."""
        self._need_words("findings", findings)
        if appraisal.complaint_id != self.pk or appraisal.done_at is not None:
            raise ValidationError({"appraisal": _("This appraisal is recorded already.")})
        if appraisal.technician_id != by.pk and not by.has_perm("cases.lead_complaint"):
            raise PermissionDenied(_("This appraisal was given to somebody else."))
        if verdict == Appraisal.Finding.PENDING:
            raise ValidationError({"verdict": _("Say whether the customer caused it.")})
        self._not_the_installer(appraisal.technician)
        appraisal.verdict, appraisal.findings, appraisal.place = verdict, findings, place
        appraisal.extent, appraisal.proposed_remedy, appraisal.amount = extent, proposed_remedy, amount
        appraisal.done_at = done_at or self.moment
        appraisal.save()
        self.say(findings)
        self.remember(appraisal=appraisal.pk, verdict=verdict)

    @transition(
        "status", source=list(OPEN), permission="cases.countersign_appraisal", label=_("Countersign the appraisal")
    )
    def countersign_appraisal(self, *, by, appraisal, words):
        """The supervisor puts his name under an appraisal; not his own (S0-05)."""
        if appraisal.complaint_id != self.pk or appraisal.done_at is None or appraisal.countersigned_at is not None:
            raise ValidationError({"appraisal": _("There is no appraisal to countersign.")})
        if appraisal.technician_id == by.pk:
            raise PermissionDenied(_("Nobody countersigns his own appraisal."))
        appraisal.countersigned_by, appraisal.countersigned_at = by, self.moment
        appraisal.save(update_fields=["countersigned_by", "countersigned_at"])
        self.say(words)
        self.remember(appraisal=appraisal.pk)

    @transition("status", source=Status.INVESTIGATING, permission=handler, label=_("Record findings"))
    def record_findings(self, *, by, **findings):
        """What was found out before there is a plan: cause, key point, analysis, who answers for it (S2-176, S3-94)."""
        self._find(findings)
        self.say(self.analysis)
        self.remember(cause=self.cause, liability=self.liability)

    @transition(
        "status",
        source=Status.INVESTIGATING,
        target=Status.PLAN_PROPOSED,
        permission=handler,
        label=_("Propose a plan"),
        tone="primary",
    )
    def propose_plan(self, *, by, options, **findings):
        """Cause and analysis are known; one or more options are put before the leader. Stops the 72 hours (S0-25, S0-26).

        ``options`` are dicts of PlanOption fields. Raises ValidationError for missing findings, an appraisal or a photo
        that is owed, a skipped rung of the ladder without its reason, a visit before help from afar.
        """
        if findings:
            self._find(findings)
        self._findings_complete()
        self._appraised()
        rows = self._options(options)
        self.plan_round += 1
        for row in rows:
            row.complaint, row.round = self, self.plan_round
        PlanOption.objects.bulk_create(rows)
        self.planned_at, self.planned_by = self.moment, user_of(by)
        self.say(self.analysis)
        self.remember(round=self.plan_round, options=len(rows))

    def _find(self, findings):
        for name, value in findings.items():
            setattr(self, name, value)
        if self.cause == choices.Cause.HUMAN_ERROR and not (self.human_error and self.responsible_person_id):
            raise ValidationError(
                {"responsible_person": _("Human error needs its kind and the name of the person responsible.")}
            )
        if self.cause == choices.Cause.INSTALLATION_DAMAGE and not self.installed_by:
            raise ValidationError({"installed_by": _("Say who installed it: that decides who answers for it.")})
        if self.cause == choices.Cause.TRANSPORT_DAMAGE and not self.others_ruled_out:
            raise ValidationError(
                {"others_ruled_out": _("First rule out that the customer did it and that the product was faulty.")}
            )
        if self.cause != choices.Cause.HUMAN_ERROR:
            self.human_error = ""
        if self.cause and self.located_at is None:
            self.located_at = self.moment

    def _findings_complete(self):
        for name in ("analysis", "cause", "key_point"):
            if not getattr(self, name):
                raise ValidationError({name: _("This is needed before a plan can be proposed.")})
        if self.demand_reasonable is None:
            raise ValidationError({"demand_reasonable": _("Say whether the demand is reasonable.")})

    def _appraised(self):
        """Company liability for damage needs a technician's verdict and a photo (S0-05, S0-07)."""
        if not (self.is_damaged and self.liability == choices.Liability.COMPANY):
            return
        if self.cause != choices.Cause.PRODUCT_QUALITY or not Guard.holds(Guard.Code.APPRAISAL):
            return
        if not self.appraisals.filter(verdict=Appraisal.Finding.NOT_CUSTOMER).exists():
            raise ValidationError(
                {
                    "liability": _(
                        "Before we take on a product fault, a technician's appraisal must say it is not the customer's cause."
                    )
                }
            )
        photos = Attachment.objects.filter(matter__in=self.matter_ids(), media="photo", withdrawn_at__isnull=True)
        if not photos.exists():
            raise ValidationError({"liability": _("Attach at least one photo of the damage first.")})

    def _options(self, options):
        rows = [PlanOption(**option) for option in options]
        if not rows:
            raise ValidationError({"options": _("Put forward at least one option with its cost.")})
        skipped = skipped_rungs({row.remedy for row in rows})
        strong = [row for row in rows if row.remedy in LADDER[1:]]
        if skipped and not any(row.skip_reason for row in strong) and Guard.holds(Guard.Code.LADDER):
            raise ValidationError({"options": _("Milder remedies were left out: say why for the stronger option.")})
        untried = self.remote == choices.Remote.NOT_TRIED and any(row.remedy in ON_SITE for row in rows)
        if untried and Guard.holds(Guard.Code.REMOTE_FIRST):
            raise ValidationError({"remote": _("Say first whether it can be solved from afar.")})
        self._charged(rows)
        return rows

    def is_customers_cause(self):
        """Whether the newest appraisal, or the findings where there is none, say the customer did it."""
        newest = self.appraisals.exclude(verdict=Appraisal.Finding.PENDING).order_by("-done_at", "-pk").first()
        if newest:
            return newest.verdict == Appraisal.Finding.CUSTOMER
        return self.liability == choices.Liability.CUSTOMER

    def _charged(self, rows):
        """What the customer damaged himself is done at his expense, at a price he knows before he agrees (S0-01)."""
        for row in rows:
            if row.charge:
                row.service_kind = choices.ServiceKind.PAID_SERVICE
        free = [row for row in rows if row.remedy in GOODS_AND_WORK and not row.charge]
        if free and self.is_customers_cause() and Guard.holds(Guard.Code.OWN_CAUSE):
            raise ValidationError(
                {"options": _("The customer caused this himself: say for each repair or part what he pays.")}
            )

    def may_be_appraised_by(self, person):
        """Somebody of the trade who works in this branch and did not install it himself."""
        near = person.sees_everything or self.region_id in person.region_ids
        trained = person.has_role(*self.APPRAISERS)
        return near and trained and not self.items.filter(card__installer=person).exists()

    def _not_the_installer(self, technician):
        if self.items.filter(card__installer=technician).exists():
            raise ValidationError({"technician": _("He installed it himself; somebody else must appraise it.")})

    # --- the plan ----------------------------------------------------------------------------------------------------
    @transition(
        "status",
        source=Status.PLAN_PROPOSED,
        target=Status.INVESTIGATING,
        permission="cases.approve_plan",
        label=_("Send the plan back"),
    )
    def return_plan(self, *, by, comment):
        """The leader wants something better, and says what (S2-179)."""
        self._need_words("comment", comment)
        self.say(comment)

    @transition(
        "status",
        source=Status.PLAN_PROPOSED,
        target=Status.PLAN_APPROVED,
        permission="cases.approve_plan",
        label=_("Choose and approve"),
        tone="primary",
    )
    def approve_plan(self, *, by, option, instruction, viewed, offered=()):
        """The leader has seen every option, selects one and writes his instruction; the three strands open (S2-179, S0-35).

        ``viewed`` are the ids of the options he saw; ``offered`` are others that the customer may take instead (S2-184),
        each within his limit too. Raises PermissionDenied above his limit or for his own plan.
        """
        options = {row.pk: row for row in self.current_options()}
        if option.pk not in options:
            raise ValidationError({"option": _("This option is not part of the present plan.")})
        if set(viewed) != set(options):
            raise ValidationError({"option": _("Look at every option first; there are new ones.")})
        self._need_words("instruction", instruction)
        others = [options[one.pk] for one in offered if one.pk in options and one.pk != option.pk]
        for one in (options[option.pk], *others):
            self._may_approve(by, one)
        self.options.filter(pk__in=[one.pk for one in others]).update(offered=True)
        self._select(options[option.pk], by, instruction)
        self._open_strands()
        self.say(instruction)
        self.remember(option=option.pk, remedy=option.remedy)

    def _may_approve(self, by, option):
        if by is not None and by.pk == self.planned_by_id and Guard.holds(Guard.Code.OTHER_LEADER):
            raise PermissionDenied(_("You put this plan forward; somebody else must approve it."))
        if option.remedy in MONEY and option.raised_by != RaisedBy.CUSTOMER and Guard.holds(Guard.Code.MONEY_RAISED):
            raise ValidationError(
                {
                    "option": _(
                        "We do not bring up money ourselves: this option is open only if the customer spoke of it first."
                    )
                }
            )
        if by is not None and option.gives_money and not Tier.objects.allows(by, self.matter, option.compensation):
            raise PermissionDenied(_("This amount is above your limit; it goes to the next higher role."))

    def _select(self, option, by, instruction):
        option.selected, option.instruction = True, instruction
        option.selected_by, option.selected_at = user_of(by), self.moment
        option.save(update_fields=["selected", "instruction", "selected_by", "selected_at"])

    def _open_strands(self, *, visit=True):
        Strand.objects.bulk_create(
            Strand(complaint=self, round=self.plan_round, kind=kind, opened_at=self.moment)
            for kind in Strand.Kind
            if visit or kind != Strand.Kind.DISPATCH
        )

    def _finish_strand(self, kind, by, outcome, *, needed=True):
        rows = self.strands.filter(round=self.plan_round, kind=kind, done_at__isnull=True)
        return rows.update(done_at=self.moment, done_by=user_of(by), outcome=outcome[:500], needed=needed)

    @transition(
        "status",
        source=[Status.REGISTERED, Status.JUDGING, Status.INVESTIGATING],
        target=Status.IMPLEMENTING,
        permission=handler,
        label=_("Standard plan"),
    )
    def apply_standard_plan(self, *, by, plan, words):
        """A small trouble is settled on the phone by a plan approved beforehand: proposed, approved, accepted (S3-88)."""
        self._need_words("words", words)
        if not (plan.active and plan.approved_at):
            raise ValidationError({"plan": _("This standard plan is not approved.")})
        if self.remedy_level and self.remedy_level != plan.level:
            raise ValidationError({"plan": _("This standard plan is for another remedy level.")})
        if plan.klass_id and plan.klass_id != self.klass_id:
            raise ValidationError({"plan": _("This standard plan is for another class of complaints.")})
        if plan.remedy in GOODS_AND_WORK and self.is_customers_cause() and Guard.holds(Guard.Code.OWN_CAUSE):
            raise ValidationError({"plan": _("The customer caused this himself: put a plan forward with its price.")})
        if plan.needs_visit and self.remote == choices.Remote.NOT_TRIED:
            self.remote = choices.Remote.UNSUITABLE
        self.plan_round += 1
        self.remedy_level = plan.level
        option = PlanOption.objects.create(
            complaint=self,
            round=self.plan_round,
            remedy=plan.remedy,
            service_kind=plan.service_kind,
            steps=plan.steps,
            cost=plan.cost,
            standard_plan=plan,
        )
        self._select(option, plan.approved_by, plan.name)
        self._open_strands(visit=plan.needs_visit)
        self._finish_strand(Strand.Kind.NOTIFY, by, words)
        self.first_replied_at = self.first_replied_at or self.moment
        self.planned_at, self.planned_by = self.moment, user_of(by)
        self.accepted_at, self.accepted_how = self.moment, "phone"
        step = {"standard_plan": plan.pk, "option": option.pk}
        self.log("propose_plan", by=by, note=plan.name, data=step)
        self.log("approve_plan", by=plan.approved_by, note=plan.name, data=step)
        self.log("accept_plan", by=by, note=words, data=step)
        self.say(plan.name)
        self.remember(**step)

    @transition(
        "status",
        source=Status.PLAN_APPROVED,
        target=Status.IMPLEMENTING,
        permission="cases.follow_up_complaint",
        label=_("Customer agrees"),
        tone="primary",
        customer=True,
    )
    def accept_plan(self, *, by, words="", how="phone", steps_agreed="", option=None):
        """The customer was told the plan and agrees, by word, by signature or through the link (S0-28, S2-181, S3-06, S3-109).

        ``option`` is one the leader let him choose instead (S2-184). What comes through the link is his own act and
        counts as his signature does (X34).
        """
        if actor_of(by) == "customer":
            how = "link"
        else:
            self._need_words("words", words)
        if option is not None:
            self._choose_instead(option)
        self._finish_strand(Strand.Kind.NOTIFY, by, words)
        self.accepted_at, self.accepted_how = self.moment, how
        self.options.filter(round=self.plan_round, selected=True).update(customers_choice=True)
        self.say("\n".join(filter(None, [words, steps_agreed])))
        self.remember(how=how, **({"option": option.pk} if option is not None else {}))

    def _choose_instead(self, option):
        mine = self.current_options().filter(pk=option.pk).first()
        if mine is None or not (mine.offered or mine.selected):
            raise ValidationError({"option": _("This option is not among those offered to the customer.")})
        if mine.selected:
            return
        chosen = self.current_options().get(selected=True)
        self.options.filter(pk=chosen.pk).update(selected=False)
        self.options.filter(pk=mine.pk).update(
            selected=True,
            instruction=chosen.instruction,
            selected_by=chosen.selected_by_id,
            selected_at=chosen.selected_at,
        )

    @transition(
        "status",
        source=Status.PLAN_APPROVED,
        target=Status.INVESTIGATING,
        permission="cases.follow_up_complaint",
        label=_("Customer declines"),
        customer=True,
    )
    def decline_plan(self, *, by, words, preferred=None):
        """The customer does not want this plan; what he would rather have is noted (S2-184)."""
        self._need_words("words", words)
        if preferred is not None:
            self.options.filter(pk=preferred.pk).update(customers_choice=True)
        self._close_round(by, words)
        self.say(words)

    @transition(
        "status",
        source=Status.IMPLEMENTING,
        target=Status.INVESTIGATING,
        permission=handler,
        label=_("Revise the plan"),
    )
    def revise_plan(self, *, by, reason):
        """The plan does not work out; a new one is made and the old one kept (S1-29)."""
        self._need_words("reason", reason)
        self._close_round(by, reason)
        self.say(reason)

    def _close_round(self, by, words):
        rows = self.strands.filter(round=self.plan_round, done_at__isnull=True)
        rows.update(done_at=self.moment, done_by=user_of(by), outcome=words[:500], needed=False)
        self.accepted_at, self.accepted_how = None, ""

    # --- carrying it out ---------------------------------------------------------------------------------------------
    @transition("status", source=[Status.IMPLEMENTING], permission=handler, label=_("Finish a strand"))
    def finish_strand(self, *, by, strand, outcome, needed=True):
        """One strand is done, or turned out not to be needed; the reason is written (S0-35)."""
        self._need_words("outcome", outcome)
        if strand.complaint_id != self.pk or not self._finish_strand(strand.kind, by, outcome, needed=needed):
            raise ValidationError({"strand": _("This strand is finished already.")})
        self.say(outcome)
        self.remember(strand=strand.kind, needed=needed)

    @transition("status", source=list(OPEN), permission=handler, label=_("Checkpoint passed"), stales=False)
    def pass_checkpoint(self, *, by, checkpoint, words=""):
        """Something the customer waits for has happened: shipped, arrived, refunded … (S2-32)."""
        if self.checkpoints.filter(kind=checkpoint).exists():
            raise ValidationError({"checkpoint": _("This was noted before.")})
        Checkpoint.objects.create(complaint=self, kind=checkpoint, by=by, passed_at=self.moment, note=words[:200])
        self.say(words)
        self.remember(checkpoint=checkpoint)

    @transition("status", source=list(OPEN), permission=handler, label=_("Explain in writing"))
    def explain_in_writing(self, *, by, reason, settled_by, addressee):
        """It takes longer: the customer gets the reason and a definite new time; the old time is kept (S3-22, X4)."""
        self._need_words("reason", reason)
        if settled_by <= self.moment:
            raise ValidationError({"settled_by": _("Choose a time that is still to come.")})
        running = self.deadlines.filter(kind="resolve", met_at__isnull=True, ended_at__isnull=True).first()
        old_due_at = running.due_at if running else None
        explanation = WrittenExplanation.objects.create(
            complaint=self,
            reason=reason,
            old_due_at=old_due_at,
            new_due_at=settled_by,
            addressee=addressee,
            by=by,
            at=self.moment,
        )
        start_clocks(self, [start("resolve", due=lambda complaint: settled_by)])
        self.say(reason)
        self.remember(explanation=explanation.pk)

    @transition(
        "status",
        source=Status.IMPLEMENTING,
        target=Status.EVALUATING,
        permission=handler,
        conditions=[strands_done, nothing_else_open],
        label=_("Finish"),
        tone="primary",
    )
    def finish_implementation(self, *, by, told, channel):
        """Everything is done and the customer was told the outcome; the three days to the follow-up begin (S0-35, S1-67)."""
        self._need_words("told", told)
        self.implemented_at = self.moment
        self.say(told)
        self.remember(channel=channel)

    # --- evaluated, followed up, closed -------------------------------------------------------------------------------
    @transition(
        "status",
        source=Status.EVALUATING,
        target=Status.AWAITING_FOLLOW_UP,
        permission="cases.evaluate_complaint",
        label=_("Evaluate"),
        tone="primary",
    )
    def evaluate(self, *, by, overall, words, feedback="", sanctioned=None, sanction=""):
        """The supervisor's overall evaluation; no complaint closes without it (S0-37, S2-169, S2-180, S2-181)."""
        self._need_words("words", words)
        Evaluation.objects.create(
            complaint=self,
            round=self.reopened_count + 1,
            overall=overall,
            words=words,
            feedback=feedback,
            by=user_of(by),
            at=self.moment,
        )
        if sanction.strip():
            self._note_sanction(by, sanctioned or self.responsible_person, sanction)
        self.say(words)
        self.remember(overall=overall)

    def _note_sanction(self, by, person, outcome):
        if person is None:
            raise ValidationError({"sanctioned": _("Name the person this is about.")})
        if not by.has_perm("cases.sanction_complaint"):
            raise PermissionDenied(_("Your role does not include noting sanctions."))
        sanction = Sanction.objects.create(complaint=self, person=person, outcome=outcome, by=by, at=self.moment)
        data = {"sanction": sanction.pk}
        self.log("sanction", by=by, note=outcome, data=data, visibility=Event.Visibility.RESTRICTED)

    @transition(
        "status",
        source=Status.AWAITING_FOLLOW_UP,
        permission="cases.follow_up_complaint",
        label=_("Record the follow-up"),
    )
    def record_follow_up(self, *, by, verdict, words, reason=""):
        """The call after the work: how satisfied the customer is, or that he was not reached, and how often (S2-169)."""
        self._need_words("words", words)
        self.follow_up_tries += 1
        self.follow_up_verdict, self.follow_up_reason = verdict, reason
        if verdict == choices.Verdict.UNREACHED and self.follow_up_tries >= FOLLOW_UP_TRIES and not reason.strip():
            raise ValidationError({"reason": _("The attempts are used up: write why no more are made.")})
        if self.is_followed_up or verdict == choices.Verdict.DISSATISFIED:
            self.followed_up_at = self.moment
            meet_clocks(self, ["follow_up"])
        self.say(words)
        self.remember(verdict=verdict, tries=self.follow_up_tries)

    @transition(
        "status",
        source=Status.AWAITING_FOLLOW_UP,
        target=Status.CLOSED,
        permission="cases.close_complaint",
        conditions=[followed_up],
        label=_("Close"),
        tone="primary",
    )
    def close(self, *, by, summary):
        """The file is closed; what can be learned from it goes to the case library (S2-169, S1-31)."""
        self._need_words("summary", summary)
        self.summary, self.closed_at = summary, self.moment
        self.say(summary)

    @transition(
        "status",
        source=[Status.EVALUATING, Status.AWAITING_FOLLOW_UP, Status.CLOSED],
        target=Status.INVESTIGATING,
        permission="cases.reopen_complaint",
        label=_("Reopen"),
    )
    def reopen(self, *, by, reason):
        """The customer is not satisfied: the matter is taken up again, and counted (S3-09, S0-68)."""
        self._need_words("reason", reason)
        self.reopened_count += 1
        self.closed_at = self.implemented_at = None
        self.follow_up_verdict, self.follow_up_tries, self.followed_up_at = "", 0, None
        if self.judged_at is None:
            self.demand_reasonable = True
        self.say(reason)

    # --- disputes, endings ---------------------------------------------------------------------------------------------
    @transition(
        "status",
        source=[Status.PLAN_PROPOSED, Status.PLAN_APPROVED, Status.IMPLEMENTING, Status.AWAITING_FOLLOW_UP],
        target=Status.IN_DISPUTE,
        permission="cases.dispute_complaint",
        label=_("Open a dispute"),
        tone="danger",
    )
    def open_dispute(self, *, by, stage, reason):
        """The customer and we cannot agree: negotiation, mediation, litigation (S1-89)."""
        self._need_words("reason", reason)
        self.dispute_stage = stage
        self.say(reason)
        self.remember(stage=stage)

    @transition(
        "status", source=Status.IN_DISPUTE, permission="cases.dispute_complaint", label=_("Next stage of the dispute")
    )
    def advance_dispute(self, *, by, stage, reason):
        """The dispute enters another stage (S1-89)."""
        self._need_words("reason", reason)
        self.dispute_stage = stage
        self.say(reason)
        self.remember(stage=stage)

    @transition(
        "status",
        source=Status.IN_DISPUTE,
        target=RETURN_VALUE(Status.IMPLEMENTING, Status.EVALUATING),
        permission="cases.dispute_complaint",
        label=_("Settle the dispute"),
        tone="primary",
    )
    def settle_dispute(self, *, by, to, terms):
        """Terms were found; they are carried out, or the matter goes to its evaluation (S1-89)."""
        self._need_words("terms", terms)
        if to == self.Status.EVALUATING:
            self.implemented_at = self.implemented_at or self.moment
            if not nothing_else_open(self):
                raise ValidationError({"to": _("Something else in this matter is still open.")})
            self._close_round(by, terms)
        else:
            self._complete_strands(by, terms)
        self.say(terms)
        self.remember(to=to)
        return to

    def _complete_strands(self, by, terms):
        """Create the strands that are missing; the customer knows the terms he settled on."""
        self.plan_round = max(self.plan_round, 1)
        present = set(self.strands.filter(round=self.plan_round).values_list("kind", flat=True))
        missing = [kind for kind in Strand.Kind if kind not in present]
        Strand.objects.bulk_create(
            Strand(complaint=self, round=self.plan_round, kind=kind, opened_at=self.moment) for kind in missing
        )
        self._finish_strand(Strand.Kind.NOTIFY, by, terms)

    @transition(
        "status",
        source=list(OPEN),
        target=Status.WITHDRAWN,
        permission="cases.handle_complaint",
        conditions=[nothing_else_open],
        label=_("Withdraw"),
        tone="danger",
    )
    def withdraw(self, *, by, reason):
        """The customer takes it back."""
        self._need_words("reason", reason)
        self.closed_at = self.moment
        self.say(reason)

    @transition(
        "status",
        source=list(OPEN),
        target=Status.MERGED,
        permission="cases.handle_complaint",
        label=_("Merge into another"),
        tone="danger",
    )
    def merge(self, *, by, into, reason):
        """The same trouble was registered before: this one goes into ``into``, both histories are shown together."""
        self._need_words("reason", reason)
        if into.pk == self.pk or into.matter.customer_id != self.matter.customer_id:
            raise ValidationError({"into": _("Choose another complaint of the same customer.")})
        if into.is_final:
            raise ValidationError({"into": _("That complaint has ended already.")})
        self.merged_into, self.closed_at = into, self.moment
        self.say(reason)
        self.remember(into=into.pk)
        into._moment = self.moment
        into.log("absorb", by=by, note=reason, data={"from": self.pk})

    # --- acts without a change of status --------------------------------------------------------------------------------
    @transition("status", source=list(OPEN), permission="cases.assign_complaint", label=_("Assign"))
    def assign(self, *, by, owner, words=""):
        """The supervisor says who handles it."""
        self.matter.owner = owner
        self.matter.save(update_fields=["owner"])
        self.say(words)
        self.remember(to=owner.pk)

    @transition("status", source=list(OPEN), permission="cases.handle_complaint", label=_("Take over"))
    def take_over(self, *, by, words=""):
        """A colleague takes the matter on himself."""
        before, self.matter.owner = self.matter.owner_id, by
        self.matter.save(update_fields=["owner"])
        self.say(words)
        self.remember(**{"from": before, "to": by.pk})

    @transition("status", source=list(OPEN), permission=handler, label=_("Offer to another department"))
    def transfer(self, *, by, department, reason):
        """Another department should answer for it; it moves when that department accepts (S1-17)."""
        self._need_words("reason", reason)
        if department.pk == self.department_id:
            raise ValidationError({"department": _("It is with this department already.")})
        if self.transfers.filter(answered_at__isnull=True).exists():
            raise ValidationError({"department": _("It has been offered to a department already.")})
        offer = Transfer.objects.create(
            complaint=self,
            origin=self.department,
            department=department,
            reason=reason[:300],
            offered_by=by,
            offered_at=self.moment,
        )
        self.say(reason)
        self.remember(transfer=offer.pk, department=department.pk)

    @transition("status", source=list(OPEN), permission="cases.handle_complaint", label=_("Answer the transfer"))
    def answer_transfer(self, *, by, accept, words):
        """The department asked says yes, or why not (S1-17)."""
        self._need_words("words", words)
        offer = self.transfers.filter(answered_at__isnull=True).first()
        if offer is None:
            raise ValidationError({"words": _("Nothing is waiting for an answer.")})
        if by.department_id != offer.department_id and not by.has_perm("cases.lead_complaint"):
            raise PermissionDenied(_("Only the department that was asked can answer."))
        offer.accepted, offer.answered_by, offer.answered_at = accept, by, self.moment
        offer.save(update_fields=["accepted", "answered_by", "answered_at"])
        if accept:
            self.department = offer.department
        self.say(words)
        self.remember(accept=accept, department=offer.department_id)

    @transition("status", source=list(OPEN), permission=handler, label=_("Change severity"))
    def set_severity(self, *, by, severity, reason, remedy_level=None):
        """It turned out worse, or less bad, than it sounded (S1-21, S3-88)."""
        self._need_words("reason", reason)
        if remedy_level:
            self.remedy_level = remedy_level
        self._change_severity(severity)
        self.say(reason)
        self.remember(severity=severity, remedy_level=self.remedy_level)

    def _change_severity(self, severity):
        if severity == choices.Severity.SERIOUS and self.severity != severity:
            self.severity = severity
            start_clocks(self, SERIOUS_CLOCKS)
        elif severity != choices.Severity.SERIOUS and self.severity == choices.Severity.SERIOUS:
            end_clocks(self, ["serious"])
        self.severity = severity

    @transition(
        "status", source=list(OPEN), permission="cases.escalate_complaint", label=_("Mark as grave"), tone="danger"
    )
    def flag_grave(self, *, by, reason):
        """A grave incident is reported to the general manager (S0-61)."""
        self._need_words("reason", reason)
        if self.is_grave:
            raise ValidationError({"reason": _("It is marked as grave already.")})
        self.is_grave = True
        self._escalate(choices.EscalationLevel.GENERAL_MANAGER, reason, by=by)
        self.say(reason)

    @transition("status", source=list(OPEN), permission=handler, label=_("Mark a risk"), stales=False)
    def flag_risk(self, *, by, risky, reason):
        """A difficult customer or a risky matter: evidence is kept with care (S2-94)."""
        self._need_words("reason", reason)
        self.is_risky = risky
        self.say(reason)
        self.remember(risky=risky)

    @transition(
        "status",
        source=list(OPEN),
        permission="cases.register_complaint",
        label=_("Chase"),
        stales=False,
        customer=True,
    )
    def chase(self, *, by, words=""):
        """The customer asks again: it is counted and the handler told; through the link once in CHASE_AGAIN_AFTER."""
        if actor_of(by) == "customer" and (last := self.chased_by_customer_since(self.moment)) is not None:
            again = timezone.localtime(last + CHASE_AGAIN_AFTER)
            raise ValidationError(_("Your handler has been told. You can remind us again from %(at)s."),
                                  params={"at": f"{again:%m-%d %H:%M}"}, code="too_soon")  # fmt: skip
        self.chase_count += 1
        self.say(words)
        self.remember(count=self.chase_count)

    @transition("status", source=list(OPEN), permission="cases.escalate_complaint", label=_("Escalate"))
    def escalate(self, *, by, level, reason):
        """A difficult matter goes to the direct superior, the general manager or the group (S2-185, S0-08)."""
        self._need_words("reason", reason)
        if level == choices.EscalationLevel.SUPERIOR and user_of(by) is not None and by.superior_id is None:
            raise ValidationError({"level": _("You have no superior on record; choose another level.")})
        escalation = self._escalate(level, reason, by=by)
        self.say(reason)
        self.remember(escalation=escalation.pk, level=level)

    def _escalate(self, level, reason, *, by):
        person = user_of(by)
        superior = person.superior if person and level == choices.EscalationLevel.SUPERIOR else None
        return Escalation.objects.create(
            complaint=self, level=level, to=superior, reason=reason, raised_by=person, raised_at=self.moment
        )

    @transition("status", source="*", permission="cases.answer_escalation", label=_("Answer the escalation"))
    def answer_escalation(self, *, by, escalation, answer):
        """The superior, the general manager or the group has answered (S0-08, S2-185)."""
        self._need_words("answer", answer)
        asked_me = escalation.to_id in (None, by.pk) or by.has_perm("cases.lead_complaint")
        if escalation.complaint_id != self.pk or escalation.answered_at is not None:
            raise ValidationError({"escalation": _("This was answered already.")})
        if not asked_me:
            raise PermissionDenied(_("This was put before somebody else."))
        escalation.answer, escalation.answered_by, escalation.answered_at = answer, by, self.moment
        escalation.save(update_fields=["answer", "answered_by", "answered_at"])
        self.say(answer)
        self.remember(escalation=escalation.pk)

    @transition("status", source="*", permission="cases.verify_complaint", label=_("Verify the entry"))
    def verify_entry(self, *, by, words=""):
        """A second person has checked what was entered; until then it does not count in the ledger (S2-85)."""
        if self.verified_at is not None:
            raise ValidationError({"words": _("This entry is verified already.")})
        if self.received_by_id == by.pk:
            raise PermissionDenied(_("Somebody else must verify what you entered."))
        self.verified_by, self.verified_at = by, self.moment
        self.say(words)

    @transition("status", source=list(OPEN), permission=handler, label=_("Correct the record"))
    def correct(self, *, by, reason, **fields):
        """What was entered wrongly is put right; what changed stays on record (threats 3)."""
        changed = sorted(name for name, value in fields.items() if getattr(self, name) != value)
        if not changed:
            raise ValidationError({"reason": _("Nothing was changed.")})
        self._need_words("reason", reason)
        for name in changed:
            setattr(self, name, fields[name])
        self.say(reason)
        self.remember(fields=changed)
        if {"content", "demand_words", "caller_name", "caller_phone"} & set(changed):
            self.reindex()

    def _need_words(self, field, words):
        if not (words or "").strip():
            raise ValidationError({field: _("This cannot be left empty.")})
