"""The way to the money pages, and who is called to which."""

from django.utils.translation import pgettext_lazy

from core.navigation import Entry
from core.navigation import register as enter
from payments.models import PayOrder


def register():
    enter(Entry("to-pay", pgettext_lazy("navigation", "Payments"), "payments:to-pay", "banknote",
                permission="payments.view_payorder", order=46, shortcut="g m", count=_to_pay, is_work=True))  # fmt: skip


def _to_pay(user):
    return PayOrder.objects.visible_to(user).waiting() if user.has_perm("payments.pay_payorder") else None
