import pytest

from tests.factories.cases import person
from tests.factories.returns import CarrierFactory, ReturnAddressFactory, ReturnPolicyFactory


@pytest.fixture
def ground(db):
    """What a company sets up once: a policy, a return address, a carrier."""
    ReturnPolicyFactory()
    ReturnAddressFactory()
    return CarrierFactory()


@pytest.fixture
def agent(db):
    return person("agent")


@pytest.fixture
def supervisor(db):
    return person("supervisor")


@pytest.fixture
def clerk(db):
    return person("parts_clerk")


@pytest.fixture
def quality(db):
    return person("quality")


@pytest.fixture
def finance(db):
    return person("finance")
