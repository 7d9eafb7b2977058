"""Deliveries with a date to meet: the promise, the order check, the way, the pick-up (S3-117 … S3-139, S2-61)."""

import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Change
from cases.delivery.queues import QUEUES
from cases.models import DeliveryIssue, LeadTime
from cases.models.delivery import OPEN, Status
from customers.models import Order
from notifications.rules import rule_for
from payments.models import Claim
from workflow.errors import MoveRefused
from workflow.models import Attachment, Deadline, Event, Promise
from workflow.perform import begin, perform
from workflow.presets import choose_preset
from workflow.sweep import sweep

from tests.factories.cases import person
from tests.factories.customers import CustomerFactory, OrderFactory, OrderLineFactory, ProductFactory
from tests.factories.deliveries import DeliveryFactory, LeadTimeFactory, evidence_of, shipped

pytestmark = pytest.mark.django_db
WORDS = {"words": "电话里讲清楚了"}
PARCEL = {
    "carrier": "德邦", "waybill": "DB100", "enquiry_phone": "95353", "packages": 3, "transport_units": 1,
    "volume": Decimal("1.25"), "freight": Decimal(320), "packing_fee": Decimal(60),
}  # fmt: skip


@pytest.fixture
def agent():
    return person("agent")


@pytest.fixture
def follower():
    return person("order_follower")


@pytest.fixture
def supervisor():
    return person("supervisor")


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def today(days=0):
    return timezone.localdate() + timedelta(days=days)


def opened(agent, order=None, **facts):
    order = order or OrderLineFactory(order__ordered_on=today()).order
    return begin(DeliveryIssue.open, "open", by=agent, order=order, **facts).record


def clock(issue, kind):
    return Deadline.objects.of(issue).open().filter(kind=kind).first()


# --- every verb in every state -----------------------------------------------------------------------------------------
S = Status
LIFECYCLE = {
    "set_date": ({S.TO_APPROVE, S.REGISTERED}, S.REGISTERED),
    "approve_date": ({S.TO_APPROVE}, S.REGISTERED),
    "check_order": ({S.REGISTERED}, S.PREPARING),
    "ship": ({S.PREPARING}, S.SHIPPED),
    "pick_up": ({S.SHIPPED}, S.CLOSED),
    "pick_up_damaged": ({S.SHIPPED}, S.DAMAGED),
    "settle_damage": ({S.DAMAGED}, S.CLOSED),
    "cancel": ({S.TO_APPROVE, S.REGISTERED, S.PREPARING}, S.CANCELLED),
    "refuse_date": ({S.TO_APPROVE}, None),
    "record_progress": ({S.PREPARING}, None),
    "move_date": ({S.PREPARING, S.SHIPPED}, None),
    "tell_customer": (set(OPEN), None),
    "trace_waybill": ({S.SHIPPED}, None),
    "send_notice": ({S.SHIPPED}, None),
    "dispute_fee": ({S.SHIPPED, S.DAMAGED}, None),
    "settle_fee": ({S.SHIPPED, S.DAMAGED}, None),
    "claim_carrier": ({S.DAMAGED}, None),
    **{verb: (set(S), None) for verb in ("add_note", "make_promise", "keep_promise", "drop_promise", "attach_files",
                                         "describe_file", "withdraw_file", "revoke_link")},
    "issue_link": (set(OPEN), None),
}  # fmt: skip
OWN = [verb for verb in LIFECYCLE if not hasattr(DeliveryIssue.__mro__[1], verb)]


