"""What an upload really is, told by its bytes and never by its name, and the form in which it is kept.

Photos are drawn anew: upright, in sRGB, without position, camera or anything else that hid in the file (threats 46–48).
Videos, recordings and PDF are kept as they came; they are only ever served as what they were recognised to be.
"""

import hashlib
import math
import re
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

import pillow_heif
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps

from core.text import clean
from workflow.videos import forget_place

pillow_heif.register_heif_opener(thumbnails=False)

MEGABYTE = 1024 * 1024
MEGABYTES = {"photo": 20, "video": 200, "voice": 20, "paper": 20}

# The largest photos phones take today have 50 million pixels; 144 million fit into 17 kB and would fill 700 MB of memory.
MOST_PIXELS = 52_000_000
# What is kept: an ordinary phone photo whole, and a long screenshot of a conversation still readable.
KEPT_PIXELS = 12_600_000
THUMBNAIL = (480, 480)
# However many uploads arrive together, this many pictures are unpacked at a time in one process.
_unpacking = threading.BoundedSemaphore(2)

RESERVED = re.compile(r"(?:CON|PRN|AUX|NUL|COM\d|LPT\d)$", re.IGNORECASE)


@dataclass(frozen=True)
class Format:
    media: str
    content_type: str
    ending: str
    decoder: str = ""


JPEG = Format("photo", "image/jpeg", ".jpg", "JPEG")
PNG = Format("photo", "image/jpeg", ".jpg", "PNG")
GIF = Format("photo", "image/jpeg", ".jpg", "GIF")
WEBP = Format("photo", "image/jpeg", ".jpg", "WEBP")
HEIF = Format("photo", "image/jpeg", ".jpg", "HEIF")
MP4 = Format("video", "video/mp4", ".mp4")
MOV = Format("video", "video/quicktime", ".mov")
THREE_GP = Format("video", "video/3gpp", ".3gp")
WEBM = Format("video", "video/webm", ".webm")
M4A = Format("voice", "audio/mp4", ".m4a")
AMR = Format("voice", "audio/amr", ".amr")
MP3 = Format("voice", "audio/mpeg", ".mp3")
AAC = Format("voice", "audio/aac", ".aac")
WAV = Format("voice", "audio/wav", ".wav")
OGG = Format("voice", "audio/ogg", ".ogg")
PDF = Format("paper", "application/pdf", ".pdf")

# What some server or browser would run if it were handed out by a careless name is not among these.
BEGINNINGS = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"#!AMR", AMR),
    (b"OggS", OGG),
    (b"ID3", MP3),
    (b"%PDF-", PDF),
)
RIFF = {b"WEBP": WEBP, b"WAVE": WAV}
NOTED = (MP4, MOV, THREE_GP, M4A)  # formats that may say where they were recorded
# The brand of an ISO media file (ISO/IEC 14496-12): its letters stand after "ftyp".
BRANDS = (
    (rb"hei[cxms]|hev[cxms]|mif1|msf1", HEIF),
    (rb"qt  ", MOV),
    (rb"3g[gpr2]\w", THREE_GP),
    (rb"M4[AB] ", M4A),
    (rb"iso\w|mp4\w|avc1|M4V |MSNV|mmp4|dash|f4v ", MP4),
)


def recognise(head: bytes) -> Format | None:
    """The format that the first bytes of a file show, or None for everything we do not keep."""
    for beginning, form in BEGINNINGS:
        if head.startswith(beginning):
            return form
    if head[:4] == b"RIFF":
        return RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return next((form for brand, form in BRANDS if re.match(brand, head[8:12])), None)
    if head[:4] == b"\x1aE\xdf\xa3":
        return WEBM if b"webm" in head[:64] else None
    return _stream(head)


