"""What a visitor gets when something outside our code gives way; named as handlers in the root urls.

Middleware, views and the commit fail in different places, but all their exceptions end here, so this is where the
database being away (503), a full disk (507) and a visitor who hung up (400) are told from a fault of ours (500).
"""

import errno
import sys

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse, UnreadablePostError
from django.template import loader
from django.views.decorators.csrf import requires_csrf_token

RETRY_AFTER = 10  # seconds


def server_error(request):
    """The page for an exception nobody answered: 503, 507 or 400 where the cause is known, otherwise 500."""
    status = status_of(sys.exc_info()[1])
    headers = {"Retry-After": str(RETRY_AFTER)} if status in (503, 507) else {}
    # Without the request: what a page's frame shows comes from the database, which may be what is missing.
    page = loader.render_to_string(f"{status}.html")
    return HttpResponse(page, status=status, headers=headers)


@requires_csrf_token
def bad_request(request, exception):
    """The page for a request that is not understood; a body or a list of fields that is too long is 413."""
    status = 413 if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent) else 400
    return HttpResponse(loader.render_to_string(f"{status}.html"), status=status)


def status_of(error):
    """The status that tells the visitor what gave way."""
    if isinstance(error, UnreadablePostError):
        return 400
    if _is_full(error):
        return 507
    return 503 if isinstance(error, OperationalError | InterfaceError) else 500


def _is_full(error):
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        if isinstance(error, OperationalError) and "full" in str(error):  # SQLite: "database or disk is full"
            return True
        if type(error).__name__ == "DiskFull":  # PostgreSQL
            return True
        error = error.__cause__
    return False
