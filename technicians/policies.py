"""What a deadline policy about work orders can say, for the form that edits it (workflow.policies)."""

from django.utils.translation import pgettext_lazy

from technicians.models import choices
from workflow import policies

KINDS = {
    "send": pgettext_lazy("clock", "somebody is sent"),
    "on_site": pgettext_lazy("clock", "somebody is on site"),
    "agree": pgettext_lazy("clock", "a time is agreed with the customer"),
    "done": pgettext_lazy("clock", "the work is done"),
}


def register():
    for kind, label in KINDS.items():
        policies.clock(kind, label)
    policies.dimension("order", pgettext_lazy("work order", "Kind of order"), lambda: choices.Kind.choices)
