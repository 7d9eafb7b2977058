"""What tests about people share."""

import pytest
import time_machine
from django.utils import timezone


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def freeze():
    """A clock the test moves: ``freeze.move_to(moment)``."""
    with time_machine.travel(timezone.now().replace(microsecond=0), tick=False) as traveller:
        yield traveller
