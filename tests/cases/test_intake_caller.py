"""Whom a call leads to, what the file says, and what it costs to show; ids of others in address and body."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from cases.intake import views
from cases.intake.panel import CallerFile
from cases.models import Complaint
from core.models import Draft
from customers.models import Customer
from workflow.models import Event, Promise
from workflow.perform import begin

from tests.cases.intake import CALL, NUMBER, at_work, fields, on_the_line, url
from tests.factories.cases import ComplaintFactory, person
from tests.factories.customers import (
    ContactFactory,
    CustomerRegionFactory,
    PhoneFactory,
    ServiceCardFactory,
    WarrantyPlanFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def screen(client, agent):
    """The call screen as the agent gets it."""
    client.force_login(agent)

    def screen(at=None, status=200):
        answer = client.get(at or url())
        assert answer.status_code == status
        return answer

    return screen


# --- finding -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "typed",
    ["13800138000", "138 0013 8000", "+86 138-0013-8000", "０１３８００１３８０００", "8000", "138 0013 8000转801"],
)
def test_any_spelling_of_the_number_opens_the_file(screen, typed):
    customer = on_the_line()
    answer = screen(url(typed.replace("+", "%2B")))
    assert answer.context["file"].customer == customer


@pytest.mark.parametrize("typed", ["张伟", "KH", "TS", "李娟"])
def test_a_name_or_a_number_of_a_paper_opens_the_file(screen, agent, typed):
    customer = on_the_line()
    ContactFactory(customer=customer, name="李娟")
    customer.index()
    with_number = begin(Complaint.register, "register", by=agent, customer=customer, content="门响").record
    typed = {"KH": customer.number, "TS": with_number.number.lower()}.get(typed, typed)
    assert screen(url(typed)).context["file"].customer == customer


def test_several_files_of_one_number_are_offered_with_what_is_open(screen):
    at_work()
    first, second = on_the_line(), on_the_line(name="李建国")
    ComplaintFactory(matter__customer=second)
    answer = screen()
    assert answer.context["mode"] == "pick"
    assert [(file.name, file.open_count) for file in answer.context["caller"].files] == [("李建国", 1), ("张伟", 0)]
    assert screen(url(customer=first.pk)).context["file"].customer == first
    assert screen(url(new=1)).context["mode"] == "new"


def test_a_merged_file_leads_to_the_one_that_was_kept(screen):
    kept, merged = on_the_line(), on_the_line("13900139000")
    Customer.objects.filter(pk=merged.pk).update(root=kept)
    assert screen(url("13900139000")).context["file"].customer == kept
    screen(url(customer=merged.pk), status=404)


@pytest.mark.parametrize("typed", ["", " ", "%", "'", "\\", "x" * 5000, "11 letters", "<script>alert(1)</script>", "1"])
def test_nothing_typed_breaks_the_page(screen, typed):
    at_work()
    screen(url(typed))


@pytest.mark.parametrize("customer", ["0", "-1", "abc", "9" * 40, "1e3", "１"])
def test_a_file_that_cannot_be_is_not_found(screen, customer):
    screen(url(customer=customer), status=404)


# --- what the file says --------------------------------------------------------------------------------------------------
def test_the_file_shows_rooms_warranty_open_matters_promises_and_counts(screen, agent):
    at_work()
    WarrantyPlanFactory()
    customer = on_the_line(is_vip=True)
    card = customer.cards.first()
    begin(
        Complaint.register,
        "register",
        by=agent,
        customer=customer,
        content="主卧门锁异响",
        items=[{"card": card, "product": card.product, "room": card.room}],
        promise={
            "kind": "reply",
            "what": "下午回电",
            "due_at": timezone.now() + timedelta(hours=4),
            "channel": "phone",
        },
    )
    text = screen().content.decode()
    for shown in ("张伟", "VIP", "138 0013 8000", "主卧", "2029-08", "主卧门锁异响", "下午回电"):
        assert shown in text
    file = screen().context["file"]
    assert [label for label, _count in file.counts] == [Complaint(type="complaint").get_type_display()]
    assert file.open[0].clock.due is not None


def test_complaints_about_the_same_batch_are_counted_for_thirty_days(screen, agent):
    customer, other = on_the_line(rooms=["主卧"]), on_the_line("13900139000", rooms=["主卧"])
    product = customer.cards.get().product
    customer.cards.update(batch="2606A")
    other.cards.update(batch="2606A", product=product)
    for days in (1, 10, 40):
        complaint = ComplaintFactory(matter__customer=other, received_at=timezone.now() - timedelta(days=days))
        complaint.items.create(card=other.cards.get(), product=product)
    ComplaintFactory(matter__customer=other, type="enquiry").items.create(card=other.cards.get(), product=product)
    assert screen().context["file"].cards[0].in_batch == 2


def test_similar_are_the_troubles_of_thirty_days(agent):
    customer = on_the_line()
    ago = {days: timezone.now() - timedelta(days=days) for days in (2, 29, 31)}
    near = ComplaintFactory(matter__customer=customer, received_at=ago[2])
    ended = ComplaintFactory(matter__customer=customer, received_at=ago[29], status="closed")
    ComplaintFactory(matter__customer=customer, received_at=ago[31], status="closed")
    ComplaintFactory(matter__customer=customer, received_at=ago[2], type="enquiry")
    assert CallerFile(customer, agent).similar == [near, ended]


@pytest.mark.req("S0-23")
def test_courtesy_wording_is_on_the_screen_with_names_filled_in(screen, agent):
    at_work()
    on_the_line()
    agent.work_number = "1207"
    agent.save()
    text = screen().content.decode()
    assert "我是1207号" in text
    assert "张伟您好" in text


def test_both_languages_are_complete(client, agent):
    at_work()
    on_the_line()
    for language, word in (("zh-hans", "提交登记"), ("en", "Register")):
        agent.language = language
        agent.save()
        client.force_login(agent)
        assert word in client.get(url()).content.decode()
    assert translation.get_language() is not None


# --- rights and foreign ids ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("role", "status"),
    [("agent", 200), ("specialist", 200), ("supervisor", 200), ("manager", 200), ("order_follower", 200)]
    + [(role, 403) for role in ("general_manager", "technician", "finance", "quality", "parts_clerk", "dispatcher")],
)
def test_who_takes_calls(client, role, status):
    client.force_login(person(role))
    assert client.get(CALL).status_code == status
    assert client.post(reverse("cases:call-propose"), {"content": "门裂"}).status_code == status


def test_who_may_not_open_files_cannot_take_a_newcomers_call(client):
    at_work()
    client.force_login(person("order_follower"))
    region = CustomerRegionFactory()
    sent = fields(name="赵敏", phone="13712345678", region=region.pk, caller="")
    assert client.post(url("13712345678"), sent).status_code == 403
    assert not Customer.objects.exists()


def test_a_stranger_is_led_to_the_login_page(client):
    assert client.get(CALL).status_code == 302
    assert client.post(url(), fields()).status_code == 302
    assert client.post(reverse("cases:call-propose"), headers={"Accept": "application/json"}).status_code == 401


def test_a_file_of_another_branch_is_not_found_by_its_id(client, agent):
    foreign = on_the_line(region=CustomerRegionFactory(code="wuhan", name="武汉"))
    client.force_login(agent)
    assert client.get(f"{CALL}?customer={foreign.pk}").status_code == 404
    assert client.post(f"{CALL}?customer={foreign.pk}", fields()).status_code == 404
    asked = {"content": "门裂", "customer": foreign.pk}
    assert client.post(reverse("cases:call-propose"), asked).status_code == 404
    assert not Complaint.objects.exists()


@pytest.mark.parametrize("name", ["card", "caller", "into"])
def test_ids_of_another_file_in_the_body_are_not_found(client, agent, name):
    at_work()
    customer, other = on_the_line(), on_the_line("13900139000")
    ComplaintFactory(matter__customer=customer)
    theirs = {
        "card": other.cards.first().pk,
        "caller": ContactFactory(customer=other).pk,
        "into": ComplaintFactory(matter__customer=other).pk,
    }
    client.force_login(agent)
    kind = "chase" if name == "into" else "complaint"
    assert client.post(url(), fields(kind=kind, **{name: theirs[name]})).status_code == 404
    assert not Event.objects.filter(action__in=["register", "chase"]).exists()


def test_what_the_form_does_not_ask_for_is_not_stored(client, agent):
    at_work()
    on_the_line()
    client.force_login(agent)
    client.post(url(), fields(status="closed", owner="1", version="99", received_by="1", number="X", merged_into="1"))
    complaint = Complaint.objects.get()
    assert (complaint.status, complaint.version, complaint.received_by) == ("registered", 1, agent)


def test_a_branch_that_has_no_such_file_is_not_found(screen):
    at_work()
    on_the_line()
    region = CustomerRegionFactory(code="wuhan", name="武汉")
    screen(url(branch=region.pk), status=404)
    screen(url(branch="x"), status=404)
    screen(url("8000", branch=region.pk), status=404)


@pytest.mark.parametrize("op", ["", "7", "not-a-uuid"])
def test_a_form_without_its_operation_id_is_refused(client, agent, op):
    on_the_line()
    client.force_login(agent)
    assert client.post(url(), fields(op=op)).status_code == 400


def test_other_methods_are_refused(client, agent):
    client.force_login(agent)
    assert client.put(CALL).status_code == 405
    assert client.delete(CALL).status_code == 405
    assert client.get(reverse("cases:call-propose")).status_code == 405


HOSTILE = '<script>alert(1)</script>{{7*7}}"><img src=x onerror=1>𠮷\u202e\u200b'


def test_hostile_words_are_shown_as_words(client, agent):
    at_work()
    customer = on_the_line(name=HOSTILE[:60], address=HOSTILE)
    client.force_login(agent)
    client.post(url(), fields(content=HOSTILE))
    for address in (url(), f"{CALL}?customer={customer.pk}"):
        text = client.get(address).content.decode()
        assert "<script>alert" not in text
        assert "{{7*7}}" in text
    assert "\u202e" not in Complaint.objects.get().content


# --- what the words suggest --------------------------------------------------------------------------------------------------
def propose(client, content, **asked):
    return client.post(reverse("cases:call-propose"), {"content": content, "kind": "complaint", **asked}).json()


@pytest.fixture
def proposing(client, agent):
    at_work()
    client.force_login(agent)
    return client


def test_words_suggest_class_severity_and_demand(proposing):
    said = propose(proposing, "门板开裂，要求换一扇新门")
    quality = Complaint._meta.get_field("klass").related_model.objects.get(code="quality")
    assert (said["klass"], said["demand"], said["grave"]) == (quality.pk, "replace", False)
    grave = propose(proposing, "柜子倒下来砸到孩子，缝针了")
    assert (grave["grave"], grave["severity"]) == (True, "serious")
    assert grave["grave_words"]


def test_the_usual_severity_of_the_class_is_the_least(proposing):
    assert propose(proposing, "物流把门摔坏了，运输破损")["severity"] in ("moderate", "serious")


def test_the_promised_time_follows_policy_in_service_hours(proposing, monkeypatch):
    friday_evening = timezone.make_aware(timezone.datetime(2026, 11, 20, 20, 10))
    monkeypatch.setattr(timezone, "now", lambda: friday_evening)
    assert propose(proposing, "门裂")["promise_at"] == "2026-11-21T18:00"
    assert propose(proposing, "门松了", kind="repair")["promise_at"] == "2026-11-21T11:00"
    assert propose(proposing, "怎么保养", kind="enquiry")["promise_at"] == "2026-11-21T18:00"


# --- drafts ------------------------------------------------------------------------------------------------------------------
def test_calls_begun_and_not_sent_are_listed_for_the_one_who_began_them(screen, agent):
    customer = on_the_line()
    foreign = on_the_line("13900139000", region=CustomerRegionFactory(code="wuhan", name="武汉"), name="别处的人")
    for key, words in (
        (f"call:{customer.pk}", "门裂了"),
        (f"call:{foreign.pk}", "看不见"),
        ("call:new:13712345678", "新客户的话"),
    ):
        Draft.objects.keep(agent, key, {"content": [words], "number": [NUMBER]}, timezone.now())
    Draft.objects.keep(person("agent"), "call:new", {"content": ["别人的"]}, timezone.now())
    text = screen(CALL).content.decode()
    assert "门裂了" in text
    assert "新客户的话" in text
    assert "看不见" not in text
    assert "别人的" not in text


def test_the_draft_goes_when_the_call_is_registered(client, agent):
    at_work()
    customer = on_the_line()
    Draft.objects.keep(agent, f"call:{customer.pk}", {"content": ["门裂了"]}, timezone.now())
    client.force_login(agent)
    client.post(url(), fields(content="", op=fields()["op"]))
    assert Draft.objects.exists()
    client.post(url(), fields())
    assert not Draft.objects.exists()


# --- cost --------------------------------------------------------------------------------------------------------------------
TRANSACTION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


def statements(act):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        act()
    return [query["sql"] for query in captured if not query["sql"].startswith(TRANSACTION)]


def test_registering_takes_twelve_statements_at_most(client, agent, monkeypatch):
    at_work()
    customer = on_the_line()
    client.force_login(agent)
    due = timezone.localtime(timezone.now() + timedelta(hours=5))
    promise = {"promise_at": f"{due:%Y-%m-%dT%H:%M}", "promise_channel": "phone"}
    client.post(url(), fields(**promise))  # content types and calendars are read once per process
    counted, answers, begin_as_ever = [], [], views.begin

    def measured(*args, **kwargs):
        counted.extend(statements(lambda: answers.append(begin_as_ever(*args, **kwargs))))
        return answers[0]

    monkeypatch.setattr(views, "begin", measured)
    assert client.post(url(), fields(card=customer.cards.first().pk, **promise)).status_code == 302
    assert 0 < len(counted) <= 12, "\n".join(sql[:120] for sql in counted)


def test_the_page_costs_the_same_for_one_and_for_fifty(client, agent):
    at_work()
    WarrantyPlanFactory()
    few, many = on_the_line(rooms=["主卧"]), on_the_line("13900139000", rooms=[])
    for customer, number in ((few, 1), (many, 50)):
        for index in range(number):
            card = ServiceCardFactory(customer=customer, room=f"房间{index}", batch=f"26{index:02}")
            complaint = begin(
                Complaint.register,
                "register",
                by=agent,
                customer=customer,
                content="门响",
                items=[{"card": card, "product": card.product, "room": card.room}],
                promise={
                    "kind": "reply", "what": "回电", "due_at": timezone.now() + timedelta(days=1), "channel": "phone",
                },
            ).record  # fmt: skip
            assert complaint.number
            ContactFactory(customer=customer, name=f"家人{index}")
            PhoneFactory(customer=customer)
    client.force_login(agent)
    client.get(url())
    costs = [len(statements(lambda at=at: client.get(at))) for at in (url(), url("13900139000"))]
    assert costs[0] == costs[1]
    assert costs[0] <= 40


def test_the_pick_list_costs_the_same_for_two_and_for_twenty(client, agent):
    client.force_login(agent)
    costs = []
    for number in (2, 18):
        for _index in range(number):
            on_the_line(rooms=[])
        client.get(url())
        costs.append(len(statements(lambda: client.get(url()))))
    assert costs[0] == costs[1]


def test_a_door_of_this_year_is_in_warranty(agent):
    WarrantyPlanFactory()
    customer = on_the_line(rooms=["主卧"])
    customer.cards.update(accepted_on=date(2026, 8, 20))
    assert CallerFile(customer, agent).cards[0].warranty.state == "in"
    assert not Promise.objects.exists()
