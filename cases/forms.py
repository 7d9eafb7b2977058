"""The forms of a complaint's moves. Each names the fields its verb takes; choices are limited to what the user may use."""

from django import forms
from django.contrib.auth import get_user_model
from django.forms import formset_factory
from django.forms.utils import ErrorDict, ErrorList
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from cases.models import Appraisal, Checkpoint, Complaint, ComplaintClass, PlanOption, RaisedBy, StandardPlan, choices
from core.forms import DayField, LineField, ModelForm, MomentField, MoneyField, Segments, TextField, Ticks
from workflow.forms import MoveForm
from workflow.models import Promise

User = get_user_model()


def text_area(label, *, rows=3, required=True, max_length=4000, **kwargs):
    """A text area for a person's own words."""
    return TextField(label=label, rows=rows, required=required, max_length=max_length, **kwargs)


def pick(label, options, **kwargs):
    """A short list, shown whole."""
    return forms.ChoiceField(label=label, choices=options, widget=Segments, **kwargs)


def yes_no(label, **kwargs):
    return forms.TypedChoiceField(
        label=label,
        choices=[("yes", _("Yes")), ("no", _("No"))],
        widget=Segments,
        coerce=lambda value: value == "yes",
        **kwargs,
    )


def colleagues(record):
    """Active staff of the record's region."""
    return User.objects.filter(is_active=True, regions=record.region_id).order_by("name")


def without_blank(options):
    return [(value, label) for value, label in options if value != ""]


class AnswerOnTheSpotForm(MoveForm):
    answer = text_area(_("Answer"))
    verdict = pick(_("The customer is"), choices.Verdict.choices[:5], initial=choices.Verdict.SATISFIED)


class RecordContactForm(MoveForm):
    channel = pick(
        _("By"), [("phone", _("phone")), ("wechat", _("WeChat")), ("sms", _("text message")), ("email", _("e-mail"))],
        initial="phone",
    )  # fmt: skip
    result = pick(_("Result"), choices.ContactResult.choices, initial=choices.ContactResult.REACHED)
    outbound = yes_no(_("We called"), initial="yes")
    words = text_area(_("What was said"))


class RemoteHelpForm(MoveForm):
    result = pick(_("Result"), [c for c in choices.Remote.choices if c[0] != choices.Remote.NOT_TRIED])
    words = text_area(_("What was tried or explained"))


class StartJudgingForm(MoveForm):
    klass = forms.ModelChoiceField(label=_("Class"), queryset=ComplaintClass.objects.filter(active=True))
    department = forms.ModelChoiceField(label=_("Department"), queryset=Department.objects.all())
    reply = text_area(_("First reply to the customer"))

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.initial.setdefault("klass", record.klass_id)
        self.initial.setdefault("department", record.department_id or (record.klass and record.klass.department_id))


class JudgeForm(MoveForm):
    grounds_sufficient = yes_no(_("Are the grounds sufficient?"))
    demand_reasonable = yes_no(_("Is the demand reasonable?"))
    in_scope = yes_no(_("Within after-sales scope? (warranty, product, channel)"))


class JudgeInvalidForm(JudgeForm):
    reason = text_area(_("Reason"))


class JudgeValidForm(JudgeForm):
    department = forms.ModelChoiceField(label=_("Responsible department"), queryset=Department.objects.all())
    severity = pick(_("Severity"), choices.Severity.choices)
    investigate_until = DayField(label=_("Investigation agreed until"), required=False)
    reason = text_area(_("Grounds"))

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        usual = {"grounds_sufficient": "yes", "demand_reasonable": "yes", "in_scope": "yes"}
        for name, value in (usual | {"department": record.department_id, "severity": record.severity}).items():
            self.initial.setdefault(name, value)


class AnswerCustomerForm(MoveForm):
    answer = text_area(_("Answer to the customer"), rows=5)
    channel = pick(_("By"), Promise.Channel.choices, initial="phone")
    understood = yes_no(_("Did the customer understand?"), initial="yes")


class RequestAppraisalForm(MoveForm):
    technician = forms.ModelChoiceField(label=_("Technician"), queryset=User.objects.none())
    words = text_area(_("What to look at"))

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        appraisers = User.objects.filter(is_active=True, groups__name__in=Complaint.APPRAISERS).values("pk")
        self.fields["technician"].queryset = colleagues(record).filter(pk__in=appraisers)


