"""Forms of the money pages; each names the arguments of the act it stands for."""

import re
from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.forms import DayField, LineField, MoneyField, Segments
from payments.models import Claim, Debt, Means, Payment, Receipt
from workflow.file_forms import PreparedFilesField
from workflow.forms import MoveForm

MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])$", re.ASCII)


def month_of(text, today):
    """First and last day of the month an address names ("2026-11"); the present one for anything else."""
    found = MONTH.match(text or "")
    first = date(int(found[1]), int(found[2]), 1) if found else today.replace(day=1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return first, following - timezone.timedelta(days=1)


class EntryForm(MoveForm):
    """No version: these rows are changed by acts that exclude one another."""

    version = None


def means_field(**kwargs):
    return forms.ChoiceField(label=_("Means"), choices=[(means.value, means.label) for means in Means], **kwargs)


class DebtForm(EntryForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=Debt.Kind.choices, widget=Segments)
    amount = MoneyField(label=_("Amount"))
    why = LineField(label=_("What for"), max_length=200)
    due_on = DayField(label=_("Due on"), required=False)
    means = means_field(required=False)
    payee_name = LineField(label=_("Payee"), max_length=60, required=False)
    payee_account = LineField(label=_("Account"), max_length=60, required=False)
    payee_bank = LineField(label=_("Bank"), max_length=80, required=False)


class PayDebtForm(EntryForm):
    amount = MoneyField(label=_("Amount"))
    means = means_field()
    reference = LineField(label=_("Reference"), max_length=60, required=False)
    paid_on = DayField(label=_("Paid on"))
    note = LineField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        order = record.order
        self.initial.setdefault("amount", order.pending if order else None)
        self.initial.setdefault("means", record.means or Means.TRANSFER)
        self.initial.setdefault("paid_on", timezone.localdate())


class ReverseDebtForm(EntryForm):
    line = forms.ModelChoiceField(
        label=_("Payment"), queryset=Payment.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    reason = LineField(label=_("Reason"), max_length=200)

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.fields["line"].queryset = Payment.objects.standing().filter(order=record.order)


class ReasonForm(EntryForm):
    reason = LineField(label=_("Reason"), max_length=200)


class ConfirmForm(EntryForm):
    """Nothing to fill in: the press is the word."""


class ClaimForm(EntryForm):
    against = forms.ChoiceField(label=_("On whom"), choices=Claim.Against.choices, widget=Segments)
    party = LineField(label=_("Name of the carrier, supplier or team"), max_length=80)
    what = LineField(label=_("Product and damage"), max_length=200)
    claimed = MoneyField(label=_("Claimed"))
    waybill = LineField(label=_("Waybill"), max_length=60, required=False)
    evidence = LineField(label=_("Evidence"), max_length=300, required=False)


class ClaimAnswerForm(EntryForm):
    agreed = MoneyField(label=_("They bear"), allow_zero=True)
    answer = LineField(label=_("Their answer"), max_length=300)

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.initial.setdefault("agreed", record.claimed)


class ClaimReceiveForm(EntryForm):
    amount = MoneyField(label=_("Received"))
    reference = LineField(label=_("Reference"), max_length=60)
    received_on = DayField(label=_("Received on"))

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.initial.setdefault("amount", record.missing or None)
        self.initial.setdefault("received_on", timezone.localdate())


class GiftForm(EntryForm):
    item = LineField(label=_("Present"), max_length=80)
    value = MoneyField(label=_("Value in yuan"))
    why = LineField(label=_("Reason"), max_length=200)


class DeliverForm(EntryForm):
    on = DayField(label=_("Handed over on"))
    how = LineField(label=_("How"), max_length=100)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("on", timezone.localdate())


class ReceiptForm(EntryForm):
    how = forms.ChoiceField(label=_("Confirmed how"), choices=Receipt.How.choices, widget=Segments)
    file = PreparedFilesField(label=_("Photo or scan of it"), required=False, most=1, accept="image/*,.pdf")


class BatchForm(EntryForm):
    """Which orders go to the bank; ids of others, or nonsense, are left out where the batch is made."""

    pk = forms.MultipleChoiceField(required=False)

    def __init__(self, data=None, *args, **kwargs):
        super().__init__(data, *args, **kwargs)
        sent = data.getlist("pk") if hasattr(data, "getlist") else []
        self.fields["pk"].choices = [
            (text, text) for text in sent if text.isascii() and text.isdecimal() and len(text) < 19
        ]

    def clean_pk(self):
        chosen = [int(text) for text in self.cleaned_data["pk"]]
        if not chosen:
            raise ValidationError(_("Tick at least one row."))
        return chosen
