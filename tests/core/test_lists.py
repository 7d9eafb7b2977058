"""Lists: every row once and in order whichever way one pages, the same statements for one row and fifty, no odd input."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import django_filters
import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.test import RequestFactory
from django.urls import ResolverMatch

from core import visibility
from core.filters import DayRange, FilterSet
from core.keyset import Ordering, page_of
from core.lists import FilteredListView, capped_count
from core.models import Area, Job, SavedFilter

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 1, 8, tzinfo=UTC)


@pytest.fixture
def jobs(user):
    """Thirty rows with ties, gaps and empty values in every field that can be ordered by."""
    Job.objects.bulk_create(
        Job(
            kind=f"k{n % 3}",
            title="" if n % 4 == 0 else f"title {n % 5}",
            done=n % 7,
            started_by=user if n % 2 else None,
            created_at=START + timedelta(microseconds=n // 3),
            finished_at=None if n % 3 == 0 else START - timedelta(hours=n % 6, microseconds=n),
        )
        for n in range(30)
    )
    return Job.objects.all()


ORDERS = {
    "newest": ("-created_at",),
    "oldest": ("created_at", "pk"),
    "finished": ("finished_at",),
    "last finished": ("-finished_at",),
    "mixed": ("kind", "-created_at"),
    "mixed empty": ("-finished_at", "kind", "-done"),
    "person": ("started_by__name", "-created_at"),
    "by pk": ("-pk",),
    "none": (),
}


def pages(ordering, size, turn, start=""):
    """Every page from a cursor on, in one direction."""
    seen, cursor = [], start
    for _ in range(100):
        page = page_of(ordering, size, **{turn: cursor})
        seen.append([row.pk for row in page.rows])
        cursor = page.next_cursor if turn == "after" else page.previous_cursor
        if not cursor:
            return seen
    raise AssertionError("The pages do not end.")


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("size", [1, 4, 7, 29, 30, 31])
def test_paging_forth_and_back_shows_every_row_once_and_in_order(jobs, order, size):
    ordering = Ordering(jobs, ORDERS[order])
    everything = [row.pk for row in ordering.sorted()]
    forth = pages(ordering, size, "after")
    assert [pk for page in forth for pk in page] == everything
    last = page_of(ordering, size, after="")
    while last.next_cursor:
        last = page_of(ordering, size, after=last.next_cursor)
    if not last.previous_cursor:
        assert len(forth) == 1
        return
    back = pages(ordering, size, "before", last.previous_cursor)
    # Back from a short last page the cuts differ, but the first page is whole and nothing is left out between.
    assert back[-1] == everything[:size]
    assert set(everything[: -len(last.rows)]) == {pk for page in back for pk in page}


def test_empty_values_stand_last_in_both_directions(jobs):
    for fields in (("finished_at",), ("-finished_at",)):
        values = [row.finished_at for row in Ordering(jobs, fields).sorted()]
        assert values[20:] == [None] * 10
        assert None not in values[:20]


def test_annotations_can_be_ordered_by(jobs):
    ordering = Ordering(jobs.annotate(shown=Coalesce("title", Value(""))), ("-shown",))
    assert sum(map(len, pages(ordering, 4, "after"))) == 30


def test_rows_added_meanwhile_shift_nothing(jobs):
    ordering = Ordering(jobs, ("-created_at",))
    first = page_of(ordering, 10)
    Job.objects.create(kind="new", created_at=START + timedelta(days=1))
    second = page_of(ordering, 10, after=first.next_cursor)
    assert not {row.pk for row in first.rows} & {row.pk for row in second.rows}
    assert len(second.rows) == 10


def test_a_deep_page_is_a_range_of_the_index_not_a_walk(jobs):
    ordering = Ordering(Job.objects.filter(finished_at__isnull=False), ("finished_at",), never_empty=("finished_at",))
    cursor = page_of(ordering, 5).next_cursor
    sql = str(ordering.from_row(ordering.values(cursor)).query)
    assert '("core_job"."finished_at", "core_job"."id") > (' in sql
    assert "NULLS" not in sql
    mixed = Ordering(jobs, ("kind", "-created_at"))
    assert '"kind" >=' in str(mixed.from_row(mixed.values(page_of(mixed, 5).next_cursor)).query)


ODD = ["-1", "0", "1e9", "abc", "%00", "%", "'", "e30", "W10", "bnVsbA", "WzEsMiwzLDRd", "W251bGwsbnVsbF0",
       "WyJ4IiwxXQ", "W05hTiwxXQ", "WyIyMDI2LTExLTAxIixbXV0", "Wzk5OTk5OTk5OTk5OTk5OTk5OTk5OSwxXQ", "門", "x" * 5000]  # fmt: skip


@pytest.mark.parametrize("cursor", ODD)
@pytest.mark.parametrize("order", ["newest", "mixed empty", "by pk"])
def test_a_strange_cursor_is_the_first_page(jobs, order, cursor):
    ordering = Ordering(jobs, ORDERS[order])
    first = [row.pk for row in page_of(ordering, 5).rows]
    assert [row.pk for row in page_of(ordering, 5, after=cursor).rows] == first
    assert [row.pk for row in page_of(ordering, 5, before=cursor).rows] == first


def test_a_cursor_whose_rows_are_gone_shows_the_first_page(jobs):
    ordering = Ordering(jobs, ("-created_at",))
    cursor = page_of(ordering, 10).next_cursor
    Job.objects.filter(pk__in=[row.pk for row in ordering.from_row(ordering.values(cursor))]).delete()
    assert len(page_of(ordering, 10, after=cursor).rows) == 10


def test_a_count_stops_counting(jobs, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert capped_count(jobs) == 30
        assert capped_count(jobs, cap=9) == 10


# --- the view -------------------------------------------------------------------------------------------------------
class AreaFilter(FilterSet):
    name = django_filters.CharFilter(lookup_expr="contains", label="name")
    level = django_filters.NumberFilter(label="level")
    parent = django_filters.ModelChoiceFilter(queryset=Area.objects.provinces(), label="part of")

    class Meta:
        model = Area
        fields = []


class AreaList(FilteredListView):
    queryset = Area.objects.select_related("parent")
    filterset_class = AreaFilter
    orders = {"code": ("code",), "name": ("name", "code"), "part": ("-parent__name", "code")}
    order_labels = {"code": "by code"}
    template_name = "core/_filters.html"
    partial_template_name = "core/_saved_filters.html"
    page_size = 50


@pytest.fixture
def open_list(user, monkeypatch):
    monkeypatch.setattr(visibility, "_rules", {Area: [lambda user: None]})

    def get(query="", view=AreaList, headers=None, **attributes):
        request = RequestFactory().get(f"/areas/{query}", headers=headers)
        request.user = user
        request.htmx = SimpleNamespace(boosted=False, history_restore_request=False) if headers else None
        request.resolver_match = ResolverMatch(view.as_view(), (), {}, url_name="area-list", namespaces=["tests"])
        return view.as_view(**attributes)(request)

    return get


def rows(response):
    return [area.code for area in response.context_data["rows"]]


def test_a_list_shows_its_first_page_in_the_default_order_and_leads_on(open_list):
    response = open_list()
    assert rows(response) == list(Area.objects.values_list("code", flat=True)[:50])
    page = response.context_data["page"]
    assert page.previous_url == ""
    following = open_list(page.next_url.removeprefix("/areas/"))
    assert rows(following) == list(Area.objects.values_list("code", flat=True)[50:100])
    assert rows(open_list(following.context_data["page"].previous_url.removeprefix("/areas/"))) == rows(response)


def test_filters_and_order_stay_in_the_address_of_every_page(open_list):
    response = open_list("?name=区&order=name&page=7&level=")
    context = response.context_data
    assert context["order"] == "name"
    assert "name=%E5%8C%BA&order=name&after=" in context["page"].next_url
    assert "page=7" not in context["page"].next_url
    assert all("区" in area.name for area in context["rows"])
    assert [one["label"] for one in context["orders"]] == ["by code", "Name", "Part"]
    assert context["filter"].active == {"name": "区"}


@pytest.mark.parametrize(
    "query",
    ["?order=password", "?order=-pk", "?order=parent__password", "?order=", "?page=-1", "?page=0", "?page=1e9",
     "?page=abc", "?parent__name__startswith=x", "?owner__password__startswith=a", "?level=abc", "?level=1e400",
     "?parent=99", "?parent=%27", "?parent=1&parent=2", "?after=%00x", "?nonsense=1", "?name="],
)  # fmt: skip
def test_what_is_not_offered_changes_nothing(open_list, query):
    response = open_list(query)
    assert response.status_code == 200
    assert len(rows(response)) == 50
    assert rows(response)[0] == "11"


@pytest.mark.parametrize("query", ["?level=99999999999999999999999999", "?level=-1", "?name=%25", "?name='", "?name=_"])
def test_a_filter_nothing_matches_shows_an_empty_list(open_list, query):
    assert rows(open_list(query)) == []


def test_a_list_costs_the_same_statements_for_one_row_and_for_fifty(open_list, django_assert_num_queries):
    for query in ("?name=东城", "", "?order=part"):
        with django_assert_num_queries(1):
            assert [area.parent for area in open_list(query).context_data["rows"]]
    with django_assert_num_queries(4):  # rows twice, the provinces to choose from, the saved filters
        open_list().render()
        open_list("?name=东城", headers={"HX-Request": "true"}).render()


def test_only_what_the_user_may_see_is_listed(open_list, monkeypatch):
    monkeypatch.setattr(visibility, "_rules", {Area: [lambda user: Q(code__startswith="44")]})
    assert {code[:2] for code in rows(open_list())} == {"44"}
    monkeypatch.setattr(visibility, "_rules", {})
    assert rows(open_list()) == []
    assert len(rows(open_list(scoped=False))) == 50


def test_a_list_may_ask_for_a_right(open_list, user):
    with pytest.raises(PermissionDenied):
        open_list(permission_required="core.view_area")


def test_htmx_gets_the_part_alone_and_caches_know_it(open_list):
    assert open_list().template_name == ["core/_filters.html"]
    part = open_list(headers={"HX-Request": "true"})
    assert part.template_name == ["core/_saved_filters.html"]
    assert "HX-Request" in part["Vary"]


def test_moments_can_be_filtered_by_days(jobs):
    class JobFilter(FilterSet):
        finished_at = DayRange()

        class Meta:
            model = Job
            fields = []

    found = JobFilter({"finished_at_after": "2026-11-01", "finished_at_before": "2026-11-01"}, jobs).qs
    assert found.count() == 20
    assert JobFilter({"finished_at_after": "nonsense"}, jobs).qs.count() == 30


# --- saved filters --------------------------------------------------------------------------------------------------
def save(client, name="华南", query="name=区&order=name", **more):
    return client.post("/saved-filters/tests:area-list/", {"name": name, "query": query, "next": "/areas/?x=1", **more})


def test_a_filter_is_saved_offered_and_deleted(signed_in, user, open_list):
    assert save(signed_in, query="order=name&after=xyz&name=区&level=&page=3").url == "/areas/?x=1"
    kept = SavedFilter.objects.get()
    assert (kept.user, kept.name, kept.query) == (user, "华南", "name=%E5%8C%BA&order=name")
    [offered] = open_list("?order=name&name=区").context_data["saved_filters"]
    assert (offered["url"], offered["is_current"], offered["is_own"]) == (f"/areas/?{kept.query}", True, True)
    save(signed_in, query="name=县")
    assert SavedFilter.objects.get().query == "name=%E5%8E%BF"
    signed_in.post(f"/saved-filters/{kept.pk}/delete/", {"next": "/areas/"})
    assert not SavedFilter.objects.exists()


def test_shared_filters_are_everybodys_to_use_and_their_makers_to_delete(signed_in, make_user, open_list):
    other = make_user("zhao", name="赵强")
    shared = SavedFilter.objects.create(user=other, list_key="tests:area-list", name="b", query="level=1", shared=True)
    SavedFilter.objects.create(user=other, list_key="tests:area-list", name="private")
    SavedFilter.objects.create(user=other, list_key="other:list", name="elsewhere", shared=True)
    save(signed_in, name="c")
    offered = open_list().context_data["saved_filters"]
    assert [(one["saved"].name, one["is_own"]) for one in offered] == [("c", True), ("b", False)]
    assert signed_in.post(f"/saved-filters/{shared.pk}/delete/").status_code == 404
    assert SavedFilter.objects.filter(pk=shared.pk).exists()


@pytest.mark.parametrize(("name", "query"), [("", "a=1"), (" \x00\u200b ", "a=1"), ("long", "a=" + "x" * 3000)])
def test_what_cannot_be_kept_is_refused(signed_in, name, query):
    assert save(signed_in, name=name, query=query).status_code == 302
    assert not SavedFilter.objects.exists()


def test_saving_leads_back_to_our_own_pages_only(signed_in):
    for target in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", ""):
        assert save(signed_in, next=target).url == "/"


def test_saving_is_a_post_and_somebodys(client, signed_in):
    assert signed_in.get("/saved-filters/tests:area-list/").status_code == 405
    signed_in.logout()
    assert save(signed_in).status_code == 302
    assert not SavedFilter.objects.exists()
