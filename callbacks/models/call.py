from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField

from callbacks import handing_over, hours
from callbacks.models import choices
from callbacks.models.parts import CallAnswer, CallAttempt, CallWeek, Campaign, Commendation, NumberTask
from callbacks.models.rules import CallRules, CallTemplate
from callbacks.querysets import FollowUpCallQuerySet
from cases.models import Complaint
from cases.models.choices import Verdict
from core import search
from core.calendar import local_day, midnight
from customers.models import Customer, ServiceCard
from payments.models import Gift
from workflow.actors import user_of
from workflow.errors import MoveRefused
from workflow.models import WorkflowModel
from workflow.transitions import because, transition

NUMBER_PREFIX = "HF"
MAKE, REVIEW, PLAN = (f"callbacks.{verb}_followupcall" for verb in ("make", "review", "hand_out"))
UNHAPPY = frozenset({Verdict.AVERAGE, Verdict.DISSATISFIED})
VERDICTS = [row for row in Verdict.choices if row[0] != Verdict.UNREACHED]


class Status(models.TextChoices):
    PLANNED = "planned", _("to be called")
    DUE = "due", _("call due")
    IN_CALL = "in_call", _("in call")
    RESCHEDULED = "rescheduled", _("another time agreed")
    UNREACHED = "unreached", pgettext_lazy("follow-up call", "not reached")
    DECLINED = "declined", _("declined the call")
    RECORDED = "recorded", _("recorded")
    TRANSFERRED = "transferred", _("handed over to after-sales")
    IN_REVIEW = "in_review", _("to be reviewed")
    SENT_BACK = "sent_back", _("sent back to be completed")
    REVIEWED = "reviewed", _("reviewed")
    LAPSED = "lapsed", _("could not be made")
    CANCELLED = "cancelled", _("cancelled")


WAITING = (Status.PLANNED, Status.DUE, Status.RESCHEDULED, Status.UNREACHED)
SPOKEN = (Status.RECORDED, Status.TRANSFERRED, Status.DECLINED, Status.IN_REVIEW, Status.SENT_BACK, Status.REVIEWED)


def own_call(call, user):
    """In a call only whoever dialled acts, and nobody else finishes it (S2-161)."""
    return user.has_perm(MAKE) and call.called_by_id == user.pk


def own_or_leading(call, user):
    return own_call(call, user) or user.has_perm(REVIEW)


def another_reviewer(call, user):
    """Who made a call does not review it."""
    return user.has_perm(REVIEW) and call.called_by_id != user.pk


@because(_("A complaint of this customer is open: the call waits until it is settled."))
def not_held(call):
    return not (CallRules.current().hold_for_complaint and call.open_complaints)


@because(_("The customer does not want to be called."))
def not_refused(call):
    return call.customer.root.allows(Customer.Purpose.CALLS)


@because(_("The attempts are used up."))
def tries_left(call):
    return call.tries < CallRules.current().tries


