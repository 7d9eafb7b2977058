"""One act on several ticked records; each row tells what became of it."""

import uuid

from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.generic import View

from cases.handover_forms import BulkAssignForm, BulkEvaluateForm
from cases.models import Complaint
from cases.models.choices import Severity
from workflow.errors import Refusal
from workflow.perform import perform
from workflow.timeline import label_of_verb

MOST = 100


class BulkMove(View):
    """GET shows the form over the ticked records, POST acts on each through the one door and reports row by row."""

    model = Complaint
    template_name = "cases/bulk.html"
    done_template_name = "cases/bulk_done.html"
    verb = ""
    form_class = None
    permission = ""
    hint = ""

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and not request.user.has_perm(self.permission):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request):
        return self.show(self.form_class(user=request.user), self.chosen(request.GET))

    def post(self, request):
        form, complaints = self.form_class(request.POST, user=request.user), self.chosen(request.POST)
        if not form.is_valid():
            return self.show(form, complaints, status=422)
        op = form.cleaned_data.pop("op") or uuid.uuid4()
        for complaint in complaints:
            complaint.outcome = self.act(complaint, op, form.cleaned_data)
        context = {"complaints": complaints, "title": self.title, "verb": self.verb}
        return render(request, self.done_template_name, context)

    def chosen(self, data):
        """The ticked records this person may see, as he saw them."""
        ids = [int(pk) for pk in data.getlist("pk")[:MOST] if pk.isdecimal() and len(pk) < 19]
        rows = self.model.objects.visible_to(self.request.user).filter(pk__in=ids).with_customer()
        complaints = list(
            rows.select_related("matter__customer", "matter__owner", "region").order_by("received_at", "pk")
        )
        for complaint in complaints:
            seen = data.get(f"version-{complaint.pk}", "")
            complaint.seen_version = int(seen) if seen.isdecimal() and len(seen) < 10 else complaint.version
            complaint.objection = self.objection(complaint)
        return complaints

    def objection(self, complaint):
        """Why this one is left out; empty when it takes part."""
        return ""

    def act(self, complaint, op, details):
        if complaint.objection:
            return {"text": complaint.objection}
        try:
            # Each row has its own operation, made from the form's: a second press repeats none of them.
            perform(complaint, self.verb, by=self.request.user, op=uuid.uuid5(op, str(complaint.pk)),
                    version=complaint.seen_version, **details)  # fmt: skip
        except ValidationError as error:
            return {"text": " ".join(error.messages)}
        except PermissionDenied as error:
            return {"text": str(error) or _("No right to do so.")}
        except Refusal as refusal:
            return {"text": str(refusal.reason)}
        return {"text": _("done"), "is_done": True}

    @property
    def title(self):
        return label_of_verb(self.model, self.verb)

    def show(self, form, complaints, status=200):
        context = {"form": form, "complaints": complaints, "title": self.title, "hint": self.hint}
        return render(self.request, self.template_name, context, status=status)


class EvaluateMany(BulkMove):
    """Minor matters are evaluated together; what was serious deserves words of its own."""

    verb = "evaluate"
    form_class = BulkEvaluateForm
    permission = "cases.evaluate_complaint"

    def objection(self, complaint):
        if complaint.severity != Severity.MINOR or complaint.is_grave:
            return _("Not minor: evaluate it by itself.")
        return ""


class AssignMany(BulkMove):
    """Ticked complaints get one handler."""

    verb = "assign"
    form_class = BulkAssignForm
    permission = "cases.assign_complaint"
