from celery import shared_task
from django.utils import timezone

from notifications import digest


@shared_task(name="notifications.tasks.write_digests")
def write_digests():
    digest.write_digests(timezone.now())
