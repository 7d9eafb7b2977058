"""Pages that create and edit records without a lifecycle: what was typed survives, nobody overwrites anybody.

A record with a status changes through workflow instead. The templates get ``form``, ``record`` (None when new), ``op`` or
``version`` for a hidden field, and, after a lost race, ``conflict`` with both versions side by side.
"""

import hashlib
import json
import uuid

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import IntegrityError, transaction
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic.base import ContextMixin, TemplateResponseMixin, View

from core.visibility import get_visible_or_404

UNSAID = {"csrfmiddlewaretoken", "op"}  # what a browser sends beside what was typed


class FormPage(ContextMixin, TemplateResponseMixin, View):
    """What creating and editing have in common."""

    form_class = None
    permission = ""
    http_method_names = ["get", "head", "post", "options"]
    title = ""

    def dispatch(self, request, *args, **kwargs):
        """Rows that are not the user's to see are 404 before anybody asks for rights (design 3.8)."""
        self.find()
        if request.method.lower() in self.http_method_names and not self.may():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def find(self):
        """Look up what the address names."""

    def may(self):
        return self.request.user.has_perm(self.permission)

    def form_options(self):
        """Keyword arguments of the form beside data and instance."""
        return {}

    def answer(self, form, status=200, **context):
        return self.render_to_response(self.get_context_data(form=form, title=self.title, **context), status=status)


class NewPage(FormPage):
    """Create one record; the same submission sent twice, by double click or after a lost answer, makes one (threats 15, 16).

    Sent again with other words it makes none and is not taken for the first: 409, all that was typed kept (threats 17).
    """

    def get(self, request, *args, **kwargs):
        return self.answer(self.form_class(**self.form_options()), op=uuid.uuid4())

    def post(self, request, *args, **kwargs):
        op, sent = operation(request), fingerprint(request)
        form = self.form_class(request.POST, **self.form_options())
        # The first press may have changed what the form lets one say, such as a number that is on file by now.
        if made := self.made(op):
            return self.repeated(made, sent, form)
        if not form.is_valid():
            return self.answer(form, 422, op=op)
        try:
            with transaction.atomic():
                record = self.create(form, op=op, sent=sent)
        except IntegrityError:
            # Two copies of the same submission at once: the other one has made the record.
            record = self.made(op)
            if record is None:
                form.add_error(None, _("Somebody else has saved the same in the meantime. Please look at it first."))
                return self.answer(form, 409, op=uuid.uuid4())
        if record.sent != sent:
            return self.repeated(record, sent, form)
        return redirect(self.get_success_url(record))

    def repeated(self, made, sent, form):
        """The answer to a form that has made a record before; another press may save its other words as a second one."""
        if made.sent == sent:
            messages.info(self.request, _("This form was sent before; it is saved once."))
            return redirect(self.get_success_url(made))
        form.add_error(
            None,
            _("This form has made “%(record)s” already, with other words. Saving again makes a second record.")
            % {"record": made},
        )
        return self.answer(form, 409, op=uuid.uuid4())

    def create(self, form, **press):
        """Make the record inside the transaction with ``op`` and ``sent``, or return the one this ``op`` made before."""
        raise NotImplementedError

    def made(self, op):
        """The record that this submission has made, or None."""
        raise NotImplementedError

    def get_success_url(self, record):
        return record.get_absolute_url()


class EditPage(FormPage):
    """Edit one record that the user sees, on the version his form was opened on; 409 with both versions otherwise."""

    queryset = None

    def find(self):
        self.record = get_visible_or_404(self.get_queryset(), self.request.user, pk=self.kwargs["pk"])

    def get_queryset(self):
        return self.queryset.all()

    def get(self, request, *args, **kwargs):
        form = self.form_class(instance=self.record, **self.form_options())
        return self.answer(form, record=self.record, version=self.record.version)

    @transaction.atomic
    def post(self, request, *args, **kwargs):
        locked = self.get_queryset().model._base_manager.select_for_update().get(pk=self.record.pk)
        now = self.get_queryset().model._base_manager.get(pk=locked.pk)
        self.record = locked
        form = self.form_class(request.POST, instance=locked, **self.form_options())
        if request.POST.get("version", "").strip() != str(locked.version):
            form.is_valid()
            return self.answer(form, 409, record=now, version=now.version, conflict=self.conflict(form, now))
        if not form.is_valid():
            return self.answer(form, 422, record=now, version=now.version)
        if form.changed_data:
            self.save(form)
            messages.success(request, _("Saved."))
        return redirect(self.get_success_url())

    def save(self, form):
        record = form.save(commit=False)
        record.save_edit(by=self.request.user, fields=form.changed_data)

    def conflict(self, form, now):
        """Who saved in between, when, and where the two versions differ."""
        theirs = self.form_class(instance=now, **self.form_options())
        rows = []
        for name, field in form.fields.items():
            if field.has_changed(theirs.get_initial_for_field(field, name), form[name].data):
                yours = form.cleaned_data.get(name, form[name].data)
                rows.append(
                    {
                        "label": form[name].label,
                        "theirs": worded(field, theirs[name].value()),
                        "yours": worded(field, yours),
                    }
                )
        return {"winner": now.changed_by, "at": now.changed_at, "changes": rows}

    def get_success_url(self):
        return self.record.get_absolute_url()


def operation(request):
    """The UUID of this submission; BadRequest when the form lost it."""
    try:
        return uuid.UUID(request.POST.get("op", ""))
    except ValueError:
        raise BadRequest("op is not a UUID") from None


def fingerprint(request):
    """What was sent, hashed: the same words again are known by it whatever the form makes of them by then."""
    words = sorted((name, values) for name, values in request.POST.lists() if name not in UNSAID)
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()


def worded(field, value):
    """A field's value as the form words it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    value = getattr(value, "pk", value)
    for key, label in getattr(field, "choices", ()):
        if value not in (None, "") and str(key) == str(value):
            return label
    return "" if value is None else value
