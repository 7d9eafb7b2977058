"""Long work and how far it is: the page shows what the row says, so closing the tab loses nothing."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from core.models import Job


@require_safe
def job(request, pk):
    """One's own job with its progress; htmx fetches the progress alone every few seconds until it is over."""
    found = _own(request, pk)
    htmx = getattr(request, "htmx", None)
    template = "core/_job_progress.html" if htmx and not htmx.boosted else "core/job.html"
    return render(request, template, {"job": found})


@require_safe
def result(request, pk):
    """The file a job made, for whoever started it and while it is kept."""
    found = _own(request, pk)
    if not found.result or (found.expires_at and found.expires_at <= timezone.now()):
        raise Http404
    return FileResponse(default_storage.open(found.result), as_attachment=True, filename=found.result_name)


@require_POST
def stop(request, pk):
    """Stop one's own job; one that is over stays as it is."""
    found = _own(request, pk)
    found.stop(timezone.now())
    return redirect(found)


@require_safe
def jobs(request):
    """One's latest jobs."""
    latest = Job.objects.filter(started_by=request.user).order_by("-created_at", "-pk")[:50]
    return render(request, "core/job_list.html", {"jobs": latest})


def _own(request, pk):
    return get_object_or_404(Job, pk=pk, started_by=request.user)
