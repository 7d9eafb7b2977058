"""The company's checklists, on a page of the rulebook. Managers change them (S3-44, S3-49)."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.generic import CreateView, ListView, UpdateView

from accounts.forms import Recorded
from cases.rulebook.views import RuleForm, RulePage, tab
from core.forms import LineField
from technicians.models import Checklist, choices

READ, CHANGE = "technicians.view_checklist", "technicians.change_checklist"


def register():
    tab("checklists", pgettext_lazy("rules", "Checklists"), READ, "technicians:checklists")


class Checklists(RulePage, ListView):
    """Every list with what it is for; those switched off last."""

    tab, permission_required, change_right = "checklists", READ, CHANGE
    template_name = "technicians/checklists.html"

    def get_queryset(self):
        return Checklist.objects.select_related("group").order_by("-active", "pk")


class ChecklistForm(Recorded):
    """What is ticked, one line to a line, and on which orders."""

    subject_fields = ("name", "kind", "group", "required", "further", "active")

    class Meta:
        model = Checklist
        fields = ["name", "kind", "group", "required", "further", "active"]
        field_classes = {"name": LineField}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("every kind of order")), *choices.Kind.choices]
        self.fields["group"].empty_label = str(_("every product"))
        for name in ("required", "further"):
            self.fields[name].help_text = _("One thing to a line.")


class Form(RuleForm):
    tab, permission_required = "checklists", CHANGE
    form_class, model = ChecklistForm, Checklist

    def get_success_url(self):
        return reverse("technicians:checklists")


class ChecklistNew(Form, CreateView):
    heading = pgettext_lazy("rules", "New checklist")


class ChecklistEdit(Form, UpdateView):
    pass
