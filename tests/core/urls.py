"""A small site whose pages give way on demand."""

import errno

from django.contrib.auth.decorators import login_not_required
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.urls import include, path

from core.models import Area

handler400 = "core.views.errors.bad_request"
handler500 = "core.views.errors.server_error"


@login_not_required
def told(request):
    """What a view is told about the visitor."""
    return JsonResponse(
        {
            "address": request.META["REMOTE_ADDR"],
            "secure": request.is_secure(),
            "method": request.method,
            "forwarded": sorted(name for name in request.META if "FORWARDED" in name or "OVERRIDE" in name),
            "cookies": sorted(request.COOKIES),
            "text": request.GET.get("q", ""),
            "posted": len(request.POST),
        }
    )


@login_not_required
def read(request):
    return HttpResponse(Area.objects.get(pk="11").name)


@login_not_required
def write(request):
    """Two rows in one transaction: both or none."""
    with transaction.atomic():
        Area.objects.create(code="971", name="甲", full_name="甲", level=1)
        Area.objects.create(code="972", name="乙", full_name="乙", level=1)
    return HttpResponse("written")


@login_not_required
def keep(request):
    default_storage.save("note.txt", request.FILES["file"])
    return HttpResponse("kept")


@login_not_required
def full(request):
    raise OSError(errno.ENOSPC, "No space left on device")


@login_not_required
def faulty(request):
    raise ZeroDivisionError


@login_not_required
def one(request, pk):
    return HttpResponse(str(pk))


urlpatterns = [
    path("told/", told),
    path("read/", read),
    path("write/", write),
    path("keep/", keep),
    path("full/", full),
    path("faulty/", faulty),
    path("one/<id:pk>/", one),
    path("", include("core.urls")),
    path("", include("accounts.urls")),
]
