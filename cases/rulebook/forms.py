"""Forms of the company's rules; each refuses to overwrite a colleague and writes what it changed on record."""

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms import Recorded
from accounts.roles import role_label
from cases.models import ComplaintClass, Guard, StandardPlan
from core.forms import DayField, LineField, MoneyField, Segments, TextField, Ticks
from core.models import Installation
from payments.models import DEPARTMENT, Giving, Tier
from workflow import policies
from workflow.models import DeadlinePolicy
from workflow.models.deadline import DEFAULT_LADDER

# Who a step of the ladder may name: what notifications.rules.role_of_step knows.
TOLD = ("owner", "supervisor", "manager", "general_manager")
STEPS = {
    "half": _("Reminder at percent"),
    "warning": pgettext_lazy("clock", "Warning at percent"),
    "breach": pgettext_lazy("clock", "Late"),
    "second_breach": _("Late again at percent"),
}
NAME = pgettext_lazy("rules", "Name")
DECIDE_MONEY = (DEPARTMENT, "agent", "specialist", "supervisor", "manager", "general_manager")


class ClockForm(Recorded):
    """How long something may take, for which cases, and who hears of it as the time runs out (design 3.6)."""

    subject_fields = ("kind", "name", "value", "unit", "calendar", "scope", "ladder", "pause_in", "repeats", "active")
    name = LineField(label=NAME, max_length=80)
    pause_in = forms.MultipleChoiceField(label=_("Stands still while"), required=False, widget=Ticks)

    class Meta:
        model = DeadlinePolicy
        fields = ["kind", "name", "value", "unit", "calendar", "repeats", "pause_in", "active"]
        widgets = {"kind": forms.Select, "unit": Segments, "calendar": Segments}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        policy = self.instance
        self.fields["kind"] = forms.ChoiceField(
            label=pgettext_lazy("clock", "Until"), choices=policies.clocks(), initial=policy.kind
        )
        self.fields["unit"].choices = DeadlinePolicy.Unit.choices
        self.fields["calendar"].choices = DeadlinePolicy.Calendar.choices
        self.fields["value"].validators = [MinValueValidator(0), MaxValueValidator(10_000)]
        self.fields["pause_in"].choices = policies.pauses()
        self.add_dimensions(policy)
        self.add_ladder(policy.ladder or DEFAULT_LADDER)

    def add_dimensions(self, policy):
        self.dimensions = []
        for name, label, choices in policies.dimensions():
            field = f"only_{name}"
            self.dimensions.append((field, name))
            self.fields[field] = forms.ChoiceField(
                label=_("Only: %(what)s") % {"what": label}, choices=[("", _("any")), *choices], required=False
            )
            self.initial[field] = policy.scope.get(name, "")

    def add_ladder(self, ladder):
        steps = {step["step"]: step for step in ladder}
        for name, label in STEPS.items():
            step = steps.get(name)
            if name != "breach":
                self.fields[f"{name}_at"] = forms.IntegerField(label=label, min_value=1, max_value=1000, required=False)
                self.fields[f"{name}_at"].help_text = _("of the time that it may take")
                self.initial[f"{name}_at"] = round(step["at"] * 100) if step else None
            self.fields[f"{name}_role"] = forms.ChoiceField(
                label=_("%(step)s: who is told") % {"step": label} if name == "breach" else _("Who is told"),
                choices=[(role, _("the handler") if role == "owner" else role_label(role)) for role in TOLD],
            )
            self.initial[f"{name}_role"] = step["role"] if step else "owner"

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("calendar") == DeadlinePolicy.Calendar.DAY and cleaned.get("unit") not in (None, "day"):
            self.add_error("unit", _("Calendar days are counted in days."))
        elif cleaned.get("value") == 0 and cleaned.get("calendar") != DeadlinePolicy.Calendar.DAY:
            self.add_error("value", _("0 means the same day, which only calendar days can say."))
        cleaned["scope"] = {name: cleaned[field] for field, name in self.dimensions if cleaned.get(field)}
        cleaned["ladder"] = self.ladder(cleaned)
        self.refuse_a_twin(cleaned)
        self.instance.scope, self.instance.ladder = cleaned["scope"], cleaned["ladder"]
        return cleaned

    def ladder(self, cleaned):
        """The steps in the order of time; empty for the usual one."""
        steps = []
        for name in STEPS:
            at = 100 if name == "breach" else cleaned.get(f"{name}_at")
            if at:
                steps.append({"step": name, "at": at / 100, "role": cleaned.get(f"{name}_role", "owner")})
        order = [step["at"] for step in steps]
        if order != sorted(set(order)):
            self.add_error("warning_at", _("The steps must follow one another: reminder, warning, late, late again."))
        usual = [step | {"at": float(step["at"])} for step in DEFAULT_LADDER]
        return [] if steps == usual else steps

    def refuse_a_twin(self, cleaned):
        if not cleaned.get("active"):
            return
        twins = DeadlinePolicy.objects.active().filter(kind=cleaned.get("kind")).exclude(pk=self.instance.pk)
        twin = next((policy for policy in twins if policy.scope == cleaned["scope"]), None)
        if twin:
            self.add_error(
                None, _("“%(name)s” already says this for the same cases; change that one.") % {"name": twin}
            )


