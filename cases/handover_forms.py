"""Forms for giving matters away: to a colleague for good, to the next shift, or from somebody who is ill."""

import uuid

from django import forms
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.choices import Verdict
from core.forms import Form, LineField, MomentField, Segments, TextField
from workflow.models import Handover, Matter
from workflow.models.handover import next_noon

User = get_user_model()
MOST_MATTERS = 300  # of one handover; nobody handles more at a time


def handlers_of(region_ids):
    """Active people of these regions who may handle complaints."""
    handling = User.objects.filter(groups__permissions__codename="handle_complaint").values("pk")
    return User.objects.active().of_regions(region_ids).filter(pk__in=handling).order_by("name", "pk")


class OpForm(Form):
    op = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, user, **kwargs):
        self.user = user
        kwargs["initial"] = {"op": uuid.uuid4()} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)


class HandoverForm(OpForm):
    """Which matters go to whom; each may carry a line of what is to be done."""

    kind = forms.ChoiceField(label=_("Handed over"), choices=Handover.Kind.choices, widget=Segments)
    receiver = forms.ModelChoiceField(
        label=_("To"), queryset=User.objects.none(), required=False, empty_label=_("whoever has the next shift")
    )
    due_at = MomentField(label=_("To be done by"), required=False)
    note = TextField(label=_("What to know"), required=False, max_length=2000)
    matters = forms.ModelMultipleChoiceField(queryset=Matter.objects.none(), widget=forms.MultipleHiddenInput)

    def __init__(self, *args, complaints=(), **kwargs):
        super().__init__(*args, **kwargs)
        noon = timezone.localtime(next_noon(timezone.now()))
        self.initial = {"kind": Handover.Kind.OWNER, "due_at": noon} | self.initial
        self.fields["receiver"].queryset = handlers_of(self.user.region_ids).exclude(pk=self.user.pk)
        self.fields["matters"].queryset = Matter.objects.open().filter(owner=self.user)
        self.complaints = complaints

    def tasks(self):
        """Matter → what is to be done about it, as far as it was written."""
        limit = self.fields["note"].max_length
        return {
            matter: " ".join(str(self.data.get(f"task-{matter.pk}", "")).split())[: min(300, limit)]
            for matter in self.cleaned_data["matters"]
        }

    def clean(self):
        clean = super().clean()
        if clean.get("kind") == Handover.Kind.OWNER:
            clean["due_at"] = None  # for good means without an end
            if not clean.get("receiver") and "receiver" not in self.errors:
                self.add_error("receiver", _("Choose who takes over."))
        return clean


class DeclineForm(OpForm):
    reason = LineField(label=_("Reason"), max_length=200)


class DoneForm(OpForm):
    result = LineField(label=_("What came of it"), max_length=300)


class ReassignForm(OpForm):
    """Everything open of somebody who is away goes to others: to one, or spread evenly over several."""

    person = forms.ModelChoiceField(label=_("Who is away"), queryset=User.objects.none())
    receivers = forms.ModelMultipleChoiceField(
        label=_("Who takes over"), queryset=User.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    reason = LineField(label=_("Reason"), max_length=200)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        regions = self.user.region_ids
        people = User.objects.of_regions(regions) if not self.user.sees_everything else User.objects.all()
        owning = Matter.objects.open().values("owner")
        self.fields["person"].queryset = people.filter(pk__in=owning).order_by("name", "pk")
        self.fields["receivers"].queryset = handlers_of(regions)

    def clean(self):
        clean = super().clean()
        if clean.get("person") and clean["person"] in (clean.get("receivers") or ()):
            self.add_error("receivers", _("Choose colleagues who are there."))
        return clean


class BulkAssignForm(OpForm):
    """Ticked complaints go to one handler."""

    owner = forms.ModelChoiceField(label=_("Handler"), queryset=User.objects.none())
    words = LineField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = handlers_of(self.user.region_ids)


class BulkEvaluateForm(OpForm):
    """One evaluation for several minor matters."""

    overall = forms.ChoiceField(
        label=_("Overall result"), choices=Verdict.choices[:5], initial=Verdict.SATISFIED, widget=Segments
    )
    words = TextField(label=_("Evaluation"), max_length=2000)
