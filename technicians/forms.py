"""The forms of a work order's moves. Each names the fields its verb takes; choices are limited to what the user may use."""

import base64
import binascii
from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from core.calendar import local_day
from core.forms import Checklist, DayField, LineField, MomentField, MoneyField, Segments, TextField, Ticks
from customers.models import PriceItem
from technicians.models import Fee, Technician, WorkOrder, choices
from workflow.file_forms import PHOTOS, PreparedFilesField
from workflow.forms import MoveForm
from workflow.media import prepare

S = WorkOrder.Status
QUOTE_ROWS, PART_ROWS = 6, 4
DRAWN = "data:image/png;base64,"
LONGEST_DRAWING = 400_000  # characters; a signature takes a tenth of it


def words(label, *, rows=3, required=True, max_length=2000, **kwargs):
    """A text area for a person's own words."""
    return TextField(label=label, rows=rows, required=required, max_length=max_length, **kwargs)


def pick(label, options, **kwargs):
    """A short list, shown whole."""
    return forms.ChoiceField(label=label, choices=options, widget=Segments, **kwargs)


def yes_no(label, **kwargs):
    return forms.TypedChoiceField(
        label=label,
        choices=[("yes", _("Yes")), ("no", _("No"))],
        widget=Segments,
        coerce=lambda value: value == "yes",
        empty_value=None,
        **kwargs,
    )


def tick(label, **kwargs):
    return forms.BooleanField(label=label, required=False, **kwargs)


class SignedMixin(forms.Form):
    """A signature: drawn on the screen, or a photo of the signed paper."""

    drawn = forms.CharField(widget=forms.HiddenInput, required=False, max_length=LONGEST_DRAWING)
    signature = PreparedFilesField(
        label=pgettext_lazy("work order", "Signature (photo of the signed paper)"),
        required=False,
        most=1,
        accept=PHOTOS,
    )

    def clean_drawn(self):
        text = self.cleaned_data["drawn"]
        if not text:
            return None
        try:
            picture = base64.b64decode(text.removeprefix(DRAWN), validate=True)
        except (ValueError, binascii.Error):
            raise ValidationError(_("The signature did not arrive whole. Please sign again.")) from None
        return prepare(SimpleUploadedFile("signature.png", picture))

    def signed(self):
        """What was signed, ready to be kept; None where nothing was."""
        return self.cleaned_data.get("drawn") or next(iter(self.cleaned_data.get("signature") or ()), None)


# --- sending somebody ------------------------------------------------------------------------------------------------
class WindowForm(MoveForm):
    """An appointment; proposed is what suits the customer first, else tomorrow at nine."""

    window_from = MomentField(label=pgettext_lazy("work order", "Appointment from"))
    window_until = MomentField(label=pgettext_lazy("work order", "until"))

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        starts_at, ends_at = self.proposed(record)
        self.initial.setdefault("window_from", starts_at)
        self.initial.setdefault("window_until", ends_at)

    @staticmethod
    def proposed(order):
        now = timezone.now()
        suits = order.preferred.filter(starts_at__gt=now).first()
        if order.window_from and order.window_from > now:
            return order.window_from, order.window_until
        if suits is not None:
            return suits.starts_at, suits.ends_at
        nine = timezone.localtime(now).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=1)
        return nine, nine + timedelta(hours=2)


