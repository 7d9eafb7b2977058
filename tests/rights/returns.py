"""Who may do what on the pages of returns, verb by verb: the declaration is here, the code is tried against it."""

from returns.models import Inspection, WrongShipment

from tests.factories.cases import MatterFactory
from tests.factories.customers import CustomerFactory, OrderFactory
from tests.factories.returns import CarrierFactory, ReturnAddressFactory, ReturnPolicyFactory, ReturnRequestFactory
from tests.rights.harness import ALL, OFFICE, R, having


def request(world, region):
    return ReturnRequestFactory(matter=MatterFactory(customer=CustomerFactory(region=region)))


def inspection(world, region):
    of = request(world, region)
    done = Inspection.objects.create(request=of, place="退货仓", traces="none", cause="other", findings="完好")
    return {"pk": of.pk, "inspection": done.pk}


def customer(world, region):
    return CustomerFactory(region=region)


REVIEW, EXCEPT, SHIP, INSPECT, PAY = (
    f"returns.{verb}_returnrequest" for verb in ("review", "except", "ship", "inspect", "refund")
)
RIGHT_OF = {
    "answer": REVIEW,
    "start-review": REVIEW,
    "reject": REVIEW,
    "approve": REVIEW,
    "approve-refund-only": REVIEW,
    "approve-unshipped": REVIEW,
    "recalled": SHIP,
    "recall-failed": SHIP,
    "enter-tracking": REVIEW,
    "advance-exchange": EXCEPT,
    "lapse": REVIEW,
    "reopen": REVIEW,
    "lose": SHIP,
    "refuse-parcel": SHIP,
    "receive": SHIP,
    "inspect": INSPECT,
    "inspection-ok": INSPECT,
    "inspection-bad": INSPECT,
    "resolve-failed": EXCEPT,
    "send-back": SHIP,
    "refund": PAY,
    "ship-exchange": SHIP,
    "resend": SHIP,
    "confirm-exchange": REVIEW,
    "to-repair": REVIEW,
    "cancel": REVIEW,
    "confirm-address": REVIEW,
    "take-top-up": REVIEW,
    "order-remake": SHIP,
    "set-payee": REVIEW,
    "confirm-extension": REVIEW,
    "trace-parcel": REVIEW,
    "call-platform": REVIEW,
    "tell-customer": REVIEW,
    "add-note": "workflow.add_event",
    "attach-files": "workflow.add_attachment",
    "describe-file": "workflow.add_attachment",
    "withdraw-file": "workflow.withdraw_attachment",
    "issue-link": "workflow.add_customerlink",
    "revoke-link": "workflow.add_customerlink",
}
# A technician sees a return only while he is asked to look at it on site.
UNSEEN = {"technician"}
PRINTS = having("returns.print_returnrequest")


def order(world, region):
    return OrderFactory(customer=CustomerFactory(region=region))


def wrong_shipment(world, region):
    return WrongShipment.objects.create(order=order(world, region), region=region, kind="wrong", what="发成右开")


ENTERS = having("returns.add_wrongshipment")


def policy(world, region):
    return ReturnPolicyFactory()


def carrier(world, region):
    return CarrierFactory()


def address(world, region):
    return ReturnAddressFactory()


READS, CHANGES = having("returns.view_returnpolicy"), having("returns.change_returnpolicy")

RETURNS = [
    R("returns:wrong-shipments", get=having("returns.view_wrongshipment")),
    R("returns:wrong-shipment-new", of=order, unseen=UNSEEN, get=ENTERS, post=ENTERS),
    R("returns:wrong-shipment-verify", of=wrong_shipment, unseen=UNSEEN, post=having("returns.verify_wrongshipment")),
    R("returns:wrong-shipment-stock", of=wrong_shipment, unseen=UNSEEN, post=having(SHIP)),
    R("returns:receive-many", get=having(SHIP), post=having(SHIP)),
    R("returns:rules", get=READS),
    R("returns:policy-new", get=CHANGES, post=CHANGES),
    R("returns:policy-edit", of=policy, shared=True, get=CHANGES, post=CHANGES),
    R("returns:carrier-new", get=CHANGES, post=CHANGES),
    R("returns:carrier-edit", of=carrier, shared=True, get=CHANGES, post=CHANGES),
    R("returns:address-new", get=CHANGES, post=CHANGES),
    R("returns:address-edit", of=address, shared=True, get=CHANGES, post=CHANGES),
    R("returns:list", get=ALL),
    R("returns:queue", of=lambda world, region: ("answer",), shared=True, get=having(REVIEW)),
    R(
        "returns:new", of=customer, unseen=UNSEEN, get=having("returns.submit_returnrequest"),
        post=having("returns.submit_returnrequest"),
    ),
    R("returns:returnrequest", of=request, get=OFFICE, unseen=UNSEEN),
    R("returns:returnrequest-colleagues", of=request, get=OFFICE, unseen=UNSEEN),
    R("returns:returnrequest-files", of=request, get=OFFICE, unseen=UNSEEN),
    *(
        R(f"returns:returnrequest-{verb}", of=request, unseen=UNSEEN, get=having(right), post=having(right),
          shown={200, 409}, why="409: refused in this state, to who has the right")
        for verb, right in RIGHT_OF.items()
    ),
    R("returns:request-paper", of=request, get=PRINTS, unseen=UNSEEN),
    R("returns:voucher-paper", of=request, get=PRINTS, unseen=UNSEEN),
    R("returns:inspection-paper", of=inspection, get=PRINTS, unseen=UNSEEN),
]  # fmt: skip