class RecordAppraisalForm(MoveForm):
    about = ("appraisal",)

    appraisal = forms.ModelChoiceField(label=_("Appraisal"), queryset=Appraisal.objects.none(), empty_label=None)
    verdict = pick(_("Verdict"), Appraisal.Finding.choices[1:])
    findings = text_area(_("Findings"))
    place = LineField(label=_("Place"), max_length=120)
    extent = LineField(label=_("Extent of the damage"), max_length=200, required=False)
    proposed_remedy = LineField(label=_("Proposed remedy"), max_length=200, required=False)
    amount = MoneyField(label=_("Estimated amount"), allow_zero=True, required=False)

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        waiting = record.appraisals.filter(done_at__isnull=True)
        self.fields["appraisal"].queryset = waiting
        self.initial.setdefault("appraisal", waiting.first())
        self.initial.setdefault("place", record.matter.customer.address)


class CountersignForm(MoveForm):
    about = ("appraisal",)

    appraisal = forms.ModelChoiceField(label=_("Appraisal"), queryset=Appraisal.objects.none(), empty_label=None)
    words = text_area(_("Note"), required=False)

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        done = record.appraisals.filter(done_at__isnull=False, countersigned_at__isnull=True)
        self.fields["appraisal"].queryset = done
        self.initial.setdefault("appraisal", done.first())


class FindingsForm(MoveForm):
    """What was found out; the same fields are asked again, filled in, when the plan is proposed."""

    FINDINGS = (
        "cause",
        "human_error",
        "responsible_person",
        "installed_by",
        "others_ruled_out",
        "liability",
        "is_damaged",
        "stage",
        "area",
        "remote",
        "demand_reasonable",
        "key_point",
        "analysis",
    )

    cause = pick(_("Cause"), choices.Cause.choices)
    human_error = pick(_("Kind of error"), choices.HumanError.choices, required=False)
    responsible_person = forms.ModelChoiceField(
        label=_("Person responsible"), queryset=User.objects.none(), required=False
    )
    installed_by = pick(_("Installed by"), choices.Installer.choices, required=False)
    others_ruled_out = forms.BooleanField(
        label=_("The customer's doing and a product fault are ruled out"), required=False
    )
    liability = pick(_("Who answers for it"), choices.Liability.choices)
    is_damaged = forms.BooleanField(label=_("Something is damaged"), required=False)
    stage = pick(_("Stage"), choices.Stage.choices, required=False)
    area = pick(_("Side of our work"), choices.Area.choices, required=False)
    remote = pick(_("Help from afar"), choices.Remote.choices)
    demand_reasonable = yes_no(_("Is the demand reasonable?"))
    key_point = LineField(label=_("Key point"), max_length=200)
    analysis = text_area(_("Analysis"), rows=4)

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.fields["responsible_person"].queryset = User.objects.filter(is_active=True).order_by("name")
        for name in self.FINDINGS:
            value = getattr(record, name)
            if name == "responsible_person":
                value = record.responsible_person_id
            if name == "demand_reasonable":
                value = {True: "yes", False: "no"}.get(value)
            self.initial.setdefault(name, value)


class OptionForm(ModelForm):
    """One option of a plan."""

    cost = MoneyField(label=_("Estimated cost"), allow_zero=True)
    compensation = MoneyField(label=_("Money to the customer"), allow_zero=True, required=False, initial=0)
    charge = MoneyField(
        label=_("The customer pays"), allow_zero=True, required=False, initial=0,
        help_text=_("Out of warranty, or damaged by the customer: the price he agrees to."),
    )  # fmt: skip

    class Meta:
        model = PlanOption
        fields = ["remedy", "steps", "cost", "days", "charge", "compensation", "raised_by", "skip_reason"]
        widgets = {"steps": forms.Textarea(attrs={"rows": 3}), "raised_by": Segments}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["raised_by"].required = False

    def details(self):
        clean = dict(self.cleaned_data)
        clean.pop("DELETE", None)
        clean["compensation"] = clean.get("compensation") or 0
        clean["charge"] = clean.get("charge") or 0
        clean["raised_by"] = clean.get("raised_by") or RaisedBy.NOBODY
        return clean


MOST_OPTIONS = 6
OptionFormSet = formset_factory(OptionForm, extra=2, max_num=MOST_OPTIONS, validate_max=True, can_delete=False)


class ProposePlanForm(FindingsForm):
    """Findings and options on one page: what the leader needs to choose."""

    def __init__(self, data=None, files=None, **kwargs):
        super().__init__(data, files, **kwargs)
        self.options = OptionFormSet(data, prefix="option")

    def is_valid(self):
        good = super().is_valid()
        return self.options.is_valid() and good

    def details(self):
        filled = [form for form in self.options.forms if form.has_changed()]
        return super().details() | {"options": [form.details() for form in filled]}

    def unchecked(self):
        for form in self.options.forms:
            form._errors = ErrorDict()
        self.options._errors, self.options._non_form_errors = [], ErrorList()
        return super().unchecked()

    @staticmethod
    def one_more(total):
        """How many options the form shows after “another option”; what a browser sent as the number may be nonsense."""
        return min(MOST_OPTIONS, int(total) + 1) if str(total).isdecimal() and len(str(total)) < 3 else 2


