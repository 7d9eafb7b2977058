"""The forms of a delivery: opening one, and its moves."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import Recorded
from cases.delivery.notice import text_of
from cases.forms import pick, text_area, yes_no
from cases.models import LeadTime
from cases.models.delivery import Remedy, Risk, Urgency, Why
from core.forms import DayField, LineField, MoneyField
from workflow.forms import MoveForm
from workflow.models import Promise

MOST_PIECES = 9999
CHANNELS = Promise.Channel.choices


def told_by():
    return pick(_("By"), CHANNELS, initial="phone")


def pieces(label):
    return forms.IntegerField(label=label, min_value=1, max_value=MOST_PIECES)


class PromiseForm(MoveForm):
    """The date and how much it matters. The lead time stands beside it (S3-117)."""

    deadline = DayField(label=_("Deadline"))
    urgency = pick(_("Urgency"), Urgency.choices, initial=Urgency.USUAL)
    hangs_on_date = forms.BooleanField(
        label=_("The deal hangs on the date"), required=False, help_text=_("A superior has to agree to it.")
    )
    why = LineField(label=_("Why the date matters"), max_length=300, required=False)
    estimated_freight = MoneyField(label=_("Estimated freight"), required=False, allow_zero=True)


class OpenForm(PromiseForm):
    version = None


class SetDateForm(PromiseForm):
    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        for name in ("deadline", "urgency", "hangs_on_date", "why", "estimated_freight"):
            self.initial.setdefault(name, getattr(record, name))


class WordsForm(MoveForm):
    words = text_area(_("What was said"))


class CheckOrderForm(MoveForm):
    in_stock = yes_no(_("Is everything in stock?"))
    planned_on = DayField(label=_("Planned dispatch"), required=False)
    deadline = DayField(
        label=_("New deadline"), required=False, help_text=_("Needed where something is not in stock: agreed with the customer.")
    )  # fmt: skip
    words = text_area(_("What was found, and what the customer said"))


class ProgressForm(MoveForm):
    version = None

    progress = text_area(_("How far it is"), max_length=300)
    risk = pick(_("Risk of delay"), Risk.choices, initial=Risk.NONE)

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.initial.setdefault("risk", record.risk)


class MoveDateForm(MoveForm):
    deadline = DayField(label=_("New deadline"))
    why = pick(_("Why"), Why.choices)
    planned_on = DayField(label=_("Planned dispatch"), required=False)
    channel = told_by()
    words = text_area(_("What the customer said to it"))

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.initial.setdefault("deadline", record.deadline)
        self.initial.setdefault("planned_on", record.planned_on)


class TellForm(MoveForm):
    version = None

    channel = told_by()
    words = text_area(_("What was said"))


class ShipForm(MoveForm):
    carrier = LineField(label=_("Carrier"), max_length=60)
    waybill = LineField(label=_("Waybill number"), max_length=60)
    enquiry_phone = LineField(label=_("Enquiry number"), max_length=30)
    packages = pieces(_("Packages"))
    transport_units = pieces(_("Transport units"))
    volume = forms.DecimalField(label=_("Volume in m³"), min_value=0, max_digits=8, decimal_places=3)
    freight = MoneyField(label=_("Freight"), allow_zero=True)
    packing_fee = MoneyField(label=_("Packing fee"), allow_zero=True)
    early_word = LineField(label=_("What the customer said to earlier dispatch"), max_length=300, required=False)

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        if record.planned_on is None or record.planned_on <= timezone.localdate():
            del self.fields["early_word"]


class TraceForm(MoveForm):
    waybill = LineField(label=_("Waybill number, if another"), max_length=60, required=False)
    words = text_area(_("How it was traced, and what was found"))


class NoticeForm(MoveForm):
    channel = told_by()
    words = text_area(_("Notice to the customer"), rows=14, help_text=_("As it was sent or read out."))

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.initial.setdefault("channel", Promise.Channel.WECHAT)
        self.initial.setdefault("words", text_of(record))


class SettleFeeForm(MoveForm):
    words = text_area(_("What was agreed"))
    estimate_error = LineField(
        label=_("Why the estimate was wrong"), max_length=300, help_text=_("So that the next estimate is right.")
    )


class PickUpForm(MoveForm):
    picked_up_on = DayField(label=_("Picked up on"))
    signatory = LineField(label=_("Signed by"), max_length=60, required=False)
    words = text_area(_("What was said"))

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.initial.setdefault("picked_up_on", timezone.localdate())


class DamagedForm(PickUpForm):
    words = None
    signatory = LineField(label=_("Signed by"), max_length=60)
    damage = LineField(
        label=_("Damage noted on the receipt"),
        max_length=300,
        help_text=_("“Packing damaged”, and in brief what it is."),
    )


class ClaimForm(MoveForm):
    claimed = MoneyField(label=_("Claimed"))
    what = LineField(label=_("Product and damage"), max_length=200)
    evidence = LineField(label=_("Evidence"), max_length=300)

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.initial.setdefault("what", record.damage)
        self.initial.setdefault("evidence", str(_("Receipt with the damage noted, and photos.")))


class SettleDamageForm(MoveForm):
    remedy = pick(_("Remedy"), Remedy.choices)
    no_claim = LineField(label=_("Why nothing is claimed from the carrier"), max_length=300, required=False)
    words = text_area(_("What was agreed"))

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        if record.claims().exists():
            del self.fields["no_claim"]


class LeadTimeForm(Recorded):
    """One product line. Saved without a change, it says that somebody looked at it again (S3-119)."""

    subject_fields = ("group", "days", "note", "evaluated_on")

    class Meta:
        model = LeadTime
        fields = ["group", "days", "note"]
        field_classes = {"note": LineField}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["group"].empty_label = str(_("everything else"))

    def clean(self):
        cleaned = super().clean()
        rows = LeadTime.objects.filter(group__isnull=True).exclude(pk=self.instance.pk)
        if "group" in cleaned and cleaned["group"] is None and rows.exists():
            self.add_error("group", _("There is a lead time for everything else already."))
        return cleaned

    def save(self, commit=True):
        self.instance.evaluated_on, self.instance.evaluated_by = timezone.localdate(), self.by
        return super().save(commit)
