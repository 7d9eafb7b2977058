"""The back office's pages of core: failed messages can be sent again, official facts cannot be changed."""

import pytest
from django.contrib import admin
from django.contrib.messages.storage.fallback import FallbackStorage
from django.utils import timezone

from core.models import Area, Outbox, WorkDay

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_of_a_superuser(rf, make_user):
    request = rf.post("/")
    request.user = make_user("root", is_superuser=True, is_staff=True)
    request.session = {}
    request._messages = FallbackStorage(request)
    return request


def test_only_failed_messages_are_tried_again(request_of_a_superuser):
    now = timezone.now()
    failed = Outbox.objects.create(kind="note", to="x", key="a", state="failed", attempts=8, created_at=now)
    sent = Outbox.objects.create(kind="note", to="x", key="b", state="sent", attempts=1, created_at=now, sent_at=now)
    admin.site._registry[Outbox].try_again(request_of_a_superuser, Outbox.objects.all())
    failed.refresh_from_db()
    sent.refresh_from_db()
    assert (failed.state, failed.attempts, sent.state) == ("pending", 0, "sent")


def test_holidays_are_editable_and_official_areas_and_messages_are_not(request_of_a_superuser):
    days, areas, messages = (admin.site._registry[model] for model in (WorkDay, Area, Outbox))
    assert days.has_add_permission(request_of_a_superuser)
    assert days.has_change_permission(request_of_a_superuser, WorkDay())
    for page, row in ((areas, Area()), (messages, Outbox())):
        assert not page.has_add_permission(request_of_a_superuser)
        assert not page.has_change_permission(request_of_a_superuser, row)
        assert not page.has_delete_permission(request_of_a_superuser, row)
