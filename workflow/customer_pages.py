"""The pages behind a customer's link: what he sees of his matter without a login, and what he may do there.

Each app says how its records look to him: ``show(Complaint, CustomerView(template=…, context=…, forms=…))``. Whatever is
wrong with a link, wrong, cut, expired or revoked, the answer is the same page (threats 26); what is done goes through
``workflow.perform`` in the link's name. No login counts here, whoever's browser it is (threats 28).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.generic import View

from accounts.lockout import client_address
from core.models import Installation
from workflow.errors import Refusal
from workflow.file_forms import CustomerFilesForm
from workflow.file_views import hand_out
from workflow.models import Attachment, CustomerLink, Guess
from workflow.perform import perform
from workflow.views import add_errors

LANGUAGE_COOKIE = "customer-language"
HEADERS = {
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


@dataclass(frozen=True)
class CustomerView:
    """How records of one model look to their customer.

    ``context(record, link, now)`` answers what ``template`` needs; ``forms`` are what he may do: verb → form;
    ``thanks`` what he is told afterwards.
    """

    template: str
    context: Callable
    forms: dict = field(default_factory=dict)
    thanks: dict = field(default_factory=dict)


_views: dict[str, CustomerView] = {}


def show(model, view):
    """Let customers see records of ``model`` behind their links."""
    _views[model._meta.model_name] = view


class NoSuchLink(Exception):
    """Whatever was asked for is not behind this link."""


@method_decorator(login_not_required, name="dispatch")
class LinkView(View):
    """What every page behind a link shares: the link, the language, the headers, and one answer to every wrong address."""

    def dispatch(self, request, token, **kwargs):
        self.now, self.token = timezone.now(), token
        chosen = request.GET.get("lang")
        language = chosen if chosen in dict(settings.LANGUAGES) else request.COOKIES.get(LANGUAGE_COOKIE)
        with translation.override(language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
            response = self._answer(request, **kwargs)
            response["Content-Language"] = translation.get_language()
        for name, value in HEADERS.items():
            response[name] = value
        if chosen in dict(settings.LANGUAGES):
            response.set_cookie(
                LANGUAGE_COOKIE, chosen, path="/s/", httponly=True, samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE, max_age=90 * 24 * 3600,
            )  # fmt: skip
        return response

    def _answer(self, request, **kwargs):
        self.link = CustomerLink.objects.find(self.token, self.now)
        if self.link is None:
            return self._wrong(request)
        self.link.used(self.now)
        try:
            return super().dispatch(request, **kwargs)
        except NoSuchLink:
            return self._gone(request)

    def _wrong(self, request):
        """A token that opens nothing is counted; a valid one from the same address is never held up by that."""
        address = client_address(request) or "unknown"
        until = Guess.objects.too_many(address, self.now)
        if until is None:
            Guess.objects.note(address, self.now)
            return self._gone(request)
        response = self.page("workflow/customer/wait.html", {"until": until}, status=429)
        response["Retry-After"] = str(max(1, int((until - self.now).total_seconds())))
        return response

    def _gone(self, request):
        return self.page("workflow/customer/gone.html", {}, status=404)

    def page(self, template, context, status=200):
        """A page in the customer's frame. Its messages are its own: what waits for a colleague is not shown here."""
        frame = {
            "company": Installation.objects.current().company,
            "messages": (),
            "language": translation.get_language(),
        }
        return render(self.request, template, frame | context, status=status)

    # --- what is behind the link ---------------------------------------------------------------------------------------
    def records(self):
        """The records of the matter that have something to show him, the newest first."""
        return [row for row in reversed(self.link.matter.records()) if row._meta.model_name in _views]

    def record(self, kind, pk):
        for row in self.records():
            if (row._meta.model_name, row.pk) == (kind, pk):
                return row
        raise NoSuchLink

    def show_all(self, *, at_fault=None, forms=None, status=200, notice=""):
        """The page with every record; ``forms`` are those of the record at fault, with what was typed."""
        parts = [self.part(row, forms if row == at_fault else None) for row in self.records()]
        if not parts:
            raise NoSuchLink
        context = {
            "parts": parts,
            "link": self.link,
            "token": self.token,
            "notice": notice,
            "hotline": parts[0]["hotline"],
        }
        return self.page("workflow/customer/page.html", context, status=status)

    def part(self, record, bound=None):
        view = _views[record._meta.model_name]
        forms = {
            verb: (bound or {}).get(verb) or form(record=record, auto_id=f"{verb}-%s")
            for verb, form in self.forms_of(record).items()
        }
        acts = {
            verb: reverse(
                "workflow:customer-act", args=[self.token, record._meta.model_name, record.pk, verb.replace("_", "-")]
            )
            for verb in forms
        }
        return {
            "record": record,
            "template": view.template,
            "forms": forms,
            "acts": acts,
            "token": self.token,
            "hotline": record.region.hotline,
            **view.context(record, self.link, self.now),
        }

    def forms_of(self, record):
        return {"attach_files": CustomerFilesForm} | _views[record._meta.model_name].forms


class LinkPage(LinkView):
    """How his matter stands, and what he may do."""

    http_method_names = ["get", "head"]

    def get(self, request):
        thanks = {"attach_files": _("Thank you, your files have arrived.")}
        for view in _views.values():
            thanks |= view.thanks
        return self.show_all(notice=thanks.get(request.GET.get("done", ""), ""))


class LinkAct(LinkView):
    """One act of the customer: the same door as everybody's, in the name of his link."""

    http_method_names = ["get", "head", "post"]

    def get(self, request, kind, pk, verb):
        self.record(kind, pk)
        return HttpResponseRedirect(reverse("workflow:customer-page", args=[self.token]))

    def post(self, request, kind, pk, verb):
        record, verb = self.record(kind, pk), verb.replace("-", "_")
        forms = self.forms_of(record)
        if verb not in forms:
            raise NoSuchLink
        form = forms[verb](request.POST, request.FILES, record=record, auto_id=f"{verb}-%s")
        if not form.is_valid():
            return self.show_all(at_fault=record, forms={verb: form}, status=422)
        clean = form.cleaned_data
        try:
            perform(record, verb, by=self.link, op=clean.get("op"), version=clean.get("version"), **form.details())
        except ValidationError as error:
            add_errors(form, error)
            return self.show_all(at_fault=record, forms={verb: form}, status=422)
        except (Refusal, PermissionDenied):
            notice = _("Something has changed since you opened this page. Please look at it again; nothing was sent.")
            return self.show_all(status=409, notice=notice)
        return HttpResponseRedirect(f"{reverse('workflow:customer-page', args=[self.token])}?done={verb}", status=303)


class LinkFile(LinkView):
    """A file he sent himself; none of ours (threats 24)."""

    http_method_names = ["get", "head"]
    small = False

    def get(self, request, pk):
        mine = Attachment.objects.sent_by_customer().shown().filter(matter=self.link.matter_id, pk=pk).first()
        if mine is None or (self.small and not mine.thumbnail):
            raise NoSuchLink
        return hand_out(request, mine, small=self.small, keep=False)
