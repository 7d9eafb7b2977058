from dataclasses import replace

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People and rights")
    default = True

    def ready(self):
        from accounts import receivers, tables, visibility  # noqa: F401
        from accounts.models import User
        from core.navigation import MENU, Entry, register
        from core.visibility import register as register_rule

        tables.offer()
        register_rule(User, visibility.colleagues)
        register(Entry("roster", _("Duty roster"), "accounts:roster", icon="calendar-clock", place=MENU, order=20))
        staff = Entry("staff", _("Staff"), "accounts:staff", icon="users", place=MENU, order=30)
        register(replace(staff, permission="accounts.view_staff"))


class BackOfficeConfig(admin_apps.AdminConfig):
    """Django's admin with our own site, so that ``admin.site`` is the guarded one wherever it is used."""

    default_site = "accounts.backoffice.BackOffice"
    default = False
