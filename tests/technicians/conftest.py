import pytest

from tests.factories.cases import person
from tests.factories.technicians import TechnicianFactory


@pytest.fixture
def agent(db):
    return person("agent")


@pytest.fixture
def dispatcher(db):
    return person("dispatcher")


@pytest.fixture
def technician(db):
    return TechnicianFactory()
