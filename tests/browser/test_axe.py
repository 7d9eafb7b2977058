"""Every page of the site as browsers show it: read by axe-core and held against the width of the screen.

The pages are those of the table of rights (tests/rights/matrix.py), which holds every URL, so that a new page is looked
at as soon as it is declared. Forms of a complaint's steps are shown on a complaint that may take the step.
"""

import logging
from dataclasses import dataclass

import pytest
from django.db.transaction import atomic
from django.template import loader
from django.urls import reverse

from accounts.models import User
from aftersales.roles import ROLES
from cases.models import Complaint

from tests.browser.chromium import SIZES
from tests.browser.conftest import grave_findings
from tests.factories.casefiles import full_complaint
from tests.rights.cases import complaint as any_complaint
from tests.rights.harness import STRANGER, World, address
from tests.rights.matrix import ROWS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"
# The one who sees most looks; whoever is left looks where he may not.
EYES = ("manager", "supervisor", "specialist", "agent", "quality", "administrator", *ROLES)
# Where people spend their day, also looked at in the dark and on the smallest phone.
IMPORTANT = (
    "home",
    "cases:call",
    "cases:call-new",
    "cases:complaint",
    "cases:complaint-list",
    "cases:complaint-propose-plan",
    "cases:board",
    "customers:file",
    "notifications:list",
    "workflow:customer-page",
)
# English differs by its words alone, and what they may break is seen where room is scarce.
LOOKS = (*((size, "zh-hans") for size in SIZES), ("phone", "en"))
SMALLEST = 320  # pixels: a small phone, or an office screen enlarged four times
ERRORS = ("400", "403", "404", "409", "413", "429", "500", "503", "507")


@dataclass(frozen=True)
class Sight:
    """One page as one person sees it."""

    name: str
    who: str
    path: str


class Site(World):
    """A site with a few of everything, and the way to each of its pages."""

    def __init__(self):
        super().__init__()
        for person in self.people.values():
            person.regions.add(self.foreign)  # so that nobody is refused for the region
        theirs = {"by": self.people["agent"], "matter__customer__region": self.own}
        self.complaints = [full_complaint(1, status=one, **theirs) for one in Complaint.Status if one != "merged"]

    def sights(self):
        """Every page of the table; what is no page (a file, a fragment, JSON, a redirect) falls out."""
        return [seen for row in ROWS if row.get is not None and (seen := self.sight_of(row))] + self.further()

    def sight_of(self, row):
        for thing, askers in self.ways_to(row):
            for who in askers:
                path = address(row, thing)
                answer = self.clients[who].get(path)
                if shows_page(answer):
                    return Sight(row.name, who, path)
                if answer.status_code != 403:
                    break  # that is said of the thing: everybody else would hear the same
        return None

    def ways_to(self, row):
        """The things to look at, each with those who may, the likeliest first."""
        askers = [STRANGER] if row.public else [who for who in dict.fromkeys(EYES) if who in row.get - row.unseen]
        if row.of is any_complaint:
            return [(one, askers) for one in self.complaints]
        with atomic():  # numbers are taken inside the transaction that uses them
            if row.mine:
                return [(row.mine(self, self.people[who]), [who]) for who in askers[:1]]
            return [(row.of(self, self.own) if row.of else None, askers[:1])]

    def further(self):
        """What one address shows at other times: a complaint in its other states, each step of a call, a refusal."""
        known = self.complaints[0].customer
        paths = {f"complaint {one.status}": one.get_absolute_url() for one in self.complaints[1:]}
        paths |= {
            "call known": f"{reverse('cases:call')}?phone={known.phones.first().number}",
            "call unknown": f"{reverse('cases:call')}?phone=13911112222",
            "call of several": f"{reverse('cases:call')}?phone={known.name}",
            "search found": f"{reverse('core:search')}?q={known.name}",
            "not found": "/nowhere/",
        }
        return [Sight(name, "manager", path) for name, path in paths.items()] + [
            Sight("not allowed", "technician", reverse("accounts:staff"))
        ]


def shows_page(answer):
    is_html = answer.headers.get("Content-Type", "").startswith("text/html")
    return answer.status_code == 200 and is_html and b"<html" in answer.content


@pytest.fixture
def site():
    logging.disable(logging.CRITICAL)  # refusals on the way to the pages
    yield Site()
    logging.disable(logging.NOTSET)


@pytest.fixture
def findings(open_page, live_server, settings, site):
    """``findings(sights, size, language, scheme, width)``: a line for each thing wrong on these pages."""

    def findings(sights, size, language, scheme="light", width=None):
        User.objects.update(language=language)
        page = open_page(reverse("accounts:login"), size=size, language=language, scheme=scheme)
        if width:
            page.set_viewport_size({"width": width, "height": 568})
        found = []
        for sight in sights:
            page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
            if sight.who != STRANGER:
                value = site.clients[sight.who].cookies[settings.SESSION_COOKIE_NAME].value
                cookie = {"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}
                page.context.add_cookies([cookie])
            page.goto(sight.path, wait_until="domcontentloaded")
            found += [f"{sight.name} ({sight.path}, {language}): {line}" for line in wrong_on(page, size, language)]
        return found

    return findings


def wrong_on(page, size, language="zh-hans"):
    too_wide = ["wider than the screen"] if size == "phone" and page.evaluate(TOO_WIDE) else []
    # Half of the time goes into contrast, and the colours are the same in both languages.
    return too_wide + grave_findings(page, contrast=language != "en")


@pytest.mark.long
@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_every_page_can_be_read_by_everybody(site, findings, size, language):
    sights = site.sights()
    assert len(sights) > 120, "the table of rights holds more pages than that"
    found = findings(sights, size, language)
    daily = [sight for sight in sights if sight.name in IMPORTANT]
    assert len(daily) == len(IMPORTANT)
    if language == "zh-hans":
        found += findings(daily, size, language, "dark")
    else:
        found += findings(daily, size, language, width=SMALLEST)
    assert not found, "\n".join(found)


def test_error_pages_can_be_read(open_page):
    page, found = open_page(reverse("accounts:login"), size="phone"), []
    pages = {status: loader.render_to_string(f"{status}.html") for status in ERRORS}
    page.route(
        "**/refused/*", lambda route: route.fulfill(body=pages[route.request.url[-3:]], content_type="text/html")
    )
    for status in pages:
        page.goto(f"/refused/{status}")
        found += [f"{status}: {line}" for line in wrong_on(page, "phone")]
    assert not found, "\n".join(found)


def test_a_page_that_cannot_be_read_is_found(open_page):
    page = open_page(reverse("accounts:login"))
    page.evaluate("document.querySelector('main').innerHTML = '<img src=\"/x.png\"><input name=\"nameless\">'")
    found = " ".join(grave_findings(page))
    assert "image-alt" in found
    assert "label" in found
