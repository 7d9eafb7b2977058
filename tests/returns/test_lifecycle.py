"""Every verb of a return in every state: where it leads, and that a refusal leaves no trace."""

from decimal import Decimal

import pytest
from django.utils import timezone

from payments.models import Payment, PayOrder, Tier
from returns.models import Ledger, ReturnLine, ReturnRequest
from returns.models.request import OPEN
from workflow.errors import MoveRefused
from workflow.media import prepare
from workflow.models import Attachment, CustomerLink, Event, Promise
from workflow.perform import perform

from tests.factories.cases import person
from tests.factories.files import upload
from tests.factories.returns import ReturnRequestFactory, parcel_back, photo_of

S = ReturnRequest.Status
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]

# Verb → the states it may start from → the state it leads to (None: the state stays).
LIFECYCLE = {
    "start_review": ({S.SUBMITTED}, S.REVIEWING),
    "reject": ({S.REVIEWING}, S.REJECTED),
    "approve": ({S.REVIEWING}, S.APPROVED),
    "approve_refund_only": ({S.REVIEWING}, S.REFUND_DUE),
    "approve_unshipped": ({S.REVIEWING}, S.RECALLING),
    "recalled": ({S.RECALLING}, S.REFUND_DUE),
    "recall_failed": ({S.RECALLING}, S.APPROVED),
    "lose": ({S.IN_TRANSIT}, S.REFUND_DUE),
    "refuse_parcel": ({S.IN_TRANSIT}, S.APPROVED),
    "enter_tracking": ({S.APPROVED}, S.IN_TRANSIT),
    "lapse": ({S.APPROVED}, S.LAPSED),
    "reopen": ({S.LAPSED}, S.REVIEWING),
    "receive": ({S.IN_TRANSIT}, S.RECEIVED),
    "inspect": ({S.RECEIVED, S.APPROVED}, S.INSPECTING),
    "inspection_ok": ({S.INSPECTING}, S.REFUND_DUE),
    "inspection_bad": ({S.INSPECTING}, S.INSPECTION_FAILED),
    "resolve_failed": ({S.INSPECTION_FAILED}, S.REFUND_DUE),
    "refund": ({S.REFUND_DUE}, S.COMPLETED),
    "ship_exchange": ({S.EXCHANGE_DUE}, S.EXCHANGE_SHIPPED),
    "confirm_exchange": ({S.EXCHANGE_SHIPPED}, S.COMPLETED),
    "to_repair": ({S.REPAIR_DUE}, S.COMPLETED),
    "cancel": ({S.SUBMITTED, S.REVIEWING, S.APPROVED, S.RECALLING}, S.CANCELLED),
    # Acts: the state stays.
    "answer": (set(OPEN), None),
    "advance_exchange": ({S.APPROVED, S.IN_TRANSIT}, None),
    "send_back": (set(S), None),
    "resend": ({S.EXCHANGE_SHIPPED}, None),
    "confirm_address": (set(OPEN), None),
    "take_top_up": ({S.APPROVED, S.IN_TRANSIT, S.RECEIVED, S.INSPECTING, S.EXCHANGE_DUE}, None),
    "order_remake": ({S.EXCHANGE_DUE}, None),
    "set_payee": (set(OPEN), None),
    "confirm_extension": (set(OPEN), None),
    "trace_parcel": (set(OPEN), None),
    "call_platform": (set(OPEN), None),
    "tell_customer": (set(S), None),
    "add_note": (set(S), None),
    "make_promise": (set(S), None),
    "keep_promise": (set(S), None),
    "drop_promise": (set(S), None),
    "attach_files": (set(S), None),
    "describe_file": (set(S), None),
    "withdraw_file": (set(S), None),
    "issue_link": (set(OPEN), None),
    "revoke_link": (set(S), None),
}
# Fields of the record without which a guard holds the verb back.
FIELDS = {
    "approve_refund_only": {"kind": "refund_only", "asked_amount": 100},
    "approve_unshipped": {"kind": "unshipped"},
    "recalled": {"kind": "unshipped"},
    "recall_failed": {"kind": "unshipped"},
    "inspect": {"mode": "on_site"},
    "advance_exchange": {"kind": "exchange", "address": "湖滨大道 18 号"},
    "ship_exchange": {"kind": "exchange", "address": "湖滨大道 18 号"},
    "take_top_up": {"top_up": 80},
    "send_back": {"must_send_back": True},
    "confirm_extension": {"extended_until": "2026-12-20"},
}
WORDS = {"words": "已和客户讲清楚"}
DETAILS = {
    "start_review": {"verified": "订单和照片核对无误", "liability": "company", "cause": "product_quality"},
    "reject": {"ground": "too_late", "reason": "超过期限"},
    "approve": WORDS | {"mode": "courier", "payer": "company"},
    "approve_refund_only": WORDS | {"amount": Decimal(100), "payee_name": "张伟", "payee_account": "zw@alipay"},
    "approve_unshipped": WORDS | {"printed": True},
    "recalled": WORDS | {"outcome": "withdrawn"},
    "recall_failed": WORDS,
    "lose": WORDS | {"to": S.REFUND_DUE},
    "refuse_parcel": {"reason": "到付件"},
    "reopen": {"reason": "客户再次申请"},
    "receive": WORDS | {"voucher_present": True},
    "inspect": {"place": "总仓", "traces": "none", "cause": "product_quality", "findings": "锁舌断裂"},
    "inspection_ok": WORDS | {"option": "refund"},
    "inspection_bad": WORDS,
    "resolve_failed": WORDS | {"to": S.REFUND_DUE},
    "refund": {"means": "transfer", "reference": "B-2026-1"},
    "to_repair": {"repair_number": "WX2611300001"},
    "cancel": {"reason": "客户改变主意"},
    "answer": WORDS | {"channel": "wechat"},
    "confirm_address": {"address": "湖滨大道 18 号 3 栋"},
    "take_top_up": {"reference": "补差 80"},
    "order_remake": {"remake_number": "BJ-1", "promised_on": timezone.localdate() + timezone.timedelta(days=20)},
    "set_payee": {"payee_name": "张伟", "payee_account": "6222 0000"},
    "trace_parcel": WORDS,
    "call_platform": {"reason": "客户申请小二介入"},
    "tell_customer": WORDS | {"channel": "phone"},
    "add_note": {"text": "客户下午在家"},
    "make_promise": {"kind": "reply", "what": "下午回电"},
    "attach_files": {},
    "issue_link": {"token_hash": "f" * 64},
    "lapse": {"reason": "未寄回"},
}