def who_decides(role):
    """What the rulebook calls whoever a limit is for."""
    return _("Department: what counts as small") if role == DEPARTMENT else role_label(role)


class LimitForm(Recorded):
    """Up to which sum a role decides by itself, from a day on; and where small ends for the department (S0-11, X9)."""

    subject_fields = ("role", "giving", "limit", "since")
    role = forms.ChoiceField(label=capfirst(Tier._meta.get_field("role").verbose_name))
    giving = forms.ChoiceField(
        label=capfirst(Tier._meta.get_field("giving").verbose_name),
        choices=[("", pgettext_lazy("remedy", "any")), *Giving.choices],
        required=False,
    )
    limit = MoneyField(
        label=_("Limit in yuan"), required=False, allow_zero=True, help_text=_("Left empty: without limit.")
    )
    since = DayField(label=_("In force since"))

    class Meta:
        model = Tier
        fields = ["role", "giving", "limit", "since"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role, who_decides(role)) for role in DECIDE_MONEY]
        self.initial.setdefault("since", timezone.localdate())

    def clean_since(self):
        since = self.cleaned_data["since"]
        if since < timezone.localdate():
            raise forms.ValidationError(_("A limit cannot be changed for days that have passed."))
        return since

    def save(self, commit=True):
        self.instance.set_by = self.by
        return super().save()


class ClassForm(Recorded):
    """A class of complaints and the department that deals with it (S1-22, S1-65, S2-177)."""

    subject_fields = ("code", "name", "name_en", "department", "severity", "order", "active")
    name = LineField(label=NAME, max_length=60)
    name_en = LineField(
        label=capfirst(ComplaintClass._meta.get_field("name_en").verbose_name), max_length=60, required=False
    )

    class Meta:
        model = ComplaintClass
        fields = ["code", "name", "name_en", "department", "severity", "order", "active"]
        widgets = {"severity": Segments}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["severity"].choices = ComplaintClass._meta.get_field("severity").choices
        self.fields["department"].required = True
        self.fields["department"].queryset = self.fields["department"].queryset.filter(active=True)
        if self.instance.pk:
            # The word table and the policies know a class by its code.
            self.fields["code"].disabled = True


class PlanForm(Recorded):
    """A plan agents may carry out without asking, once somebody else than its author approved it (S3-88)."""

    subject_fields = ("name", "klass", "level", "remedy", "service_kind", "steps", "cost", "needs_visit", "active")
    # A change of these is another plan.
    SUBSTANCE = {"klass", "level", "remedy", "service_kind", "steps", "cost", "needs_visit"}
    name = LineField(label=NAME, max_length=80)
    steps = TextField(label=capfirst(StandardPlan._meta.get_field("steps").verbose_name), max_length=2000)
    cost = MoneyField(label=capfirst(StandardPlan._meta.get_field("cost").verbose_name), allow_zero=True)

    class Meta:
        model = StandardPlan
        fields = ["name", "klass", "level", "remedy", "service_kind", "steps", "cost", "needs_visit", "active"]
        widgets = {"level": Segments}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = StandardPlan._meta.get_field("level").choices
        self.fields["klass"].empty_label = _("any class")
        self.fields["klass"].queryset = ComplaintClass.objects.filter(active=True)

    def clean_name(self):
        name = self.cleaned_data["name"]
        if StandardPlan.objects.filter(name=name).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("There is a standard plan of this name already."))
        return name

    def save(self, commit=True):
        if self.SUBSTANCE & set(self.changed_data):
            self.instance.approved_by = self.instance.approved_at = None
        return super().save()


class GuardForm(Recorded):
    """Switching a rule of the lifecycle off or on again, with the reason (X8)."""

    subject_fields = ("active",)
    reason = TextField(label=_("Reason"), max_length=500)

    class Meta:
        model = Guard
        fields = ["active"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["active"].label = capfirst(_("in force"))
        # A rule nobody has touched yet has no row: two who switch it off at once still change the same thing.
        self.before = self.snapshot()
        self.initial["seen"] = self.fingerprint()

    def snapshot(self):
        return super().snapshot() | {"reason": self.cleaned_data["reason"] if hasattr(self, "cleaned_data") else ""}


class CompanyForm(Recorded):
    """What the company is called wherever it speaks to customers or prints a paper (S0-52), and since when it works here.

    What was due before that day belongs to the old books.
    """

    subject_fields = ("company", "went_live_on")
    company = LineField(label=capfirst(Installation._meta.get_field("company").verbose_name), max_length=80)

    went_live_on = DayField(
        label=capfirst(Installation._meta.get_field("went_live_on").verbose_name),
        required=False,
        help_text=_("Follow-up calls that were due before this day are marked as past, not as owed."),
    )

    class Meta:
        model = Installation
        fields = ["company", "went_live_on"]
