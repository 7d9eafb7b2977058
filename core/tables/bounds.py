"""What a file may be before anybody reads in it: kind, size, and what a packed one would unpack to (threats 51, 52)."""

import zipfile
from zlib import error as Unpacked

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MEGABYTE = 1024 * 1024
MOST_BYTES = {"xlsx": 40 * MEGABYTE, "csv": 100 * MEGABYTE}
MOST_ROWS = 300_000
MOST_COLUMNS = 120
MOST_MEMBERS = 2_000
MOST_UNPACKED = 600 * MEGABYTE
# Rows of a real table pack to a tenth; a hundredth is nothing but repetition. Small parts may be as regular as they like.
MOST_RATIO, SMALL = 100, 5 * MEGABYTE
LONGEST_NAME = 120

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


class TableRefused(ValidationError):
    """The file as a whole cannot be read; the message says why and what to do about it."""


def kind_of(file) -> str:
    """``xlsx`` or ``csv`` by what the file holds; TableRefused for everything else. The file is at its beginning after."""
    file.seek(0)
    head = file.read(8)
    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    if not head:
        raise TableRefused(_("The file is empty."))
    if head.startswith(OLE):
        raise TableRefused(_why_ole(file))
    kind = "xlsx" if head.startswith(ZIP) else "csv"
    if size > MOST_BYTES[kind]:
        limit = MOST_BYTES[kind] // MEGABYTE
        raise TableRefused(_("The file is larger than %(limit)d MB. Split it.") % {"limit": limit})
    if kind == "xlsx":
        _bound_archive(file)
        file.seek(0)
    return kind


def _why_ole(file):
    start = file.read(4 * MEGABYTE)
    file.seek(0)
    if ENCRYPTED in start:
        return _("The workbook is protected by a password. Save it without one and bring it again.")
    return _("This is the old Excel format (.xls). Open it and save it as .xlsx.")


def _bound_archive(file):
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, Unpacked):
        raise TableRefused(_("The file is damaged or incomplete: it cannot be unpacked.")) from None
    names = {member.filename for member in members}
    if "xl/workbook.xml" not in names:
        raise TableRefused(_("This is no Excel workbook (.xlsx)."))
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise TableRefused(_("The workbook holds macros. Save it as .xlsx without macros."))
    unpacked = sum(member.file_size for member in members)
    if len(members) > MOST_MEMBERS or unpacked > MOST_UNPACKED or any(map(_is_bomb, members)):
        raise TableRefused(_("The workbook would unpack to far more than a table holds, and was not opened."))
    if any(member.flag_bits & 1 for member in members):
        raise TableRefused(_("The workbook is protected by a password. Save it without one and bring it again."))


def _is_bomb(member):
    return member.file_size > SMALL and member.file_size > MOST_RATIO * max(member.compress_size, 1)
