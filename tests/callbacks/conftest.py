import pytest
from django.core.management import call_command

from workflow.perform import perform

from tests.factories.callbacks import CallFactory
from tests.factories.cases import person
from tests.factories.customers import PhoneFactory, ServiceCardFactory


@pytest.fixture
def caller(db):
    return person("agent", name="王敏", work_number="12")


@pytest.fixture
def specialist(db):
    return person("specialist")


@pytest.fixture
def script(db):
    call_command("load_knowledge", verbosity=0)


@pytest.fixture
def working_hours(monkeypatch):
    """It is never the wrong time to call."""
    monkeypatch.setattr("callbacks.hours.next_open", lambda customer, rules, at: at)


@pytest.fixture
def in_call(caller, working_hours):
    """A call under way at a mobile number; ``in_call(script=…)``."""

    def dial(*, mode="phone", **fields):
        card = fields.pop("card", None) or ServiceCardFactory()
        call = CallFactory(customer=card.customer, card=card, **fields)
        phone = PhoneFactory(customer=card.customer)
        return perform(call, "dial", by=caller, phone=phone if mode == "phone" else None, mode=mode).record

    return dial
