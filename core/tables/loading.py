"""The two jobs behind an import: one says what a file would do, the other does it.

Both read the same rows in the same order. Writing commits chunk by chunk together with the job's resume point, so a
killed worker leaves whole chunks, and the next goes on behind the last one: nothing is lost and nothing done twice.
"""

import tempfile
from collections import Counter
from itertools import islice

from django.conf import settings
from django.core.files import File
from django.db.transaction import atomic
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from core.jobs import JobFailed, job_kind, keep_result
from core.models import Job, TableImport
from core.tables.bounds import TableRefused
from core.tables.columns import REASON
from core.tables.files import Spool, write_xlsx
from core.tables.reading import Table
from core.tables.resource import CHANGED, NEW, STATES, WRONG, Row, resource_of
from core.tables.seen import Seen

CHECK, LOAD = "core.tables.check", "core.tables.load"
FIRST_WRONG = 50  # wrong rows shown on the page; all of them stand in the file


class Run:
    """One pass over a file."""

    def __init__(self, brought, job):
        self.brought, self.job = brought, job
        self.resource = resource_of(brought.table)(by=brought.started_by, now=timezone.now())
        self.seen = Seen()
        self.counts = Counter(dict.fromkeys(STATES, 0))

    def chunks(self, table):
        """Lists of rows, read but not looked up."""
        reader = self.resource.reader(table.headings)
        rows = table.rows()
        while lines := list(islice(rows, self.resource.chunk)):
            chunk = [Row(line, cells) for line, cells in lines]
            for row in chunk:
                reader.read(row)
            yield chunk

    def consider(self, chunk):
        self.resource.consider(chunk, self.seen)
        self.counts.update(row.state for row in chunk)

    @property
    def done(self):
        return sum(self.counts.values())

    def check(self, report, keep_wrong=lambda table, row: None):
        """Consider every row and write nothing; the counts say what would happen."""
        with self.brought.file.open("rb") as file:
            table = Table(file)
            for chunk in self.chunks(table):
                self.consider(chunk)
                for row in chunk:
                    if row.state == WRONG:
                        keep_wrong(table, row)
                report(self.done, int(self.done / table.share) if table.share else 0)

    def load(self, total):
        """Write every good row that is new or changed, from the job's resume point on."""
        behind = self.job.checkpoint.get("rows", 0)
        if behind:
            self.counts.update(self.job.checkpoint["counts"])
            self.resource.made = dict(self.job.checkpoint["made"])
        with self.brought.file.open("rb") as file:
            passed = 0
            for chunk in self.chunks(Table(file)):
                passed += len(chunk)
                if passed <= behind:
                    self._remember(chunk)
                else:
                    self._write(chunk, passed, total)

    def _remember(self, chunk):
        """Rows written before the job was broken off are only kept in mind."""
        for row in chunk:
            identity = self.resource.identity(row) if row.is_good else None
            if identity is not None:
                self.seen.before(identity, row)

    @atomic
    def _write(self, chunk, passed, total):
        self.consider(chunk)
        self.resource.write([row for row in chunk if row.state in (NEW, CHANGED)])
        checkpoint = {"rows": passed, "counts": dict(self.counts), "made": self.resource.made}
        self.job.report(passed, timezone.now(), total=max(total, passed), checkpoint=checkpoint)


@job_kind(CHECK)
def check(job):
    """Read the whole file and say what it would do; what cannot be taken becomes a file to mend."""
    brought = TableImport.objects.select_related("started_by").get(check_job=job)
    with speaking_to(brought.started_by):
        first, wrong = [], Spool()

        def keep(table, row):
            reasons = "；".join(f"{heading}: {reason}" if heading else reason for heading, reason in row.wrong)
            width = len(table.headings)
            wrong.add([*(row.cells + [""] * width)[:width], reasons])
            if len(first) < FIRST_WRONG:
                first.append([row.line, [list(pair) for pair in row.wrong]])

        run = Run(brought, job)
        headings = _pass(run.check, lambda done, total: job.report(done, timezone.now(), total=total), keep, run=run)
        if not run.done:
            raise JobFailed(_("There is nothing under the headings."))
        job.done = job.total = run.done
        job.summary = {"counts": dict(run.counts), "first": first, "made": run.resource.made}
        if wrong.count:
            _keep_wrong_rows(job, brought, headings, wrong)


def _pass(act, *args, run):
    """Run a pass; a file that turns out to be none, or is gone, ends the job with its sentence. The headings are returned."""
    try:
        with run.brought.file.open("rb") as file:
            headings = Table(file).headings
        act(*args)
    except TableRefused as reason:
        raise JobFailed(" ".join(reason.messages)) from None
    except FileNotFoundError:
        raise JobFailed(_("The file is kept no more. Bring it again.")) from None
    return headings


def _keep_wrong_rows(job, brought, headings, wrong):
    names = [heading for heading in headings if str(heading).casefold() != str(REASON).casefold()]
    keep = [place for place, heading in enumerate(headings) if heading in names]
    batches = ([[*(row[place] for place in keep), row[-1]] for row in batch] for batch in wrong.batches())
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        write_xlsx(file.name, [*names, str(REASON)], batches)
        stem = brought.file_name.rpartition(".")[0] or brought.file_name
        with open(file.name, "rb") as written:
            keep_result(job, _("%(name)s to mend.xlsx") % {"name": stem[:90]}, File(written))


@job_kind(LOAD)
def load(job):
    """Write what the check announced: everything or nothing, or only the good rows."""
    brought = TableImport.objects.select_related("started_by", "check_job").get(load_job=job)
    with speaking_to(brought.started_by):
        total = sum(brought.counts.values())
        if not brought.only_good and not job.checkpoint:
            _all_good(brought, job, total)
        run = Run(brought, job)
        _pass(run.load, total, run=run)
        job.done = job.total = run.done
        job.summary = {"counts": dict(run.counts), "made": run.resource.made}


def _all_good(brought, job, total):
    """Much may have happened since the check: where everything or nothing was asked for, look again before writing."""
    again = Run(brought, job)
    _pass(again.check, lambda done, _estimate: job.report(0, timezone.now(), total=total), run=again)
    if again.counts[WRONG]:
        raise JobFailed(
            _("Nothing was written: %(count)d rows cannot be taken any more. Check the file again.")
            % {"count": again.counts[WRONG]}
        )


def speaking_to(user):
    """Whatever is said inside is said in this person's language."""
    return override(user.language or settings.LANGUAGE_CODE)


def bring(*, resource, upload, read_as, by, now):
    """Keep an uploaded file and have it checked."""
    title = _("Check: %(file)s") % {"file": upload.name[:90]}
    job = Job.objects.start(CHECK, by=by, now=now, title=title)
    return TableImport.objects.create(
        table=resource.key,
        file=upload,
        file_name=upload.name[-120:],
        read_as=read_as,
        started_by=by,
        created_at=now,
        check_job=job,
    )


def begin_load(brought, *, only_good, by, now):
    """Have a checked file written; the row must be locked, and may be loaded once."""
    title = _("Import: %(file)s") % {"file": brought.file_name[:90]}
    brought.load_job = Job.objects.start(LOAD, by=by, now=now, title=title)
    brought.only_good = only_good
    brought.save(update_fields=["load_job", "only_good"])
    return brought.load_job
