"""Look-ups and support in the back office. People are changed on the staff pages, where it goes on record."""

from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.utils.translation import gettext_lazy as _

from accounts.models import Change, Department, Region, ShiftHours, User
from accounts.roles import role_label

admin.site.unregister(Group)


class ReadOnly:
    """Shown, never changed."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Group)
class RoleAdmin(admin.ModelAdmin):
    """Which role has which rights (S1-58). A role is never deleted from under the people who have it."""

    list_display = ["label", "people"]
    filter_horizontal = ["permissions"]
    search_fields = ["name"]

    @admin.display(description=_("role"))
    def label(self, group):
        return role_label(group.name)

    @admin.display(description=_("people"))
    def people(self, group):
        return group.user_set.filter(is_active=True).count()

    def has_delete_permission(self, request, obj=None):
        return obj is not None and super().has_delete_permission(request, obj) and not obj.user_set.exists()

    def get_readonly_fields(self, request, obj=None):
        return ["name"] if obj else []

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name == "permissions":
            kwargs["queryset"] = Permission.objects.select_related("content_type")
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_related(self, request, form, formsets, change):
        before = _rights(form.instance)
        super().save_related(request, form, formsets, change)
        if before != (after := _rights(form.instance)):
            Change.objects.write(
                Change.Act.RIGHTS_CHANGED, form.instance, by=request.user,
                rights=[sorted(before - after), sorted(after - before)],
            )  # fmt: skip


def _rights(group):
    rights = group.permissions.select_related("content_type")
    return {f"{right.content_type.app_label}.{right.codename}" for right in rights}


@admin.register(User)
class UserAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["username", "name", "work_number", "department", "is_active", "last_login"]
    list_filter = ["is_active", "groups", "regions"]
    search_fields = ["username", "name", "work_number"]
    exclude = ["password"]


@admin.register(Change)
class ChangeAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["at", "by", "act", "subject", "in_words"]
    list_filter = ["act"]
    date_hierarchy = "at"
    list_select_related = ["by", "subject_type"]


@admin.register(ShiftHours)
class ShiftHoursAdmin(admin.ModelAdmin):
    list_display = ["shift", "starts", "ends"]


class UnitAdmin(admin.ModelAdmin):
    """Changed on the page of the units; here a wrong one can be deleted as long as nothing hangs on it."""

    list_display = ["code", "name", "active"]
    search_fields = ["code", "name"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


admin.site.register(Region, UnitAdmin)
admin.site.register(Department, UnitAdmin)
