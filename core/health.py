"""/healthz: may this site be sent visitors, and does its clockwork run? For machines; no login, nothing secret."""

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.models import Heartbeat

SWEEP_LATE = timedelta(minutes=3)  # it runs every minute; one miss is a restart, three are a fault


def sweep_state(now) -> tuple[str, int | None]:
    """("ok" | "late" | "never", seconds since the last sweep or None). Raises DatabaseError."""
    age = Heartbeat.objects.age("sweep", now)
    if age is None:
        return "never", None
    return ("ok" if age <= SWEEP_LATE else "late"), int(age.total_seconds())


@require_safe
@never_cache
@login_not_required
def healthz(request):
    """200 while pages can be served, 503 while they cannot; a late sweep is told, but does not send visitors away."""
    try:
        sweep, seconds = sweep_state(timezone.now())
    except DatabaseError:
        return JsonResponse({"status": "down", "database": "down"}, status=503)
    status = "ok" if sweep == "ok" else "late"
    return JsonResponse({"status": status, "database": "ok", "sweep": sweep, "sweep_age_seconds": seconds})