def details_of(verb):
    table = {
        "set_date": {"deadline": today(40), "urgency": "usual"},
        "check_order": WORDS | {"in_stock": True},
        "ship": PARCEL,
        "pick_up": WORDS | {"picked_up_on": today(), "signatory": "张伟"},
        "pick_up_damaged": {"picked_up_on": today(), "signatory": "张伟", "damage": "外包装损坏，左下角裂"},
        "settle_damage": WORDS | {"remedy": "parts", "no_claim": "客户自提自摔"},
        "cancel": {"reason": "客户退单"},
        "refuse_date": {"reason": "排产已满"},
        "record_progress": {"progress": "已开料", "risk": "none"},
        "move_date": WORDS | {"deadline": today(50), "why": "production"},
        "tell_customer": WORDS | {"channel": "phone"},
        "send_notice": WORDS | {"channel": "wechat"},
        "settle_fee": WORDS | {"estimate_error": "没算木架"},
        "claim_carrier": {"claimed": Decimal(200), "what": "门扇左下角", "evidence": "签收单"},
    }
    return table.get(verb, WORDS)


def arranged(verb, status):
    facts = {"disputed_at": timezone.now()} if verb == "settle_fee" else {}
    issue = shipped(status=status, **facts)
    if verb == "pick_up_damaged":
        evidence_of(issue)
    return issue


@pytest.fixture
def everybody():
    somebody = person("supervisor")
    somebody.groups.add(*person("order_follower").groups.all(), *person("agent").groups.all())
    return somebody


def test_the_table_names_every_verb():
    declared = {name for name in dir(DeliveryIssue) if hasattr(getattr(DeliveryIssue, name, None), "_django_fsm")}
    assert declared == set(LIFECYCLE)


@pytest.mark.parametrize("verb", OWN)
def test_a_verb_is_refused_in_every_other_state_and_leaves_no_trace(verb, everybody):
    for status in [status for status in S if status not in LIFECYCLE[verb][0]]:
        issue = arranged(verb, status)
        with pytest.raises(MoveRefused):
            perform(issue, verb, by=everybody, **details_of(verb))
        assert (DeliveryIssue.objects.get(pk=issue.pk).status, issue.version) == (status, 1)
        assert [event.kind for event in Event.objects.filter(matter=issue.matter)] == ["refused"]


@pytest.mark.parametrize(("verb", "status"), [(verb, status) for verb in OWN for status in sorted(LIFECYCLE[verb][0])])
def test_a_verb_leads_where_the_table_says(verb, status, everybody):
    issue = arranged(verb, status)
    perform(issue, verb, by=everybody, **details_of(verb))
    assert DeliveryIssue.objects.get(pk=issue.pk).status == (LIFECYCLE[verb][1] or status)
    assert Event.objects.filter(matter=issue.matter, action=verb, by=everybody).exists()


# --- the promise -------------------------------------------------------------------------------------------------------
@pytest.mark.req("S3-121")
def test_every_order_submitted_opens_its_issue_at_the_same_time(agent):
    customer, product = CustomerFactory(), ProductFactory()
    client, url = browser(agent), reverse("customers:order-new", args=[customer.pk])
    form = client.get(url).context["form"]
    body = {"op": str(uuid.uuid4()), "number": "", "state": "ordered", "ordered_on": today().isoformat()}
    for sub in form.lines:
        body |= {bound.html_name: bound.value() or "" for bound in sub}
    body |= {bound.html_name: bound.value() for bound in form.lines.management_form}
    body |= {"lines-0-product": product.model_no, "lines-0-quantity": "1"}
    assert client.post(url, body).status_code == 302
    assert client.post(url, body).status_code == 302
    issue = DeliveryIssue.objects.get()
    assert (issue.order, issue.status, issue.deadline, issue.matter.owner) == (
        Order.objects.get(),
        S.REGISTERED,
        None,
        agent,
    )
    assert DeliveryIssue.objects.filter(QUEUES["undated"].rows).get() == issue
    delivered = body | {"op": str(uuid.uuid4()), "delivered_on": today().isoformat(), "state": "delivered"}
    assert client.post(url, delivered).status_code == 302
    assert DeliveryIssue.objects.count() == 1