def _stream(head):
    """MP3 and AAC may begin with a bare frame: eleven set bits, then values that are not among the forbidden ones."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    if head[1] & 0xF6 == 0xF0:
        return AAC
    legal = head[1] & 0x18 != 0x08 and head[1] & 0x06 == 0x02 and head[2] >> 4 not in (0, 15) and head[2] & 0x0C != 0x0C
    return MP3 if legal else None


class Prepared:
    """An upload that was looked into: what it is, what it will be called, and its bytes as they will be kept.

    What names it, and with it the fingerprint of an operation, is the sum of the bytes that were sent.
    """

    def __init__(self, form, name, sha256, file, thumbnail=None, taken_at=None):
        self.media, self.content_type, self.ending = form.media, form.content_type, form.ending
        self.name, self.sha256, self.taken_at = name, sha256, taken_at
        self._file, self._thumbnail = file, thumbnail

    @property
    def file(self):
        self._file.seek(0)
        return self._file

    @property
    def thumbnail(self):
        if self._thumbnail is not None:
            self._thumbnail.seek(0)
        return self._thumbnail


def prepare(upload) -> Prepared:
    """Look into an upload and bring it into the form that is kept.

    Raises ValidationError with code ``empty``, ``unsupported``, ``too_large`` or ``damaged``. Does no database work:
    call it before a transaction begins, because unpacking a photo takes a while.
    """
    if isinstance(upload, Prepared):
        return upload
    shown = display_name(upload.name, "")
    if not upload.size:
        raise _refused("empty", _("%(name)s is empty; nothing arrived of it."), shown)
    upload.seek(0)
    form = recognise(upload.read(64))
    if form is None:
        raise _refused(
            "unsupported", _("%(name)s is not a photo, video, voice recording or PDF; only those can be kept."), shown
        )
    if upload.size > MEGABYTES[form.media] * MEGABYTE:
        raise _refused("too_large", _("%(name)s is larger than %(limit)d MB."), shown, limit=MEGABYTES[form.media])
    name, total = display_name(upload.name, form.ending), _sum(upload)
    upload.seek(0)
    if form in NOTED:
        forget_place(upload.file)
    if form.media != "photo":
        return Prepared(form, name, total, upload)
    with _unpacking:
        picture, taken_at = _unpack(upload, form, shown)
        return Prepared(form, name, total, _jpeg(picture, 85), _jpeg(_small(picture), 78), taken_at)


def display_name(name, ending):
    """How a file is called on the page and at download: no path, no control character, the ending of what it is."""
    stem = re.split(r"[/\\]", clean(str(name or "")))[-1]
    stem = re.sub(r"\.\w{1,5}$", "", " ".join(stem.split())).strip(". ")
    if RESERVED.match(stem):
        stem = f"_{stem}"
    return (stem[: 100 - len(ending)] or "file") + ending


def _refused(code, sentence, name, **params):
    return ValidationError(sentence, code=code, params={"name": name} | params)


def _sum(upload):
    total = hashlib.sha256()
    for chunk in upload.chunks():
        total.update(chunk)
    return total.hexdigest()


# --- photos ---------------------------------------------------------------------------------------------------------
def _unpack(upload, form, name):
    """The picture, upright and no larger than what is kept, and when it was taken. Its size is asked before unpacking."""
    try:
        with Image.open(upload, formats=[form.decoder]) as picture:
            width, height = picture.size
            if width * height > MOST_PIXELS:
                raise _refused("too_large", _too_many_pixels(), name, limit=MOST_PIXELS // 1_000_000)
            # Photos of some phones hold a preview as a second frame; only moving pictures are a loss to cut.
            if form.decoder in ("PNG", "GIF", "WEBP") and getattr(picture, "is_animated", False):
                raise _refused("unsupported", _("%(name)s moves. Send it as a video, or a still picture of it."), name)
            taken_at, profile = _taken_at(picture), picture.info.get("icc_profile")
            kept = _kept_size(width, height)
            picture.draft(None, kept)
            picture.thumbnail(kept, Image.Resampling.LANCZOS, reducing_gap=2.0)
            return _plain(ImageOps.exif_transpose(picture), profile), taken_at
    except ValidationError:
        raise
    except Image.DecompressionBombError:
        raise _refused("too_large", _too_many_pixels(), name, limit=MOST_PIXELS // 1_000_000) from None
    except Exception as error:  # whatever a decoder stumbles over, the file is not a whole picture
        raise _refused(
            "damaged", _("%(name)s is damaged or did not arrive whole; please send it again."), name
        ) from error


def _too_many_pixels():
    return _("%(name)s has more than %(limit)d million pixels; send it in a smaller size.")


def _kept_size(width, height):
    shrink = min(1.0, math.sqrt(KEPT_PIXELS / (width * height)))
    return max(1, round(width * shrink)), max(1, round(height * shrink))


def _plain(picture, profile):
    """The bare picture in sRGB on white; nothing of what stood around it in the file."""
    if picture.mode in ("P", "PA", "LA", "La", "RGBa", "RGBA") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        picture = Image.new("RGB", layer.size, "white")
        picture.paste(layer, mask=layer.getchannel("A"))
    elif profile and picture.mode in ("RGB", "CMYK"):
        # A profile that cannot be read costs a shade of colour, not the photo.
        with suppress(ImageCms.PyCMSError, OSError, ValueError):
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            picture = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    picture = picture.convert("RGB")
    picture.info.clear()
    return picture


def _small(picture):
    """A small picture of it; of a long screenshot, its top."""
    width, height = picture.size
    top = picture.crop((0, 0, min(width, 2 * height), min(height, 2 * width)))
    top.thumbnail(THUMBNAIL, Image.Resampling.LANCZOS, reducing_gap=2.0)
    return top


def _jpeg(picture, quality):
    file = TemporaryUploadedFile("photo.jpg", "image/jpeg", 0, None)
    picture.save(file.file, "JPEG", quality=quality)
    file.size = file.file.tell()
    return file


def _taken_at(picture) -> datetime | None:
    """When the camera says it was taken, in local time; most screenshots and what WeChat passed on do not say."""
    try:
        text = str(picture.getexif().get_ifd(0x8769).get(0x9003, ""))
        taken = timezone.make_aware(datetime.strptime(text[:19], "%Y:%m:%d %H:%M:%S"))  # noqa: DTZ007 (made so here)
    except Exception:  # what is written there is somebody else's; the photo counts without it
        return None
    return taken if taken.year >= 2000 else None
