"""Where files lie, and that none lies there without its row (threats 49, 50).

A name is used once and tells nothing but whose file it is: the customer's number and a random end (S2-79), in a folder
for each month. What the person called the file is kept beside it in the row.
"""

import re
import secrets
from contextlib import contextmanager
from contextvars import ContextVar

from django.core.files.storage import default_storage
from django.utils import timezone

_written: ContextVar[list | None] = ContextVar("files written by the act under way", default=None)


@contextmanager
def with_files():
    """Stand around a transaction: if it fails, the files stored within are deleted again.

    Inside another one it does nothing: the outermost transaction decides.
    """
    if _written.get() is not None:
        yield
        return
    names = []
    mark = _written.set(names)
    try:
        yield
    except BaseException:
        for name in names:
            default_storage.delete(name)
        raise
    finally:
        _written.reset(mark)


def store(file, customer, ending, now) -> str:
    """Keep a file of this customer and return its name. Raises OSError when the disk is full."""
    number = re.sub(r"[^\w-]", "", customer.number, flags=re.ASCII)
    name = f"{timezone.localtime(now):%Y/%m}/{number}-{secrets.token_hex(10)}{ending}"
    names = _written.get()
    if names is not None:
        names.append(name)  # before it is written: of a half-written one nothing stays either
    stored = default_storage.save(name, file)
    if hasattr(file, "temporary_file_path"):
        file.close()  # it was moved, not copied: there is nothing left to clear away later
    if names is not None and stored != name:
        names.append(stored)
    return stored
