"""One field for everything: a name, a number, the last four digits of a telephone, any words."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from core import search as index
from core.text import clean

HITS = 100  # newest that are looked at; ten lines of each kind are shown, all of a kind on asking
OF_ONE_KIND = 50


@require_safe
def search(request):
    """What was found, by kind; ``kind`` shows one kind alone, longer."""
    typed = clean(request.GET.get("q", ""))[: index.MOST_TYPED].strip()
    kind = request.GET.get("kind", "")
    kind = kind if index.is_registered(kind) else None
    hits = index.search(typed, request.user, HITS, kind) if typed else []
    groups = index.grouped(hits, request.user, OF_ONE_KIND if kind else 10)
    htmx = getattr(request, "htmx", None)
    template = "core/_search_results.html" if htmx and not htmx.boosted else "core/search.html"
    return render(request, template, {"search_text": typed, "groups": groups, "kind": kind})
