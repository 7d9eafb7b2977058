"""A file as a table: its headings, and row by row what stands under them."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.tables import bounds
from core.tables.bounds import TableRefused
from core.tables.cells import undone
from core.tables.delimited import Delimited
from core.tables.sheets import Sheet
from core.text import clean


class Table:
    """The rows of an open file. Raises TableRefused, at once or while reading, when it is no table."""

    def __init__(self, file):
        self.kind = bounds.kind_of(file)
        self.source = Sheet(file) if self.kind == "xlsx" else Delimited(file)
        self.headings = next((cells for _line, cells in self), None)
        if self.headings is None:
            raise TableRefused(_("The file is empty."))

    def __iter__(self):
        """(line, cells) of every row that holds anything, the headings first."""
        count = 0
        for line, cells in self.source:
            cells = [tidy(cell) for cell in cells]
            if not any(cells):
                continue
            count += 1
            if count > bounds.MOST_ROWS + 1:
                raise TableRefused(_("The file has more than %(limit)d rows. Split it.") % {"limit": bounds.MOST_ROWS})
            yield line, cells

    def rows(self):
        """The rows under the headings."""
        rows = iter(self)
        next(rows, None)
        return rows

    @property
    def share(self):
        return self.source.share

    @property
    def read_as(self):
        """How the file was read, in words."""
        others = getattr(self.source, "others", 0)
        if self.kind == "csv":
            return _("Read as %(encoding)s.") % {"encoding": self.source.read_as}
        said = _("Read from the sheet “%(name)s”.") % {"name": clean(self.source.name)[:40]}
        if others:
            more = ngettext("%(count)d other sheet was left aside.", "%(count)d other sheets were left aside.", others)
            said = f"{said} {more % {'count': others}}"
        return said


# Nearly every cell is made of these alone, and cleaning would change nothing.
ORDINARY = re.compile(r"[\x20-\x7e\u4e00-\u9fff\u3001\u3002\uff08\uff09\uff0c\uff1a\uff1b]*")


def tidy(cell):
    """A cell without what no reader can see and without the mark against formulas; a number stays one."""
    if type(cell) is not str:
        return cell
    if not ORDINARY.fullmatch(cell):
        cell = clean(cell)
    return undone(cell.strip())
