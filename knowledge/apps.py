from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KnowledgeConfig(AppConfig):
    name = "knowledge"
    verbose_name = _("Knowledge")

    def ready(self):
        from core.navigation import Entry, register
        from knowledge import visibility

        visibility.register()
        right = "knowledge.view_handlingguide"
        register(
            Entry("handbook", _("Handbook"), "knowledge:handbook", "book-open-text", right, order=90, shortcut="g b")
        )
