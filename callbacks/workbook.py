"""The month as a workbook: a sheet per table, numbers as numbers, charts of the program itself, ready to print (S0-70)."""

import io
from urllib.parse import quote

import xlsxwriter
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIRST_CHART = "H2"


def workbook_of(page):
    """The answer with the workbook of one summary."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    Book(book, page).write()
    book.close()
    answer = HttpResponse(buffer.getvalue(), content_type=TYPE)
    name = quote(f"{_('Follow-up summary')} {page.summary.title} v{page.summary.version_no}.xlsx")
    answer["Content-Disposition"] = f"attachment; filename=\"summary.xlsx\"; filename*=UTF-8''{name}"
    return answer


class Book:
    """One workbook being written."""

    def __init__(self, book, page):
        self.book, self.page = book, page
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.percent = book.add_format({"num_format": "0.0%"})
        self.words = book.add_format({"text_wrap": True, "valign": "top"})

    def write(self):
        self.overview()
        self.tallies(pgettext("sheet", "Steps"), self.page.steps, chart=True)
        for title, rows in self.page.tables:
            self.tallies(title, rows)
        self.trend()
        self.areas()
        self.themes()
        self.complaints()
        self.actions()

    def sheet(self, name, widths, heads):
        sheet = self.book.add_worksheet(name[:31])
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.freeze_panes(1, 0)
        sheet.set_footer("&L&A&R&P / &N")
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.write_row(0, 0, heads, self.head)
        return sheet

    def rate(self, sheet, row, column, part, whole):
        if whole:
            sheet.write_number(row, column, part / whole, self.percent)

    def overview(self):
        summary, total = self.page.summary, self.page.total
        sheet = self.sheet(pgettext("sheet", "Overview"), [28, 14, 60], [_("Figure"), _("Value"), _("Part of")])
        lines = [
            (_("Calls owed"), total["due"], None),
            (_("Customers reached"), total["done"], total["due"]),
            (_("Declined"), total["declined"], total["due"]),
            (_("Not reached"), total["unreached"], total["due"]),
            (pgettext("figure", "Satisfied"), total["satisfied"], total["judged"]),
            (_("Doubts cleared in the call"), total["cleared"], total["done"]),
            (_("Turned into complaints"), total["handed_over"], total["done"]),
            (_("Grave incidents"), total["grave"], None),
            (_("Praise"), total["commendations"], None),
            (_("Gifts"), total["gifts"], None),
            (_("Intentions to buy or refit"), total["intentions"], None),
        ]
        for row, (label, value, whole) in enumerate(lines, start=1):
            sheet.write_string(row, 0, label)
            sheet.write_number(row, 1, value)
            if whole is not None:
                sheet.write_string(row, 2, f"{whole:,}")
        row = len(lines) + 2
        for label, words in (
            (_("In a sentence"), summary.headline), (_("Strengths"), summary.strengths),
            (_("Shortcomings"), summary.shortcomings),
        ):  # fmt: skip
            sheet.write_string(row, 0, str(label), self.head)
            sheet.merge_range(row, 1, row, 2, words, self.words)
            sheet.set_row(row, 60)
            row += 1

    HEADS = ("due", "done", "declined", "unreached", "judged", "satisfied")

    def tallies(self, name, rows, *, chart=False):
        heads = [pgettext("sheet", "Name"), _("Owed"), pgettext("calls", "Reached"), _("Declined"), _("Not reached"), _("Asked"),
                 pgettext("figure", "Satisfied"), _("Rate")]  # fmt: skip
        sheet = self.sheet(name, [24, 10, 10, 10, 12, 10, 10, 10], heads)
        for at, row in enumerate(rows, start=1):
            sheet.write_string(at, 0, row.name)
            for column, key in enumerate(self.HEADS, start=1):
                sheet.write_number(at, column, row.tally[key])
            self.rate(sheet, at, 7, row.tally["satisfied"], row.tally["judged"])
        if chart and rows:
            self.chart(sheet, name, len(rows), 7, "bar", _("Rate"), "J2")

    def chart(self, sheet, name, count, column, kind, title, place):
        chart = self.book.add_chart({"type": kind})
        chart.add_series({
            "name": title, "categories": [sheet.get_name(), 1, 0, count, 0],
            "values": [sheet.get_name(), 1, column, count, column],
        })  # fmt: skip
        chart.set_title({"name": name})
        chart.set_legend({"none": True})
        if kind == "bar":
            chart.set_y_axis({"reverse": True})
        sheet.insert_chart(place, chart)

    def trend(self):
        name = pgettext("sheet", "Trend")
        heads = [
            _("Month"),
            _("Owed"),
            pgettext("calls", "Reached"),
            _("Rate"),
            _("Problems of the product"),
            _("Problems of the work"),
        ]
        sheet = self.sheet(name, [12, 10, 10, 10, 18, 18], heads)
        for at, month in enumerate(self.page.trend, start=1):
            row = month["row"]
            sheet.write_string(at, 0, month["label"])
            sheet.write_number(at, 1, row["due"])
            sheet.write_number(at, 2, row["done"])
            self.rate(sheet, at, 3, row["satisfied"], row["judged"])
            self.rate(sheet, at, 4, row["product_problems"], row["done"])
            self.rate(sheet, at, 5, row["service_problems"], row["done"])
        self.chart(sheet, name, len(self.page.trend), 3, "line", _("Rate"), FIRST_CHART)

    def areas(self):
        heads = [_("Side of our work"), _("Opinions"), _("Problems"), _("Praise"), _("Questions")]
        sheet = self.sheet(pgettext("sheet", "Sides"), [18, 12, 12, 12, 12], heads)
        for at, row in enumerate(self.page.areas, start=1):
            sheet.write_string(at, 0, str(row["name"]))
            for column, key in enumerate(("opinion", "problem", "praise", "question"), start=1):
                sheet.write_number(at, column, row[key])

    def themes(self):
        heads = [_("Kind"), pgettext("theme", "Theme"), _("Calls"), _("Last month"), _("Quotes")]
        sheet = self.sheet(pgettext("sheet", "Themes"), [12, 22, 10, 12, 70], heads)
        for at, theme in enumerate([*self.page.shortcomings, *self.page.praise], start=1):
            sheet.write_string(at, 0, theme.get_kind_display())
            sheet.write_string(at, 1, theme.name)
            sheet.write_number(at, 2, theme.count)
            sheet.write_number(at, 3, theme.before)
            sheet.write_string(at, 4, "\n".join(quote["text"] for quote in theme.quotes), self.words)

    def complaints(self):
        sheet = self.sheet(pgettext("sheet", "Complaints"), [18, 24, 10], [_("Number"), _("Status"), _("Grave")])
        for at, row in enumerate(self.page.complaints, start=1):
            sheet.write_string(at, 0, row["number"])
            sheet.write_string(at, 1, str(row["state"]))
            sheet.write_string(at, 2, _("yes") if row["is_grave"] else "")

    def actions(self):
        heads = [_("What is done"), _("About"), _("Responsible"), _("Until"), _("Outcome")]
        sheet = self.sheet(pgettext("sheet", "Actions"), [50, 20, 14, 12, 40], heads)
        day = self.book.add_format({"num_format": "yyyy-mm-dd"})
        for at, action in enumerate(self.page.actions, start=1):
            for column, text in ((0, action.what), (1, action.about), (2, str(action.owner)), (4, action.outcome)):
                sheet.write_string(at, column, text, self.words)
            sheet.write_datetime(at, 3, action.due_on, day)
