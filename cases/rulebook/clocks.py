"""What a deadline policy about complaints can say, for the form that edits it (workflow.policies)."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Region
from cases.models import Complaint, ComplaintClass, choices
from customers import marks
from customers.models import Customer
from workflow import policies

KINDS = {
    "plan": pgettext_lazy("clock", "a plan is proposed"),
    "first_reply": pgettext_lazy("clock", "the customer gets a first reply"),
    "question": pgettext_lazy("clock", "a question is answered"),
    "contact": pgettext_lazy("clock", "the customer is called"),
    "resolve": pgettext_lazy("clock", "the matter is settled"),
    "serious": pgettext_lazy("clock", "a serious complaint is pushed on"),
    "check_in": pgettext_lazy("clock", "the customer hears how it goes"),
    "follow_up": pgettext_lazy("clock", "the follow-up call is made"),
}


def register():
    for kind, label in KINDS.items():
        policies.clock(kind, label)
    policies.dimension("type", pgettext_lazy("complaint", "Kind"), lambda: choices.Type.choices)
    policies.dimension("class", pgettext_lazy("complaint", "Class"), _classes)
    policies.dimension("severity", pgettext_lazy("complaint", "Severity"), lambda: choices.Severity.choices)
    policies.dimension("urgency", _("Urgency"), lambda: choices.Urgency.choices)
    policies.dimension("channel", _("Channel"), lambda: choices.Channel.choices)
    policies.dimension("region", _("Region"), lambda: Region.objects.filter(active=True).values_list("code", "name"))
    policies.dimension("vip", _("VIP"), _yes_or_no)
    policies.dimension("member", _("Member"), _yes_or_no)
    policies.dimension("customer", pgettext_lazy("clock", "Old or new customer"), _old_or_new)
    policies.dimension("credit", _("Credit level"), lambda: Customer.CreditLevel.choices)
    policies.may_pause_in(lambda: [(s.value, s.label) for s in Complaint.Status if s not in Complaint.FINAL])


def _yes_or_no():
    return [(marks.YES, _("yes")), (marks.NO, _("no"))]


def _old_or_new():
    return [(marks.OLD, _("Old customer")), (marks.NEW, pgettext_lazy("mark", "New customer"))]


def _classes():
    return [(row.code, str(row)) for row in ComplaintClass.objects.filter(active=True)]
