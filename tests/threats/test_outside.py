"""What gives way outside, and tables that change while cases run (threats 22, 57)."""

import socket
import time
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from cases.models import Complaint
from core import editions, outbox
from core.models import Outbox, WorkDay
from notifications.models import Notice
from workflow.perform import begin, perform
from workflow.presets import choose_preset

from tests.factories.cases import ComplaintFactory, person
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 16, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def silent_server():
    """A port that takes a connection and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_mail_server_that_never_answers_costs_its_timeout_and_the_message_waits(settings, silent_server):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", silent_server, 0.5
    complaint = ComplaintFactory(matter__owner=person("agent", email="agent@example.com"))
    perform(complaint, "chase", by=person("agent"), words="又来电催问")
    outbox.deliver_waiting()
    began = time.monotonic()
    outbox.deliver_waiting()
    assert time.monotonic() - began < 5
    row = Outbox.objects.get(kind="email")
    assert (row.state, row.attempts) == (Outbox.State.PENDING, 1)
    assert row.next_at > timezone.now()
    assert row.error
    assert Notice.objects.count() == 1  # the bell rang all the same


def resolve_by(complaint):
    return complaint.deadlines.get(kind="resolve").due_at


def test_a_holiday_edited_later_leaves_clocks_that_run_and_counts_for_new_ones():
    choose_preset("doors")
    agent = person("agent")

    def register():
        return begin(
            Complaint.register, "register", by=agent, now=MONDAY, customer=CustomerFactory(), content="门响"
        ).record

    first = register()
    before = resolve_by(first)
    WorkDay.objects.update_or_create(date=date(2026, 11, 18), defaults={"is_working": False, "name": "停电"})
    editions.forget()
    assert resolve_by(Complaint.objects.get(pk=first.pk)) == before
    assert resolve_by(register()) > before
