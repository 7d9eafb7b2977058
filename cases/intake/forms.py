"""The form of a call: one for every kind, so that changing one's mind about the kind loses nothing."""

import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.intake.caller import Caller, find_caller
from cases.intake.fields import ClassSegments, Pick, ShiftSegments, blank
from cases.intake.kinds import ANSWERED, ON_AN_OPEN_ONE, Kind
from cases.models import choices
from core.forms import FilesField, LineField, MomentField, PhoneField, Segments, TextField, Ticks
from customers.forms import Pastable
from customers.models import Contact
from customers.phones import normalise
from workflow.media import prepare
from workflow.models import Attachment, Promise

OTHER_ITEMS = 3
SELF, SOMEBODY_ELSE = "self", "new"


class CallForm(Pastable):
    """What the agent writes down during a call; ``Written`` makes the arguments of an act of it."""

    op = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=pgettext_lazy("call", "Kind of call"), choices=Kind.choices, widget=Segments, initial=Kind.COMPLAINT
    )
    content = TextField(label=_("Content"), max_length=10000, rows=3, required=False)
    topic = forms.ChoiceField(
        label=pgettext_lazy("call", "About"),
        choices=choices.Topic.choices,
        widget=Segments,
        required=False,
        initial=choices.Topic.USE,
    )
    solved = forms.BooleanField(label=_("Solved on the phone"), required=False)
    answer = TextField(label=_("Answer"), max_length=4000, rows=2, required=False)

    severity = forms.ChoiceField(
        label=_("Severity"), choices=choices.Severity.choices, widget=ShiftSegments(1), required=False
    )
    demand = forms.ChoiceField(
        label=_("Demand"), choices=choices.Demand.choices, widget=ShiftSegments(4), required=False
    )
    demand_words = LineField(label=_("Demand in words"), required=False)
    agreed = LineField(label=_("The customer says"), required=False, initial=_("Agrees on the phone"))

    promise_at = MomentField(label=_("Reply promised"), required=False)
    promise_channel = forms.ChoiceField(label=_("Replied by"), choices=Promise.Channel.choices, required=False)

    channel = forms.ChoiceField(
        label=_("Channel"),
        choices=[pair for pair in choices.Channel.choices if pair[0] not in ("follow_up", "link")],
        initial=choices.Channel.PHONE,
    )
    received_at = MomentField(
        label=_("Received at"), required=False, help_text=_("Empty: now. For letters and mails the day they came in.")
    )
    files = FilesField(label=_("Photos"), required=False, megabytes=200)
    shows = forms.ChoiceField(
        label=_("They show"), choices=Attachment.Kind.choices, initial=Attachment.Kind.OTHER, required=False
    )
    urgency = forms.ChoiceField(label=_("Goes first"), choices=choices.Urgency.choices, required=False)
    is_grave = forms.BooleanField(label=_("Grave incident: tell the general manager"), required=False)
    is_risky = forms.BooleanField(label=_("Risk: keep evidence with care"), required=False)
    # The scripts say that the agent had the proposal before his eyes when he left "grave" unticked.
    proposal_seen = forms.BooleanField(required=False, widget=forms.HiddenInput)

    caller_name = LineField(label=_("Name"), max_length=60, required=False)
    caller_relation = forms.ChoiceField(
        label=pgettext_lazy("call", "Relation"),
        choices=[pair for pair in Contact.Relation.choices if pair[0] != SELF],
        required=False,
    )
    caller_phone = PhoneField(label=_("Phone"), required=False, max_length=40)

    def __init__(self, data=None, files=None, *, desk, file=None, number="", branch=None, **kwargs):
        self.desk, self.file, self.number, self.branch = desk, file, number, branch
        self.twins = Caller()
        initial = {"op": uuid.uuid4()} | (kwargs.pop("initial", None) or {})
        super().__init__(data, files, initial=initial, **kwargs)
        self._add_reference()
        if file:
            self._add_file(file)
        elif branch:
            self.fields["caller_relation"].choices = Contact.Relation.choices
        else:
            self._add_newcomer()
        if file or branch:
            del self.fields["pasted"]
        if not (file and file.open):
            kinds = [pair for pair in Kind.choices if pair[0] not in ON_AN_OPEN_ONE]
            self.fields["kind"].choices = kinds

    # --- fields that depend on the page ---------------------------------------------------------------------------
    def _add_reference(self):
        classes = ClassSegments(alt=1)
        classes.codes = {str(klass.pk): klass.code for klass in self.desk.classes}
        self.fields["klass"] = Pick(label=_("Class"), rows=self.desk.classes, widget=classes, required=False)
        self.fields["standard_plan"] = Pick(label=_("Standard plan"), rows=self.desk.plans, required=False)
        plans = self.fields["standard_plan"]
        plans.choices = blank(plans.choices, _("No: plan it later"))

    def _add_file(self, file):
        people = [(SELF, _("the customer"))]
        people += [(str(one.pk), f"{one.name} {one.get_relation_display()}".strip()) for one in file.contacts]
        people.append((SOMEBODY_ELSE, _("somebody else …")))
        self.fields["caller"] = forms.ChoiceField(
            label=pgettext_lazy("call", "Calling"),
            choices=people,
            required=False,
            initial=str(file.calling.pk) if file.calling else SELF,
        )
        self.fields["keep_number"] = forms.BooleanField(
            label=_("Keep this number in the file"), required=False, initial=True
        )
        self.fields["into"] = Pick(
            label=pgettext_lazy("call", "Open matter"), rows=[case.complaint for case in file.open], required=False
        )
        self.fields["card"] = forms.MultipleChoiceField(
            label=pgettext_lazy("call", "Product"),
            choices=[(str(one.card.pk), one.name) for one in file.cards],
            widget=Ticks,
            required=False,
        )
        for one in file.cards:
            self._add_trouble(f"{one.card.pk}")
        for index in range(OTHER_ITEMS):
            self.fields[f"model_{index}"] = LineField(label=_("Model or name"), max_length=100, required=False)
            self.fields[f"room_{index}"] = LineField(label=pgettext_lazy("room", "Room"), max_length=40, required=False)
            self._add_trouble(f"o{index}")

    def _add_trouble(self, key):
        self.fields[f"part_{key}"] = LineField(label=pgettext_lazy("call", "Part"), max_length=40, required=False)
        self.fields[f"symptom_{key}"] = LineField(label=pgettext_lazy("call", "Symptom"), max_length=80, required=False)

    def _add_newcomer(self):
        regions = self.desk.regions
        self.fields["name"] = LineField(label=_("Name"), max_length=60, required=False)
        self.fields["phone"] = PhoneField(
            label=_("Phone"), required=False, max_length=40, initial=self.number, normalise=normalise
        )
        self.fields["address"] = LineField(label=_("Address"), max_length=200, required=False)
        self.fields["twin_is_meant"] = forms.BooleanField(label=_("This is somebody new"), required=False)
        self.fields["region"] = Pick(label=_("Branch"), rows=regions, required=False)
        if regions:
            self.fields["region"].initial = str(regions[0].pk)

    # --- rows for the template ------------------------------------------------------------------------------------
    @property
    def card_rows(self):
        """(installed product, its part, its symptom), for the lines that open when a product is ticked."""
        return [(one, self[f"part_{one.card.pk}"], self[f"symptom_{one.card.pk}"]) for one in self.file.cards]

    @property
    def other_rows(self):
        return [
            (self[f"model_{i}"], self[f"room_{i}"], self[f"part_o{i}"], self[f"symptom_o{i}"])
            for i in range(OTHER_ITEMS)
        ]

    @property
    def has_other(self):
        return any(bound.value() for row in self.other_rows for bound in row)

    @property
    def draft_key(self):
        """One draft per caller: what was begun for one is never put into the file of another."""
        if self.file:
            return f"call:{self.file.customer.pk}"
        number = self.number.replace("+", "00")
        return f"call:new:{number}" if number else "call:new"

    # --- checking -------------------------------------------------------------------------------------------------
    def clean_files(self):
        """The files as they will be kept: looked at before the transaction, because drawing photos anew takes its time."""
        return [prepare(upload) for upload in self.cleaned_data["files"] or []]

    def clean_shows(self):
        return self.cleaned_data["shows"] or Attachment.Kind.OTHER

    @property
    def chosen(self):
        """The kind the agent chose."""
        return Kind(self.cleaned_data["kind"])

    @property
    def is_anonymous(self):
        """A question answered at once for somebody who did not say who he is."""
        clean = self.cleaned_data
        return self.file is None and not self.branch and self.chosen in ANSWERED and not clean.get("name")

    def clean(self):
        clean = super().clean()
        if "kind" not in clean:
            return clean
        if not clean.get("content") and self.chosen != Kind.CHASE:
            self.add_error("content", _("Write what the customer said."))
        if self.chosen in ON_AN_OPEN_ONE:
            if not clean.get("into"):
                self.add_error("into", _("Choose the matter this is about."))
            return clean
        if self.file is None and not self.branch:
            self._check_newcomer(clean)
        if clean["solved"] and self.chosen not in ANSWERED and not clean.get("answer"):
            self.add_error("answer", _("Write what was explained and how it was solved."))
        if clean.get("caller") == SOMEBODY_ELSE and not (clean.get("caller_name") or clean.get("caller_phone")):
            self.add_error("caller_name", _("Write the name or the number of whoever is calling."))
        return clean

    def _check_newcomer(self, clean):
        if not clean.get("region"):
            self.add_error("region", _("Choose the branch that keeps the file."))
        if self.is_anonymous:
            if not clean.get("answer"):
                self.add_error("name", _("Without a name only what is answered at once can be registered."))
            return
        if not clean.get("name"):
            self.add_error("name", _("Ask for the name."))
        self._check_twins(clean)
        if "phone" not in self.errors and not clean.get("phone") and clean.get("channel") == choices.Channel.PHONE:
            self.add_error("phone", _("Ask for a number we can call back."))

    def _check_twins(self, clean):
        """No second file for one number: where there is one, the call belongs there (design 3.8)."""
        if not clean.get("phone"):
            return
        self.twins = find_caller(clean["phone"], self.desk.user)
        if self.twins.elsewhere and not self.twins.files:
            self.add_error("phone", _("Another branch has a file for this number. Hand the call over."))
        elif self.twins.files and not clean.get("twin_is_meant"):
            self.add_error(
                "phone", _("There is a file for this number already. Open it, or say that this is somebody new.")
            )

    def check_ids(self):
        """Http404 when the body names a product, contact or matter of another file (threats 25)."""
        for name in ("card", "caller", "into"):
            if name not in self.fields:
                if self.data.get(name):
                    raise Http404
                continue
            known = {str(value) for value, _label in self.fields[name].choices} | {""}
            sent = self.data.getlist(name) if hasattr(self.data, "getlist") else [self.data.get(name, "")]
            if not known.issuperset(sent):
                raise Http404


def objections(form, error):
    """Put what an act objects to at the fields of this form."""
    names = {"plan": "standard_plan", "words": "agreed", "due_at": "promise_at", "text": "content"}
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, messages in error.error_dict.items():
        name = names.get(name, name)
        form.add_error(name if name in form.fields else None, ValidationError(messages))
