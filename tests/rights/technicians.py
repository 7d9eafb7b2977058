"""Who may do what with work orders, verb by verb: the declaration is here, the code is tried against it."""

from django.utils import timezone

from technicians.models import Checklist, Fee, HandIn, OrderExplanation, grant_leave

from tests.factories.cases import MatterFactory, person
from tests.factories.customers import CustomerFactory
from tests.factories.technicians import TechnicianFactory, WorkOrderFactory
from tests.rights.harness import ALL, NOBODY, SEERS, R, having


def order(world, region):
    return WorkOrderFactory(matter=MatterFactory(customer=CustomerFactory(region=region)), slips=1)


def explanation(world, region):
    about, now = order(world, region), timezone.now()
    by = person("agent", region=region)
    row = OrderExplanation.objects.create(order=about, reason="缺件", settled_by=now, addressee="张伟", by=by, at=now)
    return {"pk": about.pk, "explanation": row.pk}


def receipt(world, region):
    about, by = order(world, region), person("technician", region=region)
    fee = Fee.objects.create(
        order=about, number=f"SJ{about.pk}", amount=80, means="cash", collected_by=by, collected_at=timezone.now()
    )
    return {"pk": about.pk, "fee": fee.pk}


def technician(world, region):
    return TechnicianFactory(region=region)


def checklist(world, region):
    return Checklist.objects.create(name="安全", required="戴手套")


def leave(world, region):
    one = technician(world, region)
    day = timezone.localdate()
    given = grant_leave(one, first_on=day, last_on=day, reason="事假", by=person("dispatcher", region=region))
    return {"pk": one.pk, "leave": given.pk}


def hand_in_of(world, user):
    """What this person handed in; finance and whoever sees everything see everybody's."""
    return HandIn.objects.create(number=f"JK{user.pk}{HandIn.objects.count()}", amount=80, created_by=user)


def somebodys_hand_in(world, region):
    return hand_in_of(world, person("technician", region=region))


UNSENT = {"technician"}  # sees the orders he is sent to only
SEE, PRINT = having("technicians.view_workorder"), having("technicians.print_workorder")
ROSTER, MANAGE = having("technicians.view_roster"), having("technicians.manage_technician")
LISTS_READ, LISTS_SET = having("technicians.view_checklist"), having("technicians.change_checklist")
HANDED, RECEIVE = having("technicians.hand_in_fee"), having("technicians.receive_handin")
ACCEPT = having("technicians.accept_workorder")
HANDLE, SENT = "technicians.handle_workorder", "technicians.dispatch_workorder"
SUPPLY = "technicians.supply_workorder"
# Verb → the right of the office to it; "" where only the crew may. A GET answers 409 where the state does not allow it.
RIGHT_OF = {
    "dispatch": SENT,
    "redispatch": SENT,
    "reassign": SENT,
    "supervisor-decide": "technicians.decide_workorder",
    "acknowledge": "",
    "refuse": "",
    "arrive": "",
    "start-free": "",
    "quote": "",
    "confirm-quote": "",
    "decline-quote": "",
    "requote": "",
    "wait-parts": "",
    "parts-arrived": SUPPLY,
    "ship-for-self-fit": SUPPLY,
    "confirm-self-fit": HANDLE,
    "self-fit-failed": HANDLE,
    "reschedule": HANDLE,
    "escalate": HANDLE,
    "explain": HANDLE,
    "cancel": HANDLE,
    "tick-off": "",
    "report-incident": HANDLE,
    "complete": "",
    "fail-acceptance": HANDLE,
    "resume": "",
    "customer-accept": HANDLE,
    "close": "technicians.close_workorder",
    "collect-fee": HANDLE,
    "agree-disposal": HANDLE,
    "add-note": "workflow.add_event",
    "make-promise": "workflow.make_promise",
    "keep-promise": "workflow.make_promise",
    "drop-promise": "workflow.make_promise",
    "attach-files": "workflow.add_attachment",
    "describe-file": "workflow.add_attachment",
    "withdraw-file": "workflow.withdraw_attachment",
    "issue-link": "workflow.add_customerlink",
    "revoke-link": "workflow.add_customerlink",
}


def verb(slug):
    right = RIGHT_OF[slug]
    may = having(right) if right else NOBODY
    return R(f"technicians:workorder-{slug}", of=order, get=may, post=may, unseen=UNSENT, shown={200, 409})


TECHNICIANS = [
    R("technicians:orders", get=SEE),
    R("technicians:accept", get=ACCEPT, post=ACCEPT, shown=200),
    R("technicians:order", of=order, get=ALL, unseen=UNSENT),
    R("technicians:job", of=order, get=NOBODY, unseen=UNSENT, why="the crew's own; tried in tests/technicians"),
    *[verb(slug) for slug in RIGHT_OF],
    R("technicians:acceptance-paper", of=order, get=PRINT, unseen=UNSENT),
    R("technicians:slip-paper", of=order, get=PRINT, unseen=UNSENT),
    R("technicians:sheet-paper", of=order, get=PRINT, unseen=UNSENT),
    R("technicians:explanation-paper", of=explanation, get=PRINT, unseen=UNSENT),
    R("technicians:receipt-paper", of=receipt, get=PRINT, unseen=UNSENT),
    R("technicians:today", get=having("technicians.work_workorder")),
    R("technicians:outbox", get=having("technicians.work_workorder")),
    R("technicians:line", get=having("technicians.work_workorder")),
    R("technicians:my-month", get=having("technicians.work_workorder")),
    R("technicians:worker", get=ALL, public=True, why="a script of ours, asked for by the browser itself"),
    R("technicians:manifest", get=ALL, public=True, why="name and icon, no data"),
    R("technicians:hand-ins", get=HANDED | RECEIVE),
    R("technicians:hand-in-new", post=HANDED),
    R("technicians:hand-in", of=somebodys_hand_in, shared=True, get=HANDED | RECEIVE, unseen=ALL - SEERS),
    R("technicians:hand-in-receive", of=somebodys_hand_in, shared=True, get=RECEIVE, post=RECEIVE, unseen=ALL - SEERS),
    R("technicians:register", get=ROSTER),
    R("technicians:register-file", get=ROSTER & having("core.make_tableexport")),
    R("technicians:checklists", get=LISTS_READ),
    R("technicians:checklist-new", get=LISTS_SET, post=LISTS_SET),
    R("technicians:checklist-edit", of=checklist, shared=True, get=LISTS_SET, post=LISTS_SET),
    R("technicians:technicians", get=ROSTER),
    R("technicians:roster", get=ROSTER),
    R("technicians:roster-paper", get=ROSTER),
    R("technicians:technician-new", get=MANAGE, post=MANAGE),
    R("technicians:technician", of=technician, get=ROSTER, unseen=UNSENT),
    R("technicians:technician-edit", of=technician, get=MANAGE, post=MANAGE, unseen=UNSENT),
    R("technicians:certificate-new", of=technician, get=MANAGE, post=MANAGE, unseen=UNSENT),
    R("technicians:leave-new", of=technician, get=MANAGE, post=MANAGE, unseen=UNSENT),
    R("technicians:leave-cancel", of=leave, post=MANAGE, unseen=UNSENT),
]
