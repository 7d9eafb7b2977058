from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TechniciansConfig(AppConfig):
    name = "technicians"
    verbose_name = _("Work orders")

    def ready(self):
        from accounts.signals import user_leaving
        from cases.models import Complaint
        from core.models import SearchEntry
        from core.visibility import register
        from customers import erasing
        from customers.models import Customer
        from technicians import entries, finding, owing, policies, receivers, rulebook, rules, tellings
        from technicians.models import CheckedLine, HandIn, PartUsed, Technician, WorkOrder
        from workflow.models import Attachment, Deadline, Matter, Promise
        from workflow.rules import own_region
        from workflow.signals import events_recorded

        register(WorkOrder, own_region)
        register(WorkOrder, rules.orders_he_was_given)
        register(HandIn, rules.hand_ins_of_his_own)
        register(Technician, rules.technicians_of_his_regions)
        for model in (Complaint, Attachment, Deadline, Promise):
            register(model, rules.of_his_matters)
        register(Matter, rules.his_matters)
        register(Customer, rules.customers_he_visits)
        register(SearchEntry, rules.entries_he_may_find)
        erasing.keep(PartUsed, "name")  # what was built in, never for whom
        erasing.keep(CheckedLine, "text")  # as the company worded it; the reason why one was left out goes
        user_leaving.connect(receivers.call_back)
        events_recorded.connect(receivers.void_quotes)
        tellings.register()
        entries.register()
        finding.show()
        policies.register()
        owing.register()
        rulebook.register()
