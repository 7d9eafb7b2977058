"""The forms of a compensation's moves; each names the fields its verb takes."""

import base64
import binascii

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.forms import colleagues, pick, text_area
from cases.models import Appraisal, Complaint, RaisedBy
from cases.models.choices import Cause, Liability
from compensation.models import IN_KIND, Agreement, Basis, CostCategory, Disposal, Material
from core.forms import DayField, LineField, MoneyField, Ticks
from payments.models import Giving, Means, Payment
from workflow.file_forms import PreparedFilesField
from workflow.forms import MoveForm
from workflow.media import prepare
from workflow.models import Attachment

User = get_user_model()
SIGNATURE_LENGTH = 400_000  # characters of a picture drawn on the screen
PICTURE = "data:image/png;base64,"
BASIS_OF_CAUSE = {
    Cause.PRODUCT_QUALITY: Basis.PRODUCT_FAULT,
    Cause.TRANSPORT_DAMAGE: Basis.TRANSPORT_DAMAGE,
    Cause.INSTALLATION_DAMAGE: Basis.TECHNICIAN_DAMAGE,
}
UNDECIDED = Liability.UNDECIDED


def means_field(**kwargs):
    return forms.ChoiceField(label=_("Means"), choices=[(means.value, means.label) for means in Means], **kwargs)


class PayeeFields(MoveForm):
    """Where the money goes; goods need none of it."""

    means = means_field(required=False, help_text=_("Goods and gifts are always given in kind."))
    payee_name = LineField(label=_("Payee"), max_length=60, required=False)
    payee_account = LineField(label=_("Account"), max_length=60, required=False)
    payee_bank = LineField(label=_("Bank"), max_length=80, required=False)

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        for name in ("means", "payee_name", "payee_account", "payee_bank"):
            self.initial.setdefault(name, getattr(record, name, ""))
        self.initial["payee_name"] = self.initial["payee_name"] or record.matter.customer.name

    def clean(self):
        super().clean()
        to_account = self.cleaned_data.get("means") in (Means.TRANSFER, Means.WECHAT, Means.ALIPAY)
        if to_account and not self.cleaned_data.get("payee_account"):
            self.add_error("payee_account", _("The account the money goes to is missing."))


class SubstanceForm(PayeeFields):
    """What is asked for: the fields an approval is about, and where it goes."""

    basis = pick(_("For"), Basis.choices)
    liability = pick(_("Who answers for it"), [pair for pair in Liability.choices if pair[0] != UNDECIDED])
    responsible = forms.ModelChoiceField(
        label=_("Person responsible"), queryset=User.objects.none(), required=False,
        help_text=_("Needed where our technician did the damage."),
    )  # fmt: skip
    giving = forms.ChoiceField(
        label=_("Remedy"), choices=Giving.choices, help_text=_("Mildest first; the customer takes part in choosing.")
    )
    item = LineField(
        label=_("What exactly"),
        max_length=120,
        required=False,
        help_text=_("For goods and gifts: model, colour, number."),
    )
    amount = MoneyField(label=_("Amount or value in yuan"))
    raised_by = pick(_("Who first spoke of money"), RaisedBy.choices, initial=RaisedBy.NOBODY)
    skip_reason = LineField(label=_("Why nothing milder"), max_length=200, required=False)
    terms = text_area(_("What happened and what was agreed"), max_length=2000)

    field_order = [
        "basis", "liability", "responsible", "giving", "item", "amount", "raised_by", "skip_reason", "terms", "means",
        "payee_name", "payee_account", "payee_bank",
    ]  # fmt: skip

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.fields["responsible"].queryset = User.objects.filter(is_active=True, regions=record.region_id).order_by(
            "name"
        )
        for name in self.field_order:
            if hasattr(record, name) and name in self.fields:
                value = getattr(record, f"{name}_id", getattr(record, name))
                self.initial.setdefault(name, value)

    def clean(self):
        if self.cleaned_data.get("giving") in IN_KIND:
            self.cleaned_data["means"] = Means.KIND
        super().clean()


class RequestForm(SubstanceForm):
    """A request on a complaint, filled in as far as the complaint says it."""

    def __init__(self, *args, record: Complaint = None, **kwargs):
        kwargs["initial"] = self.known(record) | (kwargs.get("initial") or {})
        super().__init__(*args, record=record, **kwargs)
        self.initial["version"] = None

    @staticmethod
    def known(complaint):
        """What the complaint, its plan and its appraisal already tell."""
        option = plan_of(complaint)
        appraisal = complaint.appraisals.filter(verdict=Appraisal.Finding.NOT_CUSTOMER).order_by("-pk").first()
        amount = option.compensation if option else appraisal.amount if appraisal else None
        known = {
            "basis": BASIS_OF_CAUSE.get(complaint.cause, Basis.GOODWILL),
            "liability": complaint.liability if complaint.liability != UNDECIDED else Liability.COMPANY,
            "responsible": complaint.responsible_person_id,
            "giving": Giving.GIFT,
            "amount": amount,
            "means": Means.TRANSFER,
        }
        if option:
            known |= {"giving": option.remedy if option.remedy in Giving.values else Giving.CASH,
                      "raised_by": option.raised_by, "skip_reason": option.skip_reason, "terms": option.steps}  # fmt: skip
        return known


