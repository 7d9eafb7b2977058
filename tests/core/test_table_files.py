"""Files as they come: what is no table is refused with its reason, quickly and in little memory (threats 39, 51, 52)."""

import io
import time
import tracemalloc
import zipfile
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook
from openpyxl.styles import numbers

from core.tables.bounds import TableRefused
from core.tables.cells import Number, Rounded, neutral, number, undone
from core.tables.reading import Table

SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)
WORKBOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="表" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
)


def packed(sheet, **more):
    """A workbook of the given XML."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", WORKBOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", RELATIONS)
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
        for name, content in more.items():
            archive.writestr(name, content)
    file.seek(0)
    return file


def rows_of(file):
    return [cells for _line, cells in Table(file).rows()]


def refusal(file):
    with pytest.raises(TableRefused) as refused:
        list(Table(file))
    return refused.value.messages[0]


def workbook(fill):
    book = Workbook()
    fill(book)
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


# --- workbooks --------------------------------------------------------------------------------------------------------
def test_numbers_texts_and_days_are_told_apart():
    def fill(book):
        sheet = book.active
        sheet.append(["电话", "订单", "日期", "数字", "文字"])
        sheet.append([13800138000, 20261121000123456789, date(2026, 11, 21), 0.1 + 0.2, "'=1+1"])
        sheet.append(["13800138000", "007", 46000, 12.50, True])
        sheet["C3"].number_format = numbers.FORMAT_NUMBER
        sheet["F9"] = "=HYPERLINK(1)"

    first, second = rows_of(workbook(fill))
    assert first[0] == "13800138000"
    assert isinstance(first[0], Number)
    assert isinstance(first[1], Rounded)
    assert first[2:] == ["2026-11-21", "0.3", "=1+1"]
    assert second == ["13800138000", "007", "46000", "12.5", "1"]


@pytest.mark.parametrize(
    ("raw", "text", "kind"),
    [
        ("13800138000", "13800138000", Number),
        ("1.3800138E10", "13800138000", Number),
        ("1.38E+10", "1.38E+10", Rounded),
        ("1E999", "1E999", Rounded),
        ("2.0261121000123457E+19", "2.0261121000123457E+19", Rounded),
        ("-3", "-3", Number),
        ("0.30000000000000004", "0.3", Number),
    ],
)
def test_a_number_that_lost_its_digits_is_known_as_such(raw, text, kind):
    assert (number(raw), type(number(raw))) == (text, kind)


def test_the_first_sheet_that_is_shown_is_read_and_the_others_are_named():
    def fill(book):
        book.active.title = "目录"
        book.active.sheet_state = "hidden"
        shown = book.create_sheet("服务卡")
        shown.append(["姓名"])
        shown.append(["张伟"])
        book.create_sheet("说明")

    table = Table(workbook(fill))
    assert [cells for _line, cells in table.rows()] == [["张伟"]]
    assert table.read_as == "读取工作表“服务卡”。 另有 1 张工作表未读取。"


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (lambda: io.BytesIO(b""), "文件是空的。"),
        (lambda: io.BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)), "旧版 Excel 格式"),
        (
            lambda: io.BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")),
            "工作簿有密码保护",
        ),
        (lambda: io.BytesIO(b"PK\x03\x04 cut off"), "文件损坏或不完整"),
        (lambda: packed(SHEET.format(""), **{"xl/vbaProject.bin": "x"}), "工作簿含有宏"),
        (lambda: packed(SHEET.format("<row><c><v>1</v></c>")[:-30]), "工作簿损坏"),
        (lambda: packed('<!DOCTYPE x [<!ENTITY a "b">]>' + SHEET.format("&a;")), "工作簿损坏"),
        (lambda: packed(SHEET.format('<row r="1"><c r="A1" t="s"><v>9</v></c></row>')), "工作簿损坏"),
        (lambda: packed(SHEET.format('<row r="1"><c r="XFD1"><v>1</v></c></row>')), "单元格 XFD1 里有内容"),
        (lambda: packed(SHEET.format(" " * 20_000_000)), "解压后远远超出"),
    ],
)
def test_what_is_no_table_is_refused_with_its_reason(file, said):
    assert said in refusal(file())


def test_a_zip_of_something_else_is_no_workbook():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    assert "不是 Excel 工作簿" in refusal(file)


@pytest.mark.parametrize("name", ["far cell", "many rows", "laughs", "a text without end"])
def test_hostile_workbooks_cost_neither_time_nor_memory(name):
    row = "".join(f'<c r="{chr(65 + place)}1" t="str"><v>x</v></c>' for place in range(20))
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    files = {
        "far cell": SHEET.format(
            '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
        ),
        "many rows": SHEET.format(f"<row>{row}</row>" * 60_000),
        "laughs": f'<!DOCTYPE w [<!ENTITY l0 "lol">{laughs}]>' + SHEET.format("&l9;"),
        "a text without end": SHEET.format(f'<row><c t="str"><v>{"x" * 3_000_000}</v></c></row>'),
    }
    file = packed(files[name])
    tracemalloc.start()
    began = time.process_time()
    refused = refusal(file) if name != "a text without end" else rows_of(file)
    spent, (_now, peak) = time.process_time() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refused is not None
    assert spent < 60  # unpacked to the end, they would take hours
    assert peak < 60 * 1024 * 1024


# --- csv --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_is_read_in_the_encodings_of_chinese_offices(encoding, separator):
    text = f'姓名{separator}地址\r\n张伟{separator}"湖滨大道, 18号\r\n3栋"\r\n\r\n李娜{separator}团城山\r\n'
    table = Table(io.BytesIO(text.encode(encoding)))
    assert table.headings == ["姓名", "地址"]
    assert list(table.rows()) == [(2, ["张伟", "湖滨大道, 18号\n3栋"]), (5, ["李娜", "团城山"])]
    assert table.read_as in {"按 UTF-8 编码读取。", "按 GBK 编码读取。", "按 UTF-16 编码读取。"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a,b\r\n\x00,1\r\n", "里面有空字节"),
        ('姓名,地址\r\n张伟,"湖滨\r\n李娜,x\r\n'.encode(), "第 2 行无法读取"),
        (b"\xff\xff\xff,\x81\r\n", "无法识别文字编码"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "空字节"),
        (b'a,"' + b"x" * 400_000, "第 1 行无法读取"),
    ],
)
def test_csv_that_is_none_is_refused_with_its_reason(content, said):
    assert said in refusal(io.BytesIO(content))


def test_a_file_of_half_a_million_rows_is_refused():
    file = io.BytesIO(b"a\r\n" + b"1\r\n" * 300_001)
    assert refusal(file) == "文件超过 300000 行，请拆分。"


# --- formulas ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-1", "@SUM", "\tx", "\rx", "＝1", "＋1", "－1", "＠x"])
def test_what_a_spreadsheet_takes_for_a_formula_goes_out_quoted_and_comes_back_whole(text):
    assert neutral(text) == f"'{text}"
    assert undone(neutral(text)) == text


@pytest.mark.parametrize("text", ["张伟", "", "'quoted'", "1-1"])
def test_other_text_goes_out_and_comes_back_as_it_is(text):
    assert undone(neutral(text)) == text


def test_an_upload_object_is_read_like_a_file():
    assert rows_of(SimpleUploadedFile("表.csv", "姓名\n张伟\n".encode())) == [["张伟"]]
