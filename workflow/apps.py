from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkflowConfig(AppConfig):
    name = "workflow"
    verbose_name = _("Workflow")

    def ready(self):
        from accounts.signals import user_leaving
        from core.visibility import register
        from customers import erasing
        from customers.signals import (
            card_registered,
            consents_changed,
            customer_changed,
            customer_erasing,
            customer_opened,
            customers_merged,
            customers_parted,
        )
        from customers.views.file import show_file_with
        from workflow import file_handing_out, file_page, file_retention, receivers, rules, tellings
        from workflow.models import Attachment, Deadline, Handover, Matter, Promise
        from workflow.panels import SIDE, panel

        register(Matter, rules.matters)
        for model in (Attachment, Deadline, Promise):
            register(model, rules.of_matter)
        user_leaving.connect(receivers.hand_on)
        customer_opened.connect(receivers.file_opened)
        customer_changed.connect(receivers.file_corrected)
        card_registered.connect(receivers.card_registered)
        consents_changed.connect(receivers.consents_changed)
        customer_erasing.connect(receivers.forget_customers)
        erasing.obstacle(receivers.open_matters)
        file_retention.register()
        file_handing_out.register()
        erasing.also(Handover)
        erasing.keep(Attachment, "content_type")
        customers_merged.connect(receivers.files_merged)
        customers_parted.connect(receivers.files_parted)
        tellings.register()
        show_file_with(file_page.file_page)
        panel("merged", file_page.merged_files, place=SIDE, order=4)
        panel("likes", file_page.files_like_it, place=SIDE, order=5)
        panel("promises", file_page.open_promises, place=SIDE, order=10)
        panel("photos", file_page.photos, place=SIDE, order=20)
