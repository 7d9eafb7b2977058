"""Who may do what: see matrix.py for how a row is written."""

from django.utils import timezone

from customers.models import Due, Erasure, Retention

from tests.rights import objects
from tests.rights.harness import R, having

UNBOOKED = {"technician"}  # sees the customers of his bookings only
FILES_NOTED_IN_BY = having("workflow.add_event")
CONSENTS_NOTED_BY = having("customers.add_consent")
DATA_UNMASKED_BY = having("customers.unmask_customer")
DATA_HANDED_OUT_BY = having("customers.hand_out_customer")
ERASURES_ASKED_BY = having("customers.add_erasure")
ERASURES_READ_BY = having("customers.view_erasure")
ERASURES_DECIDED_BY = having("customers.approve_erasure")
DUES_DECIDED_BY = having("customers.decide_due")
PERIODS_CHANGED_BY = having("customers.change_retention")


def request_to_erase(world, region):
    return Erasure.objects.create(customer=objects.customer(world, region))


def kept_long_enough(world, region):
    return Due.objects.create(customer=objects.customer(world, region), kind="file", last_heard_at=timezone.now())


def period(world, region):
    return Retention.objects.get_or_create(kind="file", defaults={"months": 60})[0]


PRIVACY = [
    R("workflow:file-note", of=objects.customer, get=FILES_NOTED_IN_BY, post=FILES_NOTED_IN_BY, unseen=UNBOOKED),
    R("customers:consents", of=objects.customer, get=CONSENTS_NOTED_BY, post=CONSENTS_NOTED_BY, unseen=UNBOOKED),
    R("customers:unmask", of=objects.customer, get=DATA_UNMASKED_BY, post=DATA_UNMASKED_BY, unseen=UNBOOKED),
    R("customers:access", of=objects.customer, get=having("customers.view_access"), unseen=UNBOOKED),
    R("customers:hand-out", of=objects.customer, get=DATA_HANDED_OUT_BY, post=DATA_HANDED_OUT_BY, unseen=UNBOOKED),
    R("customers:erase", of=objects.customer, get=ERASURES_ASKED_BY, post=ERASURES_ASKED_BY, unseen=UNBOOKED),
    R("customers:erasures", get=ERASURES_READ_BY),
    R("customers:erasure", of=request_to_erase, get=ERASURES_READ_BY, post=ERASURES_DECIDED_BY, unseen=UNBOOKED),
    R("customers:due-list", get=DUES_DECIDED_BY),
    R("customers:due", of=kept_long_enough, get=DUES_DECIDED_BY, post=DUES_DECIDED_BY, unseen=UNBOOKED),
    R("customers:retentions", get=having("customers.view_retention")),
    R("customers:retention", of=period, shared=True, get=PERIODS_CHANGED_BY, post=PERIODS_CHANGED_BY),
]
