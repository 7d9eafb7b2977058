"""A month's summary as it is read: its figures with what they are a part of, their change, and the way to their calls."""

from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from callbacks import monthly
from callbacks.models.summary import Kind
from cases.models import Complaint
from cases.models.choices import Area


def percent(part, whole):
    """91.4 %, or a dash where there is nothing to be a part of."""
    return f"{part * 100 / whole:.1f}%" if whole else "—"


@dataclass
class Row:
    """One line of a table of the month."""

    name: str
    tally: dict
    url: str

    @property
    def rate(self):
        return percent(self.tally["satisfied"], self.tally["judged"])

    @property
    def share(self):
        return self.tally["satisfied"] * 100 / self.tally["judged"] if self.tally["judged"] else 0


@dataclass
class Page:
    """The summary for one reader: names of colleagues only with the right."""

    summary: object
    user: object

    @property
    def figures(self):
        return self.summary.figures

    @property
    def total(self):
        return self.figures.get("total")

    def calls(self, **narrowed):
        """Where the calls behind a figure are listed."""
        period = {"due_after": self.summary.begins_on, "due_before": self.summary.ends_on}
        branch = {"region": self.summary.region_id} if self.summary.region_id else {}
        return f"{reverse('callbacks:call-list')}?{urlencode(period | branch | narrowed)}"

    @cached_property
    def heads(self):
        """The figures at the head of the page, each with its change."""
        total, before = self.total, self.figures["before"]
        good, then = (monthly.rate(one["satisfied"], one["judged"]) for one in (total, before))
        return [
            self._head(_("Calls owed"), f"{total['due']:,}", _last(before["due"]), state="counted"),
            self._head(_("Customers reached"), percent(total["done"], total["due"]),
                       f"{total['done']:,} / {total['due']:,}", state="done"),
            self._head(pgettext("figure", "Satisfied"), percent(total["satisfied"], total["judged"]),
                       _change(good, then), verdict="good"),
            self._head(_("Turned into complaints"), f"{total['handed_over']:,}", self._settled(), handed="on"),
            self._head(_("Praise"), f"{total['commendations']:,}",
                       _("%(n)s colleagues") % {"n": total["praised"]}, state="done"),
        ]  # fmt: skip

    def _head(self, label, value, change, **narrowed):
        return {"label": label, "value": value, "change": change, "url": self.calls(**narrowed)}

    def _settled(self):
        rows = self.figures["complaints"]
        done = sum(row["status"] in Complaint.FINAL for row in rows)
        return _("%(n)s settled") % {"n": done}

    @cached_property
    def steps(self):
        english = (get_language() or "").startswith("en")
        return [
            Row((english and row["name_en"]) or row["name"], row, self.calls(state="counted", step=row["key"]))
            for row in self.figures["steps"]
        ]

    def _rows(self, name, parameter):
        return [
            Row(row["name"], row, self.calls(state="counted", **{parameter: row["key"]}))
            for row in self.figures[name][:20]
        ]

    @cached_property
    def tables(self):
        """(title, rows) of every table by something, those with names of colleagues only for who may see them."""
        tables = [(_("By product"), self._rows("products", "product"))]
        if self.user.has_perm("callbacks.view_staff_figures"):
            tables.append((_("By technician"), self._rows("technicians", "technician")))
        tables += [(_("By branch"), self._rows("regions", "region")), (_("By dealer"), self._rows("dealers", "dealer"))]
        return [(title, rows) for title, rows in tables if rows]

    @cached_property
    def areas(self):
        labels = dict(Area.choices)
        return [
            {"name": labels[row["key"]], "url": self.calls(area=row["key"]), **row} for row in self.figures["areas"]
        ]

    @cached_property
    def trend(self):
        """Month after month: the rate of satisfaction, and problems of the product apart from those of the work."""
        return [
            {
                "label": row["month"], "value": round(monthly.rate(row["satisfied"], row["judged"]) or 0, 1),
                "text": percent(row["satisfied"], row["judged"]), "row": row,
                "product": percent(row["product_problems"], row["done"]),
                "service": percent(row["service_problems"], row["done"]),
            }
            for row in self.figures["trend"]
        ]  # fmt: skip

    @cached_property
    def year_before(self):
        row = self.figures["year_before"]
        return {"rate": percent(row["satisfied"], row["judged"]), "done": row["done"]} if row["done"] else None

    @cached_property
    def complaints(self):
        states = dict(Complaint.Status.choices)
        return [
            row | {"state": states[row["status"]], "url": reverse("cases:complaint", args=[row["pk"]])}
            for row in self.figures["complaints"]
        ]

    @cached_property
    def _themes(self):
        rows = list(self.summary.themes.all())
        for theme in rows:
            theme.url = self.calls(theme=theme.pk)
        return rows

    @property
    def praise(self):
        return [theme for theme in self._themes if theme.kind == Kind.PRAISE and not theme.dropped]

    @property
    def shortcomings(self):
        return [theme for theme in self._themes if theme.kind == Kind.COMPLAINT and not theme.dropped]

    @property
    def left_out(self):
        return [theme for theme in self._themes if theme.dropped]

    @cached_property
    def actions(self):
        return list(monthly.open_actions(self.summary))


def _last(count):
    return _("last month %(n)s") % {"n": f"{count:,}"}


def _change(now, before):
    if now is None or before is None:
        return ""
    change = now - before
    if abs(change) < 0.05:
        return _("as last month")
    sentence = _("up %(n)s points") if change > 0 else _("down %(n)s points")
    return sentence % {"n": f"{abs(change):.1f}"}
