"""Signing in by password and, for those who turned it on, by a code; signing out; the language switch."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView as DjangoLoginView
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django.views.generic import FormView

from accounts import two_step
from accounts.forms import CodeForm, LoginForm
from accounts.lockout import remember_browser
from accounts.models import User

HALF_WAY_LASTS = timedelta(minutes=5)
HALF_WAY = "half_way_in"


def own_page(request, url):
    """``url`` if it is a page of ours, else the start page (threats 35)."""
    ours = url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return url if url and ours else reverse(settings.LOGIN_REDIRECT_URL)


def let_in(request, user, url):
    """Start the session, under a new id whatever the old one was (threats 33)."""
    login(request, user)
    response = HttpResponseRedirect(own_page(request, url))
    remember_browser(request, response, user.get_username())
    return response


class LoginView(DjangoLoginView):
    """The password. Who has two-step login on is not signed in by it yet, only let through to the code."""

    template_name = "accounts/login.html"
    authentication_form = LoginForm
    http_method_names = ["get", "head", "post", "options"]  # Django's form views take PUT for POST
    redirect_authenticated_user = True

    def get_redirect_url(self):
        """Where to go afterwards; never back to a page that only somebody signed out can use."""
        url = super().get_redirect_url()
        return "" if urlsplit(url).path in (reverse("accounts:login"), reverse("accounts:logout")) else url

    def form_invalid(self, form):
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def form_valid(self, form):
        user = form.get_user()
        if not two_step.is_on(user):
            return let_in(self.request, user, self.get_redirect_url())
        self.request.session.cycle_key()
        self.request.session[HALF_WAY] = {
            "user": user.pk,
            "backend": user.backend,
            "hash": user.get_session_auth_hash(),
            "next": self.get_redirect_url(),
            "at": timezone.now().isoformat(),
        }
        return redirect("accounts:login-code")


@method_decorator([login_not_required, never_cache, sensitive_post_parameters()], name="dispatch")
class LoginCodeView(FormView):
    """The code, within five minutes of the password."""

    template_name = "accounts/login_code.html"
    form_class = CodeForm
    http_method_names = ["get", "head", "post", "options"]

    def dispatch(self, request, *args, **kwargs):
        self.person = self.half_way_in()
        if self.person is None:
            request.session.pop(HALF_WAY, None)
            messages.info(request, _("Please enter your password again."))
            return redirect("accounts:login")
        return super().dispatch(request, *args, **kwargs)

    def half_way_in(self):
        parked = self.request.session.get(HALF_WAY)
        if not parked or parse_datetime(parked["at"]) + HALF_WAY_LASTS < timezone.now():
            return None
        person = User.objects.active().filter(pk=parked["user"]).first()
        if person is None or person.get_session_auth_hash() != parked["hash"]:
            return None
        person.backend = parked["backend"]
        return person

    def form_valid(self, form):
        code = form.cleaned_data["code"]
        if until := two_step.must_wait(self.person, code):
            refusal = _("Too many wrong codes. Try again after %s.") % f"{timezone.localtime(until):%H:%M:%S}"
            form.add_error("code", refusal)
            return self.render_to_response(self.get_context_data(form=form), status=429)
        device = two_step.check(self.person, code)
        if device is None:
            form.add_error("code", _("This code is wrong or was used already."))
            return self.form_invalid(form)
        self.person.otp_device = device
        return let_in(self.request, self.person, self.request.session.pop(HALF_WAY)["next"])

    def form_invalid(self, form):
        return self.render_to_response(self.get_context_data(form=form), status=422)


@login_not_required
@require_POST
def set_language(request):
    """Keep the language with the person, and with the browser for the pages before the login."""
    code = request.POST.get("language")
    response = HttpResponseRedirect(own_page(request, request.POST.get("next") or request.headers.get("Referer")))
    if code in dict(settings.LANGUAGES):
        if request.user.is_authenticated:
            User.objects.filter(pk=request.user.pk).update(language=code)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            code,
            max_age=365 * 24 * 3600,
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
            samesite="Lax",
        )
    return response