@pytest.mark.req("S3-122", "S3-117")
def test_an_issue_is_opened_from_its_order_with_the_lead_time_beside_the_date(agent):
    line = OrderLineFactory(order__ordered_on=today())
    LeadTimeFactory(days=60)
    LeadTimeFactory(days=12, group=line.product.group, note="五金已到齐")
    client, url = browser(agent), reverse("cases:delivery-new", args=[line.order_id])
    assert url in client.get(reverse("customers:order", args=[line.order_id])).text
    page = client.get(url)
    assert (page.context["lead"].days, page.context["earliest"]) == (12, today(12))
    assert "五金已到齐" in page.text
    body = {"op": str(uuid.uuid4()), "deadline": today(30).isoformat(), "urgency": "critical", "why": ""}
    answer = client.post(url, body)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["why"])
    done = client.post(url, body | {"why": "搬新家当天要用"})
    issue = DeliveryIssue.objects.get()
    assert done.url.startswith(issue.get_absolute_url())
    assert (issue.deadline, issue.urgency, issue.status) == (today(30), "critical", S.REGISTERED)
    assert timezone.localdate(clock(issue, "delivery").due_at) == today(30)
    assert client.post(url, body | {"op": str(uuid.uuid4()), "why": "再来"}).status_code == 422  # one for each order


@pytest.mark.req("S3-118", "S3-120")
@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({"deadline": 20}, S.REGISTERED),
        ({"deadline": 19}, S.TO_APPROVE),
        ({"deadline": 40, "hangs_on_date": True, "why": "开业前必须到"}, S.TO_APPROVE),
    ],
)
def test_a_date_beyond_the_lead_time_or_on_which_the_deal_hangs_needs_a_superior(facts, status, agent, supervisor):
    LeadTimeFactory(days=20)
    issue = opened(agent, **facts | {"deadline": today(facts["deadline"])})
    assert issue.status == status
    told = {who for rule in rule_for(Event.objects.get(action="open")).addressees for who in rule(Event.objects.get())}
    assert told == ({supervisor.pk} if status == S.TO_APPROVE else set())
    if status == S.TO_APPROVE:
        assert browser(agent).get(reverse("cases:deliveryissue-approve-date", args=[issue.pk])).status_code == 403
        perform(issue, "refuse_date", by=supervisor, reason="排产到下月")
        assert DeliveryIssue.objects.get().refusal == "排产到下月"
        perform(issue, "approve_date", by=supervisor, words="加急可以")
        assert DeliveryIssue.objects.get().status == S.REGISTERED


@pytest.mark.req("S3-118")
def test_whoever_promised_a_date_does_not_approve_it_and_a_later_one_needs_no_approval(supervisor):
    LeadTimeFactory(days=20)
    issue = opened(supervisor, deadline=today(5))
    with pytest.raises(ValidationError):
        perform(issue, "approve_date", by=supervisor, words="可以")
    perform(issue, "set_date", by=supervisor, deadline=today(25), urgency="usual")
    issue = DeliveryIssue.objects.get()
    assert (issue.status, issue.first_deadline, issue.deadline) == (S.REGISTERED, today(5), today(25))


# --- lead times --------------------------------------------------------------------------------------------------------
@pytest.mark.req("S3-117")
def test_the_lead_time_of_an_order_is_the_longest_of_its_product_lines():
    line = OrderLineFactory()
    assert LeadTime.objects.of([line.product]) is None
    general = LeadTimeFactory(days=45)
    assert LeadTime.objects.of([line.product]) == general
    own = LeadTimeFactory(days=15, group=line.product.group)
    assert LeadTime.objects.of([line.product]) == own


