"""What every page's frame shows, read only when a frame is drawn."""

from functools import cached_property
from typing import NamedTuple

from django.conf import settings
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from core import navigation

THUMBS = 5  # places in the bar at the bottom of a phone


class Link(NamedTuple):
    """A navigation entry as one user sees it on one page."""

    entry: navigation.Entry
    url: str
    count: str
    is_current: bool


class Shell:
    """The frame around a page for one request; every part costs something only where it is shown."""

    def __init__(self, request):
        self.request = request

    @cached_property
    def user(self):
        user = getattr(self.request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @cached_property
    def _places(self):
        if self.user is None:
            return {navigation.RAIL: [], navigation.TOP: [], navigation.MENU: [], "badge": []}
        places = {
            place: navigation.entries_for(self.user, place)
            for place in (navigation.RAIL, navigation.TOP, navigation.MENU)
        }
        places["badge"] = navigation.badges_for(self.user)
        counts = navigation.count_all([entry for entries in places.values() for entry in entries], self.user)
        links = {place: [(entry, entry.url) for entry in entries] for place, entries in places.items()}
        current = self._current(links[navigation.RAIL])
        return {
            place: [
                Link(entry, url, navigation.capped(counts.get(entry.key)), entry.key == current) for entry, url in found
            ]
            for place, found in links.items()
        }

    def _current(self, links):
        """The key of the entry whose URL is the longest beginning of this page's path."""
        path = self.request.path
        matching = [(entry, url) for entry, url in links if path == url or (url != "/" and path.startswith(url))]
        return max(matching, key=lambda link: len(link[1]))[0].key if matching else None

    @cached_property
    def shape(self):
        """Everything that the links of the frame show, but for the language: equal shapes look the same."""
        return tuple(
            (place, link.entry.key, link.url, link.count, link.is_current)
            for place, links in self._places.items()
            for link in links
        )

    @property
    def rail(self):
        return self._places[navigation.RAIL]

    @property
    def thumbs(self):
        """What fits the bottom bar of a phone: all of them, or four and a door to the rest."""
        return self.rail if len(self.rail) <= THUMBS else self.rail[: THUMBS - 1]

    @property
    def rest(self):
        return self.rail[len(self.thumbs) :]

    @property
    def top(self):
        return self._places[navigation.TOP]

    @property
    def menu(self):
        return self._places[navigation.MENU]

    @property
    def badges(self):
        return self._places["badge"]

    @cached_property
    def languages(self):
        """Code, short name and whether it is the page's, for the switch."""
        short = {"zh-hans": "中文", "en": "English"}
        return [(code, short.get(code, name), code == get_language()) for code, name in settings.LANGUAGES]

    @property
    def words(self):
        """What the scripts say, in the page's language."""
        return {
            "left": _("%(span)s left"),
            "late": _("%(span)s late"),
            "day": [ngettext("%(count)d day", "%(count)d days", number) for number in (1, 2)],
            "hour": [ngettext("%(count)d hour", "%(count)d hours", number) for number in (1, 2)],
            "minute": [ngettext("%(count)d minute", "%(count)d minutes", number) for number in (1, 2)],
            "min": _("%(count)d min"),
            "yesterday": pgettext("day", "yesterday"),
            "tomorrow": pgettext("day", "tomorrow"),
            "draftSaved": _("Draft saved %(time)s"),
            "draftKept": _("Kept in this browser %(time)s, not sent yet"),
            "draftRestored": _("Your draft of %(time)s is back"),
            "draftDiscard": _("Discard the draft"),
            "copied": _("Copied"),
            "copyFailed": _("Copying was refused; select the text and copy it by hand."),
            "offline": _("No connection. Nothing is lost; try again in a moment."),
            "failed": _("That did not work (%(status)s). Nothing was changed; try again in a moment."),
            "signedOut": _("Your session has ended. Sign in again in a new tab; what you typed stays here."),
            "signIn": _("Sign in"),
            "forbidden": _("You may not do this."),
            "undo": _("Undo"),
            "close": _("Close"),
            "remove": _("Remove"),
            "tooLarge": _("%(name)s is larger than %(size)s MB and was left out."),
            "tooMany": _("At most %(count)s files; the others were left out."),
            "wrongKind": _("%(name)s is not a kind of file that can be added here."),
            "spread": _("Put into the fields. Please check them."),
            "noneFound": _("Nothing found"),
            "searching": _("Searching…"),
            "previous": _("Previous"),
            "next": _("Next"),
        }


def shell(request):
    """``shell`` for the frame, ``banners`` above it, ``demo_site`` where one of them says the data are made up."""
    banners = SimpleLazyObject(lambda: navigation.banners_for(request))
    return {
        "shell": Shell(request),
        "banners": banners,
        "demo_site": SimpleLazyObject(lambda: any(one.tone == "demo" for one in banners)),
    }
