from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("Foundations")

    def ready(self):
        from core import (
            converters,  # noqa: F401 (registers them)
            demo,
            holidays,
            navigation,
        )
        from core.facts import load_facts
        from core.tables import exporting, loading  # noqa: F401 (they register their jobs)

        navigation.banner(demo.made_up)
        navigation.banner(holidays.missing)
        navigation.register(
            navigation.Entry(
                "tables", _("Import and export"), "core:tables", "arrow-down-up", "core.make_tableexport", order=45,
                place=navigation.MENU,
            )
        )  # fmt: skip
        post_migrate.connect(load_facts, sender=self)