def plan_of(complaint):
    """The option that was chosen for the complaint, if it gives money nobody has asked for yet."""
    option = complaint.selected_option
    if option is None or not option.compensation:
        return None
    asked = complaint.compensations.filter(option=option).exclude(status="cancelled")
    return None if asked.exists() else option


class AmendForm(SubstanceForm):
    reason = text_area(_("Why it is changed"), rows=2)


class AskAppraisalForm(MoveForm):
    technician = forms.ModelChoiceField(label=_("Technician"), queryset=User.objects.none())
    words = text_area(_("What to look at"))

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        appraisers = User.objects.filter(is_active=True, groups__name__in=Complaint.APPRAISERS).values("pk")
        self.fields["technician"].queryset = colleagues(record).filter(pk__in=appraisers)


class AppraiseForm(MoveForm):
    verdict = pick(_("Verdict"), Appraisal.Finding.choices[1:])
    findings = text_area(_("Findings"))
    files = PreparedFilesField(label=_("Photos of the damage"), required=False, accept="image/*,.heic,.heif")
    place = LineField(label=_("Place"), max_length=120)
    extent = LineField(label=_("Extent of the damage"), max_length=200, required=False)
    proposed_remedy = LineField(label=_("Proposed remedy"), max_length=200, required=False)
    amount = MoneyField(label=_("Estimated amount"), allow_zero=True, required=False)

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.initial.setdefault("place", record.matter.customer.address)

    def details(self):
        details = super().details()
        details["files"] = [(Attachment.Kind.CLOSE_UP, file) for file in details["files"]]
        return details


class DecisionForm(MoveForm):
    """Yes, with the sum that was seen."""

    amount = MoneyField(widget=forms.HiddenInput)
    words = text_area(_("Reason"), max_length=1000)

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.initial.setdefault("amount", record.amount)


class WordsForm(MoveForm):
    words = text_area(_("Reason"), max_length=1000)


class OptionalWordsForm(MoveForm):
    words = text_area(_("Note"), required=False, max_length=1000)


class SignatureField(forms.CharField):
    """A signature drawn on the screen, sent as a picture; turned into a file that is kept like any other."""

    widget = forms.HiddenInput
    default_error_messages = {"unreadable": _("The signature did not arrive whole; sign again.")}

    def __init__(self, **kwargs):
        super().__init__(required=False, max_length=SIGNATURE_LENGTH, **kwargs)

    def clean(self, value):
        value = super().clean(value)
        if not value:
            return None
        try:
            if not value.startswith(PICTURE):
                raise ValueError
            content = base64.b64decode(value[len(PICTURE) :], validate=True)
        except (ValueError, binascii.Error):
            raise ValidationError(self.error_messages["unreadable"], code="unreadable") from None
        return prepare(SimpleUploadedFile("signature.png", content, "image/png"))


class AgreementForm(PayeeFields):
    amount = MoneyField(label=_("Agreed amount in yuan"))
    terms = text_area(_("Terms"), rows=4, max_length=4000)
    disposal = pick(_("What becomes of the product"), Disposal.choices)
    how = pick(_("Signed how"), Agreement.How.choices, initial=Agreement.How.SCREEN)
    scan = PreparedFilesField(label=_("Scan with both signatures"), required=False, most=1, accept="image/*,.pdf")
    customers_hand = SignatureField(label=_("The customer signs"))
    our_hand = SignatureField(label=_("We sign"))

    field_order = ["amount", "terms", "disposal", "means", "payee_name", "payee_account", "payee_bank", "how", "scan"]

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.initial.setdefault("amount", record.amount)
        self.initial.setdefault("terms", record.terms)

    @property
    def hands(self):
        """The two pads and who signs on each."""
        return [(self["customers_hand"], self.record.matter.customer.name), (self["our_hand"], self.user.name)]

    def clean(self):
        super().clean()
        data = self.cleaned_data
        if data.get("how") == Agreement.How.SCAN:
            if not data.get("scan") and "scan" not in self.errors:
                self.add_error("scan", _("Attach the signed agreement."))
        elif not (data.get("customers_hand") and data.get("our_hand")):
            self.add_error("how", _("Both sides sign: the customer and we."))
        if self.record.giving in IN_KIND:
            data["means"] = Means.KIND

    def details(self):
        details = super().details()
        scan, one, two = details.pop("scan"), details.pop("customers_hand"), details.pop("our_hand")
        on_screen = details["how"] == Agreement.How.SCREEN
        return details | {"signed": one if on_screen else scan[0], "countersigned": two if on_screen else None}


