from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReturnsConfig(AppConfig):
    name = "returns"
    verbose_name = _("Returns and exchanges")

    def ready(self):
        from core.outbox import handler
        from core.visibility import register
        from customers.models import Customer
        from payments.paying import pay_at
        from returns import customer_view, entries, lapsing, news, receivers, rulebook, rules, tellings
        from returns.models import Parcel, ReturnRequest, WrongShipment
        from returns.signals import wrong_shipment_found
        from workflow.models import Attachment, Deadline, Matter, Promise
        from workflow.rules import own_region
        from workflow.signals import events_recorded
        from workflow.sweep import at_each_sweep

        register(ReturnRequest, own_region)
        register(ReturnRequest, rules.inspected_by_him)
        register(Parcel, own_region)
        register(WrongShipment, own_region)
        wrong_shipment_found.connect(receivers.enter_in_register)
        for model in (Attachment, Deadline, Promise):
            register(model, rules.in_matters_he_inspects)
        register(Matter, rules.matters_he_inspects)
        register(Customer, rules.customers_he_visits)
        handler(news.KIND, transactional=True)(news.put_up)
        events_recorded.connect(news.tell_the_customer)
        at_each_sweep(lapsing.let_lapse)
        pay_at("returns.ReturnRequest", "returns:returnrequest-refund")
        tellings.register()
        customer_view.register()
        entries.register()
        rulebook.register()
