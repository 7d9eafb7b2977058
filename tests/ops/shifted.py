"""Worker and beat of the site at another hour: the file named in SHIFT holds the hours between their clock and ours.

celery --app tests.ops.shifted worker … | beat …
"""

import os
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine
from celery.signals import beat_init, worker_init

from aftersales.celery import app

__all__ = ["app"]

# Beat looks up every second; without this it would sleep through a clock that jumps.
app.conf.beat_max_loop_interval = 1

# Taken before anything is shifted; monotonic time goes on as it does everywhere.
BEGUN_AT, BEGUN = datetime.now(UTC), time.monotonic()


def follow(place=Path(os.environ["SHIFT"])):
    shown = None
    while True:
        hours = float(place.read_text())
        if hours != shown:
            real = BEGUN_AT + timedelta(seconds=time.monotonic() - BEGUN)
            # On top of the journey before, which is never ended: for a moment beat would be home, three days earlier, and
            # not wake up for three days.
            time_machine.travel(real + timedelta(hours=hours), tick=True).start()
            shown = hours
        time.sleep(0.2)


def begin(**_):
    threading.Thread(target=follow, daemon=True).start()


# Not before beat has its timetable: made at another hour already, it would let a minute pass until anything is due.
beat_init.connect(begin)
worker_init.connect(begin)
