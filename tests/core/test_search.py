"""Finding records by words, numbers, telephone tails and the sound of names; only what the user may see; nothing typed
breaks it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from core import search, visibility
from core.models import SearchEntry
from core.search import Query, common, cutting, finding, forget, index_many

from tests.core.searching import START, asker, everyone, find, put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seen_by_region")]


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


@pytest.mark.parametrize("length", [0, 5, 1000])
@pytest.mark.parametrize("regions", [None, [1], [1, 2]])
def test_rare_and_common_words_are_found_whichever_way_is_taken(monkeypatch, length, regions):
    monkeypatch.setattr(finding._Asking, "_length_of_walk", lambda asking, name: length)
    put(1, "合页异响")
    for pk in range(2, 30):
        put(pk, "门套开裂", region_id=1 + pk % 3 // 2)
    seen = [pk for pk in range(29, 1, -1) if regions != [1] or pk % 3 < 2]
    assert find("异响", asker(regions)) == [1]
    assert find("开裂", asker(regions), limit=5) == seen[:5]
    assert len(find("开裂", asker(regions), limit=3, kind="complaint")) == 3


def test_open_records_come_before_ended_ones_and_each_newest_first():
    for pk in range(1, 9):
        put(pk, "门套开裂", ended=pk % 2 == 0)
    assert find("开裂") == [7, 5, 3, 1, 8, 6, 4, 2]
    assert find("开裂", limit=5) == [7, 5, 3, 1, 8]


def test_one_kind_does_not_crowd_out_another():
    put(1, "门先生", kind="customer", at=START - timedelta(days=900))
    for pk in range(1, 30):
        put(pk, "门套开裂")
    hits = search.search("门", everyone, 10)
    assert [hit.pk for hit in hits if hit.kind == "customer"] == [1]
    assert len([hit for hit in hits if hit.kind == "complaint"]) == 10


def test_only_what_the_user_may_see_is_found():
    put(1, "门套开裂", region_id=1)
    put(2, "门套开裂", region_id=2)
    put(3, "门套开裂", region_id=None)
    here = asker([2])
    assert find("开裂") == [3, 2, 1]
    assert find("开裂", here) == [2]
    assert find("开裂", asker([])) == []
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
    with django_assert_max_num_queries(6):
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
    assert len(query.pieces) <= cutting.MOST_PIECES
    assert len(query.words) <= cutting.MOST_WORDS


def test_the_index_answers_not_a_scan():
    index_many([
        search.entry("complaint", pk, customer_id=1, region_id=1, at=START, texts=["门套开裂"]) for pk in range(2_000)
    ])  # fmt: skip
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # What still waits to be sorted into the index would make it look dear.
            cursor.execute("SELECT gin_clean_pending_list('core_searchentry_tokens')")
        cursor.execute("ANALYZE core_searchentry")
    with CaptureQueriesContext(connection) as asked:
        find("异响", kind="complaint")
    plan = _plan(asked.captured_queries[-1]["sql"])
    assert ("core_searchentry_tokens" if connection.vendor == "postgresql" else "VIRTUAL TABLE INDEX") in plan


def _plan(sql):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("EXPLAIN " + sql)
        else:
            cursor.execute("EXPLAIN QUERY PLAN " + sql)
        return "\n".join(str(row) for row in cursor.fetchall())


def test_the_shorter_way_follows_from_how_common_a_word_is_and_how_much_is_seen(monkeypatch):
    total = 2_000_000
    rows = {cutting.record_token("complaint"): 1_000_000, cutting.region_token("complaint", 7): 25_000}

    def walk(typed, regions=None, limit=11, **held):
        shares = {token: count / total for token, count in rows.items()}
        for word, count in held.items():
            shares |= dict.fromkeys(Query.of(word).tokens("complaint"), count / total)
        monkeypatch.setattr(common, "statistics", lambda: common.Statistics(total, shares, 0.002))
        return common.length_of_walk(Query.of(typed), "complaint", regions, limit)

    assert 0 < walk("门", 门=500_000) < 500
    assert not walk("蜂窝")  # not among the common ones: asked of the index
    assert walk("主卧 开裂", 主卧=150_000, 开裂=120_000)
    assert walk("异响", [7], 异响=120_000)
    assert not walk("异响", [7], limit=5_000, 异响=120_000)  # more are wanted than the branch has
    monkeypatch.setattr(common, "statistics", lambda: common.Statistics(total, {}, 0))
    assert not common.length_of_walk(Query.of("门"), "complaint", None, 11)  # nothing is known yet


def test_what_the_database_knows_of_common_pieces_is_read_and_kept(monkeypatch, django_assert_num_queries):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite keeps no such statistics")
    monkeypatch.setattr(common, "_known", {})
    for pk in range(1, 30):
        put(pk, "门套开裂")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE core_searchentry")
    known = common.statistics()
    assert known.rows(cutting.record_token("complaint")) == pytest.approx(29)
    with django_assert_num_queries(0):
        assert common.statistics() is known
