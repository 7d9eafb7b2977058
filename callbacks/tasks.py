from celery import shared_task
from django.utils import timezone

from callbacks import monthly


@shared_task(name="callbacks.tasks.write_month")
def write_month():
    """On the day after a month's end its summary is drafted, once."""
    monthly.write_due(timezone.now())
