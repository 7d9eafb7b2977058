"""What the frame of every page leads to: apps register entries, the shell shows those a user may open.

An app calls ``register(Entry(…))`` in its ``ready()``. Counts are querysets, counted together in one statement and
capped, so the rail costs the same at a million rows as at ten thousand (design 4.3; S0-21).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.core.checks import Error
from django.core.checks import register as register_check
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse

from core.prepared import PreparedCounts

CAP = 99  # more than this reads "99+"; nobody works through a hundred by looking at the number

RAIL, TOP, MENU = "rail", "top", "menu"


@dataclass(frozen=True)
class Entry:
    """One way into the application.

    ``permission`` or ``roles`` say who sees it (neither: everyone signed in); ``count(user)`` answers a queryset
    or None, asked with a ``core.prepared.StandIn``; ``shortcut`` is the key that opens it: ``n``, or ``g c`` for two strokes.
    ``is_work``: it leads to a list of what to do, and stands among the tabs of the start page too.
    """

    key: str
    label: str
    url_name: str
    icon: str = "circle"
    permission: str = ""
    roles: frozenset[str] | tuple[str, ...] = ()
    count: Callable | None = None
    order: int = 100
    shortcut: str = ""
    place: str = RAIL
    is_work: bool = False

    def is_for(self, user) -> bool:
        if self.permission and user.has_perm(self.permission):
            return True
        if self.roles and not user.role_names.isdisjoint(self.roles):
            return True
        return not self.permission and not self.roles

    @property
    def url(self):
        return _address(self.url_name, get_urlconf() or settings.ROOT_URLCONF, get_script_prefix())


@dataclass(frozen=True)
class Banner:
    """A line above the whole page: ``demo`` is yellow, ``alarm`` red, ``notice`` neutral."""

    text: str
    tone: str = "notice"
    url: str = ""
    link_text: str = ""


@cache  # thirty of them stand in every frame, and they never change while the process runs
def _address(url_name, urlconf, prefix):
    try:
        return reverse(url_name)
    except NoReverseMatch:  # the check below names it before a release does
        return ""


_entries: dict[str, Entry] = {}
_badges: dict[str, Entry] = {}
_banners: list[Callable] = []


def register(entry: Entry) -> Entry:
    """Show an entry; the same key again replaces it."""
    _entries[entry.key] = entry
    return entry


def badge(entry: Entry) -> Entry:
    """Show an entry as an icon with a number in the top bar: the bell."""
    _badges[entry.key] = entry
    return entry


def banner(ask: Callable) -> Callable:
    """Ask this function for a banner on every full page: ``ask(request) -> Banner | None``. It must be cheap."""
    if ask not in _banners:
        _banners.append(ask)
    return ask


def entries_for(user, place: str) -> list[Entry]:
    """The entries of one place this user may open, in order."""
    shown = (entry for entry in _entries.values() if entry.place == place and entry.url and entry.is_for(user))
    return sorted(shown, key=lambda entry: (entry.order, entry.key))


def badges_for(user) -> list[Entry]:
    """The top bar's icons this user may open, in order."""
    shown = (entry for entry in _badges.values() if entry.url and entry.is_for(user))
    return sorted(shown, key=lambda entry: (entry.order, entry.key))


def banners_for(request) -> list[Banner]:
    """Every banner that has something to say now."""
    return [said for ask in _banners if (said := ask(request))]


def count_all(entries, user) -> dict[str, int]:
    """Key → how many rows stand behind each entry that counts some; one statement together."""
    return _counts.of(user, {entry.key: entry.count for entry in entries if entry.count})


_counts = PreparedCounts(CAP + 1)


def capped(count) -> str:
    """The count as it is shown: nothing for none, 99+ past the cap."""
    if not count:
        return ""
    return f"{CAP}+" if isinstance(count, int) and count > CAP else str(count)


@register_check()
def entries_lead_somewhere(app_configs, **kwargs):
    """Every registered entry names a URL that exists."""
    return [
        Error(f"Navigation entry {entry.key!r} names the unknown URL {entry.url_name!r}.", id="core.E001")
        for entry in [*_entries.values(), *_badges.values()]
        if not entry.url
    ]