@pytest.mark.req("S3-119")
def test_lead_times_are_looked_at_again_every_month_and_those_that_were_not_say_so(follower, agent):
    LeadTimeFactory(days=30, evaluated_on=today(-31))
    row = LeadTimeFactory(days=30, evaluated_on=today(-32), group=ProductFactory().group)
    client, url = browser(follower), reverse("cases:lead-time-edit", args=[row.pk])
    assert client.get(reverse("cases:deliveries")).context["stale"] == 1
    assert [is_stale for _row, is_stale in client.get(reverse("cases:lead-times")).context["lines"]] == [True, False]
    body = {"group": row.group_id, "days": "30", "note": "", "seen": client.get(url).context["form"].initial["seen"]}
    assert client.post(url, body).status_code == 302  # looked at, and still true
    row.refresh_from_db()
    assert (row.evaluated_on, row.evaluated_by) == (today(), follower)
    assert Change.objects.about(row).count() == 1
    assert client.get(reverse("cases:deliveries")).context["stale"] == 0
    assert browser(agent).get(url).status_code == 403


def test_there_is_one_lead_time_for_everything_else(follower):
    LeadTimeFactory()
    answer = browser(follower).post(reverse("cases:lead-time-new"), {"group": "", "days": "9"})
    assert answer.status_code == 422
    assert "group" in answer.context["form"].errors


# --- preparing ---------------------------------------------------------------------------------------------------------
@pytest.mark.req("S3-123", "S3-124")
def test_the_stock_is_asked_again_and_the_order_follower_takes_the_matter_over(agent, follower):
    issue = opened(agent, deadline=today(30))
    client, url = browser(follower), reverse("cases:deliveryissue-check-order", args=[issue.pk])
    body = {"version": "1", "op": str(uuid.uuid4()), "in_stock": "no", "words": "缺铰链，客户同意晚一周"}
    answer = client.post(url, body)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["deadline"])
    assert client.post(url, body | {"deadline": today(37).isoformat()}).status_code == 302
    issue = DeliveryIssue.objects.get()
    assert (issue.status, issue.in_stock, issue.deadline, issue.matter.owner) == (
        S.PREPARING,
        False,
        today(37),
        follower,
    )
    assert timezone.localdate(clock(issue, "delivery").due_at) == today(37)
    page = browser(agent).get(issue.get_absolute_url())  # after-sales goes on reading it
    assert "缺铰链，客户同意晚一周" in page.text
    assert browser(agent).post(reverse("cases:deliveryissue-ship", args=[issue.pk])).status_code == 403


@pytest.mark.req("S3-123")
def test_without_a_date_no_order_is_checked(follower):
    issue = DeliveryFactory(deadline=None)
    with pytest.raises(MoveRefused):
        perform(issue, "check_order", by=follower, in_stock=True, words="齐")


@pytest.mark.req("S3-125", "S3-126")
def test_a_date_in_danger_has_the_customer_told_at_once_and_the_old_date_is_kept(follower):
    choose_preset("doors")
    issue = DeliveryFactory(status="preparing", in_stock=True, deadline=today(10))
    perform(issue, "record_progress", by=follower, progress="等油漆", risk="possible")
    assert clock(issue, "delivery_warn")
    first = clock(issue, "delivery_warn").pk
    perform(issue, "record_progress", by=follower, progress="还在等", risk="possible")
    assert clock(issue, "delivery_warn").pk == first  # the hours run from the first word of danger
    assert DeliveryIssue.objects.filter(QUEUES["risk"].rows).exists()
    perform(issue, "move_date", by=follower, deadline=today(18), why="production", words="客户同意", channel="phone")
    issue = DeliveryIssue.objects.get()
    assert (issue.deadline, issue.risk) == (today(18), "none")
    assert Deadline.objects.get(pk=first).met_at
    moved = Event.objects.get(action="move_date")
    assert (moved.data["from"], moved.data["deadline"]) == (today(10).isoformat(), today(18).isoformat())
    line = browser(follower).get(issue.get_absolute_url()).context["timeline"][0]
    assert today(10).isoformat() in line.what
    assert today(18).isoformat() in line.what


