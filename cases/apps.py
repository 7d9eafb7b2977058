from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CasesConfig(AppConfig):
    name = "cases"
    verbose_name = _("Complaints")

    def ready(self):
        from accounts.signals import user_leaving
        from cases import customer_view, entries, finding, handing_out, offers, receivers, rules, tables, tellings
        from cases.delivery import register as deliveries
        from cases.models import Complaint, ComplaintItem
        from cases.rulebook import clocks
        from core import navigation
        from core.models import SearchEntry
        from core.navigation import Entry
        from core.visibility import register
        from customers import erasing
        from customers.models import Customer
        from payments.models import Claim, Gift
        from workflow.models import Attachment, Deadline, Matter, Promise
        from workflow.rules import own_region
        from workflow.signals import deadlines_breached

        register(Complaint, own_region)
        for model in (Complaint, Attachment, Deadline, Promise):
            register(model, rules.appraised_by_him)
        register(Matter, rules.matters_he_appraises)
        register(Customer, rules.customers_he_visits)
        register(SearchEntry, rules.entries_he_may_find)
        deadlines_breached.connect(receivers.put_before_superior)
        user_leaving.connect(receivers.hand_on_questions)
        user_leaving.connect(receivers.hand_on_appraisals)
        tellings.register()
        offers.register()
        customer_view.register()
        finding.show()
        entries.register()
        clocks.register()
        tables.offer()
        handing_out.register()
        deliveries.register()
        erasing.callers_in(Complaint, "caller_name", "caller_phone")
        erasing.keep(ComplaintItem, "room", "part")
        erasing.keep(Claim, "party")  # a carrier or a supplier
        erasing.keep(Gift, "item")

        intake = {"permission": "cases.register_complaint", "place": navigation.TOP}
        new, call = pgettext_lazy("navigation", "New complaint"), pgettext_lazy("navigation", "Call")
        navigation.register(Entry("new-complaint", new, "cases:call-new", "plus", order=10, shortcut="n", **intake))
        navigation.register(Entry("call", call, "cases:call", "phone-incoming", order=20, shortcut="c", **intake))
