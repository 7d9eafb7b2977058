"""What leaves the system leaves once, late rather than never, and says so when it cannot."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from core import outbox
from core.models.outbox import LEASE, LONGEST_WAIT, PAUSES
from core.outbox import Message, NotYet, Outbox, Undeliverable, deliver, deliver_waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch):
    """A channel that remembers what it was given, and does first what the test says."""
    arrived = []
    monkeypatch.setattr(outbox, "_handlers", {})

    @outbox.handler("note")
    def send(row):
        send.before(row)
        arrived.append(row.key)

    send.before = lambda row: None
    return Arrived(arrived, send)


class Arrived:
    def __init__(self, keys, send):
        self.keys, self.send = keys, send

    def first(self, act):
        self.send.before = act

    def refuse(self, error):
        def act(row):
            raise error

        self.first(act)


def note(key, **more):
    return Message("note", "user:1", key, {"event": 7}, **more)


def write(*keys):
    return Outbox.objects.write([note(key) for key in keys], timezone.now())


def test_one_statement_writes_all_messages_and_returns_the_new_rows(django_assert_num_queries):
    write("a")
    with django_assert_num_queries(1):
        rows = Outbox.objects.write([note(key) for key in ("a", "b", "c", "b")], timezone.now())
    assert [row.key for row in rows] == ["b", "c"]
    stored = Outbox.objects.get(pk=rows[0].pk)
    assert (stored.kind, stored.to, stored.context, stored.state) == ("note", "user:1", {"event": 7}, "pending")
    assert Outbox.objects.count() == 3
    assert Outbox.objects.write([], timezone.now()) == []


def test_a_long_list_is_written_in_few_statements(django_assert_num_queries):
    with django_assert_num_queries(3):
        assert len(write(*(f"k{n}" for n in range(2500)))) == 2500


def test_a_message_is_sent_once(sent):
    [row] = write("a")
    assert deliver(row.pk) is True
    assert deliver(row.pk) is False
    assert deliver_waiting() == 0
    row.refresh_from_db()
    assert (sent.keys, row.state, row.attempts, row.next_at) == (["a"], "sent", 1, None)
    assert row.sent_at


def test_waiting_messages_are_sent_oldest_first_and_later_ones_wait(sent):
    now = timezone.now()
    Outbox.objects.write([note("later", at=now + timedelta(hours=9)), note("b", at=now - timedelta(minutes=1))], now)
    Outbox.objects.write([note("a", at=now - timedelta(minutes=2))], now)
    assert deliver_waiting() == 2
    assert sent.keys == ["a", "b"]


def test_a_failing_channel_is_tried_again_after_growing_pauses_and_then_given_up(sent, time_machine):
    [row] = write("a")
    sent.refuse(OSError("the mail server is away\x00"))
    for pause in PAUSES:
        assert deliver_waiting() == 0
        row.refresh_from_db()
        assert row.state == "pending"
        assert "the mail server is away" in row.error
        assert deliver_waiting() == 0
        assert row.next_at - timezone.now() <= pause
        time_machine.move_to(row.next_at)
    deliver_waiting()
    row.refresh_from_db()
    assert (row.state, row.attempts, row.next_at) == ("failed", len(PAUSES) + 1, None)
    assert list(Outbox.objects.failed()) == [row]
    sent.first(lambda row: None)
    assert row.retry(timezone.now())
    assert not row.retry(timezone.now())
    assert deliver(row.pk)
    assert sent.keys == ["a"]


def test_what_can_never_arrive_fails_at_once(sent):
    [row] = write("a")
    sent.refuse(Undeliverable("the user has left"))
    assert not deliver(row.pk)
    row.refresh_from_db()
    assert (row.state, row.error) == ("failed", "Undeliverable: the user has left")


def test_a_channel_nobody_has_registered_keeps_the_message(sent):
    [row] = Outbox.objects.write([Message("pigeon", "x", "p")], timezone.now())
    assert not deliver(row.pk)
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("pending", 1)


def test_quiet_hours_are_no_attempt(sent):
    [row] = write("a")
    morning = timezone.now() + timedelta(hours=8)
    sent.refuse(NotYet(morning))
    assert not deliver(row.pk)
    row.refresh_from_db()
    assert (row.state, row.attempts, row.next_at) == ("pending", 0, morning)


def test_a_sender_that_died_is_followed_by_another_when_its_lease_ends(sent, time_machine):
    [row] = write("a")
    first = Outbox.objects.claim(row.pk, timezone.now())
    assert deliver_waiting() == 0
    time_machine.move_to(timezone.now() + LEASE)
    second = Outbox.objects.claim(row.pk, timezone.now())
    assert first.sent(timezone.now()) is False
    assert first.not_sent(OSError(), timezone.now()) is False
    assert second.sent(timezone.now()) is True


def test_a_slow_channel_leaves_the_rest_of_its_batch_to_the_next_sender(sent, time_machine):
    write("a", "b")
    sent.first(lambda row: time_machine.move_to(timezone.now() + LEASE - timedelta(seconds=30)))
    assert deliver_waiting(stop_at=timezone.now() + timedelta(minutes=1)) == 1
    time_machine.move_to(timezone.now() + LEASE)
    sent.first(lambda row: None)
    assert deliver_waiting() == 1
    assert sorted(sent.keys) == ["a", "b"]


def test_a_clock_set_back_three_days_does_not_hold_messages_for_three_days(sent, time_machine):
    write("a")
    time_machine.move_to(timezone.now() - timedelta(hours=73))
    assert deliver_waiting() == 1
    assert timedelta(hours=73) > LONGEST_WAIT


def test_a_handler_that_only_writes_rows_leaves_nothing_behind_when_it_fails(sent):
    @outbox.handler("bell", transactional=True)
    def send(row):
        Outbox.objects.create(kind="note", to="x", key="made", next_at=timezone.now(), created_at=timezone.now())
        raise OSError("disk")

    [row] = Outbox.objects.write([Message("bell", "user:1", "b")], timezone.now())
    assert not deliver(row.pk)
    assert not Outbox.objects.filter(key="made").exists()


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_event_sends_nothing(sent):
    with transaction.atomic():
        write("a")
        transaction.set_rollback(True)
    assert deliver_waiting() == 0


@pytest.mark.django_db(transaction=True)
def test_many_senders_at_once_send_everything_once(sent):
    write(*(f"k{n}" for n in range(120)))
    lock = threading.Lock()
    counted = []

    def count(row):
        with lock:
            counted.append(row.key)

    sent.first(count)

    def work(_):
        try:
            return deliver_waiting()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as senders:
        assert sum(senders.map(work, range(4))) == 120
    assert len(counted) == len(set(counted)) == 120
