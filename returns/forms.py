"""The forms of a return's moves. Each names the fields its verb takes."""

from decimal import Decimal

from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from cases.forms import pick, text_area, yes_no
from cases.models.choices import Cause
from core.forms import DayField, LineField, MoneyField
from payments.models import Means
from returns import refunds
from returns.models import Carrier, Parcel, ReturnRequest, choices
from workflow.forms import MoveForm
from workflow.models import Promise

User = get_user_model()
S = ReturnRequest.Status
PAID_BY = [(means.value, means.label) for means in (Means.TRANSFER, Means.ALIPAY, Means.WECHAT, Means.CASH)]


def accepted_carriers():
    return forms.ModelChoiceField(label=_("Carrier"), queryset=Carrier.objects.filter(accepted=True))


def pieces(line, most, label, **kwargs):
    """How many pieces of a line, up to ``most``."""
    return forms.IntegerField(
        label=f"{label} · {line.order_line.product}", min_value=0, max_value=most, help_text=f"≤ {most}", **kwargs
    )


class LinesForm(MoveForm):
    """A form that asks something of every line; ``of_lines`` gives the answers by line."""

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.lines = list(record.full_lines())

    def ask(self, name, field_of, initial_of):
        """One field for each line, named ``<name>-<line key>``."""
        for line in self.lines:
            self.fields[f"{name}-{line.pk}"] = field_of(line)
            self.initial.setdefault(f"{name}-{line.pk}", initial_of(line))

    def of_lines(self, name):
        return {line.pk: self.cleaned_data[f"{name}-{line.pk}"] for line in self.lines}

    def details(self, *names):
        asked = {f"{name}-{line.pk}" for name in names for line in self.lines}
        plain = {name: value for name, value in super().details().items() if name not in asked}
        return plain | {name: self.of_lines(name) for name in names}

    def add_error(self, field, error):
        """What a verb says against all the lines together stands at the first of them."""
        if field is not None and field not in self.fields:
            field = next((name for name in self.fields if name.startswith(f"{field}-")), None)
        super().add_error(field, error)


class AnswerForm(MoveForm):
    version = None

    channel = pick(_("By"), Promise.Channel.choices, initial="phone")
    words = text_area(_("What was said"))


class StartReviewForm(MoveForm):
    verified = text_area(_("What was checked with the customer"), help_text=_("Order, goods and problem."))
    liability = pick(_("Who answers for it"), choices.Liability.choices[1:])
    cause = pick(_("Cause"), Cause.choices)
    true_reason = LineField(label=_("Why he really asks"), max_length=200, required=False)
    is_evident = yes_no(_("Evident difference that affects normal use?"), required=False)
    list_checked = forms.BooleanField(
        label=_("Packing list checked, not sent in parts"),
        required=False,
        help_text=_("The parcel was whole: have all that came weighed, and photographed on the scales."),
    )
    weight = LineField(label=_("Weight of all that came"), max_length=40, required=False)

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        if record.reason != choices.Reason.NOT_AS_DESCRIBED:
            del self.fields["is_evident"]
        if not record.is_missing_goods:
            del self.fields["list_checked"], self.fields["weight"]
        ours = {"quality", "not_as_described", "wrong_shipment"}
        usual = {"personal": "customer", "transport": "carrier"}
        self.initial.setdefault("liability", "company" if record.reason in ours else usual.get(record.reason))
        causes = {"quality": "product_quality", "transport": "transport_damage", "wrong_shipment": "human_error"}
        self.initial.setdefault("cause", causes.get(record.reason, "other"))


class RejectForm(MoveForm):
    ground = pick(_("Why"), choices.Ground.choices)
    reason = text_area(_("Reason, as it is told to the customer"))


