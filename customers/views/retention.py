"""Data kept long enough: what the timetable proposes, what a person decides, and the periods themselves."""

from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import ListView

from core.editing import EditPage, FormPage
from core.lists import FilteredListView
from core.visibility import get_visible_or_404
from customers import erasing, retention
from customers.filters import DueFilter
from customers.forms import DecideDueForm, RetentionForm
from customers.models import Due, Retention


class Dues(FilteredListView):
    """What has been kept long enough, the newest proposal first."""

    queryset = Due.objects.with_people()
    filterset_class = DueFilter
    orders = {"newest": ("-proposed_at", "-pk"), "oldest": ("proposed_at", "pk")}
    order_labels = {"newest": gettext_lazy("Newest first"), "oldest": gettext_lazy("Oldest first")}
    template_name = "customers/due_list.html"
    partial_template_name = "customers/_due_rows.html"
    permission_required = retention.RIGHT

    def get_context_data(self, **context):
        context = super().get_context_data(**context)
        for row in context["rows"]:
            row.what = retention.label_of(row.kind)
        return context


class DuePage(FormPage):
    """Drop it, or keep it with a reason."""

    form_class = DecideDueForm
    permission = retention.RIGHT
    template_name = "customers/due.html"
    title = gettext_lazy("Kept long enough")

    def find(self):
        self.due = get_visible_or_404(Due.objects.with_people(), self.request.user, pk=self.kwargs["pk"])

    def get_context_data(self, **context):
        open_things = erasing.obstacles(self.due.customer) if self.due.decided_at is None else []
        what = retention.label_of(self.due.kind)
        return super().get_context_data(due=self.due, what=what, obstacles=open_things, **context)

    def get(self, request, *args, **kwargs):
        return self.answer(DecideDueForm())

    def post(self, request, *args, **kwargs):
        form = DecideDueForm(request.POST)
        if not form.is_valid():
            return self.answer(form, 422)
        try:
            retention.decide(self.due, by=request.user, **form.cleaned_data)
        except erasing.ErasureRefused as refusal:
            self.find()
            form.add_error(None, str(refusal))
            return self.answer(form, 409)
        messages.success(request, _("Saved."))
        return redirect("customers:due-list")


class Retentions(PermissionRequiredMixin, ListView):
    """The periods, one line for each kind of data there is."""

    permission_required = "customers.view_retention"
    raise_exception = True
    http_method_names = ["get", "head", "options"]
    template_name = "customers/retentions.html"

    def get_queryset(self):
        rows = {row.kind: row for row in Retention.objects.select_related("changed_by")}
        found = [rows[one.code] for one in retention.kinds() if one.code in rows]
        for row in found:
            row.what = retention.label_of(row.kind)
        return found


class RetentionEdit(EditPage):
    queryset = Retention.objects.all()
    form_class = RetentionForm
    permission = "customers.change_retention"
    template_name = "customers/retention.html"
    title = gettext_lazy("Retention period")

    def find(self):
        """Periods are everybody's who may read them: no branch has its own."""
        self.record = get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])

    def get_context_data(self, **context):
        return super().get_context_data(what=retention.label_of(self.record.kind), **context)

    def get_success_url(self):
        return reverse("customers:retentions")
