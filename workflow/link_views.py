"""Giving the customer his link: shown once, as address and as a square to scan, and taken back by one press."""

import uuid

import segno
from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from core.forms import LineField
from workflow.forms import MoveForm
from workflow.models import CustomerLink
from workflow.models.link import digest, token_of
from workflow.transitions import Move, declaration
from workflow.views import TransitionView


class IssueLinkForm(MoveForm):
    """The press of the button alone; the token is made of it, so that a double press shows one link."""

    version = None

    def clean_op(self):
        return self.cleaned_data["op"] or uuid.uuid4()

    @property
    def token(self):
        return token_of(self.cleaned_data["op"])

    def details(self):
        return {"token_hash": digest(self.token)}


class RevokeLinkForm(MoveForm):
    version = None
    reason = LineField(label=_("Reason"), required=False, max_length=200, widget=forms.TextInput)


class IssueLink(TransitionView):
    """Who has a link now; a new one."""

    verb = "issue_link"
    form_class = IssueLinkForm
    template_name = "workflow/issue_link.html"

    def get_form(self, *args, **kwargs):
        self.form = super().get_form(*args, **kwargs)
        return self.form

    def context(self, form):
        live = CustomerLink.objects.live(timezone.now()).filter(matter=self.record.matter_id)
        meta = declaration(self.record, "revoke_link")
        return super().context(form) | {
            "links": live.select_related("issued_by").order_by("-pk"),
            "revoke_url": Move(self.record, "revoke_link", meta).url,
        }

    def done(self, done):
        if not hasattr(self, "form"):  # a press that was done before is answered without a look at its form
            self.get_form(self.request.POST).is_valid()
        url = settings.SITE_URL + reverse("workflow:customer-page", args=[self.form.token])
        if self.request.headers.get("Accept") == "text/plain":  # a button that copies it
            return HttpResponse(url, content_type="text/plain", headers={"Cache-Control": "private, no-store"})
        # The square is drawn by us from an address of ours; it holds nothing that anybody typed.
        square = mark_safe(segno.make(url, error="m").svg_inline(scale=4, light="#fff", border=2, omitsize=True))  # noqa: S308
        response = render(
            self.request, "workflow/link_issued.html", self.context(self.form) | {"url": url, "square": square}
        )
        response["Cache-Control"] = "private, no-store"
        return response


class RevokeLink(TransitionView):
    verb = "revoke_link"
    form_class = RevokeLinkForm
