"""The forms of calls: the conversation as one form that is walked through, and the acts around it."""

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from callbacks.models import choices
from callbacks.models.call import UNHAPPY, VERDICTS
from cases.models import ComplaintClass
from cases.models.choices import Area, Severity, Verdict
from core.forms import DayField, Form, LineField, MomentField, MoneyField, PhoneField, Segments, TextField
from customers.models import Phone
from workflow.forms import MoveForm

User = get_user_model()
AREA_CLASS = {
    Area.SALES: "sales",
    Area.INSTALLATION: "installation",
    Area.PRODUCT: "quality",
    Area.SERVICE: "after_sales_service",
}
YES_NO = [("yes", _("Yes")), ("no", _("No"))]
GOOD = [row for row in VERDICTS if row[0] in (Verdict.COMPLETELY, Verdict.SATISFIED, Verdict.BASICALLY)]
BAD = [row for row in VERDICTS if row[0] in UNHAPPY]


def pick(label, options, **kwargs):
    return forms.ChoiceField(label=label, choices=options, widget=Segments, required=False, **kwargs)


def said(label, rows=2, **kwargs):
    return TextField(label=label, rows=rows, required=False, max_length=2000, **kwargs)


def tick(label):
    return forms.BooleanField(label=label, required=False)


def callers(region_ids):
    """Who may be given calls of these regions."""
    people = User.objects.filter(is_active=True, groups__name__in=["agent", "specialist"], regions__in=region_ids)
    return people.distinct().order_by("name")


