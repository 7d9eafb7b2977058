"""The facts every site begins with: areas, holidays, service hours. Loaded after each migration and each flush."""

from django.db import connections

from core.calendar import USUAL_HOURS
from core.models import Area, ServiceHours, WorkDay


def load_facts(using="default", **kwargs):
    """Write what is missing; what was edited by hand stays. Skipped while core's tables are not all there."""
    needed = {model._meta.db_table for model in (Area, ServiceHours, WorkDay)}
    if using != "default" or not needed <= set(connections[using].introspection.table_names()):
        return
    if not ServiceHours.objects.exists():
        ServiceHours.objects.bulk_create(
            ServiceHours(weekday=weekday, opens=opens, closes=closes)
            for weekday, spans in USUAL_HOURS.items()
            for opens, closes in spans
        )
    WorkDay.objects.load_official()
    Area.objects.load_facts()
