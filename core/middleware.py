"""What is refused or put right before any view runs (threats 36, 40, 41, 43)."""

import ipaddress
import re

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.template import loader

LONGEST_PATH = 2_000
LONGEST_QUERY = 100_000  # ten thousand Chinese characters, percent-encoded

PAGES = {400: "400.html", 413: "413.html", 414: "400.html"}

_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_FORWARDED = (
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_REAL_IP",
)


class TrustedProxyMiddleware:
    """Believe a forwarded address and scheme only from the front servers named in TRUSTED_PROXIES; drop all others.

    Stands before everything that asks whether a request is secure or where it came from. The visitor is the last
    address in X-Forwarded-For that is no front server of ours: what stands before it anybody can have written.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        try:
            self.trusted = [ipaddress.ip_network(name, strict=False) for name in settings.TRUSTED_PROXIES]
        except ValueError as error:
            raise ImproperlyConfigured(f"TRUSTED_PROXIES holds addresses and networks only: {error}") from error

    def __call__(self, request):
        told = {name: request.META.pop(name) for name in _FORWARDED if name in request.META}
        if told and self._is_trusted(request.META.get("REMOTE_ADDR", "")):
            self._believe(request, told)
        return self.get_response(request)

    def _believe(self, request, told):
        for address in reversed(told.get("HTTP_X_FORWARDED_FOR", "").split(",")):
            address = address.strip()
            if not _is_address(address):
                break
            request.META["REMOTE_ADDR"] = address
            if not self._is_trusted(address):
                break
        if told.get("HTTP_X_FORWARDED_PROTO", "").strip().lower() == "https":
            request.META["wsgi.url_scheme"] = "https"

    def _is_trusted(self, address):
        return _is_address(address) and any(ipaddress.ip_address(address) in network for network in self.trusted)


class BoundariesMiddleware:
    """Refuse what no page of ours sends, before anything is parsed: 400, 413 or 414, each in a plain sentence."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        # Methods are not to be changed by a header: nobody of ours sends it, and no library shall act on it.
        request.META.pop("HTTP_X_HTTP_METHOD_OVERRIDE", None)
        refused = self._refused(request)
        if refused:
            return HttpResponse(loader.render_to_string(PAGES[refused]), status=refused)
        self._drop_odd_cookies(request)
        return self.get_response(request)

    def _refused(self, request):
        query = request.META.get("QUERY_STRING", "")
        if len(request.path_info) > LONGEST_PATH or len(query) > LONGEST_QUERY:
            return 414
        if _CONTROLS.search(request.path_info) or "%00" in query or "\x00" in query:
            return 400
        return 413 if _length(request) > _most_bytes(request) else None

    def _drop_odd_cookies(self, request):
        # "\000" in a quoted cookie is decoded to NUL, which PostgreSQL refuses where it looks up the session.
        for name, value in list(request.COOKIES.items()):
            if not value.isprintable():
                del request.COOKIES[name]


def _most_bytes(request):
    if request.META.get("CONTENT_TYPE", "").lower().startswith("multipart/form-data"):
        return settings.UPLOAD_MAX_BYTES
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def _length(request):
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if re.fullmatch("[0-9]{1,18}", length, re.ASCII) else 0


def _is_address(text):
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
