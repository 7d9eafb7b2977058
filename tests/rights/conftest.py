"""The people of the matrix and their sessions, made once for all rows."""

import pytest

from tests.rights.harness import World


@pytest.fixture(scope="module")
def world(kept_for_module):
    world = World()
    assert world.clients
    return world
