from django.core.management.base import BaseCommand
from django.utils import timezone

from core.models import Heartbeat
from workflow.sweep import sweep


class Command(BaseCommand):
    help = "Fire every deadline that is due. Celery beat calls the same each minute; so may any timer."

    def handle(self, **options):
        now = timezone.now()
        fired = sweep(now)
        Heartbeat.objects.beat("sweep", now)
        self.stdout.write(f"{fired} fired")
