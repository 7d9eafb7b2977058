"""The page of one work order, and the forms of its moves."""

import uuid
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from core.visibility import NOT_HERE, get_visible_or_404
from technicians.free import free_times
from technicians.models import WorkOrder
from technicians.orderfile import OrderFile
from workflow import file_views, link_views
from workflow.errors import StaleVersion
from workflow.forms import as_uuid, fingerprint
from workflow.offers import offers_for
from workflow.perform import note_refusal, repeated
from workflow.timeline import Cursor
from workflow.views import NEW_FOR, TransitionView, conflict_facts

RELATED = (
    "matter__customer__area", "matter__customer__dealer", "matter__owner", "region", "card__product", "card__plan",
    "complaint", "accepted_by", "rework_of", "strand",
)  # fmt: skip


def find(user, pk):
    """The order, if this person may see it now: one that was taken from him he sees no more."""
    order = get_visible_or_404(WorkOrder.objects.select_related(*RELATED), user, pk=pk)
    if user.role_names == {"technician"} and not order.is_in_crew(user):
        raise Http404(NOT_HERE)
    return order


class OrderDetail(TemplateView):
    """Everything about one work order, its next step first."""

    template_name = "technicians/order.html"

    def get_template_names(self):
        return ["workflow/_older.html" if self._older and self.request.htmx else self.template_name]

    @property
    def _older(self):
        return Cursor.read(self.request.GET.get("before"))

    def get_context_data(self, **kwargs):
        user, now = self.request.user, timezone.now()
        order = find(user, self.kwargs["pk"])
        new_since = now - timedelta(seconds=NEW_FOR) if "done" in self.request.GET else None
        file = OrderFile(order, user, now=now, before=self._older, new_since=new_since)
        return super().get_context_data(
            file=file,
            order=order,
            customer=order.matter.customer,
            steps=file.steps,
            timeline=file.lines,
            older=file.older,
            note_op=uuid.uuid4(),
            offers=offers_for(order, user),
            **kwargs,
        )


class OrderMove(TransitionView):
    """One verb of a work order, beside what one must know to fill it in."""

    model = WorkOrder
    facts_template_name = "technicians/_essentials.html"
    select_related = RELATED

    def get(self, request, pk):
        """Whom the order was taken from sees no form of it any more; what he sends meets its conflict (threats 13)."""
        find(request.user, pk)
        return super().get(request, pk)

    def post(self, request, pk):
        if self.was_taken_from_him() and not self.was_sent_before():
            note_refusal(self.record, self.verb, request.user, PermissionDenied(), timezone.now())
            form = self.get_form(request.POST, request.FILES)
            return self.refused(StaleVersion(self.record, self.version_sent()), form.unchecked())
        return super().post(request, pk)

    # --- what was done without a line and is sent now: answered in data, for the phone to keep or to forget -----------
    @property
    def is_queued(self):
        return "X-Queued" in self.request.headers

    def landing(self, record):
        """The crew goes on with the job on its phone, the office to the page of the order."""
        if self.request.user.role_names == {"technician"} and record.is_in_crew(self.request.user):
            return reverse("technicians:job", args=[record.pk])
        return record.get_absolute_url()

    def done(self, done):
        if not self.is_queued:
            return super().done(done)
        return JsonResponse({"version": done.record.version, "status": done.record.get_status_display()})

    def show(self, form, status=200):
        if not self.is_queued:
            return super().show(form, status)
        said = [
            (form.fields[name].label if name in form.fields else "", errors) for name, errors in form.errors.items()
        ]
        errors = [f"{label}: {text}" if label else text for label, texts in said for text in texts]
        return JsonResponse({"errors": [str(error) for error in errors]}, status=status)

    def refused(self, refusal, form=None):
        if not self.is_queued:
            return super().refused(refusal, form)
        facts = conflict_facts(self.request.user, self.record, refusal, form)
        news = [{"at": line.at.isoformat(), "who": str(line.who), "what": str(line.what)} for line in facts["news"]]
        return JsonResponse(
            {
                "reason": str(refusal.reason),
                "status": facts["record"].get_status_display(),
                "version": facts["record"].version,
                "may": not self.was_taken_from_him() and self.has_right(),
                "news": news,
            },
            status=409,
        )

    def was_taken_from_him(self):
        user, order = self.request.user, self.record
        return order.ever_had(user) and not order.is_in_crew(user) and not self.has_right()

    def was_sent_before(self):
        body, op = fingerprint(self.request), as_uuid(self.request.POST.get("op"))
        return repeated(self.record, self.verb, by=self.request.user, op=op, body=body)

    def version_sent(self):
        """The version his form was opened on; without one only the last act is news to him."""
        sent = self.request.POST.get("version", "")
        return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else self.record.version - 1


class Send(OrderMove):
    """Who goes: each one's skills, region, leave and free time on the day beside the form (S0-36, S1-60)."""

    template_name = "technicians/dispatch.html"
    facts_template_name = "technicians/_essentials.html"

    def context(self, form):
        people = form.fields["technician"].queryset
        chosen = {name: form[name].value() for name in ("technician", "helpers") if name in form.fields}
        helpers = {str(pk) for pk in chosen.get("helpers") or ()}
        rows = free_times(people, form.day, skill=self.record.skill)
        for row in rows:
            row.is_chosen = str(row.technician.pk) == str(chosen.get("technician") or "")
            row.helps = str(row.technician.pk) in helpers
        return super().context(form) | {"rows": rows, "day": form.day, "suits": list(self.record.preferred.all())}


class Rows(OrderMove):
    """A form some of whose fields are rows of a table."""

    template_name = "technicians/rows.html"


class Signed(OrderMove):
    """A form that ends with a signature."""

    template_name = "technicians/signed.html"


class AttachFiles(file_views.AttachFiles, OrderMove):
    """Photos and other files join the order."""


class FileMove(OrderMove):
    facts_template_name = "workflow/_file_in_hand.html"


class IssueLink(link_views.IssueLink, OrderMove):
    facts_template_name = ""


class RevokeLink(link_views.RevokeLink, OrderMove):
    """Every link of the matter stops working."""
