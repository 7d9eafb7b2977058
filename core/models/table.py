"""Tables brought in from files, and tables taken out: what was asked, by whom, and what came of it."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models.job import Job

FILES_KEPT = timedelta(days=30)  # a file holds names and numbers; the tables hold them now


def unguessable(instance, name):
    """Uploaded tables lie under a random name; the one they came with is only shown."""
    return f"tables/{get_random_string(32)}"


class TableImportQuerySet(models.QuerySet):
    def forget_old_files(self, now):
        """Delete uploaded files that nobody needs any more."""
        old = self.filter(created_at__lt=now - FILES_KEPT).exclude(file="")
        for found in old[:200]:
            found.file.delete(save=False)
            self.filter(pk=found.pk).update(file="")


class TableImport(models.Model):
    """One file somebody brings in: checked by one job, then written by another."""

    table = models.CharField(_("table"), max_length=40)
    file = models.FileField(_("file"), upload_to=unguessable, max_length=120, blank=True)
    file_name = models.CharField(_("file name"), max_length=120)
    read_as = models.CharField(max_length=200, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("started by"), related_name="table_imports"
    )
    created_at = models.DateTimeField(_("begun at"), default=timezone.now)
    check_job = models.OneToOneField(Job, models.CASCADE, related_name="+")
    load_job = models.OneToOneField(Job, models.CASCADE, related_name="+", null=True)
    only_good = models.BooleanField(_("only the good rows"), default=False)

    objects = TableImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [models.Index(fields=["started_by", "-id"], name="imports_of_user")]
        permissions = [
            ("load_tableimport", _("Can import customers, orders and service cards")),
            ("load_basic_tableimport", _("Can import products, prices, staff and running cases")),
        ]

    def __str__(self):
        return self.file_name

    def get_absolute_url(self):
        return reverse("core:import", args=[self.pk])

    @property
    def job(self):
        """The job this import is at."""
        return self.load_job or self.check_job

    @property
    def counts(self):
        """How many rows the check found new, changed, the same and wrong."""
        return self.check_job.summary.get("counts", {})

    @property
    def to_write(self):
        return self.counts.get("new", 0) + self.counts.get("changed", 0)

    @property
    def may_load(self):
        """Whether the check is through and nothing has been written by it yet."""
        return self.check_job.state == Job.State.DONE and self.load_job_id is None and bool(self.file)


class TableExport(models.Model):
    """What somebody took out: which table, how narrowed, how many rows, whether names and numbers were whole (threats 30)."""

    table = models.CharField(_("table"), max_length=40)
    query = models.CharField(_("filters"), max_length=2000, blank=True)
    form = models.CharField(pgettext_lazy("file", "format"), max_length=4)
    rows = models.BigIntegerField(_("rows"), null=True)
    is_masked = models.BooleanField(_("masked"), default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), related_name="+")
    at = models.DateTimeField(_("at"))
    job = models.OneToOneField(Job, models.SET_NULL, related_name="+", null=True)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-pk"]
        permissions = [("make_tableexport", _("Can take tables out as files"))]

    def __str__(self):
        return f"{self.table} {self.at:%Y-%m-%d %H:%M}"
