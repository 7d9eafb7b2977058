from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AftersalesConfig(AppConfig):
    """The project itself. It stands last in INSTALLED_APPS, so every app's permissions exist when roles are synced."""

    name = "aftersales"
    verbose_name = _("After-sales")

    def ready(self):
        from aftersales.roles import sync_roles

        post_migrate.connect(sync_roles, sender=self)