class ReturnPlanForm(MoveForm):
    comment = text_area(_("What should be better"))


class ApprovePlanForm(MoveForm):
    option = forms.ModelChoiceField(
        label=_("Option"), queryset=PlanOption.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    # Which options stood on the page he looked at: one added since then is not approved unseen (S2-179).
    viewed = forms.MultipleChoiceField(widget=forms.MultipleHiddenInput)
    instruction = text_area(_("Instruction"))
    offered = forms.ModelMultipleChoiceField(
        label=_("The customer may also choose"), queryset=PlanOption.objects.none(), widget=Ticks, required=False
    )

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        options = record.current_options()
        self.fields["option"].queryset = self.fields["offered"].queryset = options
        if len(options) < 2:
            del self.fields["offered"]
        ids = [str(option.pk) for option in options]
        self.fields["viewed"].choices = [(pk, pk) for pk in ids]
        self.initial.setdefault("viewed", ids)

    def clean_viewed(self):
        return [int(pk) for pk in self.cleaned_data["viewed"]]


class StandardPlanForm(MoveForm):
    plan = forms.ModelChoiceField(
        label=_("Standard plan"), queryset=StandardPlan.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    words = text_area(_("What the customer said to it"))

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.fields["plan"].queryset = StandardPlan.objects.for_complaint(record)


class AcceptPlanForm(MoveForm):
    how = pick(
        _("Agreed"),
        [("phone", _("by phone")), ("signature", _("by signature")), ("wechat", _("by WeChat"))],
        initial="phone",
    )
    words = text_area(_("What the customer said"))
    steps_agreed = text_area(_("Steps agreed with the customer"), required=False)


class DeclinePlanForm(MoveForm):
    preferred = forms.ModelChoiceField(
        label=_("Would rather have"), queryset=PlanOption.objects.none(), required=False, widget=forms.RadioSelect,
        empty_label=_("none of these"),
    )  # fmt: skip
    words = text_area(_("What the customer said"))

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.fields["preferred"].queryset = record.current_options()


class FinishStrandForm(MoveForm):
    about = ("strand",)

    strand = forms.ModelChoiceField(label=_("Strand"), queryset=None, widget=forms.RadioSelect, empty_label=None)
    needed = yes_no(_("Was it needed?"), initial="yes")
    outcome = text_area(_("Outcome"), max_length=500)

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        waiting = record.strands.filter(round=record.plan_round, done_at__isnull=True)
        self.fields["strand"].queryset = waiting
        self.initial.setdefault("strand", waiting.first())


class CheckpointForm(MoveForm):
    checkpoint = pick(_("Checkpoint"), Checkpoint.Kind.choices)
    words = text_area(_("Note"), required=False)


class ExplainForm(MoveForm):
    addressee = LineField(label=_("Addressed to"), max_length=60)
    settled_by = MomentField(label=_("Settled by"))
    reason = text_area(_("Reason"))

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.initial.setdefault("addressee", record.matter.customer.name)


class FinishImplementationForm(MoveForm):
    channel = pick(_("Told by"), Promise.Channel.choices, initial="phone")
    told = text_area(_("What the customer was told of the outcome"))


class EvaluateForm(MoveForm):
    overall = pick(_("Overall result"), choices.Verdict.choices[:5])
    words = text_area(_("Evaluation"))
    feedback = text_area(_("The customer's feedback"), required=False)
    sanctioned = forms.ModelChoiceField(label=_("Sanction: person"), queryset=User.objects.none(), required=False)
    sanction = LineField(label=_("Sanction: outcome"), max_length=300, required=False)

    def __init__(self, *args, record=None, user=None, **kwargs):
        super().__init__(*args, record=record, user=user, **kwargs)
        if not user.has_perm("cases.sanction_complaint"):
            del self.fields["sanctioned"], self.fields["sanction"]
        else:
            self.fields["sanctioned"].queryset = colleagues(record)


class FollowUpForm(MoveForm):
    verdict = pick(_("Result"), choices.Verdict.choices)
    words = text_area(_("What was said"))
    reason = LineField(label=_("Why no further attempt is made"), max_length=300, required=False)


class CloseForm(MoveForm):
    summary = text_area(_("Lesson for the case library"))


class DisputeForm(MoveForm):
    stage = pick(_("Stage"), choices.DisputeStage.choices)
    reason = text_area(_("Reason"))


class SettleDisputeForm(MoveForm):
    to = pick(
        _("What follows"),
        [
            (Complaint.Status.IMPLEMENTING, _("the terms are carried out")),
            (Complaint.Status.EVALUATING, _("nothing is left to do")),
        ],
    )
    terms = text_area(_("Terms"))


class MergeForm(MoveForm):
    into = forms.ModelChoiceField(label=_("Merge into"), queryset=Complaint.objects.none(), empty_label=None)
    reason = text_area(_("Reason"))

    def __init__(self, *args, record=None, user=None, **kwargs):
        super().__init__(*args, record=record, user=user, **kwargs)
        others = Complaint.objects.visible_to(user).open().of_customer(record.matter.customer_id)
        self.fields["into"].queryset = others.exclude(pk=record.pk).select_related("matter", "region")


class AssignForm(MoveForm):
    owner = forms.ModelChoiceField(label=_("Handler"), queryset=User.objects.none())
    words = text_area(_("Note"), required=False)

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        handlers = User.objects.filter(groups__permissions__codename="handle_complaint").values("pk")
        self.fields["owner"].queryset = colleagues(record).filter(pk__in=handlers)


class WordsForm(MoveForm):
    words = text_area(_("Note"), required=False)


class TransferForm(MoveForm):
    department = forms.ModelChoiceField(label=_("Department"), queryset=Department.objects.all())
    reason = text_area(_("Reason"), max_length=300)


class AnswerTransferForm(MoveForm):
    accept = yes_no(_("Accept?"))
    words = text_area(_("Note"))


class SeverityForm(MoveForm):
    severity = pick(_("Severity"), choices.Severity.choices)
    remedy_level = forms.TypedChoiceField(
        label=_("Remedy level"),
        choices=[("", "—"), *choices.RemedyLevel.choices],
        coerce=int,
        empty_value=None,
        required=False,
    )
    reason = text_area(_("Reason"))

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.initial.setdefault("severity", record.severity)
        self.initial.setdefault("remedy_level", record.remedy_level)


class RiskForm(MoveForm):
    risky = yes_no(_("Is there a risk?"), initial="yes")
    reason = text_area(_("Reason"))


class EscalateForm(MoveForm):
    level = pick(_("Put before"), choices.EscalationLevel.choices)
    reason = text_area(_("Reason"))


class AnswerEscalationForm(MoveForm):
    about = ("escalation",)

    escalation = forms.ModelChoiceField(label=_("Escalation"), queryset=None, empty_label=None)
    answer = text_area(_("Answer"))

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        waiting = record.escalations.filter(answered_at__isnull=True)
        self.fields["escalation"].queryset = waiting
        self.initial.setdefault("escalation", waiting.first())


class PromiseForm(MoveForm):
    kind = pick(_("Kind"), Promise.Kind.choices, initial="reply")
    what = LineField(label=_("What was promised"), max_length=200)
    channel = pick(_("By"), Promise.Channel.choices, initial="phone")
    due_at = MomentField(label=_("Until"), required=False)


class SettlePromiseForm(MoveForm):
    about = ("promise",)

    promise = forms.ModelChoiceField(label=_("Promise"), queryset=Promise.objects.none(), empty_label=None)
    outcome = LineField(label=_("Outcome"), max_length=200)

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        waiting = Promise.objects.open().filter(matter_id=record.matter_id)
        self.fields["promise"].queryset = waiting
        self.initial.setdefault("promise", waiting.first())


class CorrectForm(MoveForm):
    """Mending what was entered; the verb refuses when nothing changed."""

    content = text_area(_("Content"), rows=5, max_length=20000)
    klass = forms.ModelChoiceField(
        label=_("Class"), queryset=ComplaintClass.objects.filter(active=True), required=False
    )
    demand = forms.ChoiceField(label=_("Demand"), choices=[("", "—"), *choices.Demand.choices], required=False)
    demand_words = LineField(label=_("Demand in words"), max_length=200, required=False)
    caller_name = LineField(label=_("Caller"), max_length=60, required=False)
    caller_phone = LineField(label=_("Caller's phone"), max_length=30, required=False)
    urgency = forms.ChoiceField(label=_("Goes first"), choices=choices.Urgency.choices, required=False)
    reason = text_area(_("Why it is corrected"), rows=2)

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        for name in ("content", "demand", "demand_words", "caller_name", "caller_phone", "urgency"):
            self.initial.setdefault(name, getattr(record, name))
        self.initial.setdefault("klass", record.klass_id)