class ApproveForm(LinesForm):
    mode = pick(_("Way back"), choices.Mode.choices)
    pickup_on = DayField(label=_("To be collected on"), required=False)
    inspector = forms.ModelChoiceField(label=_("Who looks at it on site"), queryset=User.objects.none(), required=False)
    payer = pick(_("Postage"), choices.Payer.choices)
    postage_reason = LineField(label=_("Why not as usual"), max_length=200, required=False)
    fee = MoneyField(label=_("Handling fee"), allow_zero=True, required=False)
    extend = forms.BooleanField(
        label=_("Extend the transaction by ten days"),
        required=False,
        help_text=_("Not where it is completed on the platform already."),
    )
    retention = LineField(
        label=_("What was offered instead"),
        max_length=200,
        required=False,
        help_text=_("It never holds a return back."),
    )
    exception_reason = LineField(label=_("Reason of an exception"), max_length=200, required=False)
    words = text_area(_("What was agreed with the customer"))

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        staff = User.objects.filter(is_active=True, regions=record.region_id)
        inspectors = staff.filter(groups__name__in=["technician", "quality"]).values("pk")
        self.fields["inspector"].queryset = staff.filter(pk__in=inspectors).order_by("name")
        self.ask("quantities", lambda line: pieces(line, line.quantity, _("Pieces")), lambda line: line.quantity)
        large = any(line.order_line.product.custom_made for line in self.lines)
        self.initial.setdefault("mode", "pickup" if large else "courier")
        self.initial.setdefault("payer", refunds.usual_payer(record.liability))
        self.initial.setdefault("fee", record._usual_fee(self.lines) if record.is_without_reason else Decimal(0))
        self.initial.setdefault("extend", True)

    def details(self):
        return super().details("quantities")


class RefundOnlyForm(MoveForm):
    amount = MoneyField(label=_("Amount"))
    payee_name = LineField(label=_("Payee"), max_length=60)
    payee_account = LineField(
        label=_("Account to pay to"), max_length=100, help_text=_("Alipay, WeChat or bank account.")
    )
    retention = LineField(label=_("What was offered instead"), max_length=200, required=False)
    words = text_area(_("What was agreed with the customer"))

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.initial.setdefault("amount", record.asked_amount)
        self.initial.setdefault("payee_name", record.customer.name)


class HoldBackForm(MoveForm):
    printed = yes_no(_("Is the waybill printed already?"))
    freight = MoneyField(
        label=_("Freight borne by the customer"),
        allow_zero=True,
        required=False,
        help_text=_("Where the parcel is sent already."),
    )
    words = text_area(_("What was agreed with the customer"))

    def details(self):
        details = super().details()
        return details | {"freight": details["freight"] or Decimal(0)}


class RecalledForm(MoveForm):
    outcome = pick(_("What came of it"), choices.RecallOutcome.choices)
    words = text_area(_("What the customer was told"))


class WordsForm(MoveForm):
    words = text_area(_("What happened"))


class TrackingForm(MoveForm):
    carrier = forms.ModelChoiceField(label=_("Carrier"), queryset=Carrier.objects.none(), required=False)
    number = LineField(label=_("Waybill number"), max_length=40, required=False)
    postage = MoneyField(label=_("Postage the customer advanced for us"), allow_zero=True, required=False)
    words = LineField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.fields["carrier"].queryset = Carrier.objects.filter(accepted=True)
        if record.mode == choices.Mode.PICKUP:
            self.fields["words"].label = _("Who collected it")
        if record.postage_payer != choices.Payer.COMPANY:
            del self.fields["postage"]

    def details(self):
        details = super().details()
        return details | {"postage": details.get("postage") or Decimal(0)}


class CustomerTrackingForm(MoveForm):
    """The customer's own: carrier, number, and what he paid where we bear the postage."""

    carrier = accepted_carriers()
    number = LineField(label=_("Waybill number"), max_length=40)


class CustomerCancelForm(MoveForm):
    reason = text_area(_("Why do you keep it?"), rows=2, max_length=500)


class CustomerArrivedForm(MoveForm):
    agree = forms.BooleanField(label=_("The exchange has arrived and is as agreed."))

    def details(self):
        return {}


class ShipForm(MoveForm):
    carrier = forms.ModelChoiceField(label=_("Carrier"), queryset=Carrier.objects.all())
    number = LineField(label=_("Waybill number"), max_length=40)


class ResendForm(ShipForm):
    trouble = pick(_("Trouble"), [row for row in Parcel.Trouble.choices if row[0] not in ("", "silent")])
    difference = MoneyField(
        label=_("What the carrier costs more"),
        required=False,
        allow_zero=True,
        help_text=_("Ours the first time for a customer, his from the second time on."),
    )
    words = text_area(_("Why, as it is told to the customer"), help_text=_("With an apology where it was our fault."))

    field_order = ["op", "version", "after", "trouble", "carrier", "number", "difference", "words"]


class AdvanceForm(ShipForm):
    reason = text_area(_("Why it cannot wait"))


class OptionalReasonForm(MoveForm):
    reason = text_area(_("Reason"), required=False)


