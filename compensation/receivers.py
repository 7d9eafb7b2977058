"""What compensation does about news from below."""

from functools import partial

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction

from compensation.models import Compensation
from workflow.errors import Refusal
from workflow.perform import perform


def report_by_itself(deadlines, now, **kwargs):
    """A small settlement nobody has reported in time is reported by the system, after the sweep's own work (S0-12)."""
    kind = ContentType.objects.get_for_model(Compensation)
    for row in deadlines:
        if row.subject_type_id == kind.pk and row.kind == "report":
            transaction.on_commit(partial(_report, row.subject_id, now), robust=True)


def _report(pk, now):
    record = Compensation.objects.filter(pk=pk).first()
    if record is None:
        return
    try:
        perform(record, "report", by=None, now=now)
    except (Refusal, ValidationError):
        return  # it was reported or reversed meanwhile, or there is nobody to report to: it stays on the list
