"""A complaint as one row of a list: how long is left, what comes next, whose it is.

A list of fifty rows is drawn all day by everybody, and in a template the drawing costs far more than the reading; so
what a row repeats (labels, chips, addresses) is put together here, once a page where it can be (performance 1).
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import npgettext

from cases.models import Complaint, choices
from cases.steps import OWN_PAGE, next_step
from core.clocks import Clock
from core.moments import exact
from core.templatetags.ui import lucide
from workflow.models import Matter
from workflow.timeline import clock_label

TONES = {"late": "chip-late", "missed": "chip-late", "soon": "chip-soon"}
ICONS = {"late": "clock-alert", "missed": "clock-alert", "soon": "hourglass", "met": "check", "paused": "pause"}


@dataclass
class Row:
    """What a list shows of one complaint; every part is ready to be put into the page."""

    complaint: object
    clock: Clock | None
    step: object
    url: str
    text: str
    status: str
    severity: str
    chip: str = ""
    step_label: str = ""
    step_url: str = ""
    opens_dialog: bool = False
    marks: str = ""

    @property
    def number(self):
        return self.complaint.number


def rows_of(complaints, user, now):
    """Rows of complaints read with ``as_rows()``; asks the database nothing more."""
    words = _Words()
    return [words.row(complaint, user, now) for complaint in complaints]


class _Words:
    """The labels and addresses of one page in the reader's language, looked up once."""

    def __init__(self):
        self.status = {code: str(label) for code, label in Complaint.Status.choices}
        self.severity = {code: str(label) for code, label in choices.Severity.choices}
        self.urgency = {code: str(label) for code, label in choices.Urgency.choices}
        self.grave = _("grave")
        self.page = reverse("cases:complaint", args=[1]).split("1")
        self.steps = {}

    def row(self, complaint, user, now):
        # Rights may depend on the handler; the row brought his id along.
        complaint.matter = Matter(
            pk=complaint.matter_id,
            owner_id=complaint.owner_pk,
            customer_id=complaint.customer_id,
            region_id=complaint.region_id,
        )
        clock = clock_of(complaint.clock, now)
        row = Row(
            complaint,
            clock,
            step=next_step(complaint, user),
            url=str(complaint.pk).join(self.page),
            text=" ".join(complaint.snippet.split()),
            status=self.status[complaint.status],
            severity=self.severity[complaint.severity],
            chip=chip_of(clock),
            marks=self._marks(complaint),
        )
        if row.step is not None:
            row.step_label, row.step_url = self._step(row)
            row.opens_dialog = row.step.verb not in OWN_PAGE
        return row

    def _step(self, row):
        verb = row.step.verb
        if verb not in self.steps:
            slug = verb.replace("_", "-")
            self.steps[verb] = str(row.step.label), reverse(f"cases:complaint-{slug}", args=[1]).split("1", 1)
        label, parts = self.steps[verb]
        return label, str(row.complaint.pk).join(parts)

    def _marks(self, complaint):
        marks = ""
        if complaint.is_grave:
            marks += format_html('<span class="chip">{}{}</span> ', lucide("siren", 12), self.grave)
        if complaint.urgency:
            marks += format_html('<span class="chip">{}</span> ', self.urgency[complaint.urgency])
        if complaint.chase_count:
            words = npgettext("complaint", "chased once", "chased %(n)s times", complaint.chase_count)
            marks += format_html('<span class="chip">{}</span> ', words % {"n": complaint.chase_count})
        return mark_safe(marks)  # noqa: S308 (put together by format_html)


def chip_of(clock):
    """The countdown of a row, as components/clock_chip.html draws it, without a template for each."""
    if clock is None:
        return ""
    icon = lucide(ICONS[clock.state], 14) if clock.state in ICONS else ""
    due = clock.due
    live = clock.is_live and due
    return format_html(
        '<span class="chip {}"{}{} title="{}">{}<span data-remaining>{}</span></span>',
        TONES.get(clock.state, "chip-plain"),
        format_html(' data-due="{}"', int(due.timestamp())) if live else "",
        format_html(' data-started="{}"', int(clock.started.timestamp())) if live and clock.started else "",
        f"{clock.label} {exact(due) if due else ''}".strip(),
        icon,
        clock.text if clock.state != "paused" else _("Paused"),
    )


def clock_of(facts, now):
    """The Clock of a ``next_clock`` annotation; None where nothing runs."""
    if not facts:
        return None
    return Clock.of(
        label=clock_label(facts["kind"]), due=_moment(facts["due"]), started=_moment(facts["started"]), now=now
    )


def _moment(text):
    moment = text if isinstance(text, datetime) else parse_datetime(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
