"""Who may do what: see matrix.py for how a row is written."""

from tests.rights import objects
from tests.rights.harness import R, having

UNBOOKED = {"technician"}  # sees the customers of his bookings only
CONSENTS_NOTED_BY = having("customers.add_consent")

FILES_NOTED_IN_BY = having("workflow.add_event")

PRIVACY = [
    R("workflow:file-note", of=objects.customer, get=FILES_NOTED_IN_BY, post=FILES_NOTED_IN_BY, unseen=UNBOOKED),
    R("customers:consents", of=objects.customer, get=CONSENTS_NOTED_BY, post=CONSENTS_NOTED_BY, unseen=UNBOOKED),
]
