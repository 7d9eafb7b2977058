"""The forms of a return's moves, each beside what one must know to fill it in."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from returns.changes import rehearse
from returns.models import ReturnRequest
from workflow import file_views, link_views
from workflow.errors import Refusal
from workflow.forms import fingerprint
from workflow.perform import note_refusal, perform
from workflow.views import TransitionView, add_errors, resend


class ReturnMove(TransitionView):
    """One verb of a return."""

    model = ReturnRequest
    facts_template_name = "returns/_essentials.html"
    select_related = ("matter__owner", "matter__customer__area", "matter__customer__dealer", "region")


class PreviewedMove(ReturnMove):
    """A step that shows first what it will do, and is confirmed once (issue of changes as one set)."""

    def post(self, request, pk):
        if "confirm" in request.POST or "again" in request.POST or not self.has_right():
            return super().post(request, pk)
        form = self.get_form(request.POST, request.FILES)
        if not form.is_valid():
            return self.show(form, status=422)
        if "back" in request.POST:
            return self.show(form)
        try:
            changes = rehearse(lambda: self.act(form), self.verb, self.record.get_status_display())
        except ValidationError as error:
            add_errors(form, error)
            return self.show(form, status=422)
        except Refusal as refusal:
            note_refusal(self.record, self.verb, request.user, refusal, timezone.now())
            return self.refused(refusal, form)
        except PermissionDenied as refusal:
            note_refusal(self.record, self.verb, request.user, refusal, timezone.now())
            raise
        return self.preview(form, changes)

    def act(self, form):
        clean = form.cleaned_data
        version = clean.get("version")
        body = fingerprint(self.request)
        return perform(self.record, self.verb, by=self.request.user, version=version, body=body, **form.details())

    def preview(self, form, changes):
        context = self.context(form) | {
            "changes": changes,
            "resend": resend(form),
            "title": _("Check before you confirm"),
            "act": self.move.label if self.move else self.verb,
        }
        return render(self.request, "returns/preview.html", context)


class AttachFiles(file_views.AttachFiles, ReturnMove):
    """Photos and other files join the return."""


class FileMove(ReturnMove):
    """An act on one file, with that file beside the form."""

    facts_template_name = "workflow/_file_in_hand.html"


class IssueLink(link_views.IssueLink, ReturnMove):
    """The customer's way to his return."""

    facts_template_name = ""


class RevokeLink(link_views.RevokeLink, ReturnMove):
    """Every link of the return stops working."""
