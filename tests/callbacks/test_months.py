"""The month that writes itself: figures against a recount by hand, themes, wording, issue, workbook (S0-70 … S0-72)."""

import io
from collections import Counter
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from callbacks import monthly, themes, writing
from callbacks.models import Action, CallAnswer, CallRules, FollowUpCall, MonthSummary
from callbacks.pages import Page
from core import jobs
from core.calendar import midnight
from core.models import Job

from tests.factories.callbacks import CallFactory
from tests.factories.cases import ComplaintFactory, MatterFactory, person
from tests.factories.customers import ServiceCardFactory

S = FollowUpCall.Status
pytestmark = pytest.mark.django_db
OCTOBER = monthly.Period(date(2026, 10, 1), date(2026, 10, 31))
# (status, verdict, told about a complaint, day of the month, how many)
CALLS = [
    ("reviewed", "satisfied", False, 3, 4),
    ("reviewed", "completely", False, 31, 1),
    ("recorded", "basically", False, 12, 2),
    ("in_review", "average", False, 12, 1),
    ("transferred", "dissatisfied", False, 20, 1),
    ("recorded", "", True, 20, 1),
    ("declined", "", False, 5, 1),
    ("reviewed", "", False, 5, 1),  # declined, and reviewed since
    ("lapsed", "", False, 8, 2),
    ("unreached", "", False, 9, 1),
    ("due", "", False, 30, 1),
    ("cancelled", "", False, 10, 3),
]


@pytest.fixture
def october(db):
    made = []
    for status, verdict, told, day, count in CALLS:
        for _n in range(count):
            made.append(CallFactory(status=status, verdict=verdict, told_progress=told, due_on=date(2026, 10, day),
                                    spoken_at=timezone.now() if verdict else None))  # fmt: skip
    CallFactory(status="reviewed", verdict="satisfied", due_on=date(2026, 9, 30))
    CallFactory(status="reviewed", verdict="satisfied", due_on=date(2026, 11, 1))
    return made


@pytest.mark.req("S0-70", "S0-72")
def test_the_figures_equal_a_recount_by_hand(october):
    figures = monthly.figures_of(OCTOBER)
    total = figures["total"]
    assert {key: total[key] for key in ("due", "done", "declined", "unreached", "waiting", "judged", "satisfied")} == {
        "due": 16, "done": 10, "declined": 2, "unreached": 3, "waiting": 1, "judged": 9, "satisfied": 7,
    }  # fmt: skip
    assert figures["before"]["due"] == 1
    assert [month["month"] for month in figures["trend"]] == [
        "2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10"]  # fmt: skip
    [step] = figures["steps"]
    assert step["name"] == "一周"
    assert step["due"] == total["due"]


@pytest.mark.req("S0-70")
def test_each_figure_opens_the_calls_it_counts(october, client):
    summary = monthly.draft(OCTOBER, None, now=timezone.now())
    manager = person("manager")
    client.force_login(manager)
    page = Page(summary, manager)
    for head, count in zip(page.heads[:3], (16, 10, 7), strict=True):
        rows = client.get(head["url"]).context["rows"]
        assert len(rows) == count, head["label"]
    for state, count in (("turned_down", 2), ("not_made", 3), ("waiting", 1)):
        assert len(client.get(page.calls(state=state)).context["rows"]) == count


@pytest.mark.req("S0-70", "S0-72")
def test_it_is_told_apart_by_product_technician_and_branch():
    card, other = ServiceCardFactory(), ServiceCardFactory()
    fitter = person("technician", name="陈刚")
    for verdict, of in (("satisfied", card), ("dissatisfied", card), ("completely", other)):
        CallFactory(customer=of.customer, card=of, technician=fitter if of is card else None, verdict=verdict,
                    status="reviewed", due_on=date(2026, 10, 8))  # fmt: skip
    figures = monthly.figures_of(OCTOBER)
    products = {row["name"]: (row["judged"], row["satisfied"]) for row in figures["products"]}
    assert products == {card.product.model_no: (2, 1), other.product.model_no: (1, 1)}
    assert [(row["name"], row["due"]) for row in figures["technicians"]] == [("陈刚", 2)]
    assert figures["regions"][0]["due"] == 3
    summary = MonthSummary(begins_on=OCTOBER.begins_on, ends_on=OCTOBER.ends_on, figures=figures)
    titles = [[title for title, _rows in Page(summary, person(role)).tables] for role in ("manager", "supervisor")]
    assert len(titles[0]) == len(titles[1]) + 1  # names of colleagues only with the right


