"""What customers really wrote, where such a file is at hand; it is never part of the project."""

import csv
import os
from pathlib import Path

from django.conf import settings


def real_texts() -> list[str]:
    """The column ``text`` of the csv named in REAL_TEXTS, or of the one beside the checkout; empty where neither is."""
    path = Path(os.environ.get("REAL_TEXTS", Path(settings.BASE_DIR).parent / "shared/data/real_complaint_texts.csv"))
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row["text"] for row in csv.DictReader(file)]
