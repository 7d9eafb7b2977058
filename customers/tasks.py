from celery import shared_task
from django.utils import timezone

from customers import retention
from customers.erasing import register


@shared_task
def watch_over_data():
    """At night: propose what has been kept long enough, and write down whom the register of the erased misses."""
    register.complete()
    retention.propose(timezone.now())
