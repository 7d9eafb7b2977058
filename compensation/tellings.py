"""How what happens to a compensation reads on the timeline, and what its clocks are called."""

from functools import partial

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.models import Appraisal
from compensation.models import Basis, Compensation, Disposal, Material
from core.amounts import yuan
from payments.models import Giving, Means
from workflow import policies, timeline
from workflow.timeline import listed, name_clock

tell = partial(timeline.tell, of="compensation.Compensation")


def register():
    tell(
        "request",
        _("asked for compensation: %(giving)s, for: %(basis)s"),
        icon="hand-coins",
        giving=Giving,
        basis=Basis,
    )
    tell("ask_appraisal", _("asked %(technician)s to appraise it"), icon="search-check", technician="user")
    tell("appraise", _("appraised it: %(verdict)s"), icon="search-check", verdict=Appraisal.Finding)
    tell("require_visit", _("it takes the large route: a joint visit comes first"), icon="house")
    for verb in ("approve_small", "approve_goodwill", "gm_approve"):
        tell(verb, _("approved %(amount)s in place of %(for)s"), _("approved %(amount)s"), icon="stamp", amount=yuan,
             **{"for": "user"})  # fmt: skip
    tell("reject_small", _("refused it"), icon="circle-x")
    tell("gm_reject", _("refused it"), icon="circle-x")
    tell("send_back", _("sent it back"), icon="undo-2")
    tell("record_agreement", _("agreed with the customer: %(amount)s"), icon="signature", amount=yuan)
    tell("collect_material", _("collected: %(kinds)s"), _("collected nothing"), icon="folder-check", kinds=_kinds)
    tell("submit_to_gm", _("endorsed %(amount)s and put it before the general manager"), icon="arrow-up-from-line",
         amount=yuan)  # fmt: skip
    tell("renegotiate", _("negotiates anew"), icon="rotate-ccw")
    tell("pay", _("paid %(amount)s (%(means)s)"), icon="banknote", amount=yuan, means=Means)
    tell("reverse", _("reversed a payment"), icon="undo-2")
    tell("report", _("reported it to: %(readers)s"), icon="send", readers="user")
    tell("acknowledge", _("has read the report"), icon="eye")
    tell("report_to_group", _("reported it to the group"), icon="arrow-up-from-line")
    tell("answer_group", _("recorded the group's answer"), icon="arrow-down-from-line")
    tell("dispose", _("recorded what became of the product: %(disposal)s"), icon="package-x", disposal=Disposal)
    tell("fill_write_off", _("filled in the write-off declaration"), icon="file-pen-line")
    tell("declare_write_off", _("booked the write-off"), icon="book-check")
    tell("amend", _("changed %(fields)s: earlier approvals are void"), icon="pencil", fields=_fields)
    tell("cancel", _("cancelled the compensation"), icon="circle-x")
    for kind, label in (("payout", pgettext_lazy("clock", "Payment")), ("report", pgettext_lazy("clock", "Report"))):
        name_clock(kind, label)
        policies.clock(kind, label)


def _kinds(kinds):
    return listed(Material(kind).label for kind in kinds)


def _fields(names):
    return listed(Compensation._meta.get_field(name).verbose_name for name in names)
