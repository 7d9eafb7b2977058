"""Attachments as the photo grid shows them."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from workflow.models import Attachment

KINDS = {"photo": "image", "video": "video", "voice": "audio", "paper": "file"}


@dataclass(frozen=True)
class Photo:
    """What components/photo_grid.html needs of one file."""

    pk: int
    url: str
    thumb_url: str
    kind: str
    caption: str
    name: str


def photos_of(attachments):
    """The files, each with its addresses and what it shows."""
    return [
        Photo(
            pk=row.pk,
            url=reverse("workflow:attachment", args=[row.pk]),
            thumb_url=reverse("workflow:thumbnail", args=[row.pk]) if row.thumbnail else "",
            kind=KINDS.get(row.media, "file"),
            caption=row.caption or ("" if row.kind == Attachment.Kind.OTHER else row.get_kind_display()),
            name=row.name or _("file"),
        )
        for row in attachments
    ]


def with_photos(attachments):
    """Each file with its ``photos``: how the photo grid shows it alone."""
    rows = list(attachments)
    for row, photo in zip(rows, photos_of(rows), strict=True):
        row.photos = [photo]
    return rows
