from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    name = "payments"
    verbose_name = _("Payments")

    def ready(self):
        from core.visibility import register
        from customers import erasing
        from payments import entries, tellings
        from payments.models import Claim, Debt, Gift, Payment, PayOrder
        from payments.paying import pay_at
        from workflow.rules import of_matter, own_region

        erasing.keep(Payment, "reference")  # a number of the bank's, or of a bill of ours
        register(PayOrder, own_region)
        for model in (Payment, Debt, Claim, Gift):
            register(model, of_matter)
        pay_at("payments.Debt", "payments:debt-pay")
        tellings.register()
        entries.register()
