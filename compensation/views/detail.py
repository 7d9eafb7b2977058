"""The page of one compensation, and the one that asks for it."""

import uuid
from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from cases.models import Complaint
from compensation.forms import RequestForm, plan_of
from compensation.models import Compensation, Material
from compensation.steps import steps_for
from core.visibility import get_visible_or_404
from payments.models import Payment
from workflow.errors import Refusal
from workflow.models import Event
from workflow.offers import offers_for
from workflow.perform import begin
from workflow.photos import photos_of
from workflow.timeline import Names, lines_of, want_names
from workflow.views import NEW_FOR, add_errors, conflict

EVENTS = 100


class CompensationDetail(TemplateView):
    """Everything about one compensation, its next step first."""

    template_name = "compensation/detail.html"

    def get_context_data(self, **kwargs):
        user, now = self.request.user, timezone.now()
        if not user.has_perm("compensation.view_compensation"):
            raise PermissionDenied
        rows = Compensation.objects.select_related(
            "complaint", "matter__customer", "matter__owner", "region", "maker", "responsible", "submitted_by",
            "appraisal__technician", "group_report__raised_by", "group_claim", "option", "write_off",
        )  # fmt: skip
        one = get_visible_or_404(rows, user, pk=self.kwargs["pk"])
        order, found = one.order, one.found_material()
        new_since = now - timedelta(seconds=NEW_FOR) if "done" in self.request.GET else None
        return super().get_context_data(
            one=one,
            customer=one.matter.customer,
            order=order,
            lines=payment_lines(order),
            approvals=list(one.approvals().select_related("by", "for_whom").order_by("pk")),
            agreements=list(one.agreements.select_related("by").order_by("-pk")),
            material=[(kind.label, kind in found) for kind in Material],
            readings=list(one.readings.select_related("reader")),
            photos=photos_of(one.photos()[:20]),
            clocks=list(one.deadlines.filter(ended_at__isnull=True, met_at__isnull=True)),
            timeline=told(one, user, new_since),
            steps=steps_for(one, user),
            offers=offers_for(one, user),
            **kwargs,
        )


def payment_lines(order):
    """The lines of an order, newest first, each with its reversal and receipt known."""
    rows = Payment.objects.filter(order=order).select_related("by", "reversal", "receipt") if order else []
    return sorted(rows, key=lambda row: -row.pk)


def told(one, user, new_since):
    """What was done about it, newest first."""
    rows = Event.objects.filter(
        matter_id=one.matter_id,
        subject_type__app_label="compensation",
        subject_type__model="compensation",
        subject_id=one.pk,
    )
    events = list(rows.seen_by(user).newest_first()[:EVENTS])
    names = Names()
    want_names(events, names)
    names.load()
    return lines_of(
        events, names, is_new=lambda event: new_since is not None and event.at >= new_since and event.by_id == user.pk
    )


class CompensationNew(View):
    """A request on a complaint, filled in as far as the complaint, its plan and its appraisal say it."""

    template_name = "compensation/new.html"
    http_method_names = ["get", "head", "post"]

    def dispatch(self, request, *args, **kwargs):
        if request.method.lower() in self.http_method_names:
            rows = Complaint.objects.select_related(
                "matter__customer", "matter__owner", "region", "klass", "department"
            )
            self.complaint = get_visible_or_404(rows, request.user, pk=kwargs["pk"])
            if not request.user.has_perm("compensation.request_compensation"):
                raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request, pk):
        return self.show(RequestForm(record=self.complaint, user=request.user))

    def post(self, request, pk):
        form = RequestForm(request.POST, record=self.complaint, user=request.user)
        if not form.is_valid():
            return self.show(form, status=422)
        details, option = form.details(), plan_of(self.complaint)
        if option is not None and details["amount"] <= option.compensation:
            details["option"] = option
        op = form.cleaned_data["op"] or uuid.uuid4()
        try:
            done = begin(Compensation.request, "request", by=request.user, op=op, complaint=self.complaint, **details)
        except ValidationError as error:
            add_errors(form, error)
            return self.show(form, status=422)
        except Refusal as refusal:
            return conflict(request, self.complaint, refusal, form)
        if not done.replayed:
            messages.success(request, _("Asked for: %(number)s") % {"number": done.record.number})
        return HttpResponseRedirect(done.record.get_absolute_url())

    def show(self, form, status=200):
        context = {
            "form": form,
            "record": self.complaint,
            "complaint": self.complaint,
            "option": plan_of(self.complaint),
        }
        return render(self.request, self.template_name, context, status=status)