@pytest.mark.req("S2-61")
def test_orders_that_are_late_or_not_in_stock_come_up_again_until_they_are_shipped(follower):
    choose_preset("doors")
    issue = DeliveryFactory()
    perform(issue, "check_order", by=follower, in_stock=False, deadline=today(40), words="缺货")
    first = clock(issue, "delivery_check")
    assert timezone.localdate(first.due_at) == today(4)  # three whole days
    sweep(first.due_at)
    assert Deadline.objects.get(pk=first.pk).breached_at
    perform(issue, "record_progress", by=follower, progress="厂家说下周", risk="none")
    again = clock(issue, "delivery_check")
    assert again.pk != first.pk
    assert Deadline.objects.get(pk=first.pk).met_at
    perform(issue, "ship", by=follower, **PARCEL)
    assert clock(issue, "delivery_check") is None


def test_an_order_in_stock_and_in_time_is_not_checked_every_few_days(follower):
    choose_preset("doors")
    issue = DeliveryFactory()
    perform(issue, "check_order", by=follower, in_stock=True, words="齐")
    perform(issue, "record_progress", by=follower, progress="打包", risk="none")
    assert clock(issue, "delivery_check") is None
    assert clock(issue, "delivery_warn") is None


# --- on its way --------------------------------------------------------------------------------------------------------
@pytest.mark.req("S3-127")
def test_goods_leave_earlier_than_planned_only_with_the_customers_word(follower):
    issue = DeliveryFactory(status="preparing", planned_on=today(5))
    client, url = browser(follower), reverse("cases:deliveryissue-ship", args=[issue.pk])
    body = PARCEL | {"version": "1", "op": str(uuid.uuid4())}
    answer = client.post(url, body)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["early_word"])
    assert client.post(url, body | {"early_word": "客户说周三在家，可以先发"}).status_code == 302
    assert Event.objects.get(action="ship").note == "客户说周三在家，可以先发"


@pytest.mark.req("S3-128", "S3-130", "S3-131", "S3-133", "S3-138", "S3-136", "S3-135")
def test_the_notice_goes_out_the_same_day_after_the_waybill_was_traced(follower):
    issue = DeliveryFactory(status="preparing")
    perform(issue, "ship", by=follower, **PARCEL)
    assert timezone.localdate(clock(issue, "dispatch_notice").due_at) == today()
    client, url = browser(follower), reverse("cases:deliveryissue-send-notice", args=[issue.pk])
    assert client.get(url).status_code == 409
    with pytest.raises(MoveRefused):
        perform(issue, "send_notice", by=follower, channel="sms", words="已发货")
    perform(issue, "trace_waybill", by=follower, words="官网查到已揽收")
    form = client.get(url).context["form"]
    text = form.initial["words"]
    for fact in ("德邦", "DB100", "95353", "3", "1", "1.25 m³", "¥320.00", "¥60.00"):
        assert fact in text
    for rule in ("外包装损坏", "先签字", "由远及近", "拒收"):
        assert rule in text
    assert "玻璃" not in text
    body = {"version": form.initial["version"], "op": str(uuid.uuid4()), "channel": "wechat", "words": text}
    assert client.post(url, body).status_code == 302
    issue = DeliveryIssue.objects.get()
    assert issue.noticed_at
    assert Deadline.objects.of(issue).get(kind="dispatch_notice").met_at
    assert "外包装损坏" in Event.objects.get(action="send_notice", kind="verb").note  # what was sent is on record


@pytest.mark.req("S3-139")
def test_where_there_is_glass_the_customer_is_told_to_shake_and_listen(follower):
    issue = shipped(noticed_at=None)
    OrderLineFactory(order=issue.order, product__has_glass=True)
    text = (
        browser(follower)
        .get(reverse("cases:deliveryissue-send-notice", args=[issue.pk]))
        .context["form"]
        .initial["words"]
    )
    assert "轻轻晃动" in text