class MaterialForm(MoveForm):
    """What is there for all to see needs no tick."""

    kinds = forms.MultipleChoiceField(label=_("In the file"), choices=[], widget=Ticks, required=False)
    words = text_area(_("Note"), required=False, max_length=1000)

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        by_hand = (Material.CONTRACT, Material.CARD)
        self.fields["kinds"].choices = [(kind.value, kind.label) for kind in by_hand]
        self.initial.setdefault("kinds", list(record.collected.values_list("kind", flat=True)))


class PayForm(MoveForm):
    amount = MoneyField(label=_("Amount"))
    means = means_field()
    reference = LineField(
        label=_("Reference"), max_length=60, required=False,
        help_text=_("Number of the transfer, or of the work order whose fee it is set off against."),
    )  # fmt: skip
    paid_on = DayField(label=_("Paid on"))
    words = LineField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        order = record.order
        self.initial.setdefault("amount", order.pending if order else record.amount)
        self.initial.setdefault("means", record.means)
        self.initial.setdefault("paid_on", timezone.localdate())


class ReverseForm(MoveForm):
    line = forms.ModelChoiceField(
        label=_("Payment"), queryset=Payment.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    reason = text_area(_("Reason"), max_length=1000)

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        order = record.order
        self.fields["line"].queryset = Payment.objects.standing().filter(order=order).order_by("-pk")
        self.fields["line"].label_from_instance = lambda line: (
            f"{line.paid_on:%Y-%m-%d} · ¥{line.amount:,.2f} · {line.get_means_display()} {line.reference or ''}"
        )


class GroupForm(MoveForm):
    claimed = MoneyField(label=_("What the group should bear"))
    words = text_area(_("What is wrong with the product"), max_length=1000)

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.initial.setdefault("claimed", record.amount)
        self.initial.setdefault("words", record.appraisal.findings if record.appraisal_id else "")


class GroupAnswerForm(MoveForm):
    agreed = MoneyField(label=_("What the group bears"), allow_zero=True)
    answer = text_area(_("Its answer"), max_length=300)


class DisposeForm(MoveForm):
    disposal = pick(_("What became of the product"), Disposal.choices)
    disposed_on = DayField(label=_("On"))
    consent = forms.BooleanField(label=_("The customer agreed to it"), required=False)
    words = text_area(_("How it was done"), max_length=1000)

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        agreement = record.agreement
        self.initial.setdefault("disposal", agreement.disposal if agreement else "")
        self.initial.setdefault("disposed_on", timezone.localdate())


CATEGORY_OF = {
    Basis.TRANSPORT_DAMAGE: CostCategory.TRANSPORT,
    Basis.TECHNICIAN_DAMAGE: CostCategory.INSTALLATION,
    Basis.PRODUCT_FAULT: CostCategory.QUALITY,
}


class WriteOffForm(MoveForm):
    fault = text_area(_("Fault"), max_length=2000)
    category = pick(_("Cost category"), CostCategory.choices)
    words = text_area(_("Remarks"), required=False, max_length=1000)

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        filled = getattr(record, "write_off", None)
        self.initial.setdefault("fault", filled.fault if filled else record.appraisal and record.appraisal.findings)
        usual = CATEGORY_OF.get(record.basis, CostCategory.QUALITY)
        self.initial.setdefault("category", filled.category if filled else usual)
        self.initial.setdefault("words", filled.words if filled else "")


class BookForm(MoveForm):
    entry = LineField(label=_("Entry in the books"), max_length=40)
    words = text_area(_("Note"), required=False, max_length=1000)


class DelegationForm(MoveForm):
    """Who decides about money while one is away."""

    version = None

    deputy = forms.ModelChoiceField(label=_("Deputy"), queryset=User.objects.none())
    since = DayField(label=pgettext_lazy("day", "From"))
    until = DayField(label=pgettext_lazy("day", "Until, this day included"))
    reason = LineField(label=_("Reason"), max_length=200)

    def __init__(self, *args, user=None, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        deciders = ("supervisor", "manager", "general_manager")
        people = User.objects.filter(is_active=True, groups__name__in=deciders).exclude(pk=user.pk)
        self.fields["deputy"].queryset = people.distinct().order_by("name")
        self.initial.setdefault("since", timezone.localdate())

    def clean(self):
        super().clean()
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day cannot lie before the first."))
        elif until and until < timezone.localdate():
            self.add_error("until", _("This day has passed."))