class FollowUpCall(WorkflowModel):
    """One call to one customer, for one or several reasons, from its plan to its review (《回访记录表》, S2-157).

    The states and verbs are the contract of the requirements, section "Follow-up call (callbacks)". Each call is a
    matter of its own: what it leads to, such as a complaint, is another and linked both ways.
    """

    Status = Status
    FINAL = frozenset({Status.REVIEWED, Status.LAPSED, Status.CANCELLED})

    status = FSMField(_("status"), choices=Status.choices, default=Status.PLANNED, protected=True)
    customer = models.ForeignKey(Customer, models.PROTECT, verbose_name=_("customer"), related_name="follow_up_calls")
    card = models.ForeignKey(
        ServiceCard, models.PROTECT, verbose_name=_("service card"), related_name="follow_up_calls", null=True
    )
    template = models.ForeignKey(CallTemplate, models.PROTECT, verbose_name=_("step"), related_name="+")
    script = models.CharField(_("conversation"), max_length=10, choices=choices.Script.choices)
    campaign = models.ForeignKey(Campaign, models.PROTECT, verbose_name=_("call list"), related_name="calls", null=True)
    anchor_on = models.DateField(_("counted from"))
    due_on = models.DateField(_("due on"))
    late_after = models.DateField(_("late after"))
    call_at = models.DateTimeField(_("to be called at"))
    agreed = models.BooleanField(_("time agreed with the customer"), default=False)
    lapses_on = models.DateField(_("given up on"), null=True)
    caller = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("on the list of"), related_name="+", null=True
    )
    technician = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("technician"), related_name="+", null=True
    )

    # --- made ---------------------------------------------------------------------------------------------------------
    mode = models.CharField(_("mode"), max_length=8, choices=choices.Mode.choices, default=choices.Mode.PHONE)
    called_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("called by"), related_name="+", null=True
    )
    dialled_at = models.DateTimeField(_("dialled at"), null=True)
    number_used = models.CharField(_("number"), max_length=30, blank=True)
    number_kind = models.CharField(_("kind of number"), max_length=10, blank=True)
    tries = models.PositiveSmallIntegerField(_("attempts without an answer"), default=0)
    unreached_kind = models.CharField(
        _("not reached because"), max_length=16, choices=choices.Outcome.choices, blank=True
    )
    spoken_at = models.DateTimeField(_("spoken at"), null=True)
    entered_at = models.DateTimeField(_("entered at"), null=True)
    seconds = models.PositiveIntegerField(_("length in seconds"), null=True)

    # --- said ---------------------------------------------------------------------------------------------------------
    verdict = models.CharField(_("verdict"), max_length=20, choices=VERDICTS, blank=True)
    doubt_cleared = models.BooleanField(_("doubt cleared in the call"), default=False)
    words = models.TextField(_("record"), max_length=2000, blank=True)
    team_rating = models.PositiveSmallIntegerField(_("rating of the team"), null=True)
    time_agreed = models.BooleanField(_("time agreed beforehand"), null=True)
    on_time = models.BooleanField(_("came on time"), null=True)
    frequency = models.CharField(_("how often used"), max_length=10, choices=choices.Frequency.choices, blank=True)
    condition = models.CharField(_("condition of the machine"), max_length=200, blank=True)
    wants_refit = models.BooleanField(_("thinks of an upgrade or refit"), default=False)
    wants_purchase = models.BooleanField(_("thinks of buying"), default=False)
    intention = models.CharField(_("intention in words"), max_length=300, blank=True)
    told_progress = models.BooleanField(_("told how the open complaint stands"), default=False)

    # --- handed over, reviewed -----------------------------------------------------------------------------------------
    complaint = models.ForeignKey(
        Complaint, models.PROTECT, verbose_name=_("complaint"), related_name="follow_up_calls", null=True
    )
    visit_wish = models.CharField(_("convenient for a visit"), max_length=100, blank=True)
    gift = models.CharField(_("gift"), max_length=10, choices=choices.Gift.choices, blank=True)
    gift_words = models.CharField(_("which gift"), max_length=80, blank=True)
    gift_given = models.OneToOneField(Gift, models.PROTECT, related_name="+", null=True)
    week = models.ForeignKey(CallWeek, models.PROTECT, related_name="calls", null=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True)
    review_comment = models.CharField(_("comment of the review"), max_length=300, blank=True)

    objects = FollowUpCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up call")
        verbose_name_plural = _("follow-up calls")
        indexes = [
            models.Index(
                fields=["status", "call_at", "id"],
                condition=Q(status__in=["planned", "due", "rescheduled", "unreached", "in_call"]),
                name="calls_waiting",
            ),
            models.Index(fields=["region", "call_at", "id"], condition=Q(status="due"), name="calls_due_of_region"),
            models.Index(fields=["-due_on", "-id"], name="calls_newest"),
            models.Index(fields=["region", "-due_on", "-id"], name="calls_of_region"),
            models.Index(fields=["customer", "-due_on", "-id"], name="calls_of_customer"),
            models.Index(fields=["called_by", "-spoken_at", "-id"], name="calls_by_caller"),
            models.Index(fields=["card"], name="calls_of_card"),
            models.Index(
                fields=["status", "called_by", "-id"],
                condition=Q(status__in=["in_review", "sent_back"]),
                name="calls_to_review",
            ),
            models.Index(fields=["matter"], name="calls_of_matter"),
        ]
        permissions = [
            ("make_followupcall", _("Can make follow-up calls")),
            ("hand_out_followupcall", _("Can hand out call lists and cancel calls")),
            ("review_followupcall", _("Can review the calls of others")),
            ("export_followupcall", _("Can export follow-up calls")),
        ]

    def get_absolute_url(self):
        return reverse("callbacks:call", args=[self.pk])

    # --- what it is ---------------------------------------------------------------------------------------------------
    @property
    def open_complaints(self):
        """The customer's complaints that are not settled; a page that has read them puts them here."""
        known = self.__dict__.get("_open_complaints")
        if known is None:
            known = self._open_complaints = list(
                Complaint.objects.open()
                .filter(matter__customer__root=self.customer.root_id)
                .exclude(status=Complaint.Status.AWAITING_FOLLOW_UP)
                .select_related("matter__customer", "matter__owner", "region")
                .order_by("received_at")
            )
        return known

    @property
    def is_late(self):
        return self.status in WAITING and local_day(self.moment) > self.late_after

    def quiet_until(self, now):
        """When the customer may be called again; None where he may be called now (S2-161)."""
        free = hours.next_open(self.customer.root, CallRules.current(), now)
        return None if free == now else free

    # --- falling due ----------------------------------------------------------------------------------------------------
    @transition(
        "status", source=[Status.PLANNED, Status.RESCHEDULED], target=Status.DUE, permission=PLAN, label=_("Fall due")
    )
    def fall_due(self, *, by, words=""):
        """The day has come: the call stands on today's lists (S2-02)."""
        self.say(words)

    @transition(
        "status", source=Status.UNREACHED, target=Status.PLANNED, permission=PLAN, conditions=[tries_left],
        label=_("Try again"),
    )  # fmt: skip
    def retry(self, *, by, words=""):
        """The pause after an attempt is over."""
        self.say(words)

    @transition("status", source=Status.PLANNED, target=Status.DUE, permission=MAKE, label=_("Call today already"))
    def pull_forward(self, *, by, words=""):
        """A caller fills his day's quota with a call of the days to come (S2-03)."""
        self.call_at = min(self.call_at, self.moment)
        self.say(words or _t("Taken forward to today."))

    @transition(
        "status", source=[Status.DUE, Status.UNREACHED], target=Status.LAPSED, permission=PLAN, label=_("Give up")
    )
    def lapse(self, *, by, words=""):
        """The next step has come, or the attempts are used up; the coverage shows it (S2-162)."""
        self.say(words)

    @transition(
        "status", source=list(WAITING), target=Status.CANCELLED, permission=PLAN, label=_("Cancel the call"),
        tone="danger",
    )  # fmt: skip
    def cancel(self, *, by, reason):
        """Nobody needs to call: goods returned, customer withdrew, a new repair starts the ladder again."""
        self._need("reason", reason)
        self.reasons.filter(satisfied_at__isnull=True).update(dropped_at=self.moment)
        self.say(reason)

    @transition("status", source=[Status.PLANNED, Status.DUE], permission=PLAN, label=_("Change the day"))
    def move(self, *, by, due_on, reason):
        """A step of the plan is made earlier or later for this customer."""
        self._need("reason", reason)
        if due_on < local_day(self.moment):
            raise ValidationError({"due_on": _("This day has passed.")})
        self.late_after += due_on - self.due_on
        self.due_on, self.call_at, self.agreed = due_on, midnight(due_on), False
        self.say(reason)
        self.remember(due_on=due_on.isoformat())

    @transition("status", source=list(WAITING), permission=PLAN, label=_("Give to a caller"))
    def assign(self, *, by, caller, words=""):
        """The specialist puts the call on somebody's list (S2-02)."""
        self.caller = caller
        self.say(words)
        self.remember(caller=caller.pk)

    # --- calling --------------------------------------------------------------------------------------------------------
    @transition(
        "status", source=Status.DUE, target=Status.IN_CALL, permission=MAKE, conditions=[not_refused, not_held], label=_("Dial"),
        tone="primary",
    )  # fmt: skip
    def dial(self, *, by, phone=None, mode=choices.Mode.PHONE):
        """The caller takes the call: nobody else has it until he is done (S2-161, S0-64)."""
        if mode == choices.Mode.PHONE:
            if phone is None or phone.customer.root_id != self.customer.root_id:
                raise ValidationError({"phone": _("Choose one of the customer's numbers.")})
            self._not_in_quiet_hours()
        self.mode, self.called_by, self.dialled_at = mode, user_of(by), self.moment
        self._attempt(phone, by)

    def _not_in_quiet_hours(self):
        until = self.quiet_until(self.moment)
        if until is not None:
            reason = _t("The customer is not to be called now; from %(at)s on.") % {
                "at": f"{timezone.localtime(until):%m-%d %H:%M}"
            }
            raise MoveRefused(reason, record=self, verb="dial")

    def _attempt(self, phone, by):
        self.number_used = phone.number if phone else ""
        self.number_kind = phone.kind if phone else ""
        CallAttempt.objects.create(
            call=self, no=self.attempts.count() + 1, number=self.number_used, kind=self.number_kind,
            by=user_of(by), begun_at=self.moment,
        )  # fmt: skip
        self.say(phone.get_kind_display() if phone else self.get_mode_display())
        self.remember(kind=self.number_kind, mode=self.mode)

    def _end_attempt(self, outcome):
        self.attempts.filter(outcome=choices.Outcome.TALKING).update(outcome=outcome, ended_at=self.moment)

    @transition("status", source=Status.IN_CALL, permission=own_call, label=_("Go on at another number"))
    def switch_phone(self, *, by, phone):
        """The customer rather talks on this number: stored, preferred from now on, dialled as a second attempt (S0-66)."""
        if phone.customer.root_id != self.customer.root_id:
            raise ValidationError({"phone": _("Choose one of the customer's numbers.")})
        self._end_attempt(choices.Outcome.SWITCHED)
        self._attempt(phone, by)
        if self.customer.preferred_phone_id != phone.pk and phone.customer_id == self.customer_id:
            self.customer.prefer(phone, by=user_of(by))

    @transition(
        "status", source=Status.IN_CALL, target=Status.DUE, permission=own_or_leading, label=_("Leave the call")
    )
    def release(self, *, by, words=""):
        """The screen was left without a result; the call is free for anybody again."""
        self._end_attempt(choices.Outcome.DROPPED)
        self.say(words or _t("Left without a result."))

    @transition("status", source=Status.IN_CALL, target=Status.UNREACHED, permission=own_call, label=_("Not reached"))
    def no_answer(self, *, by, kind, words=""):
        """An attempt without an answer; its kind says when, and whether, to try again (S0-69)."""
        self._end_attempt(kind)
        self.tries += 1
        self.unreached_kind = kind
        rules = CallRules.current()
        self.call_at = hours.next_try(self.customer.root, rules, self.moment + rules.pause(self.tries))
        if kind in choices.BAD_NUMBER:
            self._raise_number_task(kind)
        self.say(words or choices.Outcome(kind).label)
        self.remember(kind=kind, tries=self.tries)
        handing_over.tell_unreached(self, by=by, used_up=self.tries >= rules.tries)
        self.reindex()

    def _raise_number_task(self, kind):
        phone = self.customer.phones.filter(number=self.number_used).first()
        NumberTask.objects.get_or_create(
            customer=self.customer, phone=phone, done_at=None,
            defaults={"call": self, "region": self.region, "outcome": kind, "raised_at": self.moment},
        )  # fmt: skip

    @transition(
        "status", source=Status.IN_CALL, target=Status.RESCHEDULED, permission=own_call, label=_("Call at another time")
    )
    def reschedule(self, *, by, at=None, words=""):
        """Not convenient: the time the customer named, or the next try by our own rules (S0-48, S0-63)."""
        if at is not None and at <= self.moment:
            raise ValidationError({"at": _("Choose a time that is still to come.")})
        rules = CallRules.current()
        self._end_attempt(choices.Outcome.REACHED)
        self.agreed = at is not None
        self.call_at = at or hours.next_try(self.customer.root, rules, self.moment + rules.pause(2))
        self.caller = user_of(by) if self.agreed else self.caller
        self.say(words or (_t("A time was agreed.") if self.agreed else _t("No time was named.")))
        self.remember(at=self.call_at.isoformat(), agreed=self.agreed)

    # --- results --------------------------------------------------------------------------------------------------------
    @transition("status", source=Status.IN_CALL, target=Status.DECLINED, permission=own_call, label=_("Wants no call"))
    def decline(self, *, by, reason):
        """The customer does not want this call; it is counted, and this step tries no more (S0-43)."""
        self._need("reason", reason)
        self.words = reason[:2000]
        self._finish()
        handing_over.tell_declined(self, by=by, reason=reason)
        self.say(reason)

    @transition(
        "status", source=Status.IN_CALL, target=Status.RECORDED, permission=own_call, label=_("Record the call"),
        tone="primary",
    )  # fmt: skip
    def record(self, *, by, answers=(), praise=None, spoken_at=None, **said):
        """What the customer said, by sides of our work; the call ends with its record (S0-44, S0-67, S2-163).

        ``answers`` are dicts of CallAnswer fields, ``praise`` one of Commendation fields, ``said`` columns of the call.
        """
        self._take_down(answers, said)
        unhappy = self.verdict in UNHAPPY or any(row.get("settled") is False for row in answers)
        if unhappy and not self.doubt_cleared:
            raise ValidationError(
                {"doubt_cleared": _("Explain first; where the doubt stays, hand the call over to after-sales.")}
            )
        self._finish(spoken_at)
        self._praise(praise, by)
        self._report_intention(by)
        handing_over.tell_complaints(self, by=by)
        self.say(self.words or self._summary(answers))
        self.remember(verdict=self.verdict, cleared=self.doubt_cleared)

    @transition(
        "status", source=Status.IN_CALL, target=Status.TRANSFERRED, permission=own_call,
        label=_("Hand over to after-sales"),
    )  # fmt: skip
    def transfer(self, *, by, complaint, answers=(), praise=None, spoken_at=None, gift_value=None, **said):
        """Work is needed: the complaint exists when the call ends, with its own 72 hours (S0-46, S0-57, S0-68).

        ``complaint`` holds what ``Complaint.register`` takes besides customer and channel.
        """
        self._take_down(answers, said)
        if not any(row["tone"] == choices.Tone.PROBLEM for row in answers):
            raise ValidationError({"problem": _("Write down what is wrong.")})
        if self.gift in (choices.Gift.GIVEN, choices.Gift.PROPOSED) and not self.gift_words.strip():
            raise ValidationError({"gift_words": _("Name the gift.")})
        self._finish(spoken_at)
        self._praise(praise, by)
        self._report_intention(by)
        self.complaint = handing_over.hand_over(self, by=by, **complaint)
        if self.gift == choices.Gift.GIVEN:
            self.gift_given = handing_over.give(self, gift_value, by=by)
        self.say(self._summary(answers))
        self.remember(verdict=self.verdict, complaint=self.complaint.pk, gift=self.gift)

    def _take_down(self, answers, said):
        for name, value in said.items():
            setattr(self, name, value)
        if not self.verdict and not self.told_progress:
            raise ValidationError({"verdict": _("Ask whether the customer is satisfied.")})
        if self.verdict in UNHAPPY and not any(row["tone"] == choices.Tone.PROBLEM for row in answers):
            raise ValidationError({"problem": _("Write down what the customer is not satisfied with.")})
        if self.script == choices.Script.EQUIPMENT and not self.frequency:
            raise ValidationError({"frequency": _("Ask how often the machine is used.")})
        if self.script == choices.Script.PROVIDER and None in (self.time_agreed, self.on_time):
            raise ValidationError({"time_agreed": _("Ask both questions about the fitter.")})
        self.answers.all().delete()
        CallAnswer.objects.bulk_create(CallAnswer(call=self, **row) for row in answers)

    def _finish(self, spoken_at=None):
        if spoken_at is not None and spoken_at > self.moment:
            raise ValidationError({"spoken_at": _("This time is still to come.")})
        self._end_attempt(choices.Outcome.REACHED)
        self.spoken_at, self.entered_at = spoken_at or self.moment, self.moment
        if spoken_at is None and self.dialled_at is not None:
            self.seconds = max(0, int((self.moment - self.dialled_at).total_seconds()))
        self.reasons.filter(dropped_at__isnull=True).update(satisfied_at=self.moment)
        self.reindex()

    def _praise(self, praise, by):
        if not praise:
            return
        noted = Commendation.objects.create(
            call=self, region_id=self.region_id, at=self.moment, noted_by=user_of(by), **praise
        )
        data = {"commendation": noted.pk, "person": noted.person_id}
        self.log("commend", by=by, note=noted.words, data=data)

    def _report_intention(self, by):
        if self.wants_refit or self.wants_purchase:
            data = {"refit": self.wants_refit, "purchase": self.wants_purchase}
            self.log("report_intention", by=by, note=self.intention, data=data)

    def _summary(self, answers):
        said = "；".join(row["text"] for row in answers if row["text"])
        return said or (self.get_verdict_display() if self.verdict else _t("Told how the complaint stands."))

    # --- the week's review ------------------------------------------------------------------------------------------------
    @transition(
        "status", source=[Status.RECORDED, Status.TRANSFERRED, Status.DECLINED], target=Status.IN_REVIEW,
        permission=own_call, label=_("Submit for review"),
    )  # fmt: skip
    def submit_week(self, *, by, week, words=""):
        """The week's records go to the specialist (S2-07)."""
        self.week = week
        self.say(words or _t("Submitted with the week."))

    @transition(
        "status", source=Status.SENT_BACK, target=Status.IN_REVIEW, permission=own_call, label=_("Submit again")
    )
    def resubmit(self, *, by, words):
        """What was missing has been added."""
        self._need("words", words)
        self.words = f"{self.words}\n{words}".strip()[:2000]
        self.reindex()
        self.say(words)

    @transition(
        "status", source=Status.IN_REVIEW, target=Status.REVIEWED, permission=another_reviewer, label=_("Review"),
        tone="primary",
    )  # fmt: skip
    def review(self, *, by, comment=""):
        """The record is complete and plausible (S2-07)."""
        self._reviewed(by, comment)
        self.say(comment or _t("Reviewed."))

    @transition(
        "status", source=Status.IN_REVIEW, target=Status.SENT_BACK, permission=another_reviewer, label=_("Send back")
    )
    def send_back(self, *, by, comment):
        """Something is missing: the caller completes it (S2-07)."""
        self._need("comment", comment)
        self._reviewed(by, comment)
        self.say(comment)
        self.remember(to=self.called_by_id)

    def _reviewed(self, by, comment):
        self.reviewed_by, self.reviewed_at, self.review_comment = user_of(by), self.moment, comment[:300]

    def _need(self, field, words):
        if not (words or "").strip():
            raise ValidationError({field: _("This cannot be left empty.")})

    # --- found again ------------------------------------------------------------------------------------------------------
    def reindex(self):
        """Let the call be found by every word in it, its number and the customer's (S0-69)."""
        search.index_many([self.search_entry()])

    def search_entry(self):
        """What it is found by: what was said in it, its number, the number that was dialled."""
        said = [text for row in self.answers.all() for text in (row.text, row.reply)]
        return search.entry(
            "follow_up_call",
            self.pk,
            customer_id=self.customer_id,
            region_id=self.region_id,
            at=self.spoken_at or self.dialled_at or self.created_at,
            texts=[self.words, self.intention, self.visit_wish, *said],
            phones=[self.number_used],
            numbers=[self.number],
            ended=self.is_final,
        )
