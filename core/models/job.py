"""Long work that somebody waits for: an export, an import, a report."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.wake import ring

LEASE = timedelta(minutes=5)  # renewed by every report of progress
MOST_ATTEMPTS = 5  # a job that kills its worker this often will do so again
RESULT_KEPT = timedelta(days=7)


class JobQuerySet(models.QuerySet):
    def start(self, kind, *, by, now, params=None, title=""):
        """Write a job down and wake a worker after the commit."""
        job = self.create(kind=kind, started_by=by, params=params or {}, title=title, next_at=now, created_at=now)
        ring("core.tasks.run_job", job.pk)
        return job

    def waiting(self, now):
        """Jobs nobody works on: new ones, and those whose worker has not reported for LEASE."""
        return self.filter(next_at__lte=now)

    def claim(self, pk, now):
        """The job, ours until LEASE after its last report, or None when it is done or in other hands."""
        claimed = {"state": Job.State.RUNNING, "next_at": now + LEASE, "attempts": F("attempts") + 1}
        return self.get(pk=pk) if self.filter(pk=pk).waiting(now).update(**claimed) else None

    def expired(self, now):
        return self.filter(expires_at__lte=now).exclude(result="")


class JobLost(Exception):
    """The job was stopped, or another worker took it over: the one who notices leaves it alone."""


class Job(models.Model):
    """A piece of work a worker does for somebody, with its progress; after a crash the next worker goes on with it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting to begin")
        RUNNING = "running", _("at work")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        STOPPED = "stopped", _("stopped")

    kind = models.CharField(_("kind"), max_length=60)
    title = models.CharField(_("title"), max_length=120, blank=True)
    params = models.JSONField(_("parameters"), default=dict)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    done = models.BigIntegerField(_("done"), default=0)
    total = models.BigIntegerField(_("in all"), default=0)
    # What the work has to know to go on where a killed worker stopped.
    checkpoint = models.JSONField(_("resume point"), default=dict)
    summary = models.JSONField(_("summary"), default=dict)
    result = models.CharField(_("file"), max_length=200, blank=True)
    result_name = models.CharField(_("file name"), max_length=120, blank=True)
    expires_at = models.DateTimeField(_("file kept until"), null=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("started by"), related_name="jobs", null=True
    )
    attempts = models.SmallIntegerField(_("attempts"), default=0)
    # When a worker may take it: from the beginning, and while one is at it when its lease ends. Empty when it is over.
    next_at = models.DateTimeField(_("next attempt"), null=True)
    error = models.CharField(_("error"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("begun at"))
    finished_at = models.DateTimeField(_("finished at"), null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = [
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="job_waiting"),
            models.Index(fields=["started_by", "-created_at"], name="job_of_user"),
        ]

    def __str__(self):
        return self.title or self.kind

    def get_absolute_url(self):
        return reverse("core:job", args=[self.pk])

    @property
    def is_over(self):
        return self.state in (self.State.DONE, self.State.FAILED, self.State.STOPPED)

    @property
    def percent(self):
        """How much is done, 0 to 100; None while that is not known."""
        if self.state == self.State.DONE:
            return 100
        return min(100, self.done * 100 // self.total) if self.total else None

    def report(self, done, now, total=None, checkpoint=None):
        """Tell how far the work is, which renews the lease; raises JobLost when it is no longer ours."""
        self.done = done
        self.total = self.total if total is None else total
        self.checkpoint = self.checkpoint if checkpoint is None else checkpoint
        self._ours(done=done, total=self.total, checkpoint=self.checkpoint, next_at=now + LEASE)

    def finish(self, now):
        """The work is complete, its summary and its file are what the attributes say."""
        self._ours(
            state=self.State.DONE,
            next_at=None,
            finished_at=now,
            error="",
            done=max(self.done, self.total),
            summary=self.summary,
            result=self.result,
            result_name=self.result_name,
            expires_at=now + RESULT_KEPT if self.result else None,
        )

    def fail(self, error, now, retry_at=None):
        """The work broke off: it is taken up again at ``retry_at``, or has failed."""
        state = self.State.WAITING if retry_at else self.State.FAILED
        error = str(error).replace("\x00", "")[:500]
        self._ours(state=state, next_at=retry_at, finished_at=None if retry_at else now, error=error)

    def stop(self, now):
        """Whoever started it wants it no more; a worker at it notices at its next report. False when it is over."""
        open_job = Job.objects.filter(pk=self.pk, next_at__isnull=False)
        return bool(open_job.update(state=self.State.STOPPED, next_at=None, finished_at=now))

    def _ours(self, **fields):
        # The number of attempts tells our claim from a later one of the same job.
        if not Job.objects.filter(pk=self.pk, state=self.State.RUNNING, attempts=self.attempts).update(**fields):
            raise JobLost(f"Job {self.pk} is no longer ours.")
        for name, value in fields.items():
            setattr(self, name, value)
