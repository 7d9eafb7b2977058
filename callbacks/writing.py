"""Months that write themselves: a worker counts what was asked for, and each month's end asks for itself."""

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Region
from callbacks import monthly
from callbacks.models import MonthSummary
from core.calendar import local_day
from core.jobs import JobFailed, job_kind
from core.models import Job

KIND = "callbacks.month"


@job_kind(KIND)
def count(job):
    """Fill the draft of a month; counted twice it says the same."""
    summary = MonthSummary.objects.filter(pk=job.params["summary"], issued_at=None).select_related("region").first()
    if summary is None:
        raise JobFailed(_("This month is issued already."))
    period = monthly.Period(summary.begins_on, summary.ends_on)

    def report(done, total):
        job.report(done, timezone.now(), total=total)

    monthly.draft(period, summary.region, now=timezone.now(), by=job.started_by, report=report)


def write_due(now):
    """On the first day after a month, and on any later one where it was missed: ask for every branch's draft, and for all.

    A company that has made no calls in it gets none.
    """
    period = monthly.last_month(now)
    if local_day(now) <= period.ends_on:
        return
    regions = [*Region.objects.in_use(), None]
    known = set(MonthSummary.objects.filter(begins_on=period.begins_on).values_list("region_id", flat=True))
    for region in regions:
        pk = region.pk if region else None
        if pk in known or not monthly.calls_of(period, pk).exists():
            continue
        summary = monthly.open_draft(period, region, now)
        Job.objects.start(KIND, by=None, now=now, params={"summary": summary.pk}, title=str(summary))
