"""How what happens to a return reads on the timeline, and what its clocks are called."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.models.choices import Cause
from returns.models import Parcel, ReturnRequest, choices
from workflow.models import Promise
from workflow.timeline import kind, name_clock, tell

PASSED = {True: _("with its voucher"), False: _("without its voucher")}
OF = "returns.ReturnRequest"


def register():
    kind("return", lambda: ReturnRequest.objects.only("number"))
    _way_there()
    _way_back()
    _acts()
    _clocks()


def _tell(verb, *sentences, icon, **values):
    tell(verb, *sentences, icon=icon, of=OF, **values)


def _way_there():
    _tell(
        "submit",
        _("took up a request (%(kind)s): %(reason)s"),
        icon="package",
        kind=choices.Kind,
        reason=choices.Reason,
    )
    _tell("answer", _("answered the customer (%(channel)s)"), icon="message-circle-reply", channel=Promise.Channel)
    _tell("start_review", _("checked it with the customer: %(liability)s answers for it, %(cause)s"), icon="scale",
          liability=choices.Liability, cause=Cause)  # fmt: skip
    _tell("reject", _("turned it down: %(ground)s"), icon="circle-x", ground=choices.Ground)
    _tell("approve", _("agreed to the return (%(mode)s); postage: %(payer)s"), icon="circle-check", mode=choices.Mode,
          payer=choices.Payer)  # fmt: skip
    _tell("approve_refund_only", _("agreed to a refund without return: %(purpose)s"), icon="circle-check",
          purpose=choices.Purpose)  # fmt: skip
    _tell("approve_unshipped", _("had the order held back"), icon="package-x")
    _tell("recalled", _("the order was held back: %(outcome)s"), icon="package-x", outcome=choices.RecallOutcome)
    _tell("recall_failed", _("the order had gone out already"), icon="truck")
    _tell("enter_tracking", _("the goods are on their way back"), icon="truck")
    _tell("advance_exchange", _("sent the exchange before the goods were back"), icon="truck")
    _tell("lapse", _("lapsed: the goods were not sent in time"), icon="hourglass")
    _tell("lose", _("the parcel was lost; next: %(to)s"), icon="package-x", to=ReturnRequest.Status)
    _tell("refuse_parcel", _("refused the parcel"), icon="package-x")


def _way_back():
    _tell("receive", _("received the goods, %(voucher)s"), _("received the goods"), icon="package-open",
          voucher=lambda present: PASSED[present])  # fmt: skip
    _tell(
        "inspect",
        _("inspected the goods: %(traces)s, %(cause)s"),
        icon="search-check",
        traces=choices.Traces,
        cause=Cause,
    )
    _tell(
        "inspection_ok", _("confirmed what was claimed; agreed: %(option)s"), icon="check-check", option=choices.Option
    )
    _tell("inspection_bad", _("found it not as claimed"), icon="search-x")
    _tell("resolve_failed", _("settled it with the customer; next: %(to)s"), icon="handshake", to=ReturnRequest.Status)
    _tell("send_back", _("sent the goods back to the customer"), icon="undo-2")
    _tell("refund", _("paid the refund"), icon="banknote")
    _tell("ship_exchange", _("sent the exchange"), icon="truck")
    _tell("resend", _("sent the exchange anew (%(trouble)s); the difference: %(payer)s"),
          _("sent the exchange anew (%(trouble)s)"), icon="truck", trouble=Parcel.Trouble, payer=choices.Payer)  # fmt: skip
    _tell("confirm_exchange", _("the exchange has arrived"), icon="package-check")
    _tell("to_repair", _("handed it over to repair"), icon="wrench")
    _tell("cancel", _("the customer keeps the goods"), icon="circle-x")


def _acts():
    _tell("confirm_address", _("confirmed the delivery address with the customer"), icon="map-pin")
    _tell("take_top_up", _("the top-up was paid"), icon="banknote")
    _tell("order_remake", _("had the exchange made"), icon="factory")
    _tell("set_payee", _("noted where the money goes"), icon="banknote")
    _tell("confirm_extension", _("extended the transaction"), icon="calendar-plus")
    _tell("trace_parcel", _("asked after the parcel: %(trouble)s"), _("asked after the parcel"), icon="truck",
          trouble=Parcel.Trouble)  # fmt: skip
    _tell("call_platform", _("the customer called the platform in"), icon="gavel")
    _tell("tell_customer", _("told the customer how it stands (%(channel)s)"), icon="phone", channel=Promise.Channel)


def _clocks():
    name_clock("return_answer", pgettext_lazy("clock", "Answer"))
    name_clock("return_tracking", pgettext_lazy("clock", "Goods to be sent back"))
    name_clock("return_recall", pgettext_lazy("clock", "Hold back"))
    name_clock("return_inspect", pgettext_lazy("clock", "Inspect"))
    name_clock("return_refund", pgettext_lazy("clock", "Refund"))
    name_clock("return_ship", pgettext_lazy("clock", "Send the exchange"))
    name_clock("transaction", pgettext_lazy("clock", "Transaction extended until"))
