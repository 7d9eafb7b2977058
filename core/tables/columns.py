"""A column of a table: its heading in both languages, the words for it others use, how a cell of it is read."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from import_export.fields import Field

from core.tables.bounds import TableRefused
from core.tables.widgets import LANGUAGES
from core.text import half_width

_FILLING = re.compile(r"[\s*＊:：_]+|[(（][^)）]*[)）]")
# The last column of a file of wrong rows: written for people, passed over when the file comes back.
REASON = gettext_lazy("Why it was not taken")
MOST_REMEMBERED = 20_000  # texts a column remembers the value of


class Column(Field):
    """A declared column.

    ``source`` is where ``values()`` finds it at export, ``personal`` what it is masked as (name, phone, place), ``shown``
    marks one that is written but not read: what follows from the others. ``steady`` values depend on the text alone.
    """

    def __init__(
        self, attribute, column_name, widget, *,
        source=None, aliases=(), required=False, example="", personal="", shown=False, steady=True,
    ):  # fmt: skip
        super().__init__(attribute=attribute, column_name=column_name, widget=widget, readonly=shown)
        self.source, self.aliases, self.required, self.example = source, aliases, required, example
        self.personal, self.shown, self.steady = personal, shown, steady

    @property
    def heading(self):
        return str(self.column_name)

    def names(self):
        """Every heading this column is known by, folded."""
        return {folded(name) for name in (self.attribute, *self.aliases)} | names_of(self.column_name)


def names_of(heading):
    """A heading in every language, folded."""
    said = set()
    for language in LANGUAGES:
        with override(language):
            said.add(folded(str(heading)))
    return said


def folded(heading):
    """A heading as it is compared: without case, blanks, asterisks and what stands in brackets."""
    return _FILLING.sub("", half_width(heading)).casefold()


def match(headings, columns):
    """Place in the row → column; TableRefused when headings are missing, unknown or there twice."""
    known = {name: column for column in columns for name in column.names()}
    while headings and not headings[-1]:
        headings = headings[:-1]
    found, unknown = {}, []
    passed_over = names_of(REASON)
    for place, heading in enumerate(headings):
        if folded(heading) in passed_over:
            continue
        column = known.get(folded(heading)) if heading else None
        if column is None:
            unknown.append(heading or _("column %(place)d without a heading") % {"place": place + 1})
        elif column in found.values():
            raise TableRefused(_("The heading “%(name)s” stands there twice.") % {"name": heading})
        else:
            found[place] = column
    _refuse_unfit(found, unknown, columns)
    return found


def _refuse_unfit(found, unknown, columns):
    missing = [column.heading for column in columns if column.required and column not in found.values()]
    if not found:
        raise TableRefused(
            _("None of the headings in the first row belongs to this table. Download the template and compare.")
        )
    if missing:
        raise TableRefused(_("These columns are missing: %(names)s.") % {"names": "、".join(missing)})
    if unknown:
        names = "、".join(str(name)[:30] for name in unknown[:8])
        raise TableRefused(
            _("These columns are not known: %(names)s. Remove them or name them as in the template.") % {"names": names}
        )


class Reader:
    """Reads the cells of rows into values, remembering what repeats."""

    def __init__(self, headings, columns, **context):
        self.places, self.context = match(headings, columns), context
        self.width = len(headings)
        self.remembered = {place: {} for place, column in self.places.items() if column.steady}

    def read(self, row):
        """Fill ``row.values`` with what its cells say; an empty cell says nothing."""
        cells = row.cells
        if any(cells[self.width :]):
            row.refuse("", _("There are more cells than headings."))
        for place, column in self.places.items():
            cell = cells[place] if place < len(cells) else ""
            if cell == "":
                if column.required:
                    row.refuse(column, _("This cannot be left empty."))
            elif not column.shown:
                self._read_cell(row, place, column, cell)

    def _read_cell(self, row, place, column, cell):
        known = self.remembered.get(place)
        if known is not None and cell in known and type(cell) is str:
            row.values[column.attribute] = known[cell]
            return
        try:
            value = column.widget.clean(cell, row, **self.context)
        except ValueError as reason:
            row.refuse(column, str(reason))
            return
        row.values[column.attribute] = value
        if known is not None and len(known) < MOST_REMEMBERED:
            known[cell] = value
