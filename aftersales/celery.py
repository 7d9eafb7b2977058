"""The Celery application. Tasks live in each app's tasks.py; the timetable is CELERY_BEAT_SCHEDULE in the settings."""

import os

from celery import Celery
from celery.signals import setup_logging
from django.apps import apps
from django.utils import timezone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftersales.settings")

app = Celery("aftersales")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.task(name="aftersales.alive")
def alive():
    """A message of the timetable came through the broker to a worker that reaches the database (manage.py doctor)."""
    apps.get_model("core", "Heartbeat").objects.beat("worker", timezone.now())


@setup_logging.connect
def keep_our_log_lines(**kwargs):
    """Django has set logging up by then; because we answer here, Celery leaves its own formats out."""
