"""Rules of dispatching, in the back office."""

from django.contrib import admin

from technicians.models import DispatchRule


@admin.register(DispatchRule)
class DispatchRuleAdmin(admin.ModelAdmin):
    """A rule is in force unless it stands here switched off."""

    list_display = ["code", "active"]
