"""Waking tasks: after the commit, once, never in the way of a page, and only tasks that exist."""

import logging
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings as site
from django.db import connection, transaction
from django.utils import timezone
from kombu import Connection

from core import wake
from core.models import Outbox
from core.outbox import Message
from core.wake import prepare_broker_folders, ring


@pytest.fixture
def rung(monkeypatch):
    heard = []
    monkeypatch.setattr(wake, "_publish", lambda name, args, line: heard.append((name, args)))
    monkeypatch.setattr(wake, "_silent_until", 0.0)
    return heard


@pytest.mark.django_db(transaction=True)
def test_a_ring_is_heard_after_the_commit_and_once(rung):
    with transaction.atomic():
        ring("core.tasks.deliver", 7)
        ring("core.tasks.deliver", 7)
        ring("core.tasks.deliver", 8)
        assert rung == []
    assert rung == [("core.tasks.deliver", (7,)), ("core.tasks.deliver", (8,))]


@pytest.mark.django_db(transaction=True)
def test_a_rollback_rings_nothing(rung):
    with transaction.atomic():
        ring("core.tasks.deliver", 7)
        transaction.set_rollback(True)
    assert rung == []


@pytest.mark.django_db(transaction=True)
def test_a_message_written_wakes_the_sender(rung):
    with transaction.atomic():
        Outbox.objects.write([Message("note", "x", "a"), Message("note", "x", "b")], timezone.now())
    assert rung == [("core.tasks.deliver_waiting", ())]


@pytest.mark.django_db(transaction=True)
def test_a_name_no_app_has_registered_is_refused_and_logged(rung, caplog):
    ring("core.tasks.no_such_thing", 7)
    assert rung == []
    assert "core.tasks.no_such_thing" in caplog.text


@pytest.fixture
def broker(monkeypatch):
    """Ring at this broker instead of the tests' own."""

    def use(url, **options):
        def connect(connect_timeout, transport_options):
            return Connection(url, connect_timeout=connect_timeout, transport_options=options | transport_options)

        monkeypatch.setattr(current_app._get_current_object(), "connection_for_write", connect)
        monkeypatch.setattr(wake, "_silent_until", 0.0)
        wake._hang_up()

    yield use
    wake._hang_up()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["closed", "silent"])
def test_a_dead_broker_costs_about_a_second_once_and_raises_nothing(broker, caplog, kind):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        if kind == "silent":
            listener.listen()
        broker(f"redis://127.0.0.1:{listener.getsockname()[1]}/3", socket_timeout=5, socket_connect_timeout=1)
        with caplog.at_level(logging.WARNING):
            ring("core.tasks.deliver", 1)  # the first one also reads the tasks of every app
            wake._silent_until = 0.0
            began = time.perf_counter()
            with transaction.atomic():
                for pk in range(10):
                    ring("core.tasks.deliver", pk)
            assert time.perf_counter() - began < 8  # not a second for each of the ten
    assert caplog.text.count("Could not wake") == 2


def test_the_folders_of_the_broker_are_private(settings, tmp_path):
    folders = {name: str(tmp_path / "broker" / name[:4]) for name in
               ("data_folder_in", "data_folder_out", "processed_folder", "control_folder")}  # fmt: skip
    settings.CELERY_BROKER_URL, settings.CELERY_BROKER_TRANSPORT_OPTIONS = "filesystem://", folders
    (tmp_path / "broker").mkdir(mode=0o755)
    prepare_broker_folders()
    for folder in [tmp_path / "broker", *map(Path, folders.values())]:
        assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.long
@pytest.mark.live
@pytest.mark.django_db(transaction=True)
def test_a_worker_refuses_an_unknown_task_and_goes_on(tmp_path, broker):
    """Messages of an older release may name tasks that are gone; those after them are worked on all the same."""
    [row] = Outbox.objects.write([Message("a kind nobody sends", "x", "a")], timezone.now())
    environment = os.environ | {
        "VAR_DIR": str(tmp_path),
        "DATABASE_URL": _address_of_the_test_database(),
        "REDIS_URL": "",
    }
    arguments = ["-A", "aftersales", "worker", "-P", "solo", "-l", "INFO", "--without-gossip", "--without-mingle"]
    log_file = tmp_path / "worker.log"
    with log_file.open("w") as log:
        worker = subprocess.Popen([sys.executable, "-m", "celery", *arguments], cwd=site.BASE_DIR, env=environment,
                                  stdout=log, stderr=subprocess.STDOUT)  # fmt: skip
    try:
        folders = {"data_folder_in": f"{tmp_path}/broker/q", "data_folder_out": f"{tmp_path}/broker/q",
                   "control_folder": f"{tmp_path}/broker/control"}  # fmt: skip
        _wait_for(lambda: "ready." in log_file.read_text(), 40)
        broker("filesystem://", **folders)
        wake._publish("workflow.tasks.gone_since_last_year", (1,), wake._new_line())
        ring("core.tasks.deliver", row.pk)
        _wait_for(lambda: Outbox.objects.get(pk=row.pk).attempts == 1, 20)
        assert worker.poll() is None
        assert "workflow.tasks.gone_since_last_year" in log_file.read_text()
    finally:
        worker.send_signal(signal.SIGTERM)
        try:
            worker.wait(15)
        except subprocess.TimeoutExpired:
            worker.kill()


def _address_of_the_test_database():
    parts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{parts['NAME']}"
    return f"postgres://{parts['USER']}:{parts['PASSWORD']}@{parts['HOST']}:{parts['PORT'] or 5432}/{parts['NAME']}"


def _wait_for(true, seconds):
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "It did not happen in time."
        time.sleep(0.2)
