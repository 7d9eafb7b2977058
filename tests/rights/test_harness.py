"""The harness itself notices what is wrong: a matrix that cannot fail proves nothing."""

import pytest
from django.urls import path

from tests.rights import objects
from tests.rights.harness import ALL, NOBODY, R, check, names_of_urls

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "row",
    [
        R("accounts:staff", get=ALL),
        R("accounts:staff", get=NOBODY),
        R("accounts:profile", get=ALL, post=None),
        R("accounts:profile", get=ALL, post=ALL, public=True),
        R("accounts:login", get=ALL, post=ALL),
        R("accounts:staff-member", of=lambda world, region: objects.colleague(world, world.own), get={"manager"}),
        R("accounts:region-edit", of=objects.any_region, get={"manager"}, post={"manager"}),
    ],
    ids=[
        "too many",
        "too few",
        "unnoticed post",
        "wrongly public",
        "wrongly closed",
        "foreign seen",
        "foreign not hidden",
    ],
)
def test_a_wrong_declaration_fails(row, world):
    assert check(row, world)


def test_a_url_without_a_name_is_found():
    class Resolver:
        url_patterns = [path("nameless/", lambda request: None)]

    assert list(names_of_urls(Resolver)) == ["unnamed nameless/"]
