"""Who is asking, and in which language."""

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware as DjangoLoginRequired
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.cache import add_never_cache_headers, patch_vary_headers


class LanguageMiddleware:
    """The person's own choice, then the browser's cookie, then Simplified Chinese, whatever the browser prefers."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        known = dict(settings.LANGUAGES)
        chosen = (getattr(request.user, "language", ""), request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME))
        language = next((code for code in chosen if code in known), settings.LANGUAGE_CODE)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        patch_vary_headers(response, ("Cookie",))
        response.headers.setdefault("Content-Language", language)
        return response


class LoginRequiredMiddleware(DjangoLoginRequired):
    """Every page asks for a login unless its view says otherwise; the back office does not exist for most people.

    Pages shown to somebody who is logged in are not kept by the browser, so "back" after logging out shows nothing.
    """

    # Where somebody with a one-time password, or without two-step login though it is required, may still go.
    ALWAYS_OPEN = ("accounts:password", "accounts:logout", "accounts:language")

    def process_view(self, request, view_func, view_args, view_kwargs):
        match, user = request.resolver_match, request.user
        if match.app_name == "admin":
            return self.guard_back_office(user)
        refused = super().process_view(request, view_func, view_args, view_kwargs)
        if refused is None and getattr(user, "has_temporary_password", False) and self.is_closed(view_func, match):
            return redirect("accounts:password")
        return refused

    def is_closed(self, view_func, match):
        return getattr(view_func, "login_required", True) and match.view_name not in self.ALWAYS_OPEN

    def guard_back_office(self, user):
        """Let administrators with two-step login in and lead those without to its set-up (threats 37)."""
        if not (user.is_authenticated and user.is_active and user.has_role("administrator")):
            raise Http404
        if user.has_temporary_password:
            return redirect("accounts:password")
        if not user.is_verified():
            return redirect("accounts:two-step")
        return None

    def process_response(self, request, response):
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    def handle_no_permission(self, request, view_func):
        """A script asking for a part of a page gets a plain 401: the page stays as it is, with all that was typed."""
        if request.htmx or request.headers.get("Accept", "").startswith("application/json"):
            return HttpResponse(status=401)
        return super().handle_no_permission(request, view_func)
