"""A complaint as one row of a list: how long is left, what comes next, whose it is.

A list of fifty rows is drawn all day by everybody, and in a template the drawing costs far more than the reading; so
what a row repeats (labels, chips, addresses) is put together here, once a page where it can be (performance 1).
"""

from datetime import UTC, datetime
from functools import cache, cached_property
from html import escape
from typing import NamedTuple

from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, npgettext
from django.utils.translation import gettext as _

from cases.models import Complaint, choices
from cases.steps import OWN_PAGE, next_step, next_step_depends_on
from core.clocks import Clock
from core.markup import fill
from core.moments import exact
from core.templatetags.ui import lucide, when
from customers.phones import mask_name, sees_whole
from workflow.timeline import clock_label

TONES = {"late": "chip-late", "missed": "chip-late", "soon": "chip-soon"}
ICONS = {"late": "clock-alert", "missed": "clock-alert", "soon": "hourglass", "met": "check", "paused": "pause"}


VIP = ' <span class="chip chip-key">VIP</span>'


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
        return str(self.complaint.id).join(self._page.address)

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
        """Its Clock; None where nothing runs."""
        facts = self.complaint.clock
        return facts and self._page.clock(facts["kind"], _moment(facts["due"]), _moment(facts["started"]))

    @property
    def chip(self):
        return chip_of(self.clock)

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

    def line(self, to_tick=False):
        """The row of a table under cases/_rows_head.html, with a box to tick where its head says ``bulk``."""
        complaint, page = self.complaint, self._page
        number, text, status = _safe(complaint.number), escape(self.text), complaint.status
        marks = self.marks if complaint.is_grave or complaint.urgency or complaint.chase_count else ""
        before, after = page.button(complaint, status)
        tick = (
            f'<td class="tick"><input type="checkbox" name="pk" value="{complaint.id}" data-tick aria-label="{number}"></td>'
            if to_tick
            else ""
        )
        name = complaint.customer_name if page.names_whole else mask_name(complaint.customer_name)
        return (
            f"<tr>{tick}<td>{self.chip or self._closed()}</td><td>{before and f'{before}{complaint.id}{after}'}</td>"
            f'<td><a class="mono" href="{self.url}" data-open>{number}</a></td>'
            f"<td>{_safe(name)}{VIP if complaint.customer_is_vip else ''}</td>"
            f'<td class="wide" title="{text}">{marks}{text}</td><td>{page.severity[complaint.severity]}</td>'
            f'<td class="muted">{page.status[status]}</td>'
            f'<td class="muted">{_safe(complaint.owner_name or "—")}</td></tr>'
        )

    def _closed(self):
        return f'<span class="muted">{when(at)}</span>' if (at := self.complaint.closed_at) else ""


class Rows(list):
    """The rows of a page, and a whole table of them joined past the template."""

    @property
    def lines(self):
        return mark_safe("".join([row.line() for row in self]))  # noqa: S308 (each line escapes what it shows)

    @property
    def lines_to_tick(self):
        return mark_safe("".join([row.line(to_tick=True) for row in self]))  # noqa: S308 (as above)


def rows_of(complaints, user, now):
    """Rows of complaints read with ``as_rows()``; asks the database nothing more."""
    page = _Page(user, now)
    return Rows(Row(complaint, page) for complaint in complaints)


class _Page:
    """Who looks, when, and the labels and addresses in his language, looked up once for all rows of a page."""

    def __init__(self, user, now):
        self.user, self.now = user, now
        language = get_language() or ""
        self.is_english = language.startswith("en")
        self.names_whole = sees_whole(user)
        self.status = _labels(Complaint.Status, language)
        self.severity = _labels(choices.Severity, language)
        self.urgency = _labels(choices.Urgency, language)
        self.grave = _("grave")
        self.address = reverse("cases:complaint", args=[1]).split("1")
        self._buttons, self._clocks = {}, {}

    def clock(self, kind, due, started):
        if kind not in self._clocks:
            self._clocks[kind] = clock_label(kind)
        return Clock.of(label=self._clocks[kind], due=due, started=started, now=self.now)

    def button(self, complaint, status):
        """The button of its next step in two parts, its key to stand between them; two empty ones where there is none."""
        alike = (status, complaint.owner_pk, *next_step_depends_on(complaint))
        if alike not in self._buttons:
            # Rights may depend on the handler; the row brought his id along.
            MATTER.set_cached_value(complaint, Handled(complaint.matter_id, complaint.owner_pk))
            self._buttons[alike] = self._draw_button(next_step(complaint, self.user))
        return self._buttons[alike]

    def _draw_button(self, move):
        if move is None:
            return "", ""
        before, after = reverse(f"cases:complaint-{move.verb.replace('_', '-')}", args=[1]).split("1", 1)
        dialog = "" if move.verb in OWN_PAGE else " data-dialog"
        label = escape(str(move.label))
        return f'<a class="button" href="{escape(before)}', f'{escape(after)}"{dialog}>{label}</a>'


def _safe(text):
    """``escape`` for what is mostly letters: a name or a number holds no markup."""
    return text if text.isalnum() else escape(text)


@cache
def _labels(enumeration, language):
    return {code: mark_safe(escape(str(label))) for code, label in enumeration.choices}  # noqa: S308 (escaped)


def chip_of(clock):
    """The countdown of a row, as components/clock_chip.html draws it, without a template for each."""
    if clock is None:
        return ""
    due, started, moments = clock.due, clock.started, ""
    if due and clock.is_live:
        moments = f' data-due="{int(due.timestamp())}"' + (
            f' data-started="{int(started.timestamp())}"' if started else ""
        )
    title = escape(f"{clock.label} {exact(due) if due else ''}".strip())
    icon = _icon(clock.state)
    text = escape(clock.text if clock.state != "paused" else _("Paused"))
    return mark_safe(  # noqa: S308 (what is said is escaped above)
        f'<span class="chip {TONES.get(clock.state, "chip-plain")}"{moments} title="{title}">{icon}'
        f"<span data-remaining>{text}</span></span>"
    )


@cache
def _icon(state):
    return lucide(ICONS[state], 14) if state in ICONS else ""


def _moment(text):
    moment = text if isinstance(text, datetime) else datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)  # as SQLite stores it
