"""The caller's desk and the lists: order, quota, filling up, review by the week, few statements however many rows."""

import csv
import io
import threading
import uuid
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from callbacks.campaigns import customers_of
from callbacks.models import CallReason, CallRules, Campaign, FollowUpCall, NumberTask
from callbacks.views.desk import members_of, weeks_of
from core.calendar import is_working
from knowledge.models import ScriptLine
from workflow.errors import MoveRefused
from workflow.perform import perform

from tests.factories.callbacks import CallFactory, NumberTaskFactory
from tests.factories.cases import person
from tests.factories.customers import CustomerFactory, CustomerRegionFactory, ServiceCardFactory

S = FollowUpCall.Status
pytestmark = pytest.mark.django_db
DESK = "callbacks:desk"


@pytest.mark.req("S2-02", "S2-03")
def test_due_calls_come_first_the_oldest_at_the_head_then_enough_to_fill_the_quota(client, caller):
    today = timezone.localdate()
    late = CallFactory(due_on=today - timedelta(days=3), late_after=today - timedelta(days=1))
    now = CallFactory(due_on=today)
    theirs = CallFactory(due_on=today, caller=person("agent"))
    coming = [CallFactory(due_on=today + timedelta(days=n), status=S.PLANNED) for n in (1, 2)]
    client.force_login(caller)
    context = client.get(reverse(DESK)).context
    assert context["rows"] == [late, now]
    assert theirs not in context["rows"]
    assert context["fill"] == coming
    assert (context["day"].done, context["day"].missing) == (0, 10)
    for _twice in range(2):  # two calls of one customer are one customer
        CallFactory(
            customer=late.customer, status=S.RECORDED, called_by=caller, spoken_at=timezone.now(), verdict="satisfied"
        )
    assert client.get(reverse(DESK)).context["day"].done == 1
    done = perform(coming[0], "pull_forward", by=caller).record
    assert done.status == S.DUE


@pytest.mark.req("S0-69")
def test_after_a_standstill_the_day_is_not_flooded(client, caller):
    CallRules.objects.update(most_a_day=3)
    today = timezone.localdate()
    for n in range(5):
        CallFactory(due_on=today - timedelta(days=n))
    client.force_login(caller)
    context = client.get(reverse(DESK)).context
    assert ([call.due_on for call in context["rows"]], context["more"]) == (
        [today - timedelta(days=n) for n in (4, 3, 2)], True)  # fmt: skip


@pytest.mark.req("S0-69")
@pytest.mark.parametrize(
    "name", ["desk", "call-list", "numbers", "commendations", "reviews", "my-week", "coverage", "summaries"]
)
def test_lists_ask_as_little_for_fifty_rows_as_for_one(client, specialist, name):
    user = person("manager")
    client.force_login(user)
    url = reverse(f"callbacks:{name}")

    def some(count):
        for _n in range(count):
            call = CallFactory(status=S.IN_REVIEW, called_by=specialist, spoken_at=timezone.now(), verdict="satisfied",
                               words="好")  # fmt: skip
            CallFactory(due_on=timezone.localdate())
            CallFactory(status=S.RECORDED, called_by=user, spoken_at=timezone.now(), verdict="satisfied")
            NumberTaskFactory(call=call)
            call.commendations.create(region=call.region, words="守时", at=timezone.now(), noted_by=specialist)

    some(1)
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        assert client.get(url).status_code == 200
    some(20)
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) <= len(one)
    assert len(many) <= 14


@pytest.mark.req("S0-69")
def test_every_call_is_found_by_words_customer_step_caller_verdict_and_state(client, in_call, caller):
    call = perform(in_call(), "record", by=caller, verdict="satisfied",
                   answers=[{"area": "product", "tone": "opinion", "text": "隔音很好"}]).record  # fmt: skip
    declined = perform(in_call(), "decline", by=caller, reason="太忙不方便").record
    client.force_login(caller)

    def found(**query):
        return set(client.get(reverse("callbacks:call-list"), query).context["rows"])

    assert found(q="隔音") == {call}
    assert found(q="太忙") == {declined}
    assert found(q=call.number) == {call}
    assert found(verdict="satisfied") == {call}
    assert found(state="declined") == {declined}
    assert found(step=str(call.template_id), caller=str(caller.pk)) == {call, declined}
    assert found(due_after="2026-11-28") == set()


