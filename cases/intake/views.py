"""The pages of a call: find the caller, write down what he wants, tell him the number."""

import uuid
from functools import cached_property

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from cases.intake import acts
from cases.intake.caller import file_elsewhere, find_caller
from cases.intake.desk import Desk
from cases.intake.drafts import drop_draft, unfinished
from cases.intake.forms import CallForm, objections
from cases.intake.kinds import ON_AN_OPEN_ONE, Kind
from cases.intake.panel import CallerFile
from cases.intake.proposal import reply_by, suggest
from cases.intake.submission import Submission
from cases.intake.written import Written
from cases.models import Complaint, choices
from core.visibility import get_visible_or_404
from customers import access
from customers.models import Customer
from workflow.actors import caller_of
from workflow.errors import MoveRefused, OperationConflict
from workflow.models import Operation, Promise
from workflow.perform import begin

MOST_RECENT = 6


class IntakeView(PermissionRequiredMixin, View):
    """Whoever may register complaints takes calls; others are refused, not sent to the login page."""

    permission_required = "cases.register_complaint"
    raise_exception = True


class CallView(IntakeView):
    """The call screen. GET finds the file and shows the form; POST registers what was written."""

    http_method_names = ["get", "head", "post", "options"]
    without_number = False

    # --- who is calling -----------------------------------------------------------------------------------------
    @cached_property
    def caller(self):
        return find_caller(self.request.GET.get("phone"), self.request.user)

    @cached_property
    def file(self):
        """The file on the screen: the one chosen, or the only one the number leads to."""
        asked = self.request.GET.get("customer")
        if asked:
            files = Customer.objects.live().with_contact_points()
            customer = get_visible_or_404(files, self.request.user, pk=asked)
        elif len(self.caller.files) == 1 and not self.is_new:
            customer = self.caller.files[0]
        else:
            return None
        return CallerFile(customer, self.request.user, number=self.caller.number)

    @property
    def is_new(self):
        """Whether the agent asked for an empty file: a call without number, another channel, somebody new on a known line."""
        return self.without_number or "new" in self.request.GET

    @cached_property
    def branch_file(self):
        """The file another branch has for this number, when the call is to be handed over to it."""
        asked = self.request.GET.get("branch")
        if not asked:
            return None
        found = file_elsewhere(self.caller.number, asked, self.request.user)
        if found is None:
            raise Http404
        return found

    @property
    def mode(self):
        if self.branch_file:
            return "branch"
        if self.file:
            return "file"
        if self.caller.elsewhere and not self.caller.files:
            return "elsewhere"
        if self.is_new or (self.caller.text and self.caller.is_unknown):
            return "new"
        return "pick" if self.caller.files else "start"

    # --- showing ------------------------------------------------------------------------------------------------
    def get(self, request):
        form = self.get_form() if self.mode in ("file", "new", "branch") else None
        if self.mode == "file":
            access.note(self.file.customer, request.user, access.Kind.OPENED, timezone.now())
        return self.show(form)

    def get_form(self, data=None, files=None):
        return CallForm(
            data,
            files,
            desk=self.desk,
            file=self.file,
            number=self.caller.number,
            branch=self.branch_file.region if self.branch_file else None,
            initial=self.initial(),
        )

    @cached_property
    def desk(self):
        return Desk(self.request.user, self.file)

    def initial(self):
        asked = self.request.GET
        kind = asked.get("kind") if asked.get("kind") in Kind.values else Kind.COMPLAINT
        initial = {"kind": kind, "into": asked.get("into") or self._first_open}
        if not self.caller.number:
            initial |= {"channel": choices.Channel.COUNTER} if self.is_new and not self.caller.text else {}
            initial |= {"name": self.caller.text} if self.mode == "new" else {}
        initial["twin_is_meant"] = bool(self.caller.files)
        if region := self._region:
            initial["promise_at"] = reply_by(
                timezone.now(), customer=self._customer, region=region, type=choices.Type.COMPLAINT
            )
        return initial

    @property
    def _first_open(self):
        return str(self.file.open[0].complaint.pk) if self.file and self.file.open else ""

    @property
    def _customer(self):
        return self.file.customer if self.file else Customer()

    @property
    def _region(self):
        if self.branch_file:
            return self.branch_file.region
        return self.file.customer.region if self.file else next(iter(self.desk.regions), None)

    def show(self, form, status=200, **context):
        context |= {
            "mode": self.mode,
            "caller": self.caller,
            "file": self.file,
            "branch": self.branch_file.region if self.branch_file else None,
            "desk": self.desk,
            "form": form,
            "may_open_files": self.request.user.has_perm("customers.add_customer"),
        }
        if self.mode == "start":
            context |= {"drafts": unfinished(self.request.user), "latest": latest_of(self.request.user)}
        return render(self.request, "cases/call.html", context, status=status)

    # --- acting -------------------------------------------------------------------------------------------------
    def post(self, request):
        submission = Submission(request)
        if earlier := submission.earlier:
            return self.replay(earlier, submission)
        if self.mode not in ("file", "new", "branch"):
            return self.show(None, status=422)
        if self.mode == "new" and (spread := self.newcomer()):
            return self.show(spread)
        form = self.get_form(request.POST, request.FILES)
        form.check_ids()
        if not form.is_valid():
            return self.show(form, status=422)
        try:
            self.act(form, submission)
        except ValidationError as error:
            objections(form, error)
            return self.show(form, status=422)
        except MoveRefused as refusal:
            # What it was to be added to has ended meanwhile: the words stay, the agent chooses again.
            form.add_error("into" if "into" in form.fields else None, refusal.reason)
            return self.show(form, status=409)
        except OperationConflict:
            return self.replay(submission.earlier, submission)
        drop_draft(request.user, form.draft_key)
        return HttpResponseRedirect(reverse("cases:call-done", args=[submission.op]))

    def newcomer(self):
        """The form with a pasted contact in its fields, when that is what was asked for."""
        if not self.request.user.has_perm("customers.add_customer"):
            raise PermissionDenied(_("Your role does not include opening a customer's file."))
        if not CallForm.is_asked_to_split(self.request.POST):
            return None
        form = self.get_form()
        form.split(self.request.POST)
        return form

    def act(self, form, submission):
        by, written = self.request.user, Written(form)
        if form.chosen in ON_AN_OPEN_ONE:
            into = form.cleaned_data["into"]
            return acts.say_on(
                into, submission.verb, by=by, op=submission.op, files=written.files, **submission.details
            )
        customer = self.branch_file or (self.file.customer if self.file else None)
        branch = self.branch_file.region if self.branch_file else None
        details = written.details() | {"customer": customer, "branch": branch}

        def make(*, by, now, body):
            return acts.register(by=by, now=now, **details)

        return begin(make, submission.verb, by=by, op=submission.op, **submission.details)

    def replay(self, earlier, submission):
        """The same form once more: its first answer; with other words in it, nothing is overwritten (threats 1, 15–17)."""
        mine = earlier.caller == caller_of(self.request.user)
        done = reverse("cases:call-done", args=[earlier.op])
        if mine and submission.repeats(earlier):
            return HttpResponseRedirect(done)
        words = self.request.POST.get("content", "")
        context = {
            "reason": OperationConflict().reason,
            "typed": [{"label": _("Content"), "text": words}] if words else [],
            "back_url": done if mine else self.request.get_full_path(),
        }
        return render(self.request, "409.html", context, status=409)


