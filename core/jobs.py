"""Running jobs: apps register what each kind does, a worker runs it with a lease, another goes on after a crash."""

import logging
from datetime import timedelta

from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from core.models.job import MOST_ATTEMPTS, Job, JobLost

log = logging.getLogger(__name__)

PAUSE = timedelta(minutes=2)

_kinds = {}


class JobFailed(Exception):
    """The work cannot succeed; the message is shown to whoever started it."""


def job_kind(kind):
    """Register the function that does the work of this kind.

    It gets the Job, calls ``job.report(done, now, total=, checkpoint=)`` every few seconds at most LEASE apart, may
    begin again at ``job.checkpoint``, and stores a file by ``keep_result``. It raises JobFailed with a sentence for
    whoever waits.
    """

    def register(work):
        _kinds[kind] = work
        return work

    return register


def keep_result(job, name, content):
    """Store the file the job made under a random name; it is offered to the starter as ``name`` for a week."""
    job.result = default_storage.save(f"jobs/{get_random_string(32)}", content)
    job.result_name = name


def run(pk):
    """Do the work of a job unless it is done or in other hands; return whether this call finished it."""
    job = Job.objects.claim(pk, timezone.now())
    if job is None:
        return False
    try:
        if job.attempts > MOST_ATTEMPTS:
            raise JobFailed(_("It broke off %(times)d times and was given up.") % {"times": MOST_ATTEMPTS})
        _kinds[job.kind](job)
        job.finish(timezone.now())
        return True
    except JobLost:
        log.warning("Job %s (%s) was stopped or taken over.", job.pk, job.kind)
    except JobFailed as reason:
        _fail(job, reason)
    except Exception:
        log.exception("Job %s (%s) broke off at attempt %s", job.pk, job.kind, job.attempts)
        _fail(job, _("Something went wrong; it is tried again shortly."), retry_at=timezone.now() + PAUSE)
    return False


def run_waiting():
    """Run every job that waits, one after the other; return how many were finished."""
    waiting = Job.objects.waiting(timezone.now()).order_by("next_at")
    return sum(run(pk) for pk in waiting.values_list("pk", flat=True)[:20])


def forget_expired():
    """Delete the files whose time is over."""
    for job in Job.objects.expired(timezone.now())[:200]:
        default_storage.delete(job.result)
        Job.objects.filter(pk=job.pk).update(result="")


def _fail(job, reason, retry_at=None):
    try:
        job.fail(reason, timezone.now(), retry_at)
    except JobLost:
        log.warning("Job %s (%s) was stopped or taken over.", job.pk, job.kind)
