from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CallbacksConfig(AppConfig):
    name = "callbacks"
    verbose_name = _("Follow-up calls")

    def ready(self):
        from callbacks import falling, finding, offers, receivers, tables, tellings, themes
        from callbacks.models import Campaign, Commendation, FollowUpCall, MonthSummary, NumberTask
        from callbacks.models.rules import load_steps
        from callbacks.visibility import own_or_all
        from core.navigation import Entry, register
        from core.visibility import register as let_see
        from customers import erasing
        from customers.signals import card_registered, consents_changed, customer_erasing
        from technicians.signals import orders_finished
        from workflow.receivers import ends_with_file
        from workflow.rules import own_region
        from workflow.signals import events_recorded
        from workflow.sweep import at_each_sweep

        for model in (FollowUpCall, Campaign, Commendation, NumberTask):
            let_see(model, own_region)
        let_see(MonthSummary, own_or_all)
        card_registered.connect(receivers.card_registered)
        events_recorded.connect(receivers.heard)
        orders_finished.connect(receivers.orders_finished)
        consents_changed.connect(receivers.consents_changed)
        customer_erasing.connect(receivers.customers_erasing)
        ends_with_file(receivers.planned_calls)
        erasing.also(MonthSummary)  # it quotes what customers said
        post_migrate.connect(load_steps, sender=self)
        post_migrate.connect(themes.load_list, sender=self)
        at_each_sweep(falling.sweep)
        tellings.register()
        offers.register()
        tables.offer()
        finding.show()
        desk = pgettext_lazy("navigation", "Callbacks")
        register(
            Entry("callbacks", desk, "callbacks:desk", "phone-outgoing", "callbacks.view_followupcall", order=35,
                  shortcut="g f", count=offers.on_my_list, is_work=True)
        )  # fmt: skip