class TalkForm(MoveForm):
    """Everything a conversation may bring up. What is asked where is the tree's business, what is required that of the act."""

    # opening and its ways out
    at = MomentField(label=_("Convenient at"), required=False, help_text=_("Empty: our next try."))
    note = LineField(label=_("Note"), required=False)
    number = PhoneField(label=_("Landline"), required=False)
    kind = pick(_("What happened"), [(kind.value, kind.label) for kind in choices.UNREACHED])
    reason = LineField(label=_("Reason"), required=False)
    # asked
    verdict = forms.ChoiceField(choices=[("", ""), *VERDICTS], required=False, widget=forms.HiddenInput)
    told_progress = forms.BooleanField(required=False, widget=forms.HiddenInput)
    doubt_cleared = forms.BooleanField(required=False, widget=forms.HiddenInput)
    question_settled = forms.ChoiceField(choices=[("", ""), *YES_NO], required=False, widget=forms.HiddenInput)
    sales = said(pgettext_lazy("area", "Sales"))
    installation = said(pgettext_lazy("area", "Installation"))
    product = said(pgettext_lazy("area", "Product"))
    service = said(pgettext_lazy("area", "Service"))
    time_agreed = pick(_("Agreed a time beforehand"), YES_NO)
    on_time = pick(_("Came on time"), YES_NO)
    team_rating = pick(_("Rating of the team"), [(str(n), str(n)) for n in range(1, 6)])
    frequency = pick(_("How often used"), choices.Frequency.choices)
    condition = LineField(label=_("Condition"), required=False)
    verdict_good = pick(pgettext_lazy("of a customer", "Verdict"), GOOD)
    suggestion = said(_("Suggestions"))
    # praise, question, intention
    praised = forms.ModelChoiceField(label=_("Colleague"), queryset=User.objects.none(), required=False)
    praised_name = LineField(
        label=_("or as the customer calls him"), required=False, max_length=60, help_text=_("Who is not on the list.")
    )
    praise_words = said(_("Praised for"))
    question_area = pick(_("About"), Area.choices)
    question = said(_("Question"))
    reply = said(_("Answer given"))
    wants_refit = tick(_("Thinks of an upgrade or refit"))
    wants_purchase = tick(_("Thinks of buying"))
    intention = LineField(label=_("In his words"), required=False)
    # not satisfied
    verdict_bad = pick(pgettext_lazy("of a customer", "Verdict"), BAD)
    problem_area = pick(_("About"), Area.choices)
    problem = said(_("What is wrong"), rows=3)
    explained = said(_("What was explained"))
    klass = forms.ModelChoiceField(label=_("Class"), queryset=ComplaintClass.objects.none(), required=False)
    severity = pick(_("Severity"), Severity.choices)
    is_grave = tick(_("Grave incident: the general manager is told at once"))
    visit_at = MomentField(label=_("Visit on"), required=False)
    visit_wish = LineField(label=_("or as he put it"), required=False, max_length=100)
    gift = pick(_("Gift"), choices.Gift.choices)
    gift_words = LineField(label=_("Which gift"), required=False, max_length=80)
    gift_value = MoneyField(label=_("Worth in yuan"), required=False)
    spoken_at = MomentField(label=_("Spoken at"), required=False, help_text=_("Only for what is entered afterwards."))

    def __init__(self, *args, verb="", **kwargs):
        super().__init__(*args, **kwargs)
        self.verb = verb
        self.fields["praised"].queryset = self._colleagues()
        self.fields["klass"].queryset = ComplaintClass.objects.filter(active=True)

    def _colleagues(self):
        return User.objects.filter(is_active=True, regions=self.record.region_id).order_by("name")

    def clean(self):
        clean = super().clean()
        getattr(self, f"_clean_{self.verb}", lambda clean: None)(clean)
        return clean

    def _need(self, clean, name, sentence):
        if not clean.get(name) and name not in self.errors:
            self.add_error(name, sentence)

    def _clean_no_answer(self, clean):
        self._need(clean, "kind", _("Say what happened."))

    def _clean_decline(self, clean):
        self._need(clean, "reason", _("Write the reason; “busy” is enough."))

    def _clean_switch_phone(self, clean):
        self._need(clean, "number", _("Write the number down."))

    def _clean_record(self, clean):
        self._need_verdict(clean, "verdict_bad" if clean.get("doubt_cleared") else "verdict_good")

    def _need_verdict(self, clean, name):
        """Who came here by a question or by praise was not asked yet; he is asked where he stands."""
        if not (self._verdict(clean) or clean.get("told_progress")):
            self.add_error(name, _("Ask whether the customer is satisfied."))

    def _clean_transfer(self, clean):
        self._need_verdict(clean, "verdict_bad")
        self._need(clean, "problem", _("Write down what is wrong."))
        self._need(clean, "gift", _("Decide whether a gift is to make good for it."))
        if not clean.get("visit_at"):
            self._need(clean, "visit_wish", _("Ask when a visit would be convenient."))

    # --- what the verbs take ---------------------------------------------------------------------------------------------
    def details(self):
        clean = self.cleaned_data
        simple = {
            "reschedule": lambda: {"at": clean["at"], "words": clean["note"]},
            "no_answer": lambda: {"kind": clean["kind"], "words": clean["note"]},
            "decline": lambda: {"reason": clean["reason"]},
            "switch_phone": lambda: {"phone": self.phone()},
            "release": dict,
        }
        if self.verb in simple:
            return simple[self.verb]()
        result = self._said() | {"answers": self._answers(), "praise": self._praise(), "spoken_at": clean["spoken_at"]}
        return result | ({"complaint": self._complaint()} if self.verb == "transfer" else {})

    def phone(self):
        """The landline, kept with the file; ValidationError where it is no number."""
        try:
            return self.record.customer.add_phone(self.cleaned_data["number"], by=self.user)
        except ValueError as reason:
            raise ValidationError({"number": str(reason)}) from None

    def _said(self):
        clean = self.cleaned_data
        fields = {name: clean[name] for name in (
            "told_progress", "doubt_cleared", "frequency", "condition", "wants_refit", "wants_purchase", "intention",
        )}  # fmt: skip
        return fields | {
            "verdict": self._verdict(clean),
            "team_rating": int(clean["team_rating"]) if clean["team_rating"] else None,
            "time_agreed": _yes(clean["time_agreed"]),
            "on_time": _yes(clean["on_time"]),
            "words": clean["suggestion"],
            **({"visit_wish": clean["visit_wish"], "gift": clean["gift"], "gift_words": clean["gift_words"]}
               if self.verb == "transfer" else {}),
            **({"gift_value": clean["gift_value"]} if self.verb == "transfer" else {}),
        }  # fmt: skip

    @staticmethod
    def _verdict(clean):
        """The answer that was pressed; among the good ones the finer word, where none was pressed the one ticked."""
        pressed = clean.get("verdict", "")
        if pressed in UNHAPPY:
            return pressed
        return clean.get("verdict_bad") or clean.get("verdict_good") or pressed

    def _answers(self):
        clean, tone = self.cleaned_data, choices.Tone
        rows = [{"area": area, "tone": tone.OPINION, "text": clean[area]} for area in Area.values if clean[area]]
        if clean["suggestion"]:
            rows.append({"area": Area.SERVICE, "tone": tone.OPINION, "text": clean["suggestion"]})
        if clean["question"]:
            rows.append({
                "area": clean["question_area"] or Area.PRODUCT, "tone": tone.QUESTION, "text": clean["question"],
                "reply": clean["reply"], "settled": _yes(clean["question_settled"]),
            })  # fmt: skip
        if clean["problem"]:
            rows.append({
                "area": clean["problem_area"] or Area.PRODUCT, "tone": tone.PROBLEM, "text": clean["problem"],
                "reply": clean["explained"], "settled": self.verb == "record",
            })  # fmt: skip
        if clean["praise_words"]:
            rows.append({"area": Area.SERVICE, "tone": tone.PRAISE, "text": clean["praise_words"]})
        return rows

    def _praise(self):
        clean = self.cleaned_data
        if not (clean["praise_words"] or clean["praised"] or clean["praised_name"]):
            return None
        words = clean["praise_words"] or str(_("Praised"))
        return {"person": clean["praised"], "name": clean["praised_name"], "words": words}

    def _complaint(self):
        clean = self.cleaned_data
        area = clean["problem_area"] or Area.PRODUCT
        klass = clean["klass"] or ComplaintClass.objects.filter(code=AREA_CLASS[area]).first()
        severity = clean["severity"] or (klass.severity if klass else Severity.MINOR)
        visit = {
            "kind": "visit", "what": clean["visit_wish"] or str(_("Visit")), "due_at": clean["visit_at"],
            "channel": "visit",
        }  # fmt: skip
        content = clean["problem"] + (f"\n{clean['explained']}" if clean["explained"] else "")
        return {"content": content, "area": area, "klass": klass, "severity": severity, "is_grave": clean["is_grave"],
                "visit": visit}  # fmt: skip


