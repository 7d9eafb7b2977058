"""Taking a table out: what the list shows, in the columns an import takes, row by row (threats 30, 39, 54).

Values come as tuples and are turned column by column, so that a hundred thousand rows cost little more than reading
them. Masking and the guard against formulas stand here and nowhere else.
"""

import tempfile
from itertools import islice

from django.core.files import File
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from core.jobs import job_kind, keep_result
from core.lists import capped_count
from core.models import Job, TableExport
from core.tables.cells import RISKY
from core.tables.files import csv_lines, write_xlsx
from core.tables.loading import speaking_to
from core.tables.resource import resource_of
from core.tables.widgets import Amount, Choice, Count, Day, Flag, Moment

EXPORT = "core.tables.export"
AT_ONCE = 5_000  # rows that are answered while somebody waits; more become a job
BATCH = 2_000
FORMS = ("xlsx", "csv")


class Writer:
    """Turns rows of a table into what stands in its file, for one person and one format."""

    def __init__(self, resource, user, form):
        self.resource, self.user, self.form = resource(by=user, now=timezone.now()), user, form
        self.columns = resource.columns()
        self.masks = {} if self.resource.sees_whole(user) else self.resource.masks()
        self.sources = [column.source for column in self.columns if column.source]
        self.turns = [self._turn(column) for column in self.columns]

    @property
    def is_masked(self):
        return bool(self.masks)

    @property
    def headings(self):
        return [column.heading for column in self.columns]

    def batches(self, rows, report=lambda count: None):
        """Lists of finished rows; ``report`` hears after each how many there were."""
        tuples = rows.values_list("pk", *self.sources).iterator(chunk_size=BATCH)
        count = 0
        while batch := list(islice(tuples, BATCH)):
            yield self._finished(batch)
            count += len(batch)
            report(count)

    def _finished(self, batch):
        keys, *read = zip(*batch, strict=True)
        beside = self.resource.beside(set(keys))
        read = iter(read)
        turned = []
        for column, turn in zip(self.columns, self.turns, strict=True):
            values = next(read) if column.source else [beside[column.attribute].get(key) for key in keys]
            turned.append(turn(values))
        return list(zip(*turned, strict=True))

    # --- one column ---------------------------------------------------------------------------------------------------
    def _turn(self, column):
        """What makes the values of a column ready for the file."""
        mask = self.masks.get(column.personal)
        if mask is not None:
            return lambda values: self._texts([mask(value) if value else "" for value in values])
        widget = column.widget
        if isinstance(widget, Choice | Flag | Moment):
            return self._remembering(widget.render)
        if isinstance(widget, Day):
            return self._days
        if isinstance(widget, Amount):
            return list if self.form == "csv" else (lambda values: [None if v is None else float(v) for v in values])
        if isinstance(widget, Count):
            return list
        if column.source is None:
            return lambda values: self._texts([widget.render(value) if value else "" for value in values])
        return self._texts

    def _remembering(self, render):
        known = {}

        def turn(values):
            for value in set(values) - known.keys():
                known[value] = "" if value is None else render(value)
            return [known[value] for value in values]

        return turn

    def _days(self, values):
        if self.form == "xlsx":
            return values
        return [value and value.isoformat() for value in values]

    def _texts(self, values):
        """A workbook keeps text apart from formulas by itself; in a csv file a quotation mark does."""
        if self.form == "xlsx":
            return ["" if value is None else value for value in values]
        return [f"'{value}" if value and value[0] in RISKY else value for value in values]


def listed(list_view, user, query):
    """The rows of a list as this user sees them under these filters, in no order."""
    request = HttpRequest()
    request.method, request.user, request.GET = "GET", user, QueryDict(query)
    view = list_view()
    view.setup(request)
    rows = view.get_queryset()
    if view.filterset_class:
        rows = view.filterset_class(request.GET, rows, request=request).qs
    return rows.order_by()


def begin_export(resource, *, user, query, form, now):
    """Write down who takes what out; returns the record, with its job where there are more than AT_ONCE rows."""
    run = resource(by=user, now=now)
    count = capped_count(run.rows_for(user, query), AT_ONCE)
    record = TableExport(table=resource.key, query=query[:2000], form=form, by=user, at=now)
    record.is_masked = not run.sees_whole(user)
    if count > AT_ONCE:
        title = _("Export: %(table)s") % {"table": resource.label}
        record.job = Job.objects.start(EXPORT, by=user, now=now, title=title)
    else:
        record.rows = count
    record.save()
    return record


def file_name(resource, now, form):
    return f"{resource.label} {timezone.localtime(now):%Y-%m-%d %H%M}.{form}"


def write_file(file, writer, rows, report=lambda count: None):
    """Write the rows into an open named file."""
    batches = writer.batches(rows, report)
    if writer.form == "xlsx":
        write_xlsx(file.name, writer.headings, batches)
    else:
        file.writelines(csv_lines(writer.headings, batches))
        file.flush()


@job_kind(EXPORT)
def export(job):
    """Write the file of an export that is too large to wait for, as its starter may see it now."""
    record = TableExport.objects.select_related("by").get(job=job)
    resource, user = resource_of(record.table), record.by
    with speaking_to(user), tempfile.NamedTemporaryFile(suffix=f".{record.form}") as file:
        writer = Writer(resource, user, record.form)
        rows = writer.resource.rows_for(user, record.query)
        total = rows.count()
        counted = [0]

        def report(count):
            counted[0] = count
            job.report(min(count, total), timezone.now(), total=total)

        write_file(file, writer, writer.resource.in_order(rows), report)
        TableExport.objects.filter(pk=record.pk).update(rows=counted[0], is_masked=writer.is_masked)
        job.done = job.total = counted[0]
        with open(file.name, "rb") as written:
            keep_result(job, file_name(resource, record.at, record.form), File(written))