class LoseForm(MoveForm):
    to = pick(_("The customer gets"), [(S.REFUND_DUE, _("his money")), (S.EXCHANGE_DUE, _("new goods"))])
    words = text_area(_("What the carrier says"))


class ReceiveForm(LinesForm):
    voucher_present = yes_no(_("Is the voucher enclosed?"), initial="yes")
    words = text_area(_("What was in the parcel"), rows=2)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.ask("quantities", lambda line: pieces(line, line.approved, _("Received")), lambda line: line.approved)
        self.ask("damaged", lambda line: pieces(line, line.approved, _("Damaged")), lambda line: 0)

    def details(self):
        return super().details("quantities", "damaged")


class InspectForm(MoveForm):
    place = LineField(label=_("Place"), max_length=120)
    traces = pick(_("Traces of use"), choices.Traces.choices)
    cause = pick(_("Cause"), Cause.choices)
    findings = text_area(_("Findings"))

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        on_site = record.mode == choices.Mode.ON_SITE
        self.initial.setdefault("place", record.customer.address if on_site else str(_("Returns warehouse")))
        self.initial.setdefault("cause", record.cause)


class PassForm(LinesForm):
    option = pick(_("The customer chooses"), choices.Option.choices)
    words = text_area(_("What he was told"))

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.ask("passed", lambda line: pieces(line, line.received, _("Pass")), lambda line: line.received)
        fates = [(code, label) for code, label in choices.Fate.choices if code != choices.Fate.SEND_BACK]
        self.ask("fates", lambda line: pick(f"{line.order_line.product}", fates), lambda line: choices.Fate.STOCK)
        wanted = {"exchange": "exchange", "repair": "repair"}
        self.initial.setdefault("option", wanted.get(record.kind, "refund"))

    def details(self):
        return super().details("passed", "fates")


class SettleForm(LinesForm):
    to = pick(_("What was agreed"), [(S.REFUND_DUE, _("part of the money back")), (S.REJECTED, _("the goods go back"))])
    words = text_area(_("What the talk came to"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)

        def amount(line):
            most = line.unit_price * line.received
            label = f"{_('Paid back')} · {line.order_line.product}"
            return MoneyField(label=label, allow_zero=True, required=False, help_text=f"≤ {most}")

        self.ask("amounts", amount, lambda line: None)

    def details(self):
        return super().details("amounts")


class RefundForm(MoveForm):
    means = pick(_("Means of payment"), PAID_BY)
    reference = LineField(label=_("Reference of the payment"), max_length=60)
    postage = pick(_("Postage he advanced"), choices.PostageSettled.choices[1:], initial="refunded")
    words = LineField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        if not record.postage_advanced:
            del self.fields["postage"]


class RepairForm(MoveForm):
    repair_number = LineField(label=_("Number of the work order"), max_length=40)
    words = LineField(label=_("Note"), max_length=200, required=False)


class AddressForm(MoveForm):
    address = LineField(label=_("Delivery address"), max_length=200)
    words = LineField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.initial.setdefault("address", record.address or record.customer.place)


class TopUpForm(MoveForm):
    reference = LineField(
        label=_("Reference of the payment"),
        max_length=60,
        help_text=_("By a link of its own; never cash in the parcel."),
    )


class RemakeForm(MoveForm):
    remake_number = LineField(label=_("Number of the remake"), max_length=40)
    promised_on = DayField(label=_("The factory promises"))
    words = LineField(label=_("Note"), max_length=200, required=False)


class PayeeForm(MoveForm):
    original_means = forms.BooleanField(label=_("Back the way it was paid"), required=False)
    payee_name = LineField(label=_("Payee"), max_length=60)
    payee_account = LineField(label=_("Account to pay to"), max_length=100)

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.initial.setdefault("payee_name", record.payee_name or record.customer.name)
        self.initial.setdefault("payee_account", record.payee_account)

    def details(self):
        return super().details() | {"note": str(_("Account noted."))}


class OptionalWordsForm(MoveForm):
    version = None

    words = text_area(_("Note"), required=False, rows=2)


class TraceForm(MoveForm):
    version = None

    trouble = forms.ChoiceField(label=_("Trouble"), choices=Parcel.Trouble.choices, required=False)
    words = text_area(_("What the carrier says"))


class PlatformForm(MoveForm):
    version = None

    reason = text_area(_("What the customer claims"))
