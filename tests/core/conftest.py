"""People for the tests of core, which knows no app of ours."""

import pytest
from django.contrib.auth import get_user_model


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
