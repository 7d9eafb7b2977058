import pytest

from tests.factories.cases import person


@pytest.fixture
def agent(db):
    return person("agent")


@pytest.fixture
def supervisor(db):
    return person("supervisor")
