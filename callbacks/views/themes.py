"""The words by which themes are found: a list the manager keeps."""

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import ListView

from callbacks.models import ThemeWords
from callbacks.views.rules import RuleEdit
from core.editing import NewPage
from core.forms import LineField, ModelForm, Segments


class WordsForm(ModelForm):
    class Meta:
        model = ThemeWords
        fields = ["name", "kind", "area", "words", "active"]
        field_classes = {"name": LineField, "words": LineField}
        widgets = {"kind": Segments}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["words"].max_length = 500


class ThemeList(PermissionRequiredMixin, ListView):
    permission_required = "callbacks.view_callrules"
    raise_exception = True
    http_method_names = ["get", "head", "options"]
    queryset = ThemeWords.objects.all()
    context_object_name = "rows"
    template_name = "callbacks/theme_words.html"


class WordsEdit(RuleEdit):
    form_class, queryset, title = WordsForm, ThemeWords.objects, _("Words of a theme")

    def get_success_url(self):
        return reverse("callbacks:theme-words")


class WordsNew(NewPage):
    """A theme of the company's own; the same press makes one."""

    permission = "callbacks.change_callrules"
    form_class = WordsForm
    template_name = "callbacks/rules_form.html"
    title = _("New theme")

    def create(self, form, op, sent):
        made = self.made(op)
        if made is None:
            made = form.save(commit=False)
            made.op, made.sent, made.changed_by = op, sent, self.request.user
            made.save()
        return made

    def made(self, op):
        return ThemeWords.objects.filter(op=op, changed_by=self.request.user).first()

    def get_success_url(self, record):
        return reverse("callbacks:theme-words")
