"""A complaint as one row of a list: how long is left, what comes next, whose it is.

A list of fifty rows is drawn all day by everybody, and in a template the drawing costs far more than the reading; so
what a row repeats (labels, chips, addresses) is put together here, once a page where it can be (performance 1).
"""

from datetime import UTC, datetime
from functools import cached_property
from typing import NamedTuple

from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, npgettext
from django.utils.translation import gettext as _

from cases.models import Complaint, choices
from cases.steps import NEXT, OWN_PAGE, next_step
from core.clocks import Clock
from core.markup import fill
from core.moments import exact
from core.templatetags.ui import lucide, when
from customers.phones import mask_name, sees_whole
from workflow.timeline import clock_label

TONES = {"late": "chip-late", "missed": "chip-late", "soon": "chip-soon"}
ICONS = {"late": "clock-alert", "missed": "clock-alert", "soon": "hourglass", "met": "check", "paused": "pause"}


LINE = (
    '<tr>{}<td>{}</td><td>{}</td><td><a class="mono" href="{}" data-open>{}</a></td><td>{}{}</td>'
    '<td class="wide" title="{}">{}{}</td><td>{}</td><td class="muted">{}</td><td class="muted">{}</td></tr>'
)
TICK = '<td class="tick"><input type="checkbox" name="pk" value="{}" data-tick aria-label="{}"></td>'
STEP = '<a class="button" href="{}"{}>{}</a>'
VIP = mark_safe(' <span class="chip chip-key">VIP</span>')
IN_DIALOG = mark_safe(" data-dialog")


MATTER = Complaint._meta.get_field("matter")


class Handled(NamedTuple):
    """As much of a matter as the rights to a step ask for; a Matter itself takes longer to make than to ask."""

    pk: int
    owner_id: int | None


class Row:
    """What a list shows of one complaint; every part is ready to be put into the page, made where it is asked for."""

    def __init__(self, complaint, page):
        self.complaint, self._page = complaint, page

    @property
    def number(self):
        return self.complaint.number

    @cached_property
    def url(self):
        return str(self.complaint.pk).join(self._page.address)

    @cached_property
    def text(self):
        return " ".join(self.complaint.snippet.split())

    @property
    def status(self):
        return self._page.status[self.complaint.status]

    @property
    def severity(self):
        return self._page.severity[self.complaint.severity]

    @property
    def klass(self):
        """The name of its class, as ``str(complaint.klass)`` gives it."""
        complaint = self.complaint
        return (self._page.is_english and complaint.class_name_en) or complaint.class_name or "—"

    @cached_property
    def clock(self):
        return clock_of(self.complaint.clock, self._page.now)

    @property
    def chip(self):
        return chip_of(self.clock)

    @cached_property
    def step(self):
        """The Move that leads on, where this person may make it; None otherwise."""
        complaint = self.complaint
        if complaint.status not in NEXT:
            return None
        # Rights may depend on the handler; the row brought his id along.
        MATTER.set_cached_value(complaint, Handled(complaint.matter_id, complaint.owner_pk))
        return next_step(complaint, self._page.user)

    @property
    def marks(self):
        """Grave, urgent, chased: what makes a complaint stand out."""
        complaint, marks = self.complaint, ""
        if complaint.is_grave:
            marks += fill('<span class="chip">{}{}</span> ', lucide("siren", 12), self._page.grave)
        if complaint.urgency:
            marks += fill('<span class="chip">{}</span> ', self._page.urgency[complaint.urgency])
        if complaint.chase_count:
            words = npgettext("complaint", "chased once", "chased %(n)s times", complaint.chase_count)
            marks += fill('<span class="chip">{}</span> ', words % {"n": complaint.chase_count})
        return mark_safe(marks)  # noqa: S308 (put together by fill)

    @property
    def line(self):
        """The row of a table under cases/_rows_head.html."""
        return self._line("")

    @property
    def line_to_tick(self):
        """The same with a box to tick; the head then says ``bulk``."""
        return self._line(fill(TICK, self.complaint.pk, self.number))

    def _line(self, tick):
        complaint = self.complaint
        return fill(
            LINE,
            tick,
            self.chip or self._closed(),
            self._button(),
            self.url,
            complaint.number,
            complaint.customer_name if self._page.names_whole else mask_name(complaint.customer_name),
            VIP if complaint.customer_is_vip else "",
            self.text,
            self.marks,
            self.text,
            self.severity,
            self.status,
            complaint.owner_name or "—",
        )

    def _closed(self):
        return fill('<span class="muted">{}</span>', when(at)) if (at := self.complaint.closed_at) else ""

    def _button(self):
        if self.step is None:
            return ""
        verb = self.step.verb
        label, parts = self._page.step(self.step)
        dialog = "" if verb in OWN_PAGE else IN_DIALOG
        return fill(STEP, str(self.complaint.pk).join(parts), dialog, label)


def rows_of(complaints, user, now):
    """Rows of complaints read with ``as_rows()``; asks the database nothing more."""
    page = _Page(user, now)
    return [Row(complaint, page) for complaint in complaints]


class _Page:
    """Who looks, when, and the labels and addresses in his language, looked up once for all rows of a page."""

    def __init__(self, user, now):
        self.user, self.now = user, now
        self.is_english = (get_language() or "").startswith("en")
        self.names_whole = sees_whole(user)
        self.status = {code: str(label) for code, label in Complaint.Status.choices}
        self.severity = {code: str(label) for code, label in choices.Severity.choices}
        self.urgency = {code: str(label) for code, label in choices.Urgency.choices}
        self.grave = _("grave")
        self.address = reverse("cases:complaint", args=[1]).split("1")
        self._steps = {}

    def step(self, move):
        """Label and address of a move; the address in two parts, the key between them."""
        if move.verb not in self._steps:
            address = reverse(f"cases:complaint-{move.verb.replace('_', '-')}", args=[1])
            self._steps[move.verb] = str(move.label), address.split("1", 1)
        return self._steps[move.verb]


CHIP = '<span class="chip {}"{} title="{}">{}<span data-remaining>{}</span></span>'


def chip_of(clock):
    """The countdown of a row, as components/clock_chip.html draws it, without a template for each."""
    if clock is None:
        return ""
    moments = ""
    if clock.due and clock.is_live:
        started = f' data-started="{int(clock.started.timestamp())}"' if clock.started else ""
        moments = mark_safe(f' data-due="{int(clock.due.timestamp())}"{started}')  # noqa: S308 (numbers)
    return fill(
        CHIP,
        TONES.get(clock.state, "chip-plain"),
        moments,
        f"{clock.label} {exact(clock.due) if clock.due else ''}".strip(),
        lucide(ICONS[clock.state], 14) if clock.state in ICONS else "",
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
    moment = text if isinstance(text, datetime) else datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)  # as SQLite stores it