def _yes(answer):
    return {"yes": True, "no": False}.get(answer)


class DialForm(MoveForm):
    """Which number is dialled, or that the customer is met in person."""

    mode = forms.ChoiceField(
        label=_("Mode"), choices=choices.Mode.choices, widget=Segments, initial=choices.Mode.PHONE, required=False
    )
    phone = forms.ModelChoiceField(label=_("Number"), queryset=Phone.objects.none(), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["phone"].queryset = Phone.objects.filter(customer__root=self.record.customer.root_id)
        self.initial.setdefault("phone", self.record.customer.preferred_phone_id)

    def clean(self):
        clean = super().clean()
        clean["mode"] = clean.get("mode") or choices.Mode.PHONE
        if clean["mode"] == choices.Mode.PHONE and not clean.get("phone"):
            self.add_error("phone", _("Choose one of the customer's numbers."))
        return clean


class PlainForm(MoveForm):
    """An act that needs no words."""


class MoveDayForm(MoveForm):
    due_on = DayField(label=_("New day"))
    reason = LineField(label=_("Reason"))


class AssignForm(MoveForm):
    caller = forms.ModelChoiceField(label=pgettext_lazy("of follow-up calls", "Caller"), queryset=User.objects.none())

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["caller"].queryset = callers([self.record.region_id])


class ReviewForm(MoveForm):
    comment = LineField(label=_("Comment"), required=False, max_length=300)


class SendBackForm(MoveForm):
    comment = LineField(label=_("What is missing"), max_length=300)


class ResubmitForm(MoveForm):
    words = TextField(label=_("What is added"), max_length=1000)


class LineForm(Form):
    """One line about what was found out."""

    result = LineField(label=_("Result"))
