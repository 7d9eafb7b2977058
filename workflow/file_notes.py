"""Notes on a customer himself: what every colleague should know who serves him, dated and signed on his timeline (S3-40)."""

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from core.forms import TextField
from core.visibility import get_visible_or_404
from customers.models import Customer
from workflow.actors import caller_of
from workflow.errors import OperationConflict
from workflow.forms import MoveForm, fingerprint
from workflow.mentions import mentioned
from workflow.models import Event, Operation
from workflow.signals import events_recorded

RIGHT = "workflow.add_event"
VERB = "note_on_file"


class FileNoteForm(MoveForm):
    """A note on a customer; colleagues named in it with @ are told."""

    text = TextField(label=_("Note"), max_length=4000)


@transaction.atomic
def note_on_file(customer, text, *, by, op, body, now):
    """Write a note into a customer's file, once per ``op``. Raises OperationConflict for a press that said something else."""
    kind = ContentType.objects.get_for_model(Customer)
    press = Operation(
        op=op, caller=caller_of(by), by=by, verb=VERB, subject_type=kind, subject_id=customer.pk, body_hash=body, at=now
    )
    if not Operation.objects.claim(press):
        if Operation.objects.filter(op=op, caller=press.caller, verb=VERB, body_hash=body).exists():
            return
        raise OperationConflict
    mentions = [user.pk for user in mentioned(text, customer.region_id)]
    event = Event.objects.create(
        customer=customer, subject_type=kind, subject_id=customer.pk, kind=Event.Kind.NOTE, action=VERB, actor="user",
        by=by, at=now, note=text.strip(), data={"mentions": mentions},
    )  # fmt: skip
    events_recorded.send(Event, events=[event], now=now)


class FileNote(View):
    """The form below the timeline's head on a service file; asked for alone it stands on a page of its own."""

    http_method_names = ["get", "head", "post", "options"]

    def dispatch(self, request, *args, pk, **kwargs):
        if request.method.lower() in self.http_method_names:
            files = Customer.objects.select_related("root")
            self.customer = get_visible_or_404(files, request.user, pk=pk).root
            if not request.user.has_perm(RIGHT) or self.customer.erased_at:
                raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request):
        return self.show(FileNoteForm())

    def post(self, request):
        form = FileNoteForm(request.POST)
        if not form.is_valid() or not form.cleaned_data["op"]:
            return self.show(form, 422)
        words = form.cleaned_data
        try:
            note_on_file(
                self.customer,
                words["text"],
                by=request.user,
                op=words["op"],
                body=fingerprint(request),
                now=timezone.now(),
            )
        except OperationConflict as conflict:
            form.add_error(None, conflict.reason)
            return self.show(form, 409)
        return redirect(reverse("customers:file", args=[self.customer.pk]) + "#timeline")

    def show(self, form, status=200):
        return render(self.request, "workflow/file_note.html", {"customer": self.customer, "form": form}, status=status)
