"""Doorbells: each fetches what is waiting and calls one verb."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from core import jobs, outbox
from core.models import Draft, TableImport

# A run ends before the next one begins, so that a slow channel does not pile runs up.
RUN = timedelta(seconds=50)


@shared_task
def deliver(pk):
    outbox.deliver(pk)


@shared_task
def deliver_waiting():
    outbox.deliver_waiting(stop_at=timezone.now() + RUN)


@shared_task
def run_job(pk):
    jobs.run(pk)


@shared_task
def run_waiting_jobs():
    jobs.run_waiting()


@shared_task
def tidy():
    jobs.forget_expired()
    Draft.objects.forget_old(timezone.now())
    TableImport.objects.forget_old_files(timezone.now())
