"""What is handed out to a customer of his timeline, his promises and his files (customers.handing_out)."""

import posixpath

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from customers.handing_out import part, told
from customers.phones import mask_name
from workflow.models import Attachment, Event, Matter, Promise
from workflow.timeline import Names, lines_of, want_names

ONE_READ = 500  # lines whose names are looked up together


def register():
    """Called once, when the app is ready."""
    part("promises", pgettext_lazy("handed out", "Promises"), _promises, order=62)
    part("timeline", pgettext_lazy("handed out", "What happened"), _timeline, order=64)
    part("files", pgettext_lazy("handed out", "Files"), _files, files=_stored, order=66)


def _promises(customer):
    for promise in Promise.objects.filter(customer__root=customer.root_id).order_by("promised_at", "pk"):
        yield told(promise, "what", "due_at", "promised_at", "kept_at", "outcome")


def _timeline(customer):
    """Every line but those about the company's own people and its money; who acted is masked."""
    mine = Matter.objects.filter(customer__root=customer.root_id)
    events = Event.objects.filter(customer__root=customer.root_id) | Event.objects.filter(matter__in=mine)
    events = (
        events.filter(visibility=Event.Visibility.ALL).exclude(kind__in=["refused", "deadline"]).order_by("at", "pk")
    )
    lines = list(events)
    for start in range(0, len(lines), ONE_READ):
        names, rows = Names(), lines[start : start + ONE_READ]
        want_names(rows, names)
        names.load()
        names.known["user"] = {pk: mask_name(name) for pk, name in names.known["user"].items()}
        for line in lines_of(rows, names):
            yield {_("When"): line.at, _("Who"): line.who, _("What"): line.what, _("Words"): line.said}


def _shown(customer):
    return Attachment.objects.filter(customer__root=customer.root_id, withdrawn_at=None).exclude(file="").order_by("pk")


def _files(customer):
    for row in _shown(customer):
        yield told(row, "name", "kind", "caption", "uploaded_at") | {_("In the folder"): _name(row)}


def _stored(customer):
    return [(_name(row), row.file.name) for row in _shown(customer)]


def _name(row):
    """A name that is safe on his computer, and used once."""
    return f"{row.pk}{posixpath.splitext(row.file.name)[1]}"
