from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CompensationConfig(AppConfig):
    name = "compensation"
    verbose_name = _("Compensation")

    def ready(self):
        from cases.rules import appraised_by_him
        from compensation import entries, receivers, tellings
        from compensation.models import Compensation
        from core.visibility import register
        from payments.paying import pay_at
        from workflow.rules import own_region
        from workflow.signals import deadlines_breached

        register(Compensation, own_region)
        register(Compensation, appraised_by_him)
        pay_at("compensation.Compensation", "compensation:compensation-pay")
        deadlines_breached.connect(receivers.report_by_itself)
        tellings.register()
        entries.register()
