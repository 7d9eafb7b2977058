"""People for the tests of core, which knows no app of ours."""

import pytest
from django.contrib.auth import get_user_model
from django.db.models import Q

from core import visibility
from core.models import SearchEntry


@pytest.fixture
def make_user(db):
    def make(username, **fields):
        return get_user_model().objects.create_user(username=username, password="not used", **fields)

    return make


@pytest.fixture
def user(make_user):
    return make_user("lin", name="林静")


@pytest.fixture
def signed_in(client, user):
    client.force_login(user)
    return client


@pytest.fixture
def seen_by_region(monkeypatch):
    """Who is asked for has ``regions``, and sees their entries alone; None is all."""
    monkeypatch.setattr(visibility, "_rules", {})
    visibility.register(SearchEntry, lambda user: Q(region_id__in=user.regions) if user.regions is not None else None)
