"""The back office: Django's admin for look-ups, policies and support, behind a path of its own.

LoginRequiredMiddleware answers 404 to everybody but an administrator with two-step login, before any page of it runs.
No status is changed here: a field of a state machine must be read-only in every ModelAdmin (check accounts.E001),
because a change of status goes through ``workflow.perform`` with its guards, its record and its clocks, or not at all.
"""

from django.contrib import admin
from django.core import checks
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.common import no_append_slash
from django_fsm import FSMFieldMixin


class BackOffice(admin.AdminSite):
    site_header = _("Back office")
    site_title = _("Back office")
    index_title = _("Settings, look-ups and support")
    site_url = "/"
    enable_nav_sidebar = True

    def has_permission(self, request):
        user = request.user
        return user.is_active and user.has_role("administrator") and user.is_verified()

    def get_urls(self):
        """The admin's pages, none of which betrays itself by adding a missing slash for a stranger."""
        patterns = super().get_urls()
        for pattern in _views(patterns):
            pattern.callback = no_append_slash(pattern.callback)
        return patterns

    def password_change(self, request, extra_context=None):
        return redirect("accounts:password")

    def check(self, app_configs):
        return super().check(app_configs) + self._changeable_states()

    def _changeable_states(self):
        return [
            checks.Error(
                f"{model._meta.label}.{field.name} is the state of a state machine and must be in readonly_fields.",
                obj=type(model_admin),
                id="accounts.E001",
            )
            for model, model_admin in self._registry.items()
            for field in model._meta.fields
            if isinstance(field, FSMFieldMixin) and field.name not in model_admin.readonly_fields
        ]


def _views(patterns):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from _views(pattern.url_patterns)
        else:
            yield pattern
