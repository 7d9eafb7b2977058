from celery import shared_task
from django.utils import timezone

from core.models import Heartbeat
from workflow.sweep import sweep as fire_what_is_due


@shared_task(name="workflow.tasks.sweep")
def sweep():
    now = timezone.now()
    fire_what_is_due(now)
    Heartbeat.objects.beat("sweep", now)
