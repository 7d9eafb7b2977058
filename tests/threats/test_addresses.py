"""Every address, asked with what stands in no link of ours (threats 24, 31, 42, 43)."""

import re
from urllib.parse import unquote

import pytest
from django.urls import Resolver404, URLPattern, get_resolver, resolve

from tests.rights.harness import ask
from tests.threats.browser import forms_of
from tests.threats.site import SHOWN
from tests.threats.test_forms import watched

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# --- 43: numbers in the path ------------------------------------------------------------------------------------------
ODD_IDS = ("0", "-1", "1e3", "１", "01", str(2**63), str(10**40), "%20", "1.0", "null", "../1")
KINDS = {"<id:": "7", "<key:": "call", "<uuid:": "7a1f0f9e-3f4b-4c8e-9d6e-0a8d3a1b2c3d", "<str:": "x", "<slug:": "x"}


def routes(resolver=None, prefix=""):
    """Every route of ours as it is written in urls.py; the back office keeps its own."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        elif pattern.namespace != "admin":
            yield from routes(pattern, route)


def filled(route, odd):
    """The route once for each of its numbers, that one odd and the rest as they should be."""
    numbers = re.findall(r"<id:\w+>", route)
    for place in range(len(numbers)):
        address = route
        for index, number in enumerate(numbers):
            address = address.replace(number, odd if index == place else "7", 1)
        for kind, value in KINDS.items():
            address = re.sub(rf"{kind}\w+>", value, address)
        yield f"/{address}"


@pytest.mark.parametrize("route", [route for route in routes() if "<id:" in route])
def test_a_number_that_is_none_is_not_found(site, refused_plainly, route):
    """0, -1, 2^63, 10^40, 1e3, full width and the like lead to no view: 404 for GET and POST, whoever asks."""
    client = site.client(SHOWN[0])
    for odd in ODD_IDS:
        for url in filled(route, odd):
            with pytest.raises(Resolver404):
                resolve(unquote(url))
    for url in filled(route, str(2**63)):
        assert client.get(url).status_code == 404, url
        assert client.post(url).status_code == 404, url
    for url in filled(route, str(2**63 - 1)):
        assert client.get(url).status_code in (403, 404, 405), url


# --- 42: what stands behind the question mark -------------------------------------------------------------------------
ODD_VALUES = ("%_'\\", "-1", "0", "9" * 40, "１", "(.*", "2026-13-45", "门" * 300)
NOT_OFFERED = {
    "sort": "password",
    "order": "password",
    "ordering": "-owner__password",
    "owner__password__startswith": "a",
    "password": "a",
    "page": "1e9",
    "after": "WyJ4Il0",
    "before": "zzz",
    "format": "csv",
}
ALWAYS = ("q", "page", "order", "after", "before", "week", "day", "month", "kind", "person", "matter", "customer")
ALWAYS += ("phone", "into", "branch", "lang", "done", "next", "new", "region")


@pytest.mark.parametrize("row", SHOWN, ids=str)
def test_an_odd_query_is_answered(site, row):
    """Any value in any field of any filter, and in every name our pages know: shown, led on, 400 or 404; never a fault."""
    wrong = []
    client = site.client(row)
    for url in site.urls(row):
        path, _mark, query = url.partition("?")
        names = {
            control.name for form in forms_of(client.get(url)) for control in form.controls if form.method == "get"
        }
        values = ODD_VALUES if names else ODD_VALUES[:3]  # a page without filters hardly looks at them
        queries = [dict.fromkeys({*names, *ALWAYS}, value) for value in values]
        queries += [{name: value} for name in names for value in ("9" * 40, "'")]
        for asked in [*queries, NOT_OFFERED]:
            if (status := ask(client, "get", path, asked).status_code) >= 500:
                wrong.append(f"{path} {asked}: {status}"[:300])
    assert wrong == []


# --- 31: looking changes nothing --------------------------------------------------------------------------------------
# What a page writes by being looked at, and why that is no act.
NOTED = {
    "accounts:two-step": "the key that waits to be confirmed is made once",
    "notifications:open": "the notice is read by it",
    "cases:dossier-file": "who took the dossier stands on the timeline",
    "workflow:customer-page": "the link was used",
    "workflow:customer-file": "the link was used",
    "workflow:customer-thumbnail": "the link was used",
    "workflow:customer-act": "the link was used",
}


ON_RECORD = 'INSERT INTO "customers_access"'  # who looked at a customer's data is what that table is for


@pytest.mark.parametrize("row", SHOWN, ids=str)
def test_looking_changes_nothing(site, row):
    """GET and HEAD of any address, of moves too: shown, and nothing but the looking is written; a header changes no method."""
    client = site.client(row)
    for url in site.urls(row):
        for look in (client.get, client.head):
            with watched(lambda value: True) as found:
                answer = look(url, headers={"X-HTTP-Method-Override": "POST"})
            assert answer.status_code < 400 or answer.status_code in {403, 404, 405, *row.shown}, url
            written = [sql for sql, _value in found if not sql.startswith(ON_RECORD)]
            assert written == [] or row.name in NOTED, url
