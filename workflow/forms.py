"""Forms of moves: they parse, the verb decides. What a form's ``details`` holds are the verb's keyword arguments."""

import uuid

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from core.forms import Form, TextField
from workflow.mentions import mentioned
from workflow.perform import body_hash

HIDDEN = ("op", "version", "after")


def as_uuid(text):
    """The id of a press as it was sent; None for what is none."""
    try:
        return uuid.UUID(text)
    except (ValueError, TypeError, AttributeError):
        return None


def fingerprint(request, *, without=HIDDEN):
    """What was sent, hashed: the same press again is known by it whatever the form makes of it by then."""
    left_out = {"csrfmiddlewaretoken", *without}
    sent = {name: values for name, values in request.POST.lists() if name not in left_out}
    files = [(file.name, file.size) for name in request.FILES for file in request.FILES.getlist(name)]
    return body_hash(request.path, [sent, [list(file) for file in files]])


class MoveForm(Form):
    """The base of every form that moves a record: the press's id, the version it was opened on, and the words to it."""

    # Fields that name one thing of several, such as a strand: what is typed about one is no draft for the next.
    about = ()

    op = forms.UUIDField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1)
    after = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, record=None, user=None, **kwargs):
        self.record, self.user = record, user
        initial = {"op": uuid.uuid4(), "version": getattr(record, "version", None)} | (
            kwargs.pop("initial", None) or {}
        )
        super().__init__(*args, initial=initial, **kwargs)

    @property
    def draft_key(self):
        """What the draft of this form is told from others of the same verb by; usually empty."""
        things = [self.initial.get(name) for name in self.about]
        return "".join(f"-{getattr(thing, 'pk', thing)}" for thing in things if thing)

    def unchecked(self):
        """The form with what was typed, before anything is said against it."""
        self._errors, self.cleaned_data = ErrorDict(), {}
        return self

    def details(self):
        """What is handed to the verb."""
        return {name: value for name, value in self.cleaned_data.items() if name not in HIDDEN}


class NoteForm(MoveForm):
    """A move that needs no more than the words to it (S2-58)."""

    note = TextField(label=_("Note"), max_length=4000)


class ReasonForm(MoveForm):
    """A move that needs its reason."""

    reason = TextField(label=_("Reason"), max_length=4000)


class AddNoteForm(MoveForm):
    """A note; colleagues named in it with @ are told (S1-16)."""

    text = TextField(label=_("Note"), max_length=10000)

    def details(self):
        text = self.cleaned_data["text"]
        return {"text": text, "mentions": mentioned(text, self.record.region_id)}
