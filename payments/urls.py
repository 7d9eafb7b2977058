"""The map of the money pages: one line per page, one per act."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from core import converters  # noqa: F401 — registers <id:…>
from payments import forms, views
from payments.models import Claim, Debt, Gift

app_name = "payments"


def new(model, verb, form_class, right, title):
    name = model._meta.model_name
    view = views.EntryNew.as_view(model=model, verb=verb, form_class=form_class, permission_required=right, title=title)
    return path(f"matters/<id:pk>/{name}s/new/", view, name=f"{name}-new")


def act(model, verb, form_class, right, title):
    name = model._meta.model_name
    view = views.Acting.as_view(model=model, verb=verb, form_class=form_class, permission_required=right, title=title)
    return path(f"money/{name}s/<id:pk>/{verb}/", view, name=f"{name}-{verb}")


PAY, REVERSE = "payments.pay_payorder", "payments.reverse_payment"
urlpatterns = [
    path("money/to-pay/", views.ToPay.as_view(), name="to-pay"),
    path("money/payments/", views.PaymentList.as_view(), name="payments"),
    path("money/payments.xlsx", views.MonthFile.as_view(), name="month-file"),
    path("money/payments/<id:pk>/receipt/", views.ReceiptNew.as_view(), name="receipt-new"),
    path("money/receipts/<id:pk>/", views.ReceiptPaper.as_view(), name="receipt"),
    path("money/batches/", views.BatchList.as_view(), name="batches"),
    path("money/batches/new/", views.BatchNew.as_view(), name="batch-new"),
    path("money/batches/<id:pk>.csv", views.BatchFile.as_view(), name="batch-file"),
    path("money/debts/", views.DebtList.as_view(), name="debts"),
    path("money/debts/<id:pk>/", views.DebtDetail.as_view(), name="debt"),
    path("money/claims/", views.ClaimList.as_view(), name="claims"),
    path("money/claims/<id:pk>/", views.ClaimDetail.as_view(), name="claim"),
    path("money/gifts/", views.GiftList.as_view(), name="gifts"),
    new(Debt, "owe", forms.DebtForm, "payments.record_debt", _("We owe the customer")),
    act(Debt, "confirm", forms.ConfirmForm, "payments.confirm_debt", _("Confirm what we owe")),
    act(Debt, "pay", forms.PayDebtForm, PAY, _("Pay it back")),
    act(Debt, "reverse", forms.ReverseDebtForm, REVERSE, _("Reverse a payment")),
    act(Debt, "drop", forms.ReasonForm, "payments.confirm_debt", _("It is not owed")),
    new(Claim, "raise_on", forms.ClaimForm, "payments.record_claim", _("Claim from others")),
    act(Claim, "answered", forms.ClaimAnswerForm, "payments.settle_claim", _("Record their answer")),
    act(Claim, "receive", forms.ClaimReceiveForm, "payments.settle_claim", _("Record money received")),
    new(Gift, "give", forms.GiftForm, "payments.give_gift", _("Give a present")),
    act(Gift, "deliver", forms.DeliverForm, "payments.give_gift", _("Hand the present over")),
]
