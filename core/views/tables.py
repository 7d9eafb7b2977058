"""Bringing tables in, in three steps on one page: a file, what it would do, what it did."""

import tempfile
from collections import OrderedDict

from django.core.exceptions import PermissionDenied
from django.db.transaction import atomic
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBadRequest, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import FormView, TemplateView

from core.forms import FilesField, Form
from core.lists import list_query
from core.models import TableImport
from core.tables import exporting
from core.tables.bounds import MEGABYTE, MOST_BYTES, TableRefused
from core.tables.files import CONTENT_TYPES, csv_lines, write_xlsx
from core.tables.loading import begin_load, bring
from core.tables.reading import Table
from core.tables.resource import resource_of, resources
from core.text import clean

READ_ONLY = ["get", "head", "options"]
LOADS = "core.load_tableimport"
STATES = OrderedDict(
    new=gettext_lazy("new"),
    changed=gettext_lazy("changed"),
    same=gettext_lazy("the same"),
    wrong=gettext_lazy("wrong"),
)


class Tables(TemplateView):
    """Every table one may bring in or take out, and one's own imports."""

    template_name = "core/tables/tables.html"
    http_method_names = READ_ONLY

    def get_context_data(self, **context):
        user = self.request.user
        tables = [
            (resource, resource.may_import(user), resource.may_export(user))
            for resource in resources()
            if resource.may_import(user) or resource.may_export(user)
        ]
        if not tables:
            raise PermissionDenied
        imports = TableImport.objects.filter(started_by=user).select_related("check_job", "load_job")
        return super().get_context_data(tables=tables, imports=named(imports.order_by("-pk")[:20]), **context)


def named(imports):
    """Imports with the name of their table."""
    return [(brought, getattr(resource_of(brought.table), "label", brought.table)) for brought in imports]


class UploadForm(Form):
    """The file to bring in; what it holds is bounded before it is read (threats 51, 52)."""

    file = FilesField(
        label=gettext_lazy("File"), most=1, megabytes=max(MOST_BYTES.values()) // MEGABYTE, accept=".xlsx,.csv"
    )

    def __init__(self, *args, resource, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.resource, self.by, self.read_as = resource, by, ""

    def clean_file(self):
        upload = self.cleaned_data["file"][0]
        table = Table(upload)
        self.resource(by=self.by, now=timezone.now()).reader(table.headings)
        if next(table.rows(), None) is None:
            raise TableRefused(_("There is nothing under the headings."))
        self.read_as = table.read_as
        upload.seek(0)
        upload.name = clean(upload.name).replace("\n", " ")
        return upload


class OfTable:
    """A page about one table, for who may bring it in."""

    def dispatch(self, request, *args, **kwargs):
        self.resource = resource_of(kwargs["table"])
        if self.resource is None or not self.resource.loads:
            raise Http404
        if not self.resource.may_import(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **context):
        return super().get_context_data(table=self.resource, **context)


class Bring(OfTable, FormView):
    """The first step: the file, what its columns may be, the templates."""

    form_class = UploadForm
    template_name = "core/tables/bring.html"
    http_method_names = ["get", "head", "post", "options"]

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"resource": self.resource, "by": self.request.user}

    def get_context_data(self, **context):
        return super().get_context_data(columns=[c for c in self.resource.columns() if not c.shown], **context)

    @atomic
    def form_valid(self, form):
        upload = form.cleaned_data["file"]
        brought = bring(
            resource=self.resource, upload=upload, read_as=form.read_as, by=self.request.user, now=timezone.now()
        )
        return redirect(brought)

    def form_invalid(self, form):
        return self.render_to_response(self.get_context_data(form=form), status=422)


class Template(OfTable, View):
    """An empty file with the headings and one example."""

    http_method_names = READ_ONLY

    def get(self, request, table, form):
        columns = [column for column in self.resource.columns() if not column.shown]
        headings = [column.heading for column in columns]
        name = _("%(table)s template") % {"table": self.resource.label}
        example = [[column.example for column in columns]]
        if form == "csv":
            answer = HttpResponse(b"".join(csv_lines(headings, [example])), content_type=CONTENT_TYPES["csv"])
            answer.headers["Content-Disposition"] = content_disposition_header(True, f"{name}.csv")
            return answer
        if form != "xlsx":
            raise Http404
        file = tempfile.NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115 (the answer closes it)
        write_xlsx(file.name, headings, [example])
        return FileResponse(open(file.name, "rb"), as_attachment=True, filename=f"{name}.xlsx")


