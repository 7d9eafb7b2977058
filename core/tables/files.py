"""Writing tables as files: csv that spreadsheets open as text, workbooks that hold nothing but values (threats 39)."""

import csv
import io
import json
import tempfile
from datetime import date

from rustpy_xlsxwriter import FastExcel

from core.tables.cells import neutral

BOM = "\ufeff"
BLOCK = 500  # rows joined before they are sent
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def csv_lines(headings, batches):
    """The bytes of a csv file in UTF-8 with its mark; ``batches`` are lists of rows whose texts are neutral already."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(BOM)
    writer.writerow([neutral(heading) for heading in headings])
    for rows in batches:
        writer.writerows(rows)
        yield buffer.getvalue().encode("utf-8", "replace")
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue().encode("utf-8", "replace")


def write_xlsx(path, headings, batches, sheet="Sheet1"):
    """Write a workbook row by row: every text a text cell, every day a day, the first row kept in sight."""
    rows = (dict(zip(headings, row, strict=True)) for batch in batches for row in batch)
    # A writer without a single row writes no headings either.
    first = next(rows, None)
    given = _then(first, rows) if first is not None else [dict.fromkeys(headings, "")]
    workbook = FastExcel(path).format(datetime_format="yyyy-mm-dd", bold_headers=True).freeze(row=1)
    workbook.sheet(sheet, given, column_width=16).save()


def _then(first, rows):
    yield first
    yield from rows


class Spool:
    """Rows put aside on disk until their file is written."""

    def __init__(self):
        self.file = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 (lives as long as its owner)
        self.count = 0

    def add(self, cells):
        self.file.write(json.dumps(cells, ensure_ascii=True, default=_day) + "\n")
        self.count += 1

    def batches(self):
        self.file.seek(0)
        batch = []
        for line in self.file:
            batch.append(json.loads(line))
            if len(batch) == BLOCK:
                yield batch
                batch = []
        yield batch


def _day(value):
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(value)
