import pytest

from tests.factories.accounts import RegionFactory, UserFactory


@pytest.fixture
def region(db):
    return RegionFactory(code="huangshi", name="黄石分公司", hotline="0714-6288888")


@pytest.fixture
def elsewhere(db):
    return RegionFactory(code="ezhou", name="鄂州分公司", hotline="0711-3850000")


@pytest.fixture
def agent(region):
    return UserFactory(role="agent", region=region, name="王敏")


@pytest.fixture
def signed_in(client, agent):
    client.force_login(agent)
    return client


@pytest.fixture(autouse=True)
def _register_of_its_own(settings, tmp_path):
    """Who is erased in one test is nobody in another that restores a backup."""
    settings.ERASURE_REGISTER = str(tmp_path / "erased.jsonl")
