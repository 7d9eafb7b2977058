"""Bringing files in as the pages do, without their waiting."""

import csv
import io

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from rustpy_xlsxwriter import FastExcel

from core import jobs
from core.models import TableImport
from core.tables.loading import begin_load, bring
from core.tables.resource import resource_of


def csv_file(rows, *, encoding="utf-8-sig", name="表.csv", delimiter=","):
    """An uploaded csv file; the first row holds the headings."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return SimpleUploadedFile(name, text.getvalue().encode(encoding))


def xlsx_file(rows, *, name="表.xlsx"):
    """An uploaded workbook with the values as they are given."""
    headings, *rest = rows
    file = io.BytesIO()
    FastExcel(file).format(datetime_format="yyyy-mm-dd").sheet(
        "Sheet1", [dict(zip(headings, row, strict=True)) for row in rest]
    ).save()
    return SimpleUploadedFile(name, file.getvalue())


def checked(table, upload, by):
    """The import after its check."""
    brought = bring(resource=resource_of(table), upload=upload, read_as="", by=by, now=timezone.now())
    jobs.run(brought.check_job_id)
    return TableImport.objects.select_related("check_job", "load_job").get(pk=brought.pk)


def loaded(table, upload, by, *, only_good=False):
    """The import after its check and its load."""
    brought = checked(table, upload, by)
    assert brought.may_load, brought.check_job.error
    begin_load(brought, only_good=only_good, by=by, now=timezone.now())
    jobs.run(brought.load_job_id)
    return TableImport.objects.select_related("check_job", "load_job").get(pk=brought.pk)


def counts(job):
    """How many rows were new, changed, the same, wrong."""
    return tuple(job.summary["counts"][state] for state in ("new", "changed", "same", "wrong"))


def reasons(brought):
    """(line, heading, reason) of the first wrong rows."""
    return [(line, *reason) for line, said in brought.check_job.summary["first"] for reason in said]
