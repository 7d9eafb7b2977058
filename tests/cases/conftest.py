import pytest

from tests.factories.cases import DepartmentFactory, person


@pytest.fixture
def agent(db):
    return person("agent")


@pytest.fixture
def supervisor(db):
    return person("supervisor")


@pytest.fixture
def manager(db):
    return person("manager")


@pytest.fixture
def quality(db):
    return DepartmentFactory()
