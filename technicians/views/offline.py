"""What the technician's phone needs to go on without a line: worker, manifest, outbox, a look whether there is one."""

from functools import cache

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView, View

from technicians.views.day import WORK


class Outbox(PermissionRequiredMixin, TemplateView):
    """What waits for a line, and what was refused with both sides of it; all of it is kept by the phone."""

    permission_required = WORK
    raise_exception = True
    template_name = "technicians/outbox.html"


class Line(PermissionRequiredMixin, View):
    """There is a line: whose session it is, and the token to send with."""

    http_method_names = ["get", "head"]
    permission_required = WORK
    raise_exception = True

    def get(self, request):
        return JsonResponse({"user": request.user.pk, "token": get_token(request)})


@cache
def _worker():
    return (settings.BASE_DIR / "static" / "js" / "worker.js").read_bytes()


@login_not_required
@require_safe
def worker(request):
    """The service worker, from the root, so that it may stand before every page of ours."""
    return HttpResponse(_worker(), content_type="text/javascript", headers={"Cache-Control": "no-cache"})


@login_not_required
@require_safe
def manifest(request):
    """What the phone calls us when it puts us on its home screen."""
    icon = {"src": static("img/mark.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}
    said = {
        "name": _("After-sales"),
        "short_name": _("After-sales"),
        "start_url": reverse("technicians:today"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#f6f6f3",
        "theme_color": "#17568c",
        "icons": [icon],
    }
    return JsonResponse(said, content_type="application/manifest+json")
