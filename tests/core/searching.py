"""What the tests of the search share: records put into the index, and people who see some regions or all."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from core import search

START = datetime(2026, 11, 1, tzinfo=UTC)


def asker(regions=None, rights=True):
    """Somebody who sees these regions, or all; with or without the right to personal data."""
    return SimpleNamespace(regions=regions, has_perm=lambda right: rights)


everyone = asker()


def put(pk, *texts, kind="complaint", region_id=1, at=None, **more):
    search.index(
        kind, pk, customer_id=100 + pk, region_id=region_id, at=at or START + timedelta(hours=pk), texts=texts, **more
    )


def find(typed, user=everyone, **more):
    return [hit.pk for hit in search.search(typed, user, **more)]
