"""Rows of the first sheet of an Excel workbook, read as the XML comes.

openpyxl takes twice as long and keeps every text of the workbook in memory; its knowledge of date formats is
used. No entity is expanded, no link followed, no formula calculated: what counts is the value stored with it.
"""

import mmap
import posixpath
import tempfile
import zipfile
from array import array
from datetime import datetime, time, timedelta
from xml.parsers import expat
from zlib import error as Unpacked

from django.utils.translation import gettext as _
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from core.tables.bounds import MOST_COLUMNS, TableRefused
from core.tables.cells import number

BLOCK = 1 << 16
LONGEST_TEXT = 32_767
MOST_STYLES = 70_000
SOME_DAYS = 2_958_466  # the serial number after 9999-12-31


class Broken(Exception):
    """The XML is not what a workbook holds."""


def parser_of(start, end=None, text=None):
    """An expat parser whose handlers get local names; a document type, and with it every entity, is refused."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*args):
        raise Broken

    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    parser.StartElementHandler = lambda name, attributes: start(name.rpartition(":")[2], attributes)
    if end:
        parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
    if text:
        parser.CharacterDataHandler = text
    return parser


class Texts:
    """The shared texts of a workbook, kept in a file of their own: memory holds where each begins."""

    def __init__(self):
        self.file = tempfile.TemporaryFile()  # noqa: SIM115 (lives as long as the sheet is read)
        self.starts = array("Q", [0])
        self.view = b""

    def add(self, text):
        data = text[:LONGEST_TEXT].encode("utf-8", "replace")
        self.file.write(data)
        self.starts.append(self.starts[-1] + len(data))

    def close(self):
        self.file.flush()
        if self.starts[-1]:
            self.view = mmap.mmap(self.file.fileno(), 0, access=mmap.ACCESS_READ)

    def __getitem__(self, index):
        return self.view[self.starts[index] : self.starts[index + 1]].decode()


class _TextReading:
    """Collects the parts of each shared text; aids for reading characters aloud are no part of it."""

    def __init__(self, texts):
        self.texts, self.parts = texts, []
        self.in_text = self.in_aid = False

    def start(self, name, attributes):
        if name == "t":
            self.in_text = not self.in_aid
        elif name == "rPh":
            self.in_aid = True

    def end(self, name):
        if name == "t":
            self.in_text = False
        elif name == "rPh":
            self.in_aid = False
        elif name == "si":
            self.texts.add("".join(self.parts))
            self.parts = []

    def text(self, data):
        if self.in_text:
            self.parts.append(data)


class Sheet:
    """The rows of the first sheet that is shown, as (line, cells); cells are text, see core.tables.cells."""

    read_as = "Excel"

    def __init__(self, file):
        self.archive = zipfile.ZipFile(file)
        self.done, self.size = 0, 1
        self.days = {}
        try:
            self._open()
        except (Broken, expat.ExpatError, KeyError, zipfile.BadZipFile, Unpacked, OSError, ValueError, IndexError):
            raise TableRefused(_("The workbook is damaged: it cannot be read.")) from None

    @property
    def share(self):
        """How much of the sheet has been read, 0 to 1."""
        return min(self.done / self.size, 1)

    def __iter__(self):
        self.done = 0
        try:
            yield from self._rows()
        except (Broken, expat.ExpatError, KeyError, zipfile.BadZipFile, Unpacked, OSError, ValueError, IndexError):
            raise TableRefused(_("The workbook is damaged: it cannot be read.")) from None

    # --- what the sheet refers to ---------------------------------------------------------------------------------
    def _open(self):
        sheets, targets = [], {}
        self.epoch = CALENDAR_WINDOWS_1900

        def workbook(name, attributes):
            if name == "sheet":
                key = next(value for attribute, value in attributes.items() if attribute.rpartition(":")[2] == "id")
                sheets.append((attributes.get("state", "visible"), attributes.get("name", ""), key))
            elif name == "workbookPr" and attributes.get("date1904") in ("1", "true"):
                self.epoch = CALENDAR_MAC_1904

        def relations(name, attributes):
            if name == "Relationship":
                targets[attributes["Id"]] = attributes["Target"]

        self._walk("xl/workbook.xml", parser_of(workbook))
        self._walk("xl/_rels/workbook.xml.rels", parser_of(relations))
        shown = [(name, key) for state, name, key in sheets if state == "visible"]
        if not shown:
            raise TableRefused(_("The workbook has no sheet that is shown."))
        self.name, key = shown[0]
        self.others = len(shown) - 1
        self.member = posixpath.normpath(posixpath.join("xl", targets[key])).removeprefix("/").removeprefix("../")
        if targets[key].startswith("/"):
            self.member = targets[key].lstrip("/")
        self.size = max(self.archive.getinfo(self.member).file_size, 1)
        self._read_styles()
        self._read_texts()

    def _walk(self, member, parser):
        with self.archive.open(member) as stream:
            while block := stream.read(BLOCK):
                parser.Parse(block)
        parser.Parse(b"", True)

    def _read_styles(self):
        formats, self.is_date, inside = dict(BUILTIN_FORMATS), [], []

        def start(name, attributes):
            if name == "numFmt":
                formats[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
            elif name in ("cellXfs", "cellStyleXfs"):
                inside.append(name)
            elif name == "xf" and inside[-1:] == ["cellXfs"] and len(self.is_date) < MOST_STYLES:
                style = formats.get(int(attributes.get("numFmtId", 0)), "")
                self.is_date.append(bool(style) and bool(is_date_format(style)))

        def end(name):
            if inside[-1:] == [name]:
                inside.pop()

        if "xl/styles.xml" in self.archive.namelist():
            self._walk("xl/styles.xml", parser_of(start, end))

    def _read_texts(self):
        self.texts = Texts()
        if "xl/sharedStrings.xml" in self.archive.namelist():
            reading = _TextReading(self.texts)
            self._walk("xl/sharedStrings.xml", parser_of(reading.start, reading.end, reading.text))
        self.texts.close()

    # --- rows -----------------------------------------------------------------------------------------------------
    def _rows(self):
        reading = _Reading(self)
        with self.archive.open(self.member) as stream:
            while block := stream.read(BLOCK):
                reading.parser.Parse(block)
                self.done += len(block)
                yield from reading.take()
        reading.parser.Parse(b"", True)
        yield from reading.take()

    def value(self, kind, style, raw):
        """What a cell says, as text."""
        if kind == "s":
            return self.texts[int(raw)]
        if kind in ("str", "inlineStr", "e", "d"):
            return raw
        if kind == "b":
            return "1" if raw == "1" else "0"
        if style < len(self.is_date) and self.is_date[style]:
            if raw not in self.days:  # a register has few days and many rows
                self.days[raw] = self._date(raw)
            return self.days[raw]
        return number(raw)

    def _date(self, raw):
        serial = float(raw)
        if not 0 <= serial < SOME_DAYS:
            return raw
        moment = from_excel(serial, self.epoch)
        if isinstance(moment, time):
            return moment.isoformat("minutes")
        if isinstance(moment, timedelta):
            return raw
        if isinstance(moment, datetime) and moment.time() != time():
            return f"{moment:%Y-%m-%d %H:%M:%S}"
        return f"{moment:%Y-%m-%d}"


class _Reading:
    """What the parser has seen of the sheet: the row it is in, and those that are complete."""

    def __init__(self, sheet):
        self.sheet, self.complete = sheet, []
        self.line, self.cells, self.column = 0, [], -1
        self.kind, self.style, self.parts, self.listening = "n", 0, [], False
        self.columns = {}
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self.parser.EntityDeclHandler = self.refuse
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end

    def refuse(self, *args):
        raise Broken

    def take(self):
        rows, self.complete = self.complete, []
        return rows

    def start(self, name, attributes):
        if name == "c" or name == "x:c":
            self.begin_cell(attributes)
        elif name in ("v", "t", "x:v", "x:t"):
            self.parser.CharacterDataHandler = self.parts.append
        elif name == "row" or name == "x:row":
            self.line = int(attributes.get("r", self.line + 1))
            self.cells, self.column = [], -1

    def begin_cell(self, attributes):
        reference = attributes.get("r")
        self.column = self.column + 1 if reference is None else self.column_of(reference)
        self.kind, self.style = attributes.get("t", "n"), int(attributes.get("s", 0))
        self.parts = []

    def end(self, name):
        if name in ("v", "t", "x:v", "x:t"):
            self.parser.CharacterDataHandler = None
        elif name == "c" or name == "x:c":
            if self.parts:
                self.cells.extend([""] * (self.column + 1 - len(self.cells)))
                self.cells[self.column] = self.sheet.value(self.kind, self.style, "".join(self.parts))
        elif (name == "row" or name == "x:row") and self.cells:
            self.complete.append((self.line, self.cells))
            self.cells = []

    def column_of(self, reference):
        letters = reference.rstrip("0123456789")
        known = self.columns.get(letters)
        if known is None:
            known = 0
            for letter in letters[:4]:
                known = known * 26 + ord(letter) - 64
            if not 0 < known <= MOST_COLUMNS:
                raise TableRefused(
                    _("Something stands in cell %(cell)s, far outside of any table. Delete it and save again.")
                    % {"cell": reference}
                )
            self.columns[letters] = known
        return known - 1
