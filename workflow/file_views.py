"""Handing out files and taking them in. Nobody gets one by its name, only by asking whether he may (threats 24, 29)."""

import re

from django.http import FileResponse, Http404, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, quote_etag
from django.views.generic import View

from core.visibility import get_visible_or_404
from workflow.models import Attachment
from workflow.views import TransitionView

CHUNK = 64 * 1024
ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})$", re.ASCII)
# Whatever a file turns out to hold, a browser that opens it runs nothing and asks nobody for anything.
POLICY = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"


class FileView(View):
    """One file of a matter that this person sees; ``small`` gives its small picture."""

    http_method_names = ["get", "head"]
    small = False

    def get(self, request, pk):
        attachment = get_visible_or_404(Attachment.objects.all(), request.user, pk=pk)
        # Kept, but only for those who answer for what was taken out of sight.
        if attachment.withdrawn_at is not None and not request.user.has_perm("workflow.view_restricted_event"):
            raise Http404
        return hand_out(request, attachment, small=self.small)


def hand_out(request, attachment, *, small=False, keep=True):
    """The bytes, whole or the part that was asked for; ``keep`` lets the browser keep them, if it asks again each time."""
    file = attachment.thumbnail if small else attachment.file
    if not file:
        raise Http404
    etag = quote_etag(f"{attachment.pk}-{'small' if small else 'whole'}")
    response = get_conditional_response(request, etag=etag) if keep else None
    if response is None:
        response = _content(request, file, "image/jpeg" if small else attachment.content_type)
        inline = attachment.media != Attachment.Media.PAPER and "download" not in request.GET
        response["Content-Disposition"] = content_disposition_header(not inline, attachment.name)
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache" if keep else "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = POLICY
    return response


def _content(request, file, content_type):
    try:
        handle = file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    size = file.size
    wanted = ONE_RANGE.match(request.headers.get("Range", ""))
    span = _span(wanted, size) if wanted else None
    if wanted and span is None:
        handle.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    if span is None:
        response = FileResponse(handle, content_type=content_type)
        response["Content-Length"] = size
    else:
        first, last = span
        handle.seek(first)
        response = FileResponse(Part(handle, last - first + 1), status=206, content_type=content_type)
        response["Content-Range"], response["Content-Length"] = f"bytes {first}-{last}/{size}", last - first + 1
    response["Accept-Ranges"] = "bytes"  # an iPhone plays no video from a server that gives no parts
    return response


def _span(wanted, size):
    """First and last byte of a range that can be answered, or None."""
    first, last = wanted.groups()
    if not first:
        return (max(0, size - int(last)), size - 1) if last and int(last) and size else None
    first, last = int(first), min(int(last), size - 1) if last else size - 1
    return (first, last) if first <= last else None


class Part:
    """So many bytes of an open file, in chunks."""

    def __init__(self, file, length):
        self.file, self.left = file, length

    def __iter__(self):
        while self.left and (chunk := self.file.read(min(CHUNK, self.left))):
            self.left -= len(chunk)
            yield chunk

    def close(self):
        self.file.close()


class AttachFiles(TransitionView):
    """Photos in their order, videos, recordings and papers join a record's matter."""

    verb = "attach_files"
    template_name = "workflow/attach_files.html"

    def show(self, form, status=200):
        """A file that cannot be kept is told by 413 or 415; where htmx waits for the form, by 422 like every refusal."""
        if status == 422 and not getattr(self.request, "htmx", None):
            codes = {error.code for errors in form.errors.as_data().values() for error in errors}
            status = 413 if codes & {"too_large", "too_many"} else 415 if codes & {"unsupported", "damaged"} else 422
        return super().show(form, status)