@pytest.mark.req("S3-129", "S3-132")
def test_what_it_cost_more_is_shown_and_a_dispute_about_it_goes_to_a_superior(agent, follower, supervisor):
    issue = shipped(estimated_freight=300)
    assert issue.cost_difference == 80
    assert "¥80.00" in browser(agent).get(issue.get_absolute_url()).text
    perform(issue, "dispute_fee", by=agent, words="客户说没讲过包装费，要退单")
    event = Event.objects.get(action="dispute_fee")
    assert {who for rule in rule_for(event).addressees for who in rule(event)} == {supervisor.pk}
    with pytest.raises(MoveRefused):  # not over before it is settled
        perform(issue, "pick_up", by=agent, picked_up_on=today(), signatory="张伟", words="提到")
    client, url = browser(supervisor), reverse("cases:deliveryissue-settle-fee", args=[issue.pk])
    form = client.get(url).context["form"]
    body = {"version": form.initial["version"], "op": str(uuid.uuid4()), "words": "包装费我们承担"}
    assert client.post(url, body).status_code == 422  # not without the lesson
    assert client.post(url, body | {"estimate_error": "漏算木架"}).status_code == 302
    assert DeliveryIssue.objects.get().estimate_error == "漏算木架"
    perform(issue, "pick_up", by=agent, picked_up_on=today(), signatory="张伟", words="提到")


# --- picked up ---------------------------------------------------------------------------------------------------------
@pytest.mark.req("S3-133")
def test_nothing_is_picked_up_before_the_customer_has_the_rules(agent):
    issue = shipped(noticed_at=None)
    with pytest.raises(MoveRefused):
        perform(issue, "pick_up", by=agent, picked_up_on=today(), signatory="张伟", words="提到")


@pytest.mark.req("S3-134")
def test_a_pick_up_with_damage_needs_the_receipt_and_photos(agent):
    issue = shipped()
    client, url = browser(agent), reverse("cases:deliveryissue-pick-up-damaged", args=[issue.pk])
    body = {"version": "1", "op": str(uuid.uuid4()), "picked_up_on": today().isoformat(), "signatory": "张伟",
            "damage": "外包装损坏，门扇左下角裂"}  # fmt: skip
    assert client.post(url, body).status_code == 422
    evidence_of(issue, "signed")
    assert client.post(url, body).status_code == 422
    Attachment.objects.create(
        matter=issue.matter, customer=issue.customer, media="photo", kind="close_up", sha256="7" * 64
    )
    assert client.post(url, body).status_code == 302
    issue = DeliveryIssue.objects.get()
    assert (issue.status, issue.damage, issue.signatory) == (S.DAMAGED, "外包装损坏，门扇左下角裂", "张伟")
    assert Order.objects.get().delivered_on == today()
    assert "外包装损坏，门扇左下角裂" in client.get(issue.get_absolute_url()).text


@pytest.mark.parametrize("day", [1, -1])
def test_goods_are_not_picked_up_before_they_left_or_tomorrow(day, agent):
    with pytest.raises(ValidationError):
        perform(shipped(), "pick_up", by=agent, picked_up_on=today(day), signatory="张伟", words="提到")


@pytest.mark.req("S3-137", "S3-136")
def test_damage_is_claimed_from_the_carrier_once_and_the_customer_is_helped(agent):
    issue = shipped(status="damaged", damage="门扇左下角裂")
    with pytest.raises(ValidationError):
        perform(issue, "settle_damage", by=agent, remedy="parts", words="补发门扇")
    client, url = browser(agent), reverse("cases:deliveryissue-claim-carrier", args=[issue.pk])
    form = client.get(url).context["form"]
    assert form.initial["what"] == "门扇左下角裂"
    body = {
        "version": "1",
        "op": str(uuid.uuid4()),
        "claimed": "260",
        "what": "门扇左下角裂",
        "evidence": "签收单和照片",
    }
    assert client.post(url, body).status_code == 302
    claim = Claim.objects.get()
    assert (claim.against, claim.party, claim.waybill, claim.claimed) == ("carrier", "德邦", "DB100", 260)
    assert (claim.matter, claim.subject, claim.evidence) == (issue.matter, issue, "签收单和照片")
    with pytest.raises(ValidationError):
        perform(issue, "claim_carrier", by=agent, claimed=Decimal(1), what="又", evidence="无")
    perform(issue, "settle_damage", by=agent, remedy="parts", words="补发门扇")
    assert DeliveryIssue.objects.get().status == S.CLOSED