@pytest.mark.req("S2-07", "S2-03")
def test_the_week_goes_to_the_specialist_and_comes_back_with_a_comment(client, caller, specialist):
    calls = [CallFactory(status=status, called_by=caller, spoken_at=timezone.now(), verdict=verdict)
             for status, verdict in ((S.RECORDED, "satisfied"), (S.TRANSFERRED, "dissatisfied"), (S.DECLINED, ""))]  # fmt: skip
    client.force_login(caller)
    op = str(uuid.uuid4())
    for _twice in range(2):
        client.post(reverse("callbacks:my-week"), {"op": op})
    assert set(FollowUpCall.objects.values_list("status", flat=True)) == {S.IN_REVIEW}
    assert FollowUpCall.objects.first().week.caller == caller
    client.force_login(specialist)
    assert len(client.get(reverse("callbacks:reviews")).context["rows"]) == 3
    client.post(reverse("callbacks:reviews"), {"op": str(uuid.uuid4()), "pk": [calls[0].pk, calls[1].pk]})
    back = FollowUpCall.objects.get(pk=calls[2].pk)
    client.post(reverse("callbacks:followupcall-send-back", args=[back.pk]),
                {"version": back.version, "comment": "写明原因"})  # fmt: skip
    assert {call.pk: call.status for call in FollowUpCall.objects.all()} == {
        calls[0].pk: S.REVIEWED, calls[1].pk: S.REVIEWED, calls[2].pk: S.SENT_BACK}  # fmt: skip
    client.force_login(caller)
    assert back in client.get(reverse(DESK)).context["sent_back"]
    perform(FollowUpCall.objects.get(pk=back.pk), "resubmit", by=caller, words="客户在开会")


@pytest.mark.req("S1-76", "S2-02", "S2-155", "S2-160", "S2-63")
def test_a_list_is_handed_out_by_what_is_known_of_the_customers(client, caller, specialist):
    member, other = CustomerFactory(is_member=True), CustomerFactory()
    card = ServiceCardFactory(customer=other)
    client.force_login(specialist)
    begins = timezone.localdate()
    fields = {
        "name": "元旦问候", "kind": "holiday", "script": "product", "opening": "元旦问候",
        "begins_on": begins, "ends_on": begins + timedelta(days=1), "region": CustomerRegionFactory().pk,
        "caller": caller.pk, "type": "member", "op": str(uuid.uuid4()),
    }  # fmt: skip
    for _twice in range(2):
        answer = client.post(reverse("callbacks:campaign-new"), fields)
        assert answer.status_code == 302
    call = FollowUpCall.objects.get()
    assert (call.customer, call.caller, call.campaign.name) == (member, caller, "元旦问候")
    client.post(reverse("callbacks:campaign-new"), fields | {
        "kind": "low_rated", "type": "", "model_no": card.product.model_no, "op": str(uuid.uuid4())})  # fmt: skip
    assert list(customers_of(Campaign.objects.get(kind="low_rated"))) == [other]
    assert CallReason.objects.filter(trigger="campaign").count() == 2
    wrong = client.post(reverse("callbacks:campaign-new"), fields | {"ends_on": "2020-01-01", "op": str(uuid.uuid4())})
    assert wrong.status_code == 422


@pytest.mark.req("S2-162", "S2-163")
def test_coverage_of_members_names_the_missing_ones():
    today = date(2026, 11, 20)
    for status, count in ((S.REVIEWED, 3), (S.DECLINED, 1), (S.DUE, 2)):
        for _n in range(count):
            CallFactory(customer__is_member=True, status=status, due_on=date(2026, 11, 5))
    CallFactory(status=S.DUE, due_on=date(2026, 11, 5))
    members = members_of(FollowUpCall.objects.all(), today)
    assert (members["owed"], members["made"], len(members["missing"])) == (6, 4, 2)


