"""Whoever may enter holidays is reminded in time; the rest of us are not bothered."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Permission

from core import holidays
from core.models import WorkDay

pytestmark = pytest.mark.django_db


@pytest.mark.req("S3-97")
def test_the_reminder_comes_in_november_and_goes_with_the_first_holiday(user, time_machine):
    time_machine.move_to("2026-11-22T10:00:00+08:00")
    request = SimpleNamespace(user=user)
    assert holidays.missing(request) is None
    user.user_permissions.add(Permission.objects.get(codename="add_workday"))
    request.user = type(user).objects.get(pk=user.pk)
    assert "2027" in holidays.missing(request).text
    time_machine.move_to("2026-06-01T10:00:00+08:00")
    assert holidays.missing(request) is None
    time_machine.move_to("2026-12-20T10:00:00+08:00")
    WorkDay.objects.create(date=date(2027, 1, 1), is_working=False, name="元旦")
    assert holidays.missing(request) is None


def test_a_stranger_is_not_asked(rf):
    assert holidays.missing(SimpleNamespace()) is None
