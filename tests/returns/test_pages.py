"""The pages of returns: taking one up from an order, previews that are confirmed once, queues, papers, the customer's link."""

import re
import uuid
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import Outbox
from core.outbox import deliver_waiting
from notifications.rules import rule_for
from payments.models import Payment, Tier
from returns.models import Ledger, News, ReturnLine, ReturnRequest
from returns.queues import QUEUES
from workflow.models import CustomerLink, Event

from tests.factories.cases import ComplaintFactory, person
from tests.factories.customers import OrderLineFactory
from tests.factories.returns import CarrierFactory, ReturnRequestFactory, parcel_back, photo_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def sent_of(response):
    """What the browser would send of the first form with an operation on the page."""
    form = response.context["form"]
    values = {}
    for field in form:
        value = field.value()
        if value is not None and value is not False and not callable(value):
            values[field.html_name] = getattr(value, "pk", value)
    return values


def walk(client, request, verb, *, confirm=True, **changed):
    """Open a move's form, send it, confirm its preview where it has one; the last answer."""
    url = reverse(f"returns:returnrequest-{verb.replace('_', '-')}", args=[request.pk])
    opened = client.get(url)
    assert opened.status_code == 200, opened.text[:2000]
    body = sent_of(opened) | changed
    answer = client.post(url, body)
    if answer.status_code == 200 and confirm:
        assert "changes" in answer.context
        answer = client.post(url, body | {"confirm": "1"})
    return answer


def new_body(client, url, line, **changed):
    body = sent_of(client.get(url))
    body |= {f"pick-{line.pk}": "on", f"pieces-{line.pk}": "1", f"price-{line.pk}": str(line.price or 500)}
    return body | {"kind": "return", "reason": "quality", "words": "锁舌卡住"} | changed


# --- taking up ---------------------------------------------------------------------------------------------------------
@pytest.mark.req("S1-37", "S3-79")
def test_a_return_is_taken_up_from_its_order_after_a_look_at_what_it_comes_to(agent):
    line = OrderLineFactory(quantity=2, price=500)
    client = browser(agent)
    order_page = client.get(reverse("customers:order", args=[line.order_id]))
    url = reverse("returns:new", args=[line.order.customer_id]) + f"?order={line.order_id}"
    assert url.replace("&", "&amp;") in order_page.text
    body = new_body(client, url, line)
    preview = client.post(url, body)
    assert preview.status_code == 200
    assert not ReturnRequest.objects.exists()
    assert not Ledger.objects.exists()
    assert preview.context["said"]["value"] == 500
    done = client.post(url, body | {"confirm": "1"})
    request = ReturnRequest.objects.get()
    assert done.url.startswith(request.get_absolute_url())
    assert client.post(url, body | {"confirm": "1"}).url == done.url  # the same press again (threats 15, 16)
    assert ReturnRequest.objects.count() == 1


def test_the_preview_says_what_the_policy_will_object_to(agent):
    line = OrderLineFactory(quantity=1, price=500, product__custom_made=True)
    client = browser(agent)
    url = reverse("returns:new", args=[line.order.customer_id])
    preview = client.post(url, new_body(client, url, line, reason="personal"))
    assert len(preview.context["said"]["objections"]) == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"words": ""}, "words"),
        ({"kind": "steal"}, "kind"),
        ({"pieces": "3"}, "pieces"),
        ({"pieces": "-1"}, "pieces"),
        ({"price": "NaN"}, "price"),
        ({"kind": "exchange"}, "new"),
        ({"kind": "refund_only"}, "asked_amount"),
        ({"pick": ""}, None),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_all_that_was_typed_stays(changed, field, agent):
    line = OrderLineFactory(quantity=2, price=None)
    client = browser(agent)
    url = reverse("returns:new", args=[line.order.customer_id])
    own = {
        f"{name}-{line.pk}" if name in ("pieces", "price", "pick") else name: value for name, value in changed.items()
    }
    answer = client.post(url, new_body(client, url, line, words="门锁坏了请退") | own)
    assert answer.status_code == 422
    form = answer.context["form"]
    wanted = f"{field}-{line.pk}" if field in ("pieces", "price", "new") else field
    assert wanted in form.errors if wanted else form.non_field_errors()
    assert not ReturnRequest.objects.exists()


