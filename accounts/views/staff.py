"""The list of staff, one member of it, and what a manager does about a login (S1-10, S1-54, S1-58, S2-01)."""

from itertools import groupby

from django.apps import apps
from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.db.models.functions import Length
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import CreateView, DetailView, FormView, TemplateView, UpdateView

from accounts import two_step
from accounts.filters import StaffFilter
from accounts.forms import DeactivateForm, StaffForm
from accounts.models import Change, User
from accounts.roles import in_order, role_label
from accounts.views.profile import Answers422, LockedToSave
from core.forms import Form
from core.lists import FilteredListView
from core.visibility import get_visible_or_404


class StaffListView(PermissionRequiredMixin, FilteredListView):
    """Whom one may see: those who work here, or those who left."""

    template_name = "accounts/staff_list.html"
    queryset = (
        User.objects.select_related("department", "superior")
        .prefetch_related("groups", "regions")
        .annotate(digits=Length("work_number"))  # so that 10 stands after 9
    )
    filterset_class = StaffFilter
    orders = {"name": ("username",), "work_number": ("digits", "work_number"), "newest": ("-date_joined",)}
    order_labels = {
        "name": gettext_lazy("User name"),
        "work_number": gettext_lazy("Work number"),
        "newest": gettext_lazy("Newest first"),
    }
    default_order = "name"

    def has_permission(self):
        return may_see_staff(self.request.user)


class StaffView(PermissionRequiredMixin, DetailView):
    """One member of staff, with what was changed about the login and by whom."""

    template_name = "accounts/staff_member.html"
    context_object_name = "person"

    def has_permission(self):
        return may_see_staff(self.request.user)

    def get_object(self):
        return get_visible_or_404(
            User.objects.select_related("department", "superior"), self.request.user, pk=self.kwargs["pk"]
        )

    def get_context_data(self, **kwargs):
        person = self.object
        return super().get_context_data(
            may_manage=self.request.user.may_manage(person),
            changes=Change.objects.about(person).select_related("by")[:50],
            two_step_is_on=two_step.is_on(person),
            subordinates=person.subordinates.active(),
            **kwargs,
        )


def may_see_staff(user):
    """Who manages staff, and whoever runs a department of his own (S1-11)."""
    return user.has_perm("accounts.view_staff") or bool(user.managed_department_ids)


class ManagesStaff(PermissionRequiredMixin):
    """For those who may change the login in question: unseen 404, seen but not theirs to change 403."""

    permission_required = "accounts.manage_staff"

    @cached_property
    def person(self):
        person = get_visible_or_404(User.objects.all(), self.request.user, pk=self.kwargs["pk"])
        if not self.request.user.may_manage(person):
            raise PermissionDenied(_("Only an administrator may change this login."))
        return person

    def get_context_data(self, **kwargs):
        return super().get_context_data(**({"person": self.person} if "pk" in self.kwargs else {}), **kwargs)

    def get_success_url(self):
        return reverse("accounts:staff-member", args=[self.kwargs["pk"]])


class NewStaffView(Answers422, ManagesStaff, CreateView):
    """Employ somebody: the login starts with a one-time password, shown once."""

    template_name = "accounts/staff_form.html"
    form_class = StaffForm

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"by": self.request.user}

    def form_valid(self, form):
        person = form.save()
        return show_password(self, person, person.give_temporary_password(by=self.request.user))


class EditStaffView(LockedToSave, Answers422, ManagesStaff, UpdateView):
    template_name = "accounts/staff_form.html"
    context_object_name = "person"  # "user" is the frame's
    form_class = StaffForm

    def get_object(self):
        return self.lock(User.objects).get(pk=self.person.pk)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"by": self.request.user}

    def form_valid(self, form):
        messages.success(self.request, _("Saved."))
        return super().form_valid(form)


class StaffActView(Answers422, ManagesStaff, FormView):
    """A page that says what an act means and does it when the form is sent."""

    form_class = Form
    act = ""

    def get_template_names(self):
        return ["accounts/staff_act.html"]

    def get_context_data(self, **kwargs):
        return super().get_context_data(act=self.act, **kwargs)


class DeactivateView(StaffActView):
    form_class = DeactivateForm
    act = "deactivate"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"leaving": self.person, "by": self.request.user}

    def form_valid(self, form):
        try:
            self.person.deactivate(by=self.request.user, successor=form.cleaned_data["successor"])
        except ValidationError as refusal:
            form.add_error(None, refusal)
            return self.form_invalid(form)
        messages.success(self.request, _("%(name)s can no longer sign in.") % {"name": self.person})
        return super().form_valid(form)


class ReactivateView(StaffActView):
    act = "reactivate"

    def form_valid(self, form):
        return show_password(self, self.person, self.person.reactivate(by=self.request.user))


class ResetPasswordView(StaffActView):
    act = "reset_password"

    def form_valid(self, form):
        return show_password(self, self.person, self.person.give_temporary_password(by=self.request.user))


class TwoStepResetView(StaffActView):
    """For somebody who lost phone and paper; an administrator's alone, since it takes a protection away."""

    act = "two_step_off"

    def has_permission(self):
        return super().has_permission() and self.request.user.has_role("administrator")

    def form_valid(self, form):
        two_step.turn_off(self.person, by=self.request.user)
        messages.success(self.request, _("Two-step login of %(name)s is off.") % {"name": self.person})
        return super().form_valid(form)


def show_password(view, person, password):
    # Only this answer ever holds it; going back or reloading does not show it again.
    context = {"person": person, "password": password}
    response = view.response_class(view.request, "accounts/one_time_password.html", context)
    response["Cache-Control"] = "no-store"
    return response


class RolesView(PermissionRequiredMixin, TemplateView):
    """Which role has which rights, as a table; administrators change it in the back office (S1-58)."""

    template_name = "accounts/roles.html"
    permission_required = "accounts.view_staff"

    def get_context_data(self, **kwargs):
        groups = {group.name: group for group in Group.objects.prefetch_related("permissions")}
        roles = [groups[name] for name in in_order(groups)]
        has = {(group.pk, right.pk) for group in roles for right in group.permissions.all()}
        return super().get_context_data(
            roles=[(role_label(group.name), group) for group in roles],
            parts=[
                (
                    part,
                    [
                        (right_label(right), [(group, (group.pk, right.pk) in has) for group in roles])
                        for right in rights
                    ],
                )
                for part, rights in groupby(own_rights(), key=part_of)
            ],
            **kwargs,
        )


def own_rights():
    """Rights that tell our roles apart: those that name an act of ours, and Django's own where some role has them."""
    of_a_table = Q(codename__regex=r"^(add|change|delete|view)_")
    used = Group.permissions.through.objects.exclude(group__name="administrator").values("permission")
    rights = Permission.objects.filter(~of_a_table | Q(pk__in=used)).select_related("content_type")
    return rights.order_by("content_type__app_label", "content_type", "pk")


def part_of(right):
    """The part of the application a right is about."""
    return apps.get_app_config(right.content_type.app_label).verbose_name


OF_A_TABLE = {
    "view": gettext_lazy("See: %(things)s"),
    "add": gettext_lazy("Add: %(things)s"),
    "change": gettext_lazy("Change: %(things)s"),
    "delete": gettext_lazy("Delete: %(things)s"),
}


def right_label(right):
    """The right in the reader's language; the names are written in English where the right is declared."""
    act, _space, thing = right.codename.partition("_")
    model = right.content_type.model_class()
    if model and act in OF_A_TABLE and thing == right.content_type.model:
        return OF_A_TABLE[act] % {"things": model._meta.verbose_name}
    return _(right.name)
