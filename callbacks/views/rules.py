"""The rules of the calls and the steps of the plan: read by who leads, changed by the manager."""

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from callbacks.models import CallRules, CallTemplate
from core.editing import EditPage
from core.forms import LineField, ModelForm, Segments, TimeOfDayField


class RulesForm(ModelForm):
    class Meta:
        model = CallRules
        fields = [
            "quota", "most_a_day", "opens", "closes", "quiet_from", "quiet_until", "tries", "first_pause", "next_pause",
            "merge_within", "grace", "hold_for_complaint", "month_begins",
        ]  # fmt: skip
        field_classes = dict.fromkeys(["opens", "closes", "quiet_from", "quiet_until"], TimeOfDayField)


class StepForm(ModelForm):
    class Meta:
        model = CallTemplate
        fields = ["name", "name_en", "months", "days", "window", "script", "position", "active"]
        field_classes = dict.fromkeys(["name", "name_en"], LineField)
        widgets = {"script": Segments}


class Rules(PermissionRequiredMixin, TemplateView):
    permission_required = "callbacks.view_callrules"
    raise_exception = True
    template_name = "callbacks/rules.html"

    def get_context_data(self, **kwargs):
        rules = CallRules.current()
        shown = [(rules._meta.get_field(name).verbose_name, getattr(rules, name)) for name in RulesForm.Meta.fields]
        return super().get_context_data(steps=CallTemplate.objects.all(), shown=shown, **kwargs)


class RuleEdit(EditPage):
    """Either form over its one row."""

    permission = "callbacks.change_callrules"
    template_name = "callbacks/rules_form.html"

    def find(self):
        self.record = get_object_or_404(self.get_queryset(), pk=self.kwargs.get("pk", 1))

    def get_success_url(self):
        return reverse("callbacks:rules")


class RulesEdit(RuleEdit):
    form_class, queryset, title = RulesForm, CallRules.objects, _("Rules of the calls")


class StepEdit(RuleEdit):
    form_class, queryset, title = StepForm, CallTemplate.objects, _("Step of the call plan")