@pytest.mark.req("S2-03")
def test_four_weeks_of_calls_against_the_hands():
    today = date(2026, 11, 30)
    for n in (0, 0, 1, 8, 40):
        CallFactory(status=S.PLANNED, due_on=today + timedelta(days=n))
    CallFactory(due_on=today - timedelta(days=20))  # waits since then: it is for today
    weeks = weeks_of(FollowUpCall.objects.waiting(), today, 1)
    assert [week["count"] for week in weeks] == [4, 1, 0, 0]
    assert weeks[0]["can"] == sum(is_working(today + timedelta(days=n)) for n in range(7))


@pytest.mark.req("S0-69")
def test_a_wrong_number_is_found_out_once(client, caller):
    task = NumberTaskFactory()
    client.force_login(caller)
    url = reverse("callbacks:number-done", args=[task.pk])
    client.post(url, {"result": ""})
    assert NumberTask.objects.get().done_at is None
    client.post(url, {"result": "换成 138 0000 0000"})
    assert NumberTask.objects.get().done_by == caller


@pytest.mark.req("S0-47")
def test_what_a_line_of_the_script_said_before_is_kept(client):
    manager = person("manager")
    line = ScriptLine.objects.create(moment="landline", text="您好，{公司}。")
    client.force_login(manager)
    client.post(reverse("knowledge:script-edit", args=[line.pk]),
                {"version": 1, "moment": "landline", "text": "早上好，{公司}。", "position": 0, "active": "on"})  # fmt: skip
    line.refresh_from_db()
    assert (line.version, line.text) == (2, "早上好，{公司}。")
    assert [(row.version, row.text) for row in line.earlier.all()] == [(1, "您好，{公司}。")]
    assert line.fill({"公司": "安禾"}) == "早上好，安禾。"


@pytest.mark.req("S0-69", "S2-157")
def test_raw_calls_are_taken_out_as_the_list_shows_them(client, in_call, caller):
    call = perform(in_call(), "record", by=caller, verdict="satisfied",
                   answers=[{"area": "product", "tone": "opinion", "text": "=隔音很好"}]).record  # fmt: skip
    CallFactory(status=S.DUE)
    manager = person("manager")
    client.force_login(manager)
    url = reverse("core:table-export", args=["calls"])
    answer = client.post(f"{url}?state=recorded", {"form": "csv"})
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert len(rows) == 1
    assert call.number in rows[0].values()
    assert any("隔音很好" in value for value in rows[0].values())
    assert not any(value[:1] in "=+-@" for value in rows[0].values() if value)
    client.force_login(caller)
    assert client.post(url, {"form": "csv"}).status_code == 403


@pytest.mark.req("S2-157", "S2-159", "S0-67")
def test_the_record_prints(client, in_call, caller):
    call = perform(in_call(), "record", by=caller, verdict="satisfied", team_rating=5,
                   answers=[{"area": "service", "tone": "opinion", "text": "建议早点打电话"}]).record  # fmt: skip
    client.force_login(caller)
    page = client.get(reverse("callbacks:call-paper", args=[call.pk])).content.decode()
    assert "建议早点打电话" in page
    assert call.number in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.req("S2-161")
def test_two_callers_pick_the_same_call_at_once_and_one_gets_it():
    people = [person("agent"), person("agent")]
    call, got, lost = CallFactory(), [], []
    together = threading.Barrier(2)

    def pick(user):
        together.wait()
        try:
            got.append(perform(call, "dial", by=user, mode="visit").record.called_by_id)
        except MoveRefused:
            lost.append(user.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=pick, args=[user]) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(got), len(lost)) == (1, 1)
    stored = FollowUpCall.objects.get()
    assert (stored.status, stored.called_by_id, stored.attempts.count()) == (S.IN_CALL, got[0], 1)