def test_goods_and_records_of_another_customer_in_the_address_or_the_body_are_not_there(agent):
    line, foreign = OrderLineFactory(price=500), OrderLineFactory(price=500)
    complaint = ComplaintFactory()
    client = browser(agent)
    url = reverse("returns:new", args=[line.order.customer_id])
    assert client.get(f"{url}?order={foreign.order_id}").status_code == 404
    assert client.get(f"{url}?complaint={complaint.pk}").status_code == 404
    assert client.get(f"{url}?order=1e3").status_code == 404
    body = new_body(client, url, line) | {
        f"pick-{line.pk}": "",
        f"pick-{foreign.pk}": "on",
        f"pieces-{foreign.pk}": "1",
    }
    assert client.post(url, body).status_code == 422


# --- previews --------------------------------------------------------------------------------------------------------------
@pytest.mark.req("S1-40", "S3-76")
def test_a_quality_return_from_the_request_to_the_refund(agent, clerk, quality, finance):
    request = ReturnRequestFactory()
    photo_of(request)
    desk, store, lab, till = map(browser, (agent, clerk, quality, finance))
    walk(desk, request, "start_review", verified="核对无误", liability="company", cause="product_quality")
    walk(desk, request, "approve", words="请寄回", mode="courier")
    walk(desk, request, "enter_tracking", carrier=CarrierFactory().pk, number="SF100", postage="18")
    walk(store, request, "receive", words="外箱完好", voucher_present="yes")
    walk(lab, request, "inspect", traces="none", findings="锁舌断裂", cause="product_quality")
    walk(lab, request, "inspection_ok", words="属实", option="refund")
    page = walk(till, request, "refund", confirm=False, means="alipay", reference="ZF88", postage="refunded")
    assert "¥1,018.00" in page.text
    assert not Payment.objects.exists()
    walk(till, request, "refund", means="alipay", reference="ZF88", postage="refunded")
    assert ReturnRequest.objects.get().status == "completed"
    assert Payment.objects.get().amount == 1018
    desk.get(request.get_absolute_url())


def test_a_preview_changes_nothing_and_tells_what_it_would_refuse(supervisor):
    request = ReturnRequestFactory(status="reviewing")
    client, url = browser(supervisor), reverse("returns:returnrequest-approve", args=[request.pk])
    body = sent_of(client.get(url)) | {"words": "同意", "mode": "courier"}
    refused = client.post(url, body)
    assert refused.status_code == 422
    assert "exception_reason" in refused.context["form"].errors
    shown = client.post(url, body | {"exception_reason": "寄回检测"})
    assert shown.status_code == 200
    labels = [label for _icon, label, _text in shown.context["changes"].lines]
    assert len(labels) >= 3
    stored = ReturnRequest.objects.get()
    assert (stored.status, stored.version) == ("reviewing", 1)
    assert not Event.objects.filter(action="approve").exists()
    assert not Outbox.objects.filter(context__event__isnull=False).exists()
    back = client.post(url, body | {"exception_reason": "寄回检测", "back": "1"})
    assert back.context["form"]["exception_reason"].value() == "寄回检测"


def test_a_stale_confirmation_is_refused_and_keeps_the_words(supervisor, agent):
    request = ReturnRequestFactory(status="reviewing")
    photo_of(request)
    client, url = browser(supervisor), reverse("returns:returnrequest-approve", args=[request.pk])
    body = sent_of(client.get(url)) | {"words": "同意寄回检测", "mode": "courier"}
    ReturnRequest.objects.update(version=2)
    for extra in ({}, {"confirm": "1"}):
        lost = client.post(url, body | extra)
        assert lost.status_code == 409
        assert "同意寄回检测" in lost.text


def test_without_the_right_neither_form_nor_preview(agent):
    Tier.objects.create(role="agent", limit=10)
    request = ReturnRequestFactory(status="reviewing", kind="refund_only", asked_amount=100)
    client, url = browser(agent), reverse("returns:returnrequest-approve-refund-only", args=[request.pk])
    body = sent_of(client.get(url)) | {"words": "同意", "payee_name": "张伟", "payee_account": "zw", "amount": "100"}
    assert client.post(url, body).status_code == 403
    assert Event.objects.filter(kind="refused", action="approve_refund_only").exists()
    assert browser(person("finance")).post(url, body).status_code == 403