# --- pages -------------------------------------------------------------------------------------------------------------
def test_each_queue_shows_its_deliveries_and_what_comes_next(supervisor):
    made = {
        "approve": DeliveryFactory(status="to_approve"),
        "undated": DeliveryFactory(deadline=None),
        "check": DeliveryFactory(),
        "risk": DeliveryFactory(status="preparing", risk="certain"),
        "notify": shipped(noticed_at=None),
        "arriving": shipped(),
        "damaged": shipped(status="damaged"),
        "fees": shipped(noticed_at=None, disputed_at=timezone.now()),
    }
    client = browser(supervisor)
    for name, issue in made.items():
        page = client.get(reverse("cases:delivery-queue", args=[name]))
        assert issue in [row.record for row in page.context["rows"]], name
        assert {one: count for one, _label, count in page.context["queues"]}[name] >= 1
    assert client.get(reverse("cases:delivery-queue", args=["nothing"])).status_code == 404
    listed = client.get(reverse("cases:deliveries")).context["rows"]
    assert len(listed) == len(made)
    assert [row.record.pk for row in client.get("/deliveries/?urgency=critical").context["rows"]] == []


def test_list_and_page_cost_the_same_for_one_and_for_fifty(supervisor, django_assert_max_num_queries):
    client, issue = browser(supervisor), DeliveryFactory()
    perform(issue, "add_note", by=supervisor, text="问过")
    OrderLineFactory(order=issue.order)
    client.get(reverse("cases:deliveries"))
    with django_assert_max_num_queries(60) as few:
        client.get(reverse("cases:deliveries"))
        client.get(issue.get_absolute_url())
    DeliveryFactory.create_batch(20)
    for _n in range(5):
        perform(issue, "add_note", by=supervisor, text="再问过")
    OrderLineFactory.create_batch(4, order=issue.order)
    with django_assert_max_num_queries(len(few)):
        client.get(reverse("cases:deliveries"))
        client.get(issue.get_absolute_url())


def test_a_delivery_is_found_by_its_number_its_order_and_its_waybill(follower):
    issue = DeliveryFactory(status="preparing")
    perform(issue, "ship", by=follower, **PARCEL)
    for words in (issue.number, issue.order.number, "DB100"):
        page = browser(follower).get("/deliveries/", {"q": words})
        assert [row.record for row in page.context["rows"]] == [issue], words


def test_the_file_of_the_customer_and_the_order_lead_to_it(agent):
    issue = DeliveryFactory()
    client = browser(agent)
    assert issue.get_absolute_url() in client.get(reverse("customers:order", args=[issue.order_id])).text
    assert issue.number in client.get(reverse("customers:file", args=[issue.customer.pk])).text


def test_a_promise_made_beside_it_does_not_hold_it_up(agent):
    issue = shipped()
    perform(issue, "make_promise", by=agent, kind="reply", what="明天回电")
    assert Promise.objects.get().matter == issue.matter
    perform(issue, "pick_up", by=agent, picked_up_on=today(), signatory="", words="提到")


def test_an_order_that_arrived_or_is_followed_already_gets_no_second_issue(agent):
    with pytest.raises(ValidationError):
        opened(agent, order=OrderFactory(delivered_on=date(2026, 7, 1)))
    order = OrderFactory(ordered_on=today())
    first = opened(agent, order=order)
    with pytest.raises(ValidationError):
        opened(agent, order=order)
    perform(first, "cancel", by=agent, reason="退单")
    assert opened(agent, order=order).pk != first.pk
