"""Every URL, for every role (design 3.8, threats 24, 28, 31)."""

import pytest

from tests.rights.harness import ELSEWHERE, check, names_of_urls
from tests.rights.matrix import ROWS


def test_every_url_is_declared_once():
    declared = [row.name for row in ROWS]
    assert sorted({name for name in declared if declared.count(name) > 1}) == []
    existing = {name for name in names_of_urls() if not name.startswith(ELSEWHERE)}
    assert sorted(existing - set(declared)) == [], "declare these in tests/rights/matrix.py"
    assert sorted(set(declared) - existing) == [], "these are gone"


@pytest.mark.django_db
@pytest.mark.req("S1-57", "S1-58", "S0-21")
@pytest.mark.parametrize("row", ROWS, ids=str)
def test_rights(row, world, refused_plainly):
    assert check(row, world) == []