# --- lists --------------------------------------------------------------------------------------------------------------------
@pytest.mark.req("S2-28")
@pytest.mark.parametrize("queue", QUEUES)
def test_each_queue_shows_its_returns_first_come_first_served(queue):
    statuses = {"answer": "submitted", "review": "reviewing", "coming": "approved", "recall": "recalling",
                "expected": "in_transit", "inspect": "received", "settle": "inspection_failed", "refund": "refund_due",
                "ship": "exchange_due", "arriving": "exchange_shipped"}  # fmt: skip
    now = timezone.now()
    late = ReturnRequestFactory(status=statuses[queue], received_at=now)
    early = ReturnRequestFactory(status=statuses[queue], received_at=now - timezone.timedelta(hours=1))
    ReturnRequestFactory(status="cancelled")
    role = next(role for role, right in ROLES.items() if QUEUES[queue].right.endswith(right))
    page = browser(person(role)).get(reverse("returns:queue", args=[queue]))
    assert [row.record for row in page.context["rows"]] == [early, late]
    assert browser(person("agent")).get("/returns/queue/nothing/").status_code == 404


ROLES = {
    "supervisor": "except_returnrequest", "agent": "review_returnrequest", "parts_clerk": "ship_returnrequest",
    "quality": "inspect_returnrequest", "finance": "refund_returnrequest",
}  # fmt: skip


@pytest.mark.req("S1-41")
def test_list_and_page_cost_the_same_for_one_and_fifty(agent, django_assert_max_num_queries):
    client = browser(agent)
    ReturnRequestFactory()
    first = ReturnRequest.objects.first()
    page = first.get_absolute_url()
    Event.objects.write(first.matter, "add_note", by=person("agent"), at=timezone.now(), subject=first)
    for url, most in (("/returns/", 8), (page, 12)):
        client.get(url)
        with django_assert_max_num_queries(most) as one:
            client.get(url)
        for _number in range(49 if url == "/returns/" else 10):
            request = ReturnRequestFactory() if url == "/returns/" else ReturnRequest.objects.first()
            parcel_back(request, number=f"SF{uuid.uuid4().hex[:8]}")
            if url != "/returns/":
                Event.objects.write(request.matter, "add_note", by=person("agent"), at=timezone.now(), subject=request)
        with django_assert_max_num_queries(most) as many:
            client.get(url)
        assert len(many) == len(one)


def test_a_return_is_found_by_its_number_and_its_waybill(agent, clerk):
    request = ReturnRequestFactory(status="approved")
    walk(browser(agent), request, "enter_tracking", carrier=CarrierFactory().pk, number="SF7788990011")
    found = browser(agent).get("/returns/", {"q": "SF7788990011"})
    assert [row.record.pk for row in found.context["rows"]] == [request.pk]
    assert request.number in browser(agent).get("/search/", {"q": "SF7788990011"}, follow=True).text


@pytest.mark.req("S2-35")
def test_the_customers_file_lists_his_returns(agent):
    request = ReturnRequestFactory()
    page = browser(agent).get(reverse("customers:file", args=[request.customer.pk]))
    assert request.number in page.text


# --- papers --------------------------------------------------------------------------------------------------------------------
@pytest.mark.req("S3-61", "S3-63", "S3-86", "S2-96", "S2-100", "S2-29")
def test_the_papers_carry_what_the_sources_ask(agent, quality):
    request = ReturnRequestFactory(status="received", payee_name="张伟", payee_account="zw@alipay")
    walk(browser(quality), request, "inspect", traces="none", findings="锁舌断裂", cause="product_quality")
    client = browser(agent)
    paper = client.get(reverse("returns:request-paper", args=[request.pk])).text
    for words in (request.number, "锁舌卡住", "质量问题", "zw@alipay", "锁舌断裂"):
        assert words in paper
    voucher = client.get(reverse("returns:voucher-paper", args=[request.pk])).text
    for words in ("3 号库", "顺丰", "不要放现金", "原包装", "购买凭证"):
        assert words in voucher
    report = client.get(reverse("returns:inspection-paper", args=[request.pk, request.inspections.get().pk])).text
    assert "锁舌断裂" in report


