"""Who was erased, kept outside of the database, so that restoring an older backup does not bring anybody back.

One line of JSON for each file: its key, its number and when; nobody can be known by it. The register lies beside the
data (``ERASURE_REGISTER``); whoever moves a site to another machine takes it along with the backup.
"""

import json
import logging
import os
from datetime import datetime
from pathlib import Path

from django.conf import settings

from customers.models import Customer

log = logging.getLogger(__name__)


def path():
    return Path(settings.ERASURE_REGISTER or settings.VAR_DIR / "erased.jsonl")


def add(files, at):
    """Write down files, as (key, number), erased at a moment; what is written is on the disk when this returns."""
    lines = [json.dumps({"customer": key, "number": number, "at": at.isoformat()}) + "\n" for key, number in files]
    path().parent.mkdir(parents=True, exist_ok=True)
    with path().open("a", encoding="utf-8") as file:
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())


def entries():
    """{key: (number, when)} of everybody in the register; a line cut off in the middle is passed over and said."""
    found = {}
    if path().exists():
        for line in path().read_text(encoding="utf-8").splitlines():
            try:
                entry = json.loads(line)
                found[entry["customer"]] = (entry["number"], datetime.fromisoformat(entry["at"]))
            except (ValueError, KeyError, TypeError):
                log.exception("A line of the register of erased customers cannot be read")
    return found


def complete():
    """Write down who was erased and is missing here: a crash may come between the commit and the line."""
    known = entries()
    for key, number, at in Customer.objects.exclude(erased_at=None).values_list("pk", "number", "erased_at"):
        if key not in known:
            add([(key, number)], at)


def again(erase):
    """Erase whom a restored backup has brought back: the same key with the same number; how many files that were.

    ``erase(root, now=)`` is customers.erasing.erase.
    """
    done = 0
    for key, (number, at) in entries().items():
        back = Customer.objects.filter(pk=key, number=number, erased_at=None).first()
        if back is not None:
            erase(back.root_id, now=at)
            done += 1
    return done