class Export(View):
    """Takes out what the list shows under the filters in the address; many rows become a job (threats 30, 54)."""

    http_method_names = ["post", "options"]

    def post(self, request, table):
        resource = resource_of(table)
        if resource is None or not resource.gives:
            raise Http404
        if not resource.may_export(request.user):
            raise PermissionDenied
        form = request.POST.get("form")
        if form not in exporting.FORMS:
            return HttpResponseBadRequest(_("Choose Excel or CSV."))
        query, now = list_query(request.GET).urlencode(), timezone.now()
        with atomic():
            record = exporting.begin_export(resource, user=request.user, query=query, form=form, now=now)
        if record.job_id:
            return redirect(record.job)
        return self.answer(exporting.Writer(resource, request.user, form), query, now)

    def answer(self, writer, query, now):
        """The file at once."""
        rows = writer.resource.in_order(writer.resource.rows_for(writer.user, query))
        name = exporting.file_name(writer.resource, now, writer.form)
        if writer.form == "xlsx":
            file = tempfile.NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115 (the answer closes what it reads)
            exporting.write_file(file, writer, rows)
            return FileResponse(open(file.name, "rb"), as_attachment=True, filename=name)
        lines = csv_lines(writer.headings, writer.batches(rows))
        disposition = content_disposition_header(True, name)
        headers = {"Content-Disposition": disposition}
        return StreamingHttpResponse(lines, content_type=CONTENT_TYPES["csv"], headers=headers)


class ImportSteps(View):
    """Where an import stands: being checked, waiting for the choice, being written, done."""

    http_method_names = READ_ONLY

    def get(self, request, pk):
        return steps(request, own_import(request, pk))


def own_import(request, pk):
    if not request.user.has_perm(LOADS):
        raise PermissionDenied
    imports = TableImport.objects.select_related("check_job", "load_job")
    return get_object_or_404(imports, pk=pk, started_by=request.user)


def steps(request, brought, status=200, refusal=""):
    resource = resource_of(brought.table)
    if resource is None:
        raise Http404
    htmx = getattr(request, "htmx", None)
    template = "core/tables/_steps.html" if htmx and not htmx.boosted else "core/tables/import.html"
    context = {
        "brought": brought,
        "table": resource,
        "job": brought.job,
        "counts": lines_of(brought.counts),
        "written": lines_of(brought.load_job.summary.get("counts", {})) if brought.load_job_id else [],
        "good": brought.to_write,
        "wrong": brought.counts.get("wrong", 0),
        "refusal": refusal,
    }
    return render(request, template, context, status=status)


def lines_of(counts):
    """(state, label, how many) of what a check or a load counted."""
    return [(state, label, counts[state]) for state, label in STATES.items() if state in counts]


class ImportLoad(View):
    """The choice: everything or nothing, or the good rows alone. A second press finds the work begun."""

    http_method_names = ["post", "options"]

    def post(self, request, pk):
        with atomic():
            brought = own_import(request, pk)
            TableImport.objects.select_for_update().get(pk=brought.pk)
            brought.refresh_from_db()
            resource = resource_of(brought.table)
            if resource is None or not resource.may_import(request.user):
                raise PermissionDenied
            refusal = self.refusal(brought, request.POST.get("rows"))
            if not refusal and brought.load_job_id is None:
                only_good = request.POST.get("rows") == "good"
                begin_load(brought, only_good=only_good, by=request.user, now=timezone.now())
        return steps(request, brought, status=409, refusal=refusal) if refusal else redirect(brought)

    def refusal(self, brought, rows):
        if brought.load_job_id is not None:
            return ""
        if not brought.may_load:
            return _("The check is not finished, or the file is kept no more.")
        if rows not in ("all", "good"):
            return _("Choose which rows are written.")
        if rows == "all" and brought.counts.get("wrong"):
            return _(
                "There are wrong rows, so everything or nothing means nothing. Mend the file, or take the good rows."
            )
        return ""