def said(text, *, tone="problem", verdict="dissatisfied", day=6, area="installation", month=10):
    call = CallFactory(status="reviewed", verdict=verdict, due_on=date(2026, month, day))
    CallAnswer.objects.create(call=call, area=area, tone=tone, text=text)
    return call


@pytest.mark.req("S0-70", "S0-71")
def test_themes_are_found_in_what_customers_say():
    calls = [said("门缝大，关上门下面透光"), said("底下漏风，冬天冷"), said("门缝能塞进手指")]
    said("没有异味，就是关门有异响")
    said("安装师傅守时，打扫干净", tone="praise", verdict="satisfied", area="service")
    said("师傅很准时", tone="opinion", verdict="satisfied")
    for text in ("玻璃上有水渍", "玻璃擦不干净", "玻璃装反了"):  # on no list
        said(text, area="product")
    said("门缝大", month=9)
    summary = monthly.draft(OCTOBER, None, now=timezone.now())
    found = {(theme.kind, theme.name): theme for theme in summary.themes.all()}
    gap = found["complaint", "门缝大、透光"]
    assert (gap.count, gap.before, set(gap.calls)) == (3, 1, {call.pk for call in calls})
    assert {quote["call"] for quote in gap.quotes} <= set(gap.calls)
    assert found["praise", "守时、打扫干净"].count == 2
    assert found["complaint", "异响"].count == 1
    assert ("complaint", "气味") not in found  # denied: 没有异味
    assert found["complaint", "玻璃"].count == 3
    assert "门缝大、透光" in summary.headline


def test_a_word_that_is_denied_does_not_count():
    assert themes.says("门有异响", "异响")
    assert not themes.says("没异响", "异响")
    assert not themes.says("没有异响", "异响")
    assert themes.says("没异响，后来又有异响", "异响")


@pytest.mark.req("S0-71")
def test_words_and_themes_of_a_draft_stay_when_it_is_counted_again(client):
    for text in ("门缝大", "透光", "收口毛糙", "打胶不匀"):
        said(text)
    summary = monthly.draft(OCTOBER, None, now=timezone.now())
    manager = person("manager")
    client.force_login(manager)
    client.post(reverse("callbacks:summary-edit", args=[summary.pk]),
                {"version": summary.version, "headline": "改好的话", "strengths": "守时", "shortcomings": "门缝"})  # fmt: skip
    gap, edge = (summary.themes.get(name=name) for name in ("门缝大、透光", "收口毛糙"))
    client.post(reverse("callbacks:theme-edit", args=[edge.pk]), {"name": edge.name, "dropped": "on"})
    monthly.draft(OCTOBER, None, now=timezone.now())
    summary = MonthSummary.objects.get()
    assert (summary.headline, summary.strengths) == ("改好的话", "守时")
    assert [theme.name for theme in Page(summary, manager).shortcomings] == [gap.name]
    assert [theme.name for theme in Page(summary, manager).left_out] == ["收口毛糙"]
    gap = summary.themes.get(name=gap.name)
    edge = summary.themes.get(name="收口毛糙")
    client.post(reverse("callbacks:theme-edit", args=[edge.pk]), {"name": edge.name, "into": gap.pk})
    gap.refresh_from_db()
    assert (gap.count, summary.themes.count()) == (4, 1)


@pytest.mark.req("S2-158", "S0-70")
def test_what_is_issued_is_the_archive(october, client):
    summary = monthly.draft(OCTOBER, None, now=timezone.now())
    manager = person("manager")
    client.force_login(manager)
    issue = reverse("callbacks:summary-issue", args=[summary.pk])
    client.post(issue, {"version": summary.version + 1})
    assert not MonthSummary.objects.get().is_issued
    client.post(issue, {"version": summary.version})
    frozen = MonthSummary.objects.get()
    assert (frozen.is_issued, frozen.issued_by) == (True, manager)
    # what happens afterwards changes nothing in it
    CallFactory(status="reviewed", verdict="dissatisfied", due_on=date(2026, 10, 8))
    with pytest.raises(ValidationError):
        frozen.save()
    assert client.get(reverse("callbacks:summary-edit", args=[frozen.pk])).status_code == 404
    assert MonthSummary.objects.get(pk=frozen.pk).figures == frozen.figures
    # a new version counts anew, beside it
    client.post(reverse("callbacks:summary-recount", args=[frozen.pk]))
    assert jobs.run_waiting() == 1
    newer = MonthSummary.objects.order_by("-version_no").first()
    assert (newer.version_no, newer.figures["total"]["due"]) == (2, frozen.figures["total"]["due"] + 1)


