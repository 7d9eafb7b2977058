"""Regions and departments, each department with the manager who supervises it (S0-21, S1-08, S1-11)."""

from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.db.models import Count, Q
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.generic import CreateView, TemplateView, UpdateView

from accounts.forms import DepartmentForm, RegionForm
from accounts.models import Department, Region
from accounts.views.profile import Answers422, LockedToSave


class UnitsView(PermissionRequiredMixin, TemplateView):
    template_name = "accounts/units.html"
    permission_required = "accounts.view_staff"

    def get_context_data(self, **kwargs):
        people = Count("staff", filter=Q(staff__is_active=True))
        return super().get_context_data(
            regions=Region.objects.annotate(people=people).order_by("-active", "code"),
            departments=Department.objects.annotate(people=people).select_related("manager"),
            **kwargs,
        )


class UnitForm(LockedToSave, Answers422, PermissionRequiredMixin):
    """What the four pages below share."""

    template_name = "accounts/unit_form.html"
    permission_required = "accounts.manage_units"
    success_url = reverse_lazy("accounts:units")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"by": self.request.user}

    def form_valid(self, form):
        messages.success(self.request, _("Saved."))
        return super().form_valid(form)


class NewRegionView(UnitForm, CreateView):
    form_class = RegionForm
    extra_context = {"heading": "new_region"}


class EditRegionView(UnitForm, UpdateView):
    form_class = RegionForm
    queryset = Region.objects.all()


class NewDepartmentView(UnitForm, CreateView):
    form_class = DepartmentForm
    extra_context = {"heading": "new_department"}


class EditDepartmentView(UnitForm, UpdateView):
    form_class = DepartmentForm
    queryset = Department.objects.all()
