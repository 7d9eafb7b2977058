"""What every test begins with. bin/test runs this one alone before all: the database it makes is the template of the others."""

import pytest
from django.core.management import call_command


@pytest.mark.django_db
def test_nothing_is_left_to_migrate():
    call_command("migrate", check_unapplied=True, verbosity=0)