@pytest.mark.req("S0-70")
def test_a_month_is_drafted_on_the_day_after_it_and_once(october):
    first = midnight(date(2026, 11, 1)) + timedelta(minutes=5)
    for _again in range(2):
        writing.write_due(first)
    assert Job.objects.filter(kind=writing.KIND).count() == MonthSummary.objects.count() == 2  # the branch, and all
    assert jobs.run_waiting() == 2
    assert MonthSummary.objects.get(region=None).figures["total"]["due"] == 16
    writing.write_due(first + timedelta(days=3))
    assert MonthSummary.objects.count() == 2


@pytest.mark.req("S0-70")
@pytest.mark.parametrize(("day", "begins", "from_", "until"), [
    (date(2026, 10, 25), 26, date(2026, 9, 26), date(2026, 10, 25)),
    (date(2026, 10, 26), 26, date(2026, 10, 26), date(2026, 11, 25)),
    (date(2026, 2, 28), 1, date(2026, 2, 1), date(2026, 2, 28)),
    (date(2026, 1, 3), 26, date(2025, 12, 26), date(2026, 1, 25)),
])  # fmt: skip
def test_accounting_months(day, begins, from_, until):
    period = monthly.Period.around(day, begins)
    assert (period.begins_on, period.ends_on) == (from_, until)
    assert period.before().ends_on == from_ - timedelta(days=1)


@pytest.mark.req("S0-71")
def test_an_action_stands_in_every_month_until_it_is_done(client):
    manager = person("manager")
    client.force_login(manager)
    summary = monthly.draft(OCTOBER, None, now=timezone.now())
    fields = {
        "what": "验收用塞尺",
        "owner": manager.pk,
        "due_on": "2026-11-10",
        "op": "5f9d3c1e-58a3-4a55-9a2f-0c2c5d7f1a11",
    }
    for _twice in range(2):
        client.post(reverse("callbacks:action-new", args=[summary.pk]), fields)
    action = Action.objects.get()
    november = monthly.draft(monthly.Period(date(2026, 11, 1), date(2026, 11, 30)), None, now=timezone.now())
    assert list(monthly.open_actions(november)) == [action]
    done = reverse("callbacks:action-done", args=[november.pk, action.pk])
    client.post(done, {"outcome": " "})
    assert Action.objects.open().exists()
    client.post(done, {"outcome": "已换塞尺"})
    assert Action.objects.get().outcome == "已换塞尺"


@pytest.mark.req("S0-70")
def test_the_workbook_holds_numbers_and_charts(october, client):
    said("=HYPERLINK(1)门缝大")
    summary = monthly.draft(OCTOBER, None, now=timezone.now())
    client.force_login(person("manager"))
    answer = client.get(reverse("callbacks:summary-workbook", args=[summary.pk]))
    book = load_workbook(io.BytesIO(answer.content))
    overview = book.worksheets[0]
    assert overview["B2"].value == 17
    assert overview["B2"].data_type == "n"
    kinds = Counter(cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row)
    assert kinds["f"] == 0
    assert sum(len(sheet._charts) for sheet in book) >= 2


@pytest.mark.req("S0-70", "S2-158")
def test_the_pages_read_in_as_few_statements_for_many_calls(october, client, django_assert_max_num_queries):
    complaint = ComplaintFactory(matter=MatterFactory())
    CallFactory(status="transferred", verdict="dissatisfied", complaint=complaint, due_on=date(2026, 10, 4))
    summary = monthly.draft(OCTOBER, None, now=timezone.now())
    client.force_login(person("general_manager"))
    with django_assert_max_num_queries(14):
        page = client.get(summary.get_absolute_url()).content.decode()
    assert complaint.number in page
    paper = client.get(reverse("callbacks:summary-paper", args=[summary.pk]))
    assert paper.status_code == 200


def test_rules_of_the_month_are_read():
    CallRules.objects.update(month_begins=26)
    assert monthly.last_month(midnight(date(2026, 11, 26))).ends_on == date(2026, 11, 25)
