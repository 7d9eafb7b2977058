"""What a customer may do with his complaint behind his link."""

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.models import PlanOption
from core.forms import TextField
from workflow.forms import MoveForm


class ChaseForm(MoveForm):
    """He asks again. It knows no version: it is true whatever we did meanwhile."""

    version = None
    words = TextField(label=_("What should we know?"), required=False, rows=2, max_length=500)


class AgreeForm(MoveForm):
    """He agrees to the plan he sees, or to one of those he may take instead (S2-184, X34)."""

    option = forms.ModelChoiceField(
        label=_("Your choice"),
        queryset=PlanOption.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        required=False,
    )
    agree = forms.BooleanField(
        label=_("I agree to this solution."), error_messages={"required": _("Tick this if you agree.")}
    )
    words = TextField(label=_("Anything to add?"), required=False, rows=2, max_length=500)

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        options = record.current_options()
        self.fields["option"].queryset = options.filter(selected=True) | options.filter(offered=True)

    def details(self):
        return {"words": self.cleaned_data["words"], "option": self.cleaned_data["option"]}


class DisagreeForm(MoveForm):
    """He does not, and says why (S2-184)."""

    words = TextField(label=_("Why not, and what would you like instead?"), rows=3, max_length=1000)
