"""Who may do what on the pages of deliveries: the declaration is here, the code is tried against it."""

from tests.factories.cases import MatterFactory
from tests.factories.customers import CustomerFactory, OrderFactory
from tests.factories.deliveries import DeliveryFactory, LeadTimeFactory
from tests.rights.harness import R, having


def delivery(world, region):
    return DeliveryFactory(matter=MatterFactory(customer=CustomerFactory(region=region)))


def order(world, region):
    return OrderFactory(customer=CustomerFactory(region=region))


def lead_time(world, region):
    return LeadTimeFactory()


READS, PROMISES, FOLLOWS, APPROVES = (f"cases.{verb}_deliveryissue" for verb in ("view", "open", "follow", "approve"))
RIGHT_OF = {
    "set-date": PROMISES,
    "approve-date": APPROVES,
    "refuse-date": APPROVES,
    "check-order": FOLLOWS,
    "record-progress": FOLLOWS,
    "move-date": FOLLOWS,
    "tell-customer": PROMISES,
    "ship": FOLLOWS,
    "trace-waybill": FOLLOWS,
    "send-notice": FOLLOWS,
    "dispute-fee": PROMISES,
    "settle-fee": APPROVES,
    "pick-up": PROMISES,
    "pick-up-damaged": PROMISES,
    "claim-carrier": "payments.record_claim",
    "settle-damage": PROMISES,
    "cancel": PROMISES,
    "add-note": "workflow.add_event",
    "attach-files": "workflow.add_attachment",
    "describe-file": "workflow.add_attachment",
    "withdraw-file": "workflow.withdraw_attachment",
}
UNSEEN = {"technician"}  # sent to visits, not to deliveries
SEEN = having(READS)
DELIVERIES = [
    R("cases:deliveries", get=SEEN),
    R("cases:delivery-queue", of=lambda world, region: ("check",), shared=True, get=having(FOLLOWS)),
    R("cases:delivery-new", of=order, unseen=UNSEEN, get=having(PROMISES), post=having(PROMISES)),
    R("cases:deliveryissue", of=delivery, unseen=UNSEEN, get=SEEN),
    R("cases:deliveryissue-colleagues", of=delivery, unseen=UNSEEN, get=SEEN),
    R("cases:deliveryissue-files", of=delivery, unseen=UNSEEN, get=SEEN),
    *(
        R(f"cases:deliveryissue-{verb}", of=delivery, unseen=UNSEEN, get=having(right), post=having(right),
          shown={200, 409}, why="409: refused in this state, to who has the right")
        for verb, right in RIGHT_OF.items()
    ),
    R("cases:lead-times", get=having("cases.view_leadtime")),
    R("cases:lead-time-new", get=having("cases.change_leadtime"), post=having("cases.change_leadtime")),
    R(
        "cases:lead-time-edit", of=lead_time, shared=True, get=having("cases.change_leadtime"),
        post=having("cases.change_leadtime"),
    ),
]  # fmt: skip
