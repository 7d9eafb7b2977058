"""A worker as the site runs it, which also knows a slow channel whose every effect is a line in a file.

celery --app tests.ops.live_worker worker …
"""

import os
import time

import django

from aftersales.celery import app

django.setup()

from core.outbox import handler  # noqa: E402 - models can be imported only now

__all__ = ["app"]


@handler("slow note")
def send(row):
    time.sleep(0.2)
    with open(os.environ["EFFECTS"], "a") as effects:
        effects.write(f"{row.key}\n")
