"""Rows of a csv file in any of the encodings Chinese offices use (threats 52)."""

import codecs
import csv
import io

from django.utils.translation import gettext as _

from core.tables.bounds import TableRefused

BLOCK = 1 << 20
BOMS = [(codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")]
NAMES = {"utf-8-sig": "UTF-8", "utf-8": "UTF-8", "utf-16": "UTF-16", "gb18030": "GBK"}
SEPARATORS = ",;\t，；"
FIELD = 32_767  # characters a cell of Excel holds


def encoding_of(file):
    """The encoding the whole file can be read in; TableRefused when there is none."""
    file.seek(0)
    head = file.read(4)
    marked = next((name for bom, name in BOMS if head.startswith(bom)), None)
    for name in [marked] if marked else ["utf-8", "gb18030"]:
        if _reads_as(file, name):
            return name
    raise TableRefused(_("The characters cannot be read: save the file as “CSV UTF-8” or as an Excel workbook."))


def _reads_as(file, name):
    file.seek(0)
    decoder = codecs.getincrementaldecoder(name)()
    try:
        while block := file.read(BLOCK):
            if "\x00" in decoder.decode(block):
                raise TableRefused(_("This is no text file: it holds zero bytes. Save it as “CSV UTF-8”."))
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


class Delimited:
    """The rows of a csv file as (line, cells)."""

    def __init__(self, file):
        self.file = file
        self.encoding = encoding_of(file)
        self.read_as = NAMES[self.encoding]
        file.seek(0, 2)
        self.size = max(file.tell(), 1)

    @property
    def share(self):
        """How much of the file has been read, 0 to 1."""
        return min(self.file.tell() / self.size, 1)

    def __iter__(self):
        self.file.seek(0)
        text = io.TextIOWrapper(self.file, encoding=self.encoding, newline="")
        try:
            first = text.readline(BLOCK)
            separator = max(SEPARATORS, key=first.count)
            text.seek(0)
            yield from self._rows(csv.reader(text, delimiter=separator, strict=True))
        finally:
            text.detach()

    def _rows(self, reader):
        line = 1
        try:
            for cells in reader:
                yield line, cells
                line = reader.line_num + 1
        except csv.Error:
            raise TableRefused(
                _("Line %(line)d cannot be read: a quotation mark is open there, or stands in the middle of a cell.")
                % {"line": line}
            ) from None
