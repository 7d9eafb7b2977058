"""One field for everything: a name or its sound, a number, the last four digits of a telephone, any words."""

from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from core import search as index
from core.text import clean

LINES = 10  # of each kind; all of a kind on asking
OF_ONE_KIND = 50
SUGGESTED = 3


@require_safe
def search(request):
    """What was found, by kind; ``kind`` shows one kind alone, longer.

    Whoever typed the whole number of one record is led straight to it.
    """
    typed = _typed(request)
    kind = request.GET.get("kind", "")
    kind = kind if index.is_registered(kind) else None
    most = OF_ONE_KIND if kind else LINES
    hits = index.search(typed, request.user, most + 1, kind) if typed else []
    htmx = getattr(request, "htmx", None)
    is_part = htmx and not htmx.boosted
    if not is_part and not kind:
        meant = _lines([hit for hit in hits if hit.exact], request.user)
        if len(meant) == 1:
            return redirect(meant[0][1].url)
    context = {
        "search_text": typed,
        "groups": index.grouped(hits, request.user, most),
        "elsewhere": index.elsewhere(typed, request.user) if typed else [],
        "kind": kind,
    }
    return render(request, "core/_search_results.html" if is_part else "core/search.html", context)


@require_safe
def suggestions(request):
    """The first lines of each kind while somebody types, as options of a list; what bears the whole number leads."""
    typed = _typed(request)
    hits = index.search(typed, request.user, SUGGESTED) if typed else []
    context = {
        "search_text": typed,
        "meant": _lines([hit for hit in hits if hit.exact], request.user),
        "lines": _lines([hit for hit in hits if not hit.exact], request.user),
        "elsewhere": index.elsewhere(typed, request.user) if typed else [],
    }
    return render(request, "core/_search_options.html", context)


def _typed(request):
    return clean(request.GET.get("q", ""))[: index.MOST_TYPED].strip()


def _lines(hits, user):
    """(Kind, Found) for each hit that may be shown."""
    return [(kind, line) for kind, lines, _more in index.grouped(hits, user, SUGGESTED) for line in lines]
