"""Every verb of a work order in every state: where it leads, who may, and that a refusal leaves no trace."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from technicians.models import WorkOrder
from technicians.models.choices import Criterion
from technicians.models.workorder import ESCALATABLE, OPEN
from workflow.errors import MoveRefused
from workflow.media import prepare
from workflow.models import Attachment, CustomerLink, Event, Promise
from workflow.perform import perform

from tests.factories.cases import person
from tests.factories.customers import PriceItemFactory, ServiceCardFactory, WarrantyPlanFactory
from tests.factories.files import upload
from tests.factories.technicians import (
    TechnicianFactory,
    WorkOrderFactory,
    photograph,
    quote_for,
    send,
    tomorrow,
)

S = WorkOrder.Status
pytestmark = pytest.mark.django_db
EVERY, RUNNING = set(S), set(OPEN)
CREW, OFFICE, PARTS, HUB = "technician", "agent", "parts_clerk", "dispatcher"

# Verb → the states it may start from → the state it leads to (None: the state stays) → who does it.
LIFECYCLE = {
    "dispatch": ({S.ACCEPTED}, S.DISPATCHED, HUB),
    "acknowledge": ({S.DISPATCHED}, S.ACKNOWLEDGED, CREW),
    "refuse": ({S.DISPATCHED}, S.ACCEPTED, CREW),
    "reassign": ({S.DISPATCHED, S.ACKNOWLEDGED}, S.DISPATCHED, HUB),
    "arrive": ({S.ACKNOWLEDGED}, S.ON_SITE, CREW),
    "quote": ({S.ON_SITE}, S.QUOTED, CREW),
    "confirm_quote": ({S.QUOTED}, S.IN_PROGRESS, CREW),
    "start_free": ({S.ON_SITE}, S.IN_PROGRESS, CREW),
    "decline_quote": ({S.QUOTED}, S.CANCELLED, CREW),
    "requote": ({S.QUOTED, S.IN_PROGRESS}, S.ON_SITE, CREW),
    "wait_parts": ({S.IN_PROGRESS, S.ON_SITE}, S.WAITING_PARTS, CREW),
    "parts_arrived": ({S.WAITING_PARTS}, S.ACKNOWLEDGED, PARTS),
    "ship_for_self_fit": ({S.ACCEPTED}, S.PART_SHIPPED, PARTS),
    "confirm_self_fit": ({S.PART_SHIPPED}, S.CUSTOMER_ACCEPTED, OFFICE),
    "self_fit_failed": ({S.PART_SHIPPED}, S.ACCEPTED, OFFICE),
    "reschedule": ({S.DISPATCHED, S.ACKNOWLEDGED, S.ON_SITE}, S.RESCHEDULED, CREW),
    "redispatch": ({S.RESCHEDULED}, S.DISPATCHED, HUB),
    "escalate": (set(ESCALATABLE), S.ESCALATED, CREW),
    "supervisor_decide": ({S.ESCALATED}, S.WAITING_PARTS, HUB),
    "cancel": ({S.ACCEPTED, S.DISPATCHED, S.ACKNOWLEDGED, S.RESCHEDULED, S.WAITING_PARTS}, S.CANCELLED, OFFICE),
    "complete": ({S.IN_PROGRESS}, S.COMPLETED, CREW),
    "fail_acceptance": ({S.COMPLETED, S.CUSTOMER_ACCEPTED}, S.REWORK, OFFICE),
    "resume": ({S.REWORK}, S.IN_PROGRESS, CREW),
    "customer_accept": ({S.COMPLETED}, S.CUSTOMER_ACCEPTED, CREW),
    "close": ({S.CUSTOMER_ACCEPTED}, S.CLOSED, OFFICE),
    # Acts: the state stays.
    "tick_off": ({S.IN_PROGRESS}, None, CREW),
    "report_incident": (
        {S.ON_SITE, S.QUOTED, S.IN_PROGRESS, S.WAITING_PARTS, S.ESCALATED, S.COMPLETED, S.REWORK},
        None,
        CREW,
    ),
    "explain": (RUNNING, None, CREW),
    "collect_fee": ({S.IN_PROGRESS, S.COMPLETED, S.CUSTOMER_ACCEPTED}, None, CREW),
    "agree_disposal": (
        {S.ON_SITE, S.QUOTED, S.IN_PROGRESS, S.WAITING_PARTS, S.COMPLETED, S.CUSTOMER_ACCEPTED},
        None,
        CREW,
    ),
    "add_note": (EVERY, None, OFFICE),
    "make_promise": (EVERY, None, OFFICE),
    "keep_promise": (EVERY, None, OFFICE),
    "drop_promise": (EVERY, None, OFFICE),
    "attach_files": (EVERY, None, CREW),
    "describe_file": (EVERY, None, CREW),
    "withdraw_file": (EVERY, None, OFFICE),
    "issue_link": (RUNNING, None, OFFICE),
    "revoke_link": (EVERY, None, OFFICE),
}


def settled():
    return {"settled_by": timezone.now() + timedelta(days=3), "addressee": "张伟", "reason": "五金要返厂"}


def arrange(verb, order, technician):  # noqa: C901 — a table, read line by line
    """What must be there for the verb to succeed, and its arguments."""
    starts_at, ends_at = tomorrow()
    window = {"window_from": starts_at, "window_until": ends_at}
    match verb:
        case "dispatch" | "redispatch":
            return {"technician": TechnicianFactory()} | window
        case "reassign":
            return {"technician": TechnicianFactory(), "reason": "陈师傅车坏了"} | window
        case "parts_arrived":
            return {"words": "锁体到货，客户明早在家"} | window
        case "acknowledge" | "resume" | "confirm_self_fit":
            return {"words": "已和客户通话"}
        case "refuse" | "decline_quote" | "requote" | "cancel" | "self_fit_failed":
            return {"reason": "有新情况"}
        case "quote":
            item = PriceItemFactory()
            item.amount = Decimal(80)
            return {"situation": "锁舌弯了", "difficulty": "easy", "wanted": [(item, 1)], "human_damage": True}
        case "confirm_quote":
            quote_for(order, technician.user)
            photograph(order, technician.user, kind="before")
            return {"name": "张伟", "how": "spoken"}
        case "start_free":
            photograph(order, technician.user, kind="before")
            WarrantyPlanFactory()
            WorkOrder.objects.filter(pk=order.pk).update(card=ServiceCardFactory(customer=order.customer))
            return {"situation": "合页松了", "difficulty": "easy", "human_damage": False}
        case "wait_parts":
            return {"part": "磁吸锁体一只", "agreed": True}
        case "ship_for_self_fit":
            return {"part": "合页一副", "carrier": "顺丰", "tracking": "SF1023", "guide": True}
        case "reschedule":
            return {"why": "customer_asks", "agreed": True, "words": "客户要周六"}
        case "escalate" | "explain":
            return settled()
        case "supervisor_decide":
            return {"to": S.WAITING_PARTS, "decision": "返厂换锁"}
        case "complete":
            photograph(order, technician.user)
            return {"cause": "锁舌变形", "work_done": "换锁体", "advice": "轻关门", "tested": True, "cleaned": True}
        case "fail_acceptance":
            return {"failed": [Criterion.BLENDS], "reason": "补漆有色差"}
        case "customer_accept":
            return {"name": "张伟", "opinion": "satisfied", "met": Criterion.values, "words": "挺好"}
        case "close":
            WorkOrder.objects.filter(pk=order.pk).update(work_done="换锁体")
            return {"satisfied": True, "words": "电话确认满意"}
        case "collect_fee":
            quote_for(order, technician.user, confirmed_at=timezone.now())
            return {"amount": 80, "means": "cash"}
        case "agree_disposal":
            return {"item": "旧门扇", "way": "带回报废", "name": "张伟", "how": "spoken"}
        case "add_note":
            return {"text": "客户下午在家"}
        case "make_promise":
            return {"kind": "reply", "what": "下午回电"}
        case "keep_promise" | "drop_promise":
            promise = Promise.objects.create(matter=order.matter, customer=order.customer, what="回电")
            return {"promise": promise, "outcome": "已回"}
        case "tick_off":
            return {"ticked": []}
        case "report_incident":
            return {"reason": "梯子滑倒"}
        case "attach_files":
            return {"files": [("before", prepare(upload()))]}
        case "describe_file" | "withdraw_file":
            attachment = Attachment.objects.create(matter=order.matter, customer=order.customer, media="photo")
            about = {"kind": "close_up"} if verb == "describe_file" else {"reason": "传错了"}
            return {"attachment": attachment} | about
        case "issue_link":
            return {"token_hash": f"{order.pk:064}"}
        case "revoke_link":
            CustomerLink.objects.issue(order.matter, by=technician.user)
    return {}


def test_the_table_names_every_verb():
    declared = {name for name in dir(WorkOrder) if hasattr(getattr(WorkOrder, name, None), "_django_fsm")}
    assert declared == set(LIFECYCLE)


@pytest.fixture
def people(technician):
    return {CREW: technician.user} | {role: person(role) for role in (OFFICE, PARTS, HUB)}


def try_out(verb, status, people, technician):
    sources, target, role = LIFECYCLE[verb]
    order, by = WorkOrderFactory(status=status), people[role]
    send(order, technician)
    details = arrange(verb, order, technician)
    if status not in sources:
        with pytest.raises(MoveRefused):
            perform(order, verb, by=by, **details)
        kept = WorkOrder.objects.get(pk=order.pk)
        assert (kept.status, kept.version) == (status, 1)
        assert [e.kind for e in Event.objects.filter(action=verb, matter=order.matter)] == ["refused"]
        return
    done = perform(order, verb, by=by, **details)
    stored = WorkOrder.objects.get(pk=order.pk)
    assert stored.status == (target or status) == done.record.status
    event = Event.objects.get(action=verb, matter=order.matter)
    assert (event.by, event.actor) == (by, "user")
    moved = target not in (None, status)
    assert (event.source, event.target) == ((status, target) if moved else ("", ""))
    assert event.note or not moved


@pytest.mark.req("S1-61", "S1-63", "S1-64", "S2-128", "S2-133", "S2-137", "S2-139", "S3-27", "S3-67")
@pytest.mark.parametrize("verb", [verb for verb in LIFECYCLE if verb not in ("issue_link", "revoke_link")])
def test_every_verb_in_every_state(verb, people, technician):
    for status in S:
        try_out(verb, status, people, technician)


WORK = [verb for verb, (_sources, _target, role) in LIFECYCLE.items() if role == CREW and verb != "attach_files"]


@pytest.mark.parametrize("verb", [verb for verb in WORK if verb != "describe_file"])
def test_nobody_works_on_an_order_he_is_not_sent_to(verb, people, technician):
    source = sorted(LIFECYCLE[verb][0])[0]
    order = WorkOrderFactory(status=source)
    send(order, technician)
    details = arrange(verb, order, technician)
    with pytest.raises(PermissionDenied):
        perform(order, verb, by=TechnicianFactory().user, **details)
    assert WorkOrder.objects.get(pk=order.pk).status == source


@pytest.mark.req("S1-64", "S3-100")
def test_the_agent_closes_and_never_who_worked_on_it(technician, agent):
    order = WorkOrderFactory(status=S.CUSTOMER_ACCEPTED, work_done="换锁体")
    send(order, technician)
    technician.user.groups.add(*agent.groups.all())
    closing = {"satisfied": True, "words": "客户满意"}
    with pytest.raises(PermissionDenied):
        perform(order, "close", by=type(agent).objects.get(pk=technician.user_id), **closing)
    assert perform(order, "close", by=agent, **closing).record.status == S.CLOSED
