"""A table as an app declares it: columns, where rows are found, how they are written."""

from django.utils.translation import gettext as _
from import_export.resources import Resource

from core.tables.columns import Reader

NEW, CHANGED, SAME, WRONG = "new", "changed", "same", "wrong"
STATES = (NEW, CHANGED, SAME, WRONG)


class Row:
    """One row of a file: its cells, what they say, and what is to be done with it."""

    __slots__ = ("cells", "changes", "found", "line", "state", "values", "wrong", "work")

    def __init__(self, line, cells):
        self.line, self.cells = line, cells
        self.values, self.wrong = {}, []
        self.state, self.found, self.changes, self.work = NEW, None, {}, None

    def refuse(self, column, reason):
        """This row cannot be taken: which column, and why; an empty column means the row as a whole."""
        heading = column.heading if hasattr(column, "heading") else str(column)
        self.wrong.append((heading, str(reason)))
        self.state = WRONG

    @property
    def is_good(self):
        return self.state != WRONG

    def get(self, name, default=None):
        return self.values.get(name, default)


class TableResource(Resource):
    """Columns by django-import-export; rows in chunks through ``look_up`` and ``write`` (design 4.5).

    ``key`` names the table in addresses, ``right`` is needed to import it, ``export_right`` beside the right to export.
    ``chunk`` rows are looked up and written together.
    """

    do_not_call_in_templates = True  # pages speak of the class, not of a run of it
    key = ""
    label = ""
    hint = ""
    right = "core.load_tableimport"
    chunk = 2000
    order = 100
    loads, gives = True, True
    export_right = ""
    first = ()  # columns that stand before those of the table this one builds on

    def __init__(self, by, now):
        super().__init__()
        self.by, self.now = by, now
        self.made = {}  # what was made beside the rows themselves: label → number

    @classmethod
    def columns(cls):
        rest = [name for name in cls.fields if name not in cls.first]
        return [cls.fields[name] for name in (*cls.first, *rest)]

    @classmethod
    def column(cls, attribute):
        return cls.fields[attribute]

    def reader(self, headings):
        """Who reads rows under these headings; TableRefused when they do not fit."""
        return Reader(headings, self.columns(), by=self.by, memory={}, **self.context())

    def context(self):
        """What the widgets need to know beside who imports."""
        return {}

    # --- what an app fills in ---------------------------------------------------------------------------------------
    def identity(self, row):
        """What no two rows of a file may share, as text; None where nothing names the row."""
        raise NotImplementedError

    def look_up(self, rows):
        """Find what the good rows mean: set ``found`` and ``changes`` and ``state``, or refuse. A few statements."""
        raise NotImplementedError

    def write(self, rows):
        """Write new and changed rows, in a few statements, inside the caller's transaction."""
        raise NotImplementedError

    def rows_for(self, user, query=""):
        """What an export holds: the rows this user sees in the list under these filters."""
        raise NotImplementedError

    def beside(self, keys):
        """Values of columns without a source for the rows of these keys: attribute → {key: value}."""
        return {}

    def sees_whole(self, user):
        """Whether this user sees names, numbers and addresses whole."""
        return True

    def masks(self):
        """What hides the values of personal columns from others: ``personal`` of the column → function."""
        return {}

    # --- what the engine calls --------------------------------------------------------------------------------------
    def consider(self, rows, seen):
        """Say of each row whether it is new, changed, the same or wrong; ``seen`` knows the rows before."""
        self.look_up([row for row in rows if row.is_good])
        for row in rows:
            if row.is_good:
                self._refuse_repetition(row, seen)

    def _refuse_repetition(self, row, seen):
        identity = self.identity(row)
        if identity is None:
            return
        line, is_same = seen.before(identity, row)
        if line is not None and is_same:
            row.state = SAME
        elif line is not None:
            row.refuse("", _("Line %(line)d says something else about the same.") % {"line": line})

    def count(self, label, number):
        """Note that so many things were made beside the rows themselves."""
        if number:
            self.made[str(label)] = self.made.get(str(label), 0) + number

    def in_order(self, rows):
        """The rows in the order of the file."""
        return rows.order_by("pk")

    @classmethod
    def may_import(cls, user):
        return cls.loads and user.has_perm(cls.right)

    @classmethod
    def may_export(cls, user):
        return cls.gives and user.has_perm("core.make_tableexport") and user.has_perm(cls.export_right)


_resources = {}


def register(resource):
    """Offer a table for import and export."""
    _resources[resource.key] = resource
    return resource


def resources():
    """All tables, in order."""
    return sorted(_resources.values(), key=lambda resource: (resource.order, resource.key))


def resource_of(key):
    """The table of this name, or None."""
    return _resources.get(key)
