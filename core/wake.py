"""Waking a task. The row it is to work on is committed already, so a lost wake-up costs a minute, never a message."""

import logging
import os
import threading
import time
from contextlib import suppress
from pathlib import Path

from celery import current_app
from celery.signals import beat_init, celeryd_init
from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import autodiscover_modules
from kombu.utils.uuid import uuid

log = logging.getLogger(__name__)

TIMEOUT = 1.0  # seconds for connecting and for an answer
# After a failure nobody rings for a while: one page may ring five tasks, and a silent broker costs a second each time.
REST = 10.0

# A ring that was made among the last so many callbacks of a transaction is not made again.
NEAR = 50

# What kombu takes for reaching a broker from a web page: one try without a pause, whatever patience workers have.
IMPATIENT = {
    "socket_connect_timeout": TIMEOUT,
    "socket_timeout": TIMEOUT,
    "connect_retries_timeout": TIMEOUT,
    "max_retries": 0,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}

_silent_until = 0.0
_line = threading.local()


class Bell:
    """One ring to be made after the commit; the same one is made once per transaction."""

    def __init__(self, task_name, args):
        self.task_name, self.args = task_name, args
        self.__qualname__ = f"ring {task_name}"  # by which Django's log names a callback that failed

    def __eq__(self, other):
        return isinstance(other, Bell) and (self.task_name, self.args) == (other.task_name, other.args)

    def __hash__(self):
        return hash((self.task_name, self.args))

    def __call__(self):
        _send(self.task_name, self.args)


def ring(task_name, *args):
    """Wake a task by name after the commit: one attempt of about a second, failures logged, nothing ever raised.

    Beat finds whatever a lost ring leaves behind within a minute. Names no app has registered are refused and logged.
    """
    bell = Bell(task_name, args)
    if connection.in_atomic_block and any(bell == waiting for _, waiting, _ in connection.run_on_commit[-NEAR:]):
        return
    transaction.on_commit(bell, robust=True)


def prepare_broker_folders():
    """Make the folders of the broker made of files, for this user alone; messages in them wake tasks."""
    if settings.CELERY_BROKER_URL.startswith("filesystem://"):
        options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
        for name in ("data_folder_in", "data_folder_out", "processed_folder", "control_folder"):
            make_private_folder(options[name])


@celeryd_init.connect
@beat_init.connect
def _before_listening(**kwargs):
    prepare_broker_folders()


def make_private_folder(path):
    path = Path(path)
    for folder in (path.parent, path):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)


def _is_known(task_name):
    if task_name not in current_app.tasks:
        autodiscover_modules("tasks")  # a web process has not read the tasks.py of the apps yet
    return task_name in current_app.tasks


def _send(task_name, args):
    global _silent_until
    if not _is_known(task_name):
        log.error("No task is called %r: not woken.", task_name)
        return
    began = time.monotonic()
    if began < _silent_until:
        return
    try:
        try:
            _publish(task_name, args, _kept_line())
        except Exception:
            # A line kept open may have been cut long ago; a new one tells. Who let us wait gets no second try.
            _hang_up()
            if time.monotonic() - began > TIMEOUT / 2:
                raise
            _publish(task_name, args, _new_line())
    except Exception as error:
        _silent_until = time.monotonic() + REST
        log.warning("Could not wake %s: %s. It will be found by the timetable.", task_name, type(error).__name__)


def _publish(task_name, args, line):
    # send_task() asks routers, options and results about every message first; ours go to the one queue and answer nothing.
    amqp = current_app.amqp
    message = amqp.create_task_message(
        uuid(), task_name, args, {}, argsrepr=repr(args), kwargsrepr="{}", ignore_result=True
    )
    amqp.send_task_message(line, task_name, message, retry=False)


def _kept_line():
    """This thread's producer; a process that was forked from another opens its own."""
    if getattr(_line, "process", None) != os.getpid():
        return _new_line()
    return _line.producer


def _new_line():
    prepare_broker_folders()
    broker = current_app.connection_for_write(connect_timeout=TIMEOUT, transport_options=IMPATIENT)
    _line.process, _line.producer = None, current_app.amqp.Producer(broker, auto_declare=False)
    _line.process = os.getpid()
    return _line.producer


def _hang_up():
    producer, _line.process, _line.producer = getattr(_line, "producer", None), None, None
    if producer is not None:
        with suppress(Exception):
            producer.connection.release()