# --- the customer --------------------------------------------------------------------------------------------------------------
def page_of(request):
    _link, token = CustomerLink.objects.issue(request.matter, by=person("agent"))
    return Client(), reverse("workflow:customer-page", args=[token]), token


@pytest.mark.req("S1-41", "S2-108", "S3-63")
def test_the_customer_hears_of_each_step_and_sends_his_number_by_his_link(agent, clerk):
    request = ReturnRequestFactory(status="reviewing", reason="personal", liability="customer")
    walk(browser(agent), request, "approve", words="同意", mode="courier", payer="customer")
    deliver_waiting()
    client, url, token = page_of(request)
    page = client.get(url).text
    assert "3 号库" in page
    assert str(News.objects.get().step) == "approve"
    act = reverse("workflow:customer-act", args=[token, "returnrequest", request.pk, "enter-tracking"])
    wrong = client.post(act, {"number": "SF1"})
    assert wrong.status_code == 422
    version = ReturnRequest.objects.get().version
    client.post(act, {"carrier": CarrierFactory().pk, "number": "SF1", "op": str(uuid.uuid4()), "version": version})
    assert ReturnRequest.objects.get().status == "in_transit"
    assert Event.objects.get(action="enter_tracking").actor == "customer"
    walk(browser(clerk), request, "receive", words="收到", voucher_present="yes")
    deliver_waiting()
    assert [news.step for news in request.news.all()][0] == "receive"
    walk(browser(agent), request, "tell_customer", channel="phone", words="已电话告知")
    assert not request.news.filter(told_at__isnull=True).exists()


def test_news_are_put_up_once_per_step_however_often_they_are_delivered(agent):
    request = ReturnRequestFactory(status="approved")
    walk(browser(agent), request, "enter_tracking", carrier=CarrierFactory().pk, number="SF1")
    row = Outbox.objects.get(kind="return-news")
    deliver_waiting()
    Outbox.objects.filter(pk=row.pk).update(state="pending", next_at=timezone.now())
    deliver_waiting()
    assert News.objects.count() == 1


def test_a_link_of_another_matter_moves_nothing():
    request, other = ReturnRequestFactory(status="approved"), ReturnRequestFactory(status="approved")
    client, _url, token = page_of(other)
    act = reverse("workflow:customer-act", args=[token, "returnrequest", request.pk, "cancel"])
    assert client.post(act, {"reason": "不退了"}).status_code == 404
    assert ReturnRequest.objects.get(pk=request.pk).status == "approved"


def test_an_order_line_that_is_in_a_return_cannot_be_struck_out(agent):
    request = ReturnRequestFactory()
    line = request.lines.get().order_line
    client, url = browser(agent), reverse("customers:order-edit", args=[line.order_id])
    form = client.get(url).context["form"]
    body = {
        "version": line.order.version,
        "number": line.order.number,
        "state": line.order.state,
        "ordered_on": "2026-06-01",
    }
    for sub in form.lines:
        body |= {bound.html_name: bound.value() or "" for bound in sub}
    body |= {bound.html_name: bound.value() for bound in form.lines.management_form}
    body["lines-0-product"] = line.product.model_no
    answer = client.post(url, body | {"lines-0-DELETE": "on"})
    assert answer.status_code == 422
    assert re.search("退换货|return", answer.text)
    assert ReturnLine.objects.get().order_line_id == line.pk
    assert Decimal(line.price) == 500


@pytest.mark.req("S2-103")
def test_a_fault_is_told_at_once_to_those_who_answer_for_it(agent, quality, clerk):
    for reason, told in (("quality", quality), ("wrong_shipment", clerk)):
        request = ReturnRequestFactory(reason=reason)
        facts = {"by": agent, "at": timezone.now(), "subject": request, "data": {"reason": reason}}
        rule = rule_for(Event.objects.write(request.matter, "submit", **facts))
        assert {person for who in rule.addressees for person in who(Event.objects.latest("pk"))} == {told.pk}
