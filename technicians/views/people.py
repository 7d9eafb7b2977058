"""Technicians: who they are, what they know, which papers they hold, when they are away (S2-124, S3-42)."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.generic import TemplateView, View

from accounts.models import Region
from core.editing import EditPage, NewPage
from core.lists import FilteredListView
from core.visibility import get_visible_or_404
from technicians.models import Certificate, Leave, Technician, grant_leave
from technicians.people_forms import CertificateForm, LeaveForm, NewTechnicianForm, TechnicianForm
from workflow.views import add_errors

SEE, MANAGE = "technicians.view_roster", "technicians.manage_technician"


def regions_of(user):
    """Keys of the regions this person works in."""
    if user.sees_everything:
        return list(Region.objects.in_use().values_list("pk", flat=True))
    return user.region_ids


class Technicians(FilteredListView):
    """Everybody who is sent out from the person's regions."""

    queryset = Technician.objects.select_related("user", "home").prefetch_related("certificates")
    permission_required = SEE
    template_name = "technicians/technician_list.html"
    orders = {"name": ("user__name", "pk")}

    def get_context_data(self, **kwargs):
        context, today = super().get_context_data(**kwargs), timezone.localdate()
        for row in context["rows"]:
            row.expired = row.expired_certificates(today)
        return context | {"may_manage": self.request.user.has_perm(MANAGE)}


class TechnicianDetail(TemplateView):
    """One technician with his papers and his leave."""

    template_name = "technicians/technician.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        rows = Technician.objects.select_related("user", "home").prefetch_related("certificates")
        technician = get_visible_or_404(rows, user, pk=self.kwargs["pk"])
        if not user.has_perm(SEE) and technician.user_id != user.pk:
            raise PermissionDenied
        today = timezone.localdate()
        return super().get_context_data(
            technician=technician,
            expired=technician.expired_certificates(today),
            leaves=technician.leaves.filter(last_on__gte=today).order_by("first_on"),
            today=today,
            may_manage=user.has_perm(MANAGE),
            **kwargs,
        )


class PersonPage:
    """What the forms about technicians share."""

    permission = MANAGE
    template_name = "technicians/technician_form.html"


class TechnicianNew(PersonPage, NewPage):
    form_class = NewTechnicianForm
    title = pgettext_lazy("technician", "New technician")

    def form_options(self):
        return {"regions": regions_of(self.request.user)}

    def create(self, form, **press):
        technician = form.save(commit=False)
        technician.created_by = self.request.user
        for name, value in press.items():
            setattr(technician, name, value)
        technician.save()
        return technician

    def made(self, op):
        return Technician.made_by(op, self.request.user)


class TechnicianEdit(PersonPage, EditPage):
    form_class = TechnicianForm
    queryset = Technician.objects.select_related("user")
    title = pgettext_lazy("technician", "Edit technician")

    def form_options(self):
        return {"regions": regions_of(self.request.user)}


class OfTechnician(PersonPage, NewPage):
    """Something new about one technician of one's regions."""

    def find(self):
        rows = Technician.objects.select_related("user")
        self.technician = get_visible_or_404(rows, self.request.user, pk=self.kwargs["pk"])

    def get_context_data(self, **context):
        return super().get_context_data(technician=self.technician, **context)

    def get_success_url(self, record):
        return self.technician.get_absolute_url()


class CertificateNew(OfTechnician):
    form_class = CertificateForm
    title = pgettext_lazy("technician", "Add a certificate or training")

    def create(self, form, **press):
        certificate = form.save(commit=False)
        certificate.technician, certificate.created_by = self.technician, self.request.user
        for name, value in press.items():
            setattr(certificate, name, value)
        certificate.save()
        return certificate

    def made(self, op):
        return Certificate.made_by(op, self.request.user)


class LeaveNew(OfTechnician):
    """Leave takes his half hours; refused where he is sent somewhere on these days."""

    form_class = LeaveForm
    title = gettext_lazy("Enter leave")

    def post(self, request, *args, **kwargs):
        try:
            return super().post(request, *args, **kwargs)
        except ValidationError as refusal:
            form = self.form_class(request.POST)
            form.is_valid()
            add_errors(form, refusal)
            return self.answer(form, 422, op=request.POST.get("op"))

    def create(self, form, **press):
        return grant_leave(self.technician, by=self.request.user, **form.cleaned_data, **press)

    def made(self, op):
        return Leave.made_by(op, self.request.user)


class LeaveCancel(View):
    """He is there after all: his half hours are free again."""

    http_method_names = ["post"]

    def post(self, request, pk, leave):
        technician = get_visible_or_404(Technician.objects.all(), request.user, pk=pk)
        if not request.user.has_perm(MANAGE):
            raise PermissionDenied
        get_object_or_404(Leave, technician=technician, pk=leave).delete()
        messages.success(request, _("The leave is taken back."))
        return HttpResponseRedirect(technician.get_absolute_url())
