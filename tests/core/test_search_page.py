"""The page of results, and what is suggested while somebody types."""

import pytest

from core import search, visibility
from core.models import SearchEntry
from core.search import Elsewhere, Found, Kind, kinds

from tests.core.searching import START, put

pytestmark = pytest.mark.django_db


@pytest.fixture
def _kinds(monkeypatch):
    monkeypatch.setattr(kinds, "_kinds", {})
    for order, (name, label) in enumerate([("customer", "客户"), ("complaint", "投诉")]):
        search.register(Kind(name, label, describe(name), order=order))


def describe(name):
    return lambda pks, user: {pk: Found(f"{name} {pk}", f"/{name}/{pk}/", "…", START) for pk in pks if pk != 13}


@pytest.fixture
def results(signed_in, monkeypatch, _kinds):
    monkeypatch.setattr(visibility, "_rules", {SearchEntry: [lambda user: None]})
    return lambda query="", **headers: signed_in.get(f"/search/{query}", headers=headers)


def test_the_page_groups_by_kind_newest_first_and_leaves_out_what_may_not_be_shown(results):
    for pk in (12, 13, 14):
        put(pk, "张伟", kind="complaint")
    put(1, "张伟", kind="customer")
    text = results("?q=张伟").content.decode()
    places = [text.index(f">{line}<") for line in ("customer 1", "complaint 14", "complaint 12")]
    assert places == sorted(places)
    assert "complaint 13" not in text


def test_more_of_one_kind_is_a_click_away(results):
    for pk in range(20, 50):
        put(pk, "张伟", kind="complaint")
    text = results("?q=张伟").content.decode()
    assert text.count('href="/complaint/') == 10
    assert "kind=complaint" in text
    assert results("?q=张伟&kind=complaint").content.decode().count('href="/complaint/') == 30
    assert results("?q=张伟&kind=nonsense").status_code == 200


def test_htmx_gets_the_results_alone(results):
    put(1, "张伟", kind="customer")
    text = results("?q=张伟", **{"HX-Request": "true"}).content.decode()
    assert "customer 1" in text
    assert "<html" not in text


@pytest.mark.parametrize("query", ["", "?q=", "?q=%25", "?q=_", "?q='", "?q=%5C", "?q=" + "x" * 10_000, "?q=<script>"])
def test_the_page_answers_whatever_is_typed(results, query):
    answer = results(query)
    assert answer.status_code == 200
    assert "<script>" not in answer.content.decode().split("</head>")[1].split("<main")[1].split("</main>")[0]


def test_what_was_typed_comes_back_as_text(results):
    assert "&lt;b&gt;" in results("?q=<b>").content.decode()


# --- straight to it -------------------------------------------------------------------------------------------------
def test_the_whole_number_of_one_record_leads_straight_to_it(results):
    put(1, "张伟", numbers=["TS2611220007"])
    put(2, "同 TS2611220007")
    answer = results("?q=ts2611220007")
    assert (answer.status_code, answer["Location"]) == (302, "/complaint/1/")
    assert results("?q=ts2611220007", **{"HX-Request": "true"}).status_code == 200
    assert results("?q=ts2611220007&kind=complaint").status_code == 200


def test_a_number_that_two_records_bear_or_that_may_not_be_shown_leads_nowhere(results):
    put(1, numbers=["PC2611"])
    put(2, numbers=["PC2611"])
    put(13, numbers=["PC2612"])
    assert results("?q=PC2611").status_code == 200
    assert results("?q=PC2612").status_code == 200


def test_suggestions_begin_with_what_was_meant_and_end_with_everything(results):
    put(1, numbers=["TS2611220007"])
    for pk in range(2, 9):
        put(pk, "同 TS2611220007", kind="customer")
    text = results("suggestions/?q=TS2611220007").content.decode()
    assert text.count('role="option"') == 1 + 3 + 1
    assert text.index("data-meant") < text.index("customer 8") < text.index("/search/?q=TS2611220007")
    assert "<html" not in text
    assert 'role="option"' not in results("suggestions/?q=").content.decode()
    assert results("suggestions/?q=" + "%F0%9F%98%80" * 300).status_code == 200


def test_a_branch_out_of_sight_is_named(results, monkeypatch):
    stub = Elsewhere("另一分公司", "武汉分公司 <b>", "/call/?branch=2")
    monkeypatch.setattr(kinds, "_elsewhere", [lambda typed, user: [stub] if typed == "13971751234" else []])
    for place in ("?q=13971751234", "suggestions/?q=13971751234"):
        text = results(place).content.decode()
        assert "武汉分公司 &lt;b&gt;" in text
        assert "/call/?branch=2" in text
    assert "另一分公司" not in results("?q=1397175").content.decode()
