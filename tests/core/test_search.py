"""Finding records by words, numbers and telephone tails; only what the user may see; nothing typed breaks it."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from core import search, visibility
from core.models import SearchEntry
from core.search import Found, Kind, Query, forget, index, index_many

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 1, tzinfo=UTC)
everyone = SimpleNamespace(regions=None)


@pytest.fixture(autouse=True)
def _everybody_sees_everything(monkeypatch):
    monkeypatch.setattr(visibility, "_rules", {})
    visibility.register(SearchEntry, lambda user: Q(region_id__in=user.regions) if user.regions is not None else None)


def put(pk, *texts, kind="complaint", region_id=1, at=None, **more):
    index(
        kind, pk, customer_id=100 + pk, region_id=region_id, at=at or START + timedelta(hours=pk), texts=texts, **more
    )


def find(typed, user=everyone, **more):
    return [hit.pk for hit in search.search(typed, user, **more)]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("门", [2, 1]),
        ("锁", [2]),
        ("门锁", [2]),
        ("门套", [1]),
        ("主卧门套开裂", [1]),
        ("开裂 主卧", [1]),  # words in any order
        ("套门", []),  # both pairs must stand as typed
        ("锁坏 门", [2]),
        ("王女士", [3]),
        ("13800138000", [3]),
        ("138 0013 8000", [3]),
        ("+86 138-0013-8000", [3]),
        ("0086 13800138000", [3]),
        ("１３８００１３８０００", [3]),
        ("8000", [3]),  # the last four digits
        ("1380013", [3]),  # what was typed so far
        ("0714-6288888", [4]),
        ("6288888", [4]),
        ("8888", [4]),
        ("TS2611220007", [1]),
        ("ts2611220007", [1]),
        ("2611220007", [1]),
        ("0007", [1]),
        ("TS261122", [2, 1]),
        ("ＴＳ２６１１２２０００７", [1]),
        ("M8 门锁", [2]),
        ("m8", [2]),
        ("𠮷野", [5]),
        ("𠮷", [5]),
        ("吉野", []),
        ("café", [5]),
        ("没有这样的词", []),
    ],
)
def test_records_are_found_by_what_stands_in_them(typed, found):
    put(1, "主卧门套开裂，要求换新", numbers=["TS2611220007"])
    put(2, "入户门 M8门锁坏了", numbers=["TS2611220018"])
    put(3, "王女士", kind="customer", phones=["13800138000"])
    put(4, "刘先生", kind="customer", phones=["07146288888"])
    put(5, "𠮷野家 CAFÉ", kind="customer")
    assert find(typed) == found


def test_pairs_that_stand_apart_are_no_word():
    put(1, "门锁好，锁坏")
    put(2, "门锁坏")
    assert find("门锁坏") == [2]


def test_words_do_not_reach_from_one_text_into_the_next():
    put(1, "主卧", "门锁")
    assert find("卧门") == []


def test_the_newest_comes_first_and_the_limit_holds():
    for pk in range(1, 31):
        put(pk, "门套开裂")
    assert find("开裂", limit=5) == [30, 29, 28, 27, 26]
    assert find("门", limit=100) == list(range(30, 0, -1))


@pytest.mark.parametrize("walks", [True, False])
def test_rare_and_common_words_are_found_whichever_way_is_taken(monkeypatch, walks):
    monkeypatch.setattr(search, "_walking_is_shorter", lambda scope, query, limit: walks)
    monkeypatch.setattr(search, "WALK", 5)
    monkeypatch.setattr(search, "ENOUGH", 5)
    put(1, "合页异响")
    for pk in range(2, 30):
        put(pk, "门套开裂")
    assert find("异响") == [1]
    assert find("开裂", limit=5) == [29, 28, 27, 26, 25]
    assert len(find("开裂", limit=3, kind="complaint")) == 3


def test_only_what_the_user_may_see_is_found():
    put(1, "门套开裂", region_id=1)
    put(2, "门套开裂", region_id=2)
    put(3, "门套开裂", region_id=None)
    here = SimpleNamespace(regions=[2])
    assert find("开裂") == [3, 2, 1]
    assert find("开裂", here) == [2]
    assert find("开裂", SimpleNamespace(regions=[])) == []
    # Another app adds what somebody is sent to, whichever region it lies in.
    visibility.register(SearchEntry, lambda user: Q(customer_id__in=[101]) if user is here else Q(pk__in=[]))
    assert find("开裂", here) == [2, 1]


def test_one_kind_can_be_asked_for():
    put(1, "张伟")
    put(1, "张伟", kind="customer")
    assert [hit.kind for hit in search.search("张伟", everyone, kind="customer")] == ["customer"]


def test_a_record_that_changes_is_found_by_its_new_words_only_and_a_forgotten_one_not_at_all():
    put(1, "门套开裂")
    put(1, "门锁异响")
    assert (find("开裂"), find("异响")) == ([], [1])
    forget("complaint", 1)
    assert find("异响") == []
    put(2, "门套开裂")
    SearchEntry.objects.all().delete()
    assert find("开裂") == []


def test_indexing_costs_one_statement_and_many_cost_few(django_assert_num_queries, django_assert_max_num_queries):
    with django_assert_num_queries(1):
        put(1, "门套开裂", phones=["13800138000"], numbers=["TS1"])
    entries = [
        search.entry("order", pk, customer_id=1, region_id=1, at=START, texts=[f"订单{pk}"]) for pk in range(1, 401)
    ]
    with django_assert_max_num_queries(4):
        index_many(entries)
    assert find("订单400") == [400]


@pytest.mark.parametrize(
    "typed",
    ["", " ", "%", "_", "'", '"', "\\", "%%", "';--", "a'b", 'a"b', "*", "^$", ".*", "(", "NOT", "OR", "AND", "NEAR(",
     "-", "+", "\x00", "门\x00锁", "\ud800", "😀", "门" * 10_000, "x" * 10_000, "9" * 10_000, "的 " * 5_000,
     "١٢٣", "１", "\u202e", "a\u0301" * 500, "{1,2}", "[[", "@>", "tokens:门"],
)  # fmt: skip
def test_nothing_that_can_be_typed_breaks_the_search(typed):
    put(1, "门套开裂 100% a_b 'x' \\ \"y\" NOT OR AND")
    hits = search.search(typed, everyone)
    assert len(hits) <= 1


def test_signs_are_no_wildcards():
    put(1, "门套开裂")
    assert find("门%锁") == []
    assert find("套%裂") == [1]
    assert find("门_") == [1]  # a sign is a space: only the word counts
    assert find("%") == []


def test_a_query_reads_so_much_and_no_more():
    query = Query.of("门锁" * 5_000 + " " + " ".join(f"w{n}" for n in range(100)))
    assert len(query.pieces) <= search.MOST_PIECES
    assert len(query.words) <= search.MOST_WORDS


def test_the_index_answers_not_a_scan():
    for pk in range(1, 20):
        put(pk, "门套开裂")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        find("异响")
    plan = _plan(asked.captured_queries[-1]["sql"])
    assert ("core_searchentry_tokens" if connection.vendor == "postgresql" else "VIRTUAL TABLE INDEX") in plan


def _plan(sql):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("EXPLAIN " + sql)
        else:
            cursor.execute("EXPLAIN QUERY PLAN " + sql)
        return "\n".join(str(row) for row in cursor.fetchall())


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite walks its index from the newest row by itself")
def test_the_shorter_way_follows_from_how_common_a_word_is_and_how_much_is_seen(monkeypatch):
    def shorter(typed, *, everything=1_000_000, seen=1_000_000, **held):
        by_piece = dict.fromkeys(Query.of(typed).pieces, 1)
        for word, rows in held.items():
            by_piece |= dict.fromkeys(Query.of(word).pieces, rows)
        query = Query.of(typed)
        expected = [everything, seen, *(by_piece[piece] for piece in query.pieces)]
        monkeypatch.setattr(search, "_expected", lambda querysets: expected)
        return search._walking_is_shorter(SearchEntry.objects.all(), query, 100)

    assert shorter("门", 门=500_000)
    assert not shorter("蜂窝", 蜂窝=100)
    assert shorter("主卧 开裂", 主卧=150_000, 开裂=120_000)
    assert not shorter("主卧 开裂", 主卧=150_000, 开裂=120_000, seen=25_000)  # one branch of forty: few rows, far apart
    assert shorter("异响", 异响=120_000, seen=25_000)


def test_what_the_database_expects_is_read_for_each_queryset():
    if connection.vendor == "postgresql":
        every = SearchEntry.objects.all()
        assert len(search._expected([every, every.filter(region_id__in=[1, 2]), every.filter(search._holds([1]))])) == 3


# --- the page -------------------------------------------------------------------------------------------------------
@pytest.fixture
def _kinds(monkeypatch):
    monkeypatch.setattr(search, "_kinds", {})
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
