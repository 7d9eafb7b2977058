"""Files and the rows that name them belong together (an invariant of core, see core/invariants.py)."""

from datetime import timedelta

from django.core.files.storage import default_storage
from django.db import models
from django.utils import timezone

from core.backups.media import stored_names
from core.backups.rows import kept_fields, kept_models
from core.invariants import invariant

# A file is stored before its row is committed; one without a row is a fault only after the longest upload.
UPLOAD = timedelta(hours=1)
# Results of exports, kept for a week and named by their job; a backup leaves them out.
PASSING = ("jobs/",)


def named_files() -> dict[str, str]:
    """The name of every file a row points at, with that row."""
    named = {}
    for model in kept_models():
        for field in kept_fields(model):
            if isinstance(field, models.FileField):
                rows = model._base_manager.exclude(**{field.attname: ""}).values_list("pk", field.attname)
                named |= {name: f"{model._meta.label} {pk}" for pk, name in rows.iterator() if name}
    return named


@invariant("every row's file is there, and every file has its row")
def files_match_rows():
    named = named_files()
    stored = set(stored_names())
    for name in sorted(named.keys() - stored):
        yield f"{named[name]}: file {name} is missing"
    settled = timezone.now() - UPLOAD
    for name in sorted(stored - named.keys()):
        if not name.startswith(PASSING) and default_storage.get_modified_time(name) < settled:
            yield f"file {name} belongs to no row"
