"""Keeping a list's filters under a name."""

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, QueryDict
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.lists import list_query
from core.models import SavedFilter
from core.models.saved_filter import LONGEST_NAME, LONGEST_QUERY, MOST_PER_USER
from core.text import clean


@require_POST
def save(request, list_key):
    """Keep the filters of a list for this user; a name used before is overwritten."""
    name = " ".join(clean(request.POST.get("name", "")).split())[:LONGEST_NAME]
    query = list_query(QueryDict(request.POST.get("query", ""))).urlencode()
    if not name or len(query) > LONGEST_QUERY:
        messages.error(request, _("The filter needs a name."))
    elif SavedFilter.objects.filter(user=request.user).count() >= MOST_PER_USER:
        messages.error(request, _("You have %(count)d saved filters; delete one first.") % {"count": MOST_PER_USER})
    else:
        _keep(request.user, list_key, name, query, shared=bool(request.POST.get("shared")))
        messages.success(request, _("Saved as “%(name)s”.") % {"name": name})
    return _back(request)


@require_POST
def delete(request, pk):
    """Forget one of the user's own filters."""
    gone, _rows = SavedFilter.objects.filter(pk=pk, user=request.user).delete()
    if not gone:
        raise Http404
    messages.success(request, _("The filter is deleted."))
    return _back(request)


def _keep(user, list_key, name, query, shared):
    values = {"query": query, "shared": shared}
    try:
        with transaction.atomic():
            SavedFilter.objects.update_or_create(user=user, list_key=list_key, name=name, defaults=values)
    except IntegrityError:  # the same name saved twice at once: the second overwrites
        SavedFilter.objects.filter(user=user, list_key=list_key, name=name).update(**values)


def _back(request):
    target = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return redirect(target if ours and target.startswith("/") else "/")