def arrange(verb, request, carrier, person_):  # noqa: C901 — a table, read line by line
    """What must be there for the verb to succeed, and its arguments."""
    details = DETAILS.get(verb, {})
    match verb:
        case "approve":
            photo_of(request)
        case "enter_tracking" | "ship_exchange" | "send_back":
            details = {"carrier": carrier, "number": "SF9009"}
        case "resend":
            details = WORDS | {"carrier": carrier, "number": "EMS9011", "trouble": "undeliverable"}
        case "advance_exchange":
            parcel_back(request)
            details = {"carrier": carrier, "number": "SF9010", "reason": "客户急用"}
        case "trace_parcel":
            parcel_back(request)
        case "receive" | "lose":
            ReturnLine.objects.update(approved=2)
        case "inspection_ok":
            ReturnLine.objects.update(approved=2, received=2)
        case "resolve_failed":
            ReturnLine.objects.update(approved=2, received=2)
            details = details | {"amounts": {request.lines.get().pk: Decimal(300)}}
        case "refund":
            ReturnLine.objects.update(amount=300)
            PayOrder.objects.release(request, Decimal(300), by=person("supervisor"), version=1, now=timezone.now(),
                                     giving="refund", unlimited=True)  # fmt: skip
        case "keep_promise" | "drop_promise":
            promise = Promise.objects.create(matter=request.matter, customer=request.customer, what="回电")
            details = {"promise": promise, "outcome": "已回"}
        case "attach_files":
            details = {"files": [("whole", prepare(upload()))]}
        case "describe_file" | "withdraw_file":
            attachment = Attachment.objects.create(matter=request.matter, customer=request.customer, media="photo")
            about = {"kind": "close_up"} if verb == "describe_file" else {"reason": "传错了"}
            details = {"attachment": attachment} | about
        case "revoke_link":
            CustomerLink.objects.issue(request.matter, by=person_)
    return details