def latest_of(user):
    """What this person registered last, to look something up again while the next call is waiting."""
    mine = Complaint.objects.visible_to(user).filter(received_by=user).select_related("matter__customer")
    return list(mine.order_by("-pk")[:MOST_RECENT])


class ProposeView(IntakeView):
    """What the words typed so far suggest, as JSON: asked while the agent types."""

    http_method_names = ["post", "options"]

    def post(self, request):
        asked = request.POST
        desk = Desk(request.user)
        said = suggest(asked.get("content", ""), desk.classes)
        chosen = next((klass for klass in desk.classes if str(klass.pk) == asked.get("klass")), said.klass)
        severity = asked.get("severity") if asked.get("severity") in choices.Severity.values else said.severity
        return JsonResponse(
            {
                "klass": said.klass.pk if said.klass else None,
                "severity": said.severity,
                "demand": said.demand,
                "grave": said.grave,
                "grave_words": said.grave_words,
                "words": list(dict.fromkeys(said.words)),
                "promise_at": self.promise_at(asked, desk, chosen, severity),
            }
        )

    def promise_at(self, asked, desk, klass, severity):
        """The reply time for the case as it now looks, in the form's own format; empty where no policy speaks."""
        kind = asked.get("kind") if asked.get("kind") in choices.Type.values else choices.Type.COMPLAINT
        customer, region = Customer(), next(iter(desk.regions), None)
        if asked.get("customer"):
            files = Customer.objects.live().select_related("region")
            customer = get_visible_or_404(files, self.request.user, pk=asked["customer"])
            region = customer.region
        if region is None:
            return ""
        channel = asked.get("channel", choices.Channel.PHONE)
        fields = {"type": kind, "klass": klass, "severity": severity, "channel": channel}
        moment = reply_by(timezone.now(), customer=customer, region=region, **fields)
        return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}" if moment else ""


class DoneView(IntakeView, TemplateView):
    """After a call: the number to tell the customer, and what can be done next. Shown to whoever took the call."""

    template_name = "cases/call_done.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        done = Operation.objects.filter(op=kwargs["op"], by=user, verb__in=["register", "chase", "add_note"]).first()
        if done is None or done.subject_type.model_class() is not Complaint:
            raise Http404
        rows = Complaint.objects.select_related("matter__customer", "matter__owner", "region", "klass")
        complaint = rows.get(pk=done.subject_id)
        visible = Complaint.objects.visible_to(user).filter(pk=complaint.pk).exists()
        promise = Promise.objects.open().filter(matter=complaint.matter).order_by("-pk").first()
        may_link = visible and not complaint.is_final and user.has_perm("workflow.add_customerlink")
        return super().get_context_data(
            complaint=complaint,
            verb=done.verb,
            visible=visible,
            promise=promise,
            done=done,
            link_op=uuid.uuid4() if may_link else None,
            **kwargs,
        )
