"""The calendar and what leaves the system, in the back office."""

from django.contrib import admin, messages
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.models import Area, Outbox, ServiceHours, WorkDay


@admin.register(WorkDay)
class WorkDayAdmin(admin.ModelAdmin):
    """Holidays and make-up days. Clocks that run already keep the due times they were given."""

    list_display = ["date", "name", "is_working"]
    list_filter = ["is_working"]
    date_hierarchy = "date"


@admin.register(ServiceHours)
class ServiceHoursAdmin(admin.ModelAdmin):
    list_display = ["weekday", "opens", "closes"]


@admin.register(Area)
class AreaAdmin(admin.ModelAdmin):
    """Official codes: read here, loaded from the file of each release."""

    list_display = ["code", "full_name", "level"]
    list_filter = ["level"]
    search_fields = ["code", "full_name"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Outbox)
class OutboxAdmin(admin.ModelAdmin):
    """What was sent, what waits, and what could not be sent: that can be tried again."""

    list_display = ["created_at", "kind", "to", "state", "attempts", "next_at", "error"]
    list_filter = ["state", "kind"]
    search_fields = ["key", "to"]
    ordering = ["-pk"]
    show_full_result_count = False
    actions = ["try_again"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.action(description=_("Try to send again"))
    def try_again(self, request, rows):
        again = sum(row.retry(timezone.now()) for row in rows.failed())
        text = ngettext("%(count)d message is tried again.", "%(count)d messages are tried again.", again)
        messages.success(request, text % {"count": again})
