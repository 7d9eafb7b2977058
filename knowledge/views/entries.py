"""The tables of knowledge, each listed, added to and mended by the same three pages."""

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.urls import reverse
from django.views.generic import ListView

from core.editing import EditPage, NewPage
from knowledge.forms import ChipForm, GuideForm, PhraseForm, ScriptForm, TryForm, WordForm
from knowledge.models import HandlingGuide, PhraseChip, ScriptLine, ServicePhrase, WordRule

RIGHT = "knowledge.edit_knowledge"
# What the call screen puts into the lines of the script.
FILLED_IN = "{公司} {客服} {热线} {称呼} {产品} {日期} {服务} {班组} {祝福}"
# By the word in the address: the model, its form, what a row needs beside itself.
TABLES = {
    "guides": (HandlingGuide, GuideForm, ()),
    "phrases": (ServicePhrase, PhraseForm, ()),
    "chips": (PhraseChip, ChipForm, ("group",)),
    "words": (WordRule, WordForm, ()),
    "script": (ScriptLine, ScriptForm, ()),
}


class OfTable:
    """A page about one of the tables, which its route names."""

    table = ""

    @property
    def model_class(self):
        return TABLES[self.table][0]

    @property
    def form_class(self):
        return TABLES[self.table][1]

    def get_context_data(self, **context):
        meta = self.model_class._meta
        return super().get_context_data(
            table=self.table,
            tables=[(name, model._meta.verbose_name_plural) for name, (model, _form, _joins) in TABLES.items()],
            one=meta.verbose_name,
            many=meta.verbose_name_plural,
            list_url=reverse(f"knowledge:{self.table}"),
            **context,
        )


class EntryList(OfTable, PermissionRequiredMixin, ListView):
    permission_required = RIGHT
    raise_exception = True
    http_method_names = ["get", "head", "options"]
    context_object_name = "rows"

    def get_queryset(self):
        rows = self.model_class.objects.select_related(*TABLES[self.table][2])
        return rows.order_by("group__position", "group", "kind", "position", "pk") if self.table == "chips" else rows

    def get_template_names(self):
        return [f"knowledge/{self.table}.html"]

    def get_context_data(self, **context):
        return super().get_context_data(
            try_form=TryForm() if self.table == "words" else None, placeholders=FILLED_IN, **context
        )


class EntryNew(OfTable, NewPage):
    permission = RIGHT
    template_name = "knowledge/entry_form.html"

    def create(self, form, op, sent):
        made = self.made(op)
        if made is None:
            made = form.save(commit=False)
            made.op, made.sent, made.changed_by = op, sent, self.request.user
            made.save()
        return made

    def made(self, op):
        return self.model_class.made_by(op, self.request.user)

    def get_success_url(self, record):
        return reverse(f"knowledge:{self.table}")


class EntryEdit(OfTable, EditPage):
    permission = RIGHT
    template_name = "knowledge/entry_form.html"

    def get_queryset(self):
        return self.model_class.objects.all()

    def get_success_url(self):
        return reverse(f"knowledge:{self.table}")