@pytest.fixture
def everybody(ground):
    """Somebody in every role a return passes through."""
    somebody = person("supervisor")
    Tier.objects.create(role="supervisor", limit=500)
    for role in ("parts_clerk", "quality", "finance"):
        somebody.groups.add(*person(role).groups.all())
    return somebody


def test_the_table_names_every_verb():
    declared = {name for name in dir(ReturnRequest) if hasattr(getattr(ReturnRequest, name, None), "_django_fsm")}
    assert declared == set(LIFECYCLE)


@pytest.mark.req("S1-38", "S2-10", "S3-76")
@pytest.mark.parametrize("verb", LIFECYCLE)
def test_the_verb_is_refused_in_every_other_state_and_leaves_no_trace(verb, everybody, ground):
    sources, _target = LIFECYCLE[verb]
    request = ReturnRequestFactory(**FIELDS.get(verb, {}))
    details = arrange(verb, request, ground, everybody)
    others = [status for status in S if status not in sources]
    for status in others:
        ReturnRequest.objects.filter(pk=request.pk).update(status=status, closed_at=timezone.now())
        with pytest.raises(MoveRefused):
            perform(request, verb, by=everybody, **details)
        kept = ReturnRequest.objects.get(pk=request.pk)
        assert (kept.status, kept.version) == (status, 1)
    assert [event.kind for event in Event.objects.filter(action=verb)] == ["refused"] * len(others)
    assert not Payment.objects.exists()


@pytest.mark.req("S1-38", "S2-10", "S3-76")
@pytest.mark.parametrize(("verb", "status"), [(v, s) for v, (states, to) in LIFECYCLE.items() for s in states if to])
def test_the_verb_leads_where_the_contract_says(verb, status, everybody, ground):
    request = ReturnRequestFactory(status=status, **FIELDS.get(verb, {}))
    details = arrange(verb, request, ground, everybody)
    done = perform(request, verb, by=everybody, **details)
    stored = ReturnRequest.objects.get(pk=request.pk)
    assert stored.status == LIFECYCLE[verb][1] == done.record.status
    event = Event.objects.get(action=verb, matter=request.matter)
    assert (event.by, event.actor) == (everybody, "user")
    assert (event.source, event.target) == (status, stored.status)


@pytest.mark.parametrize("verb", [verb for verb, (_sources, target) in LIFECYCLE.items() if target is None])
def test_an_act_leaves_the_state_alone(verb, everybody, ground):
    for status in LIFECYCLE[verb][0] if verb in ("send_back", "advance_exchange") else [min(LIFECYCLE[verb][0])]:
        request = ReturnRequestFactory(status=status, **FIELDS.get(verb, {}))
        details = arrange(verb, request, ground, everybody)
        if "number" in details:
            details = details | {"number": f"SF-{status}"}
            request.parcels.update(number=f"B-{status}")
        perform(request, verb, by=everybody, **details)
        assert ReturnRequest.objects.get(pk=request.pk).status == status
        event = Event.objects.get(action=verb, matter=request.matter, kind__in=["verb", "note", "file"])
        assert (event.source, event.target) == ("", "")


@pytest.mark.parametrize(
    ("verb", "details", "target"),
    [
        ("lose", {"to": S.EXCHANGE_DUE}, S.EXCHANGE_DUE),
        ("inspection_ok", {"option": "exchange"}, S.EXCHANGE_DUE),
        ("inspection_ok", {"option": "repair"}, S.REPAIR_DUE),
        ("resolve_failed", {"to": S.REJECTED}, S.REJECTED),
    ],
)
@pytest.mark.req("S3-85", "S2-75", "S2-71")
def test_the_other_ways_of_a_verb(verb, details, target, everybody):
    [source] = LIFECYCLE[verb][0]
    request = ReturnRequestFactory(status=source)
    ReturnLine.objects.update(approved=2, received=2)
    perform(request, verb, by=everybody, **DETAILS[verb] | details)
    assert ReturnRequest.objects.get(pk=request.pk).status == target
    assert Ledger.objects.get().taken == (0 if target == S.REJECTED else 2)