class DispatchForm(WindowForm):
    """Who goes, and when; whoever is chosen must be free, which the database decides."""

    technician = forms.ModelChoiceField(
        label=_("Technician"), queryset=Technician.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    helpers = forms.ModelMultipleChoiceField(
        label=pgettext_lazy("work order", "Together with"), queryset=Technician.objects.none(), required=False
    )
    why_outside = LineField(
        label=pgettext_lazy("work order", "Why not when it suits the customer"), required=False, max_length=200
    )
    words = words(_("Note"), required=False, rows=2)

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        mine = Technician.objects.active().of_region(record.region_id).select_related("user", "home")
        self.fields["technician"].queryset = self.fields["helpers"].queryset = mine

    @cached_property
    def day(self):
        """The day whose free times are shown beside the form."""
        try:
            return local_day(self.fields["window_from"].clean(self["window_from"].value()))
        except ValidationError:
            return timezone.localdate() + timedelta(days=1)


class ReassignForm(DispatchForm):
    reason = words(_("Reason"), rows=2)
    words = None


class WordsForm(MoveForm):
    words = words(pgettext_lazy("work order", "What was said or done"))


class ArriveForm(MoveForm):
    missing = LineField(label=pgettext_lazy("work order", "Tools or material missing"), required=False, max_length=200)
    supervisors = forms.ModelMultipleChoiceField(
        label=pgettext_lazy("work order", "Also present"), queryset=User.objects.none(), widget=Ticks, required=False
    )
    words = words(_("Note"), required=False, rows=2)
    arrived_at = forms.DateTimeField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        leaders = User.objects.filter(is_active=True, groups__name="supervisor", regions=record.region_id)
        self.fields["supervisors"].queryset = leaders.order_by("name")
        if record.kind != choices.Kind.APPRAISAL:
            del self.fields["supervisors"]


# --- what it costs ---------------------------------------------------------------------------------------------------
class DiagnosisForm(MoveForm):
    """What was found on site; whose cause it is only where no appraisal has said so."""

    situation = words(pgettext_lazy("work order", "Situation on site"))
    difficulty = pick(pgettext_lazy("work order", "Difficulty"), choices.Difficulty.choices)
    human_damage = yes_no(pgettext_lazy("work order", "Damaged by people?"), required=False)
    estimated_hours = forms.DecimalField(
        label=pgettext_lazy("work order", "Estimated hours"), required=False, min_value=0, max_value=500,
        max_digits=5, decimal_places=1,
    )  # fmt: skip
    materials = LineField(label=pgettext_lazy("work order", "Material needed"), required=False, max_length=300)

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        if record.complaint_id and record.attribution != choices.Attribution.UNDECIDED:
            del self.fields["human_damage"]
        for name in ("situation", "difficulty", "materials", "estimated_hours"):
            self.initial.setdefault(name, getattr(record, name))


class PricedItemField(forms.ModelChoiceField):
    """An item of the price list, with what it costs today."""

    def __init__(self, **kwargs):
        super().__init__(queryset=PriceItem.objects.none(), required=False, **kwargs)

    def label_from_instance(self, item):
        return f"{item} · ¥{item.amount} / {item.get_unit_display()}"


class QuoteForm(DiagnosisForm):
    """Diagnosis and lines from the price list of the day (S0-02, S2-132)."""

    rows = QUOTE_ROWS

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        today = PriceItem.objects.priced_on(timezone.localdate()).filter(amount__isnull=False).order_by("kind", "code")
        for number in range(self.rows):
            item = PricedItemField(label=pgettext_lazy("fee", "Item"))
            item.queryset = today
            self.fields[f"item-{number}"] = item
            self.fields[f"quantity-{number}"] = forms.DecimalField(
                label=pgettext_lazy("fee", "Quantity"), required=False, min_value=0.01, max_value=999,
                max_digits=6, decimal_places=2, initial=1,
            )  # fmt: skip

    @property
    def lines(self):
        return [(self[f"item-{number}"], self[f"quantity-{number}"]) for number in range(self.rows)]

    @property
    def plain(self):
        return [field for field in self.visible_fields() if "-" not in field.name]

    def details(self):
        kept = super().details()
        wanted = []
        for number in range(self.rows):
            item, quantity = kept.pop(f"item-{number}", None), kept.pop(f"quantity-{number}", None)
            if item is not None:
                wanted.append((item, quantity or 1))
        return kept | {"wanted": wanted}

    def add_error(self, field, error):
        super().add_error(None if field == "wanted" else field, error)


class ConfirmQuoteForm(SignedMixin, MoveForm):
    name = LineField(label=pgettext_lazy("work order", "Name of who agrees"), max_length=60)
    how = pick(pgettext_lazy("work order", "Agreed"), choices.Consent.choices, initial=choices.Consent.SIGNATURE)

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.initial.setdefault("name", record.matter.customer.name)

    def details(self):
        return {"name": self.cleaned_data["name"], "how": self.cleaned_data["how"], "signature": self.signed()}


class CollectFeeForm(MoveForm):
    amount = MoneyField(label=pgettext_lazy("fee", "Amount"))
    means = pick(pgettext_lazy("fee", "Paid by"), Fee.Means.choices, initial=Fee.Means.WECHAT)

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.initial.setdefault("amount", record.owed or None)


# --- parts -----------------------------------------------------------------------------------------------------------
class WaitPartsForm(MoveForm):
    part = words(pgettext_lazy("work order", "Which part: size, colour, side"), rows=2, max_length=300)
    expected_on = DayField(label=pgettext_lazy("work order", "Expected on"), required=False)
    agreed = tick(pgettext_lazy("work order", "The customer has seen which part it is and agrees"))
    special = tick(pgettext_lazy("work order", "A special part that takes longer"))
    explained = words(
        pgettext_lazy("work order", "How it was explained to the customer, and that he understands"),
        rows=2, required=False, max_length=500,
    )  # fmt: skip


class PartsArrivedForm(WindowForm):
    words = words(pgettext_lazy("work order", "What was agreed with the customer"))


class SelfFitForm(MoveForm):
    part = LineField(label=pgettext_lazy("work order", "Part"), max_length=80)
    carrier = LineField(label=pgettext_lazy("work order", "Carrier"), max_length=40)
    tracking = LineField(label=pgettext_lazy("work order", "Waybill"), max_length=40)
    guide = tick(pgettext_lazy("work order", "The fitting guide is in the parcel or was sent to him"))


# --- when it goes otherwise ------------------------------------------------------------------------------------------
class RescheduleForm(MoveForm):
    why = pick(pgettext_lazy("work order", "Why"), choices.Delay.choices)
    agreed = tick(pgettext_lazy("work order", "The customer agrees to another time"))
    words = words(pgettext_lazy("work order", "What was agreed"))
    starts_at = MomentField(label=pgettext_lazy("work order", "Suits the customer from"), required=False)
    ends_at = MomentField(label=pgettext_lazy("work order", "until"), required=False)
    photo = PreparedFilesField(
        label=pgettext_lazy("work order", "Photo of the door, where nobody opened"), required=False, most=1,
        accept=PHOTOS,
    )  # fmt: skip

    def clean(self):
        super().clean()
        self.window = window_of(self, "starts_at", "ends_at")

    def details(self):
        kept = {name: self.cleaned_data[name] for name in ("why", "agreed", "words")}
        return kept | {"window": self.window, "photo": next(iter(self.cleaned_data["photo"] or ()), None)}


def window_of(form, first, last):
    """The pair of moments two fields name; None where both are empty. Says so at the field where one lacks the other."""
    starts_at, ends_at = form.cleaned_data.get(first), form.cleaned_data.get(last)
    if starts_at is None and ends_at is None:
        return None
    if starts_at is None or ends_at is None or ends_at <= starts_at:
        form.add_error(last, ValidationError(_("The appointment ends after it begins.")))
        return None
    return starts_at, ends_at


class ExplainForm(MoveForm):
    addressee = LineField(label=pgettext_lazy("work order", "Told to"), max_length=60)
    settled_by = MomentField(label=pgettext_lazy("work order", "Settled by"))
    reason = words(_("Reason"))

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.initial.setdefault("addressee", record.matter.customer.name)


class DecideForm(DispatchForm):
    why_outside = words = None
    to = pick(
        pgettext_lazy("work order", "How it goes on"),
        [
            (S.DISPATCHED, pgettext_lazy("work order", "somebody goes")),
            (S.WAITING_PARTS, pgettext_lazy("work order", "wait for a part")),
            (S.CANCELLED, pgettext_lazy("work order", "give it up")),
        ],
    )
    decision = TextField(label=pgettext_lazy("work order", "Decision, or to whom it is reported"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["helpers"]
        for name in ("technician", "window_from", "window_until"):
            self.fields[name].required = False


# --- done ------------------------------------------------------------------------------------------------------------
class CheckForm(MoveForm):
    """Every line of the lists that apply; what must be ticked says so when it is not."""

    ticked = forms.MultipleChoiceField(
        label=pgettext_lazy("work order", "Seen to"), widget=Checklist, required=False,
        error_messages={"invalid_choice": _("The checklist has changed meanwhile: please go through it again.")},
    )  # fmt: skip
    excuse = LineField(
        label=pgettext_lazy("work order", "Why something is left out (empty: all is done)"), required=False,
        max_length=200,
    )  # fmt: skip

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.fields["ticked"].choices = [
            (line, line if required else _("%(line)s (if it applies)") % {"line": line})
            for line, required in record.lines_to_check
        ]
        if record.status == S.IN_PROGRESS:  # a rework is looked at anew
            rows = list(record.checked.all())
            self.initial.setdefault("ticked", [row.text for row in rows if not row.excuse])
            self.initial.setdefault("excuse", next((row.excuse for row in rows if row.excuse), ""))


class CompleteForm(MoveForm):
    cause = LineField(label=pgettext_lazy("work order", "Cause found"), max_length=300)
    work_done = words(pgettext_lazy("work order", "What was done"))
    advice = words(pgettext_lazy("work order", "Advice on use and upkeep"), rows=2)
    hours = forms.DecimalField(
        label=pgettext_lazy("work order", "Hours worked"), required=False, min_value=0, max_value=500, max_digits=5,
        decimal_places=1,
    )  # fmt: skip
    disposal_item = LineField(
        label=pgettext_lazy("work order", "Damaged product taken out (empty: none)"), required=False, max_length=120
    )
    tested = tick(pgettext_lazy("work order", "Tested: function and looks are right"))
    cleaned = tick(pgettext_lazy("work order", "Cleaned up, tools packed"))

    rows = PART_ROWS

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        items = PriceItem.objects.filter(kind=PriceItem.Kind.PART).order_by("code")
        for number in range(self.rows):
            self.fields[f"part-{number}"] = forms.ModelChoiceField(
                label=pgettext_lazy("part", "Part"), queryset=items, required=False
            )
            self.fields[f"name-{number}"] = LineField(
                label=pgettext_lazy("part", "or in words"), required=False, max_length=80
            )
            self.fields[f"count-{number}"] = forms.DecimalField(
                label=pgettext_lazy("part", "Quantity"), required=False, min_value=0.01, max_value=999, max_digits=6,
                decimal_places=2,
            )  # fmt: skip
        for name in ("cause", "work_done", "advice", "hours", "disposal_item"):
            self.initial.setdefault(name, getattr(record, name))

    @property
    def lines(self):
        return [(self[f"part-{n}"], self[f"name-{n}"], self[f"count-{n}"]) for n in range(self.rows)]

    @property
    def plain(self):
        return [field for field in self.visible_fields() if "-" not in field.name]

    def details(self):
        kept, parts = super().details(), []
        for number in range(self.rows):
            item, name = kept.pop(f"part-{number}", None), kept.pop(f"name-{number}", "")
            quantity = kept.pop(f"count-{number}", None)
            if item is not None or name:
                parts.append((item, name, quantity or 1))
        return kept | {"parts": parts}


class FailAcceptanceForm(MoveForm):
    failed = forms.MultipleChoiceField(
        label=pgettext_lazy("work order", "Not met"), choices=choices.Criterion.choices, widget=Ticks
    )
    reason = words(_("Reason"))


class CustomerAcceptForm(SignedMixin, MoveForm):
    met = forms.MultipleChoiceField(
        label=pgettext_lazy("work order", "The customer has looked at it"), choices=choices.Criterion.choices,
        widget=Ticks, required=False,
    )  # fmt: skip
    opinion = pick(pgettext_lazy("work order", "The customer is"), choices.Opinion.choices)
    words = words(pgettext_lazy("work order", "His opinion"), required=False, rows=2, max_length=300)
    name = LineField(label=pgettext_lazy("work order", "Signed by"), max_length=60)

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.initial.setdefault("name", record.matter.customer.name)

    def details(self):
        kept = {name: self.cleaned_data[name] for name in ("met", "opinion", "words", "name")}
        return kept | {"signature": self.signed()}


class CloseForm(MoveForm):
    satisfied = yes_no(pgettext_lazy("work order", "Is the customer satisfied?"))
    words = words(pgettext_lazy("work order", "What the customer said"))


class DisposalForm(MoveForm):
    item = LineField(label=pgettext_lazy("work order", "Damaged product"), max_length=120)
    way = LineField(label=pgettext_lazy("work order", "What becomes of it"), max_length=120)
    name = LineField(label=pgettext_lazy("work order", "Agreed by"), max_length=60)
    how = pick(pgettext_lazy("work order", "Agreed"), choices.Consent.choices)

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.initial.setdefault("item", record.disposal_item)
        self.initial.setdefault("name", record.matter.customer.name)
