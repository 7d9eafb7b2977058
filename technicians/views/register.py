"""The register of repair sheets on screen and as a workbook (S2-142, S2-143)."""

import io
from datetime import timedelta
from urllib.parse import quote

import xlsxwriter
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.generic import TemplateView, View

from core.forms import DayField
from technicians.models.choices import Kind
from technicians.register import PASSED_OWED, PERIODS, TIMELY_OWED, Period
from technicians.register import Register as Figures

SHOWN, MOST_IN_FILE = 200, 20_000
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def period_asked(query):
    """The period an address names; today where it names none."""
    try:
        day = DayField(required=False).clean(query.get("on")) or timezone.localdate()
    except ValidationError:
        day = timezone.localdate()
    if not 2000 <= day.year <= 2100:
        day = timezone.localdate()
    return Period(query.get("period") if query.get("period") in PERIODS else "day", day)


def narrowing(query, figures):
    """Which figure's orders are asked for; what names none is left out."""
    asked = {}
    technicians = {str(row.key): row for row in figures.by_technician}
    if query.get("technician") in technicians:
        asked["technician"] = technicians[query["technician"]].key
    categories = {str(row.key): row for row in figures.by_category}
    if query.get("category") in categories:
        asked["category"] = categories[query["category"]].key
    if query.get("kind") in Kind.values:
        asked["kind"] = query["kind"]
    if query.get("fact") in ("late", "failed"):
        asked["fact"] = query["fact"]
    return asked


class OfPeriod(PermissionRequiredMixin):
    raise_exception = True
    permission_required = "technicians.view_roster"

    @property
    def figures(self):
        return Figures(self.request.user, period_asked(self.request.GET))


class Register(OfPeriod, TemplateView):
    """Figures of a day, a week or a month above the sheets they are drawn from; each opens its own."""

    template_name = "technicians/register.html"

    def get_context_data(self, **kwargs):
        figures = self.figures
        period, asked = figures.period, narrowing(self.request.GET, figures)
        sheets = list(figures.narrowed(**asked).select_related("matter__customer")[: SHOWN + 1])
        tabs = [
            {"label": label, "url": f"?period={name}&on={period.on}", "is_current": name == period.name}
            for name, label in PERIODS.items()
        ]
        return super().get_context_data(
            figures=figures,
            period=period,
            before=period.first - timedelta(days=1),
            after=period.last + timedelta(days=1),
            tabs=tabs,
            asked=asked,
            sheets=sheets[:SHOWN],
            more=len(sheets) > SHOWN,
            timely_owed=TIMELY_OWED,
            passed_owed=PASSED_OWED,
            may_take_out=self.request.user.has_perm("core.make_tableexport"),
            **kwargs,
        )


class RegisterFile(OfPeriod, View):
    """The same as a workbook, without anybody's name but the technicians'."""

    http_method_names = ["get", "head"]
    permission_required = ("technicians.view_roster", "core.make_tableexport")

    def get(self, request):
        figures = self.figures
        answer = HttpResponse(workbook_of(figures), content_type=TYPE)
        name = quote(f"{_('Repair register')} {figures.period.first} {figures.period.last}.xlsx")
        answer["Content-Disposition"] = f"attachment; filename=\"register.xlsx\"; filename*=UTF-8''{name}"
        return answer


def workbook_of(figures):
    """The bytes of a workbook with the sheets, the figures and the materials of a period."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    head = book.add_format({"bold": True, "bottom": 1})
    kinds = dict(Kind.choices)

    def write(title, heads, rows):
        sheet = book.add_worksheet(title)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(heads) - 1, 16)
        sheet.write_row(0, 0, heads, head)
        for number, row in enumerate(rows, 1):
            sheet.write_row(number, 0, ["" if value is None else value for value in row])

    write(
        pgettext("sheet", "Register"),
        [
            _("Number"), pgettext("work order", "Kind"), _("Status"), pgettext("work order", "symptom"), _("Technician"),
            pgettext("register", "Came"), pgettext("work order", "done at"), pgettext("work order", "hours worked"),
            pgettext("work order", "times reworked"),
        ],
        (
            [
                one.number, str(kinds[one.kind]), one.get_status_display(), one.symptom, one.leader_name,
                _clock(one.came_at), _clock(one.completed_at), one.hours, one.rework_count,
            ]
            for one in figures.sheets[:MOST_IN_FILE]
        ),
    )  # fmt: skip
    heads = ["", pgettext("register", "Finished"), pgettext("register", "Timely %"), pgettext("register", "Passed %"),
             pgettext("work order", "hours worked")]  # fmt: skip
    for title, rows in (
        (pgettext("sheet", "Technicians"), figures.by_technician),
        (pgettext("sheet", "Kinds"), figures.by_kind),
        (pgettext("sheet", "Product groups"), figures.by_category),
    ):
        write(title, heads, ([str(row.label), row.jobs, row.timely, row.passed, row.hours] for row in rows))
    heads = [pgettext("part", "name"), pgettext("part", "quantity"), pgettext("register", "Orders")]
    write(
        pgettext("sheet", "Material"),
        heads,
        ([row["material"], row["quantity"], row["orders"]] for row in figures.materials),
    )
    book.close()
    return buffer.getvalue()


def _clock(moment):
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""
