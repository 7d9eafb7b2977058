"""Drafts save themselves while somebody types, and wait for him in every tab and after every session."""

import json

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.models import Draft
from core.models.draft import MOST_BYTES


class NotADraft(ValueError):
    """The body is no JSON object that both databases can store."""


@never_cache
@require_http_methods(["GET", "PUT", "POST", "DELETE"])
def draft(request, key):
    """The user's own draft of one form: GET answers it (204 without one), PUT and POST store ``data``, DELETE drops it."""
    own = Draft.objects.filter(user=request.user, key=key)
    if request.method == "DELETE":
        own.delete()
        return HttpResponse(status=204)
    if request.method == "GET":
        kept = own.first()
        return JsonResponse({"data": kept.data, "saved_at": kept.updated_at}) if kept else HttpResponse(status=204)
    return _store(request, key)


def _store(request, key):
    if len(request.body) > MOST_BYTES:
        return JsonResponse({"error": _("This is too long to be kept as a draft.")}, status=413)
    try:
        data = fields_of(request.body)
    except NotADraft:
        return JsonResponse({"error": _("This is not a draft.")}, status=400)
    kept = Draft.objects.keep(request.user, key, data, timezone.now())
    return JsonResponse({"saved_at": kept.updated_at})


def fields_of(body):
    """The ``data`` object of a JSON body; NotADraft for anything the databases would store differently or not at all."""
    try:
        data = json.loads(body, parse_constant=_refuse)["data"]
        text = json.dumps(data, ensure_ascii=False, allow_nan=False)
        text.encode()  # half a surrogate pair raises
    except (ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
        raise NotADraft from error
    if not isinstance(data, dict) or "\\u0000" in text.replace("\\\\", ""):
        raise NotADraft
    return data


def _refuse(constant):
    raise ValueError(constant)
