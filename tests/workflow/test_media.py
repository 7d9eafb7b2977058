"""What may be kept and in which form, whatever the file is called (threats 46–49)."""

import os
import subprocess
import sys
from io import BytesIO

import pillow_heif
import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from workflow.media import MOST_PIXELS, Prepared, display_name, prepare, recognise

from tests.factories.files import clip, huge_png, moving, picture, upload

pytestmark = pytest.mark.req("S3-03")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def opened(prepared):
    return Image.open(prepared.file)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_photo_of_any_usual_kind_is_kept_as_jpeg(form):
    prepared = prepare(upload(picture((800, 600), form=form), f"门.{form.lower()}"))
    assert (prepared.media, prepared.content_type, prepared.name) == ("photo", "image/jpeg", "门.jpg")
    assert opened(prepared).format == "JPEG"
    assert opened(prepared).size == (800, 600)
    assert Image.open(prepared.thumbnail).size == (480, 360)


def test_an_iphone_photo_is_kept_as_jpeg():
    heif, file = pillow_heif.from_pillow(Image.new("RGB", (400, 300), "peru")), BytesIO()
    heif.save(file)
    prepared = prepare(upload(file.getvalue(), "IMG_2231.HEIC"))
    assert (prepared.name, opened(prepared).size) == ("IMG_2231.jpg", (400, 300))


@pytest.mark.parametrize(
    ("content", "media", "content_type"),
    [
        (clip(b"isom"), "video", "video/mp4"),
        (clip(b"mp42"), "video", "video/mp4"),
        (clip(b"qt  "), "video", "video/quicktime"),
        (clip(b"3gp4"), "video", "video/3gpp"),
        (clip(b"M4A "), "voice", "audio/mp4"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm" + b"\0" * 99, "video", "video/webm"),
        (b"#!AMR\n" + b"\x3c" * 99, "voice", "audio/amr"),
        (b"ID3\x04" + b"\0" * 99, "voice", "audio/mpeg"),
        (b"\xff\xfb\x90\x64" + b"\0" * 99, "voice", "audio/mpeg"),
        (b"\xff\xf1\x50\x80" + b"\0" * 99, "voice", "audio/aac"),
        (b"RIFF\x24\0\0\0WAVEfmt " + b"\0" * 99, "voice", "audio/wav"),
        (b"OggS\0\x02" + b"\0" * 99, "voice", "audio/ogg"),
        (b"%PDF-1.7\n" + b"\0" * 99, "paper", "application/pdf"),
    ],
)
def test_videos_recordings_and_papers_are_kept_as_they_came(content, media, content_type):
    prepared = prepare(upload(content, "whatever.php"))
    assert (prepared.media, prepared.content_type) == (media, content_type)
    assert prepared.file.read() == content
    assert not prepared.name.endswith(".php")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (SVG, "door.svg"),
        (SVG, "door.jpg"),
        (b"\xef\xbb\xbf<!DOCTYPE html><script>alert(1)</script>", "door.png"),
        (b"<?php system($_GET['c']); ?>", "door.php"),
        (b"MZ\x90\0\x03" + b"\0" * 99, "door.exe"),
        (b"\x7fELF\x02" + b"\0" * 99, "door"),
        (b"PK\x03\x04" + b"\0" * 99, "door.png"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x88matroska" + b"\0" * 99, "door.mkv"),
        (b"\0\0\0\x18ftypavif" + b"\0" * 99, "door.avif"),
        (b"II*\0" + b"\0" * 99, "door.tif"),
        (b"plain words", "door.jpg"),
    ],
)
def test_what_is_no_photo_video_recording_or_pdf_is_refused(content, name):
    with pytest.raises(ValidationError) as refusal:
        prepare(upload(content, name))
    assert refusal.value.code == "unsupported"
    assert "door" in refusal.value.messages[0]


def test_of_a_polyglot_nothing_but_the_picture_is_kept():
    """A picture with a program behind its end, and one with a program in its comment."""
    hidden = b"<?php system('id'); ?><script>alert(1)</script>PK\x03\x04"
    for content in (picture() + hidden, picture(form="JPEG", comment=hidden), picture(form="GIF", comment=hidden)):
        assert hidden[:5] in content
        kept = prepare(upload(content)).file.read()
        assert b"php" not in kept
        assert b"script" not in kept


def test_a_moving_picture_is_refused_however_many_frames_it_has():
    for content in (moving("GIF", 3), moving("WEBP"), moving("PNG"), moving("GIF", 400)):
        with pytest.raises(ValidationError) as refusal:
            prepare(upload(content))
        assert refusal.value.code == "unsupported"


@pytest.mark.parametrize("content", [b"", picture()[:-200], picture(form="PNG")[:60], b"\xff\xd8\xff\xe0" + b"\0" * 50])
def test_a_photo_that_did_not_arrive_whole_is_refused(content):
    with pytest.raises(ValidationError) as refusal:
        prepare(upload(content))
    assert refusal.value.code in ("empty", "damaged")


def test_position_camera_and_comments_are_gone_and_the_photo_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010F] = "HUAWEI"
    exif.get_ifd(0x8769)[0x9003] = "2026:11:18 14:02:11"
    exif.get_ifd(0x8825).update({1: "N", 2: (30.0, 12.0, 5.0), 3: "E", 4: (115.0, 2.0, 9.0)})
    content = picture((400, 300), exif=exif, comment=b"home of Zhang Wei", xmp=b"<x:xmpmeta>GPSLatitude</x:xmpmeta>")
    assert b"HUAWEI" in content
    assert b"GPSLatitude" in content
    prepared = prepare(upload(content))
    photo = opened(prepared)
    assert photo.size == (300, 400)
    assert not photo.getexif()
    assert "icc_profile" not in photo.info
    kept = prepared.file.read()
    for private in (b"HUAWEI", b"GPSLatitude", b"Zhang Wei", b"Exif"):
        assert private not in kept
    assert f"{prepared.taken_at.astimezone():%Y-%m-%d}" == "2026-11-18"


def test_a_transparent_picture_stands_on_white():
    prepared = prepare(upload(picture((50, 50), form="PNG", mode="RGBA", colour=(0, 0, 0, 0))))
    assert opened(prepared).getpixel((25, 25)) == (255, 255, 255)


def test_a_large_photo_is_kept_smaller_and_a_long_screenshot_readable():
    prepared = prepare(upload(picture((5000, 3000))))
    assert opened(prepared).size == (4583, 2750)
    long = prepare(upload(picture((1080, 12_000), form="PNG")))
    assert opened(long).width > 1000
    assert Image.open(long.thumbnail).size == (240, 480)


def test_pixels_are_counted_before_anything_is_unpacked():
    for size in ((12_000, 12_000), (20_000, 20_000)):
        with pytest.raises(ValidationError) as refusal:
            prepare(upload(huge_png(*size)))
        assert refusal.value.code == "too_large"
        assert str(MOST_PIXELS // 1_000_000) in refusal.value.messages[0]


MEMORY = """
import resource, django
django.setup()
from tests.factories.files import huge_png, picture, upload
from workflow.media import prepare
from django.core.exceptions import ValidationError
prepare(upload(picture((1200, 900))))
bomb = huge_png()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert len(bomb) < 30_000, len(bomb)
for content in (bomb, huge_png(20_000, 20_000)):
    try:
        prepare(upload(content))
    except ValidationError as refusal:
        assert refusal.code == "too_large"
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_a_picture_bomb_of_seventeen_kilobytes_leaves_memory_flat():
    surroundings = {**os.environ, "DJANGO_SETTINGS_MODULE": "aftersales.settings", "PYTHONPATH": "."}
    answer = subprocess.run(
        [sys.executable, "-c", MEMORY], capture_output=True, text=True, timeout=120, env=surroundings
    )
    assert answer.returncode == 0, answer.stderr
    assert int(answer.stdout) < 30_000  # kilobytes; unpacked it is 700 MB


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd.jpg"),
        ("..\\..\\boot.ini", "boot.jpg"),
        ("门" * 200 + ".jpg", "门" * 96 + ".jpg"),
        ('a"b\r\nSet-Cookie: x.jpg', 'a"b Set-Cookie: x.jpg'),
        ("a\0b.jpg", "ab.jpg"),
        ("CON", "_CON.jpg"),
        ("con.jpg", "_con.jpg"),
        ("", "file.jpg"),
        ("...", "file.jpg"),
        ("photo.jpg.exe", "photo.jpg.jpg"),
        ("微信图片_20261118.jpg", "微信图片_20261118.jpg"),
    ],
)
def test_the_name_that_is_shown(name, shown):
    assert display_name(name, ".jpg") == shown


def test_recognition_needs_the_first_bytes_only():
    assert recognise(b"") is None
    assert recognise(b"\xff") is None
    assert recognise(picture()[:64]).media == "photo"


def test_what_was_prepared_is_not_prepared_again():
    prepared = prepare(upload())
    assert isinstance(prepared, Prepared)
    assert prepare(prepared) is prepared


def box(kind, *content, long=False):
    body = b"".join(content)
    if long:
        return (1).to_bytes(4) + kind + (len(body) + 16).to_bytes(8) + body
    return (len(body) + 8).to_bytes(4) + kind + body


PLACE = b"+30.2040+115.0600+021.0/"


@pytest.mark.parametrize(("brand", "long"), [(b"isom", False), (b"qt  ", True), (b"3gp4", False), (b"M4A ", False)])
def test_where_a_video_was_filmed_is_gone_and_the_rest_stays(brand, long):
    """Threats 48: Android's and Apple's notes, those of a track and of other makers; pictures and offsets stay."""
    keys = box(b"keys", bytes(8), box(b"mdta", b"com.apple.quicktime.location.ISO6709"))
    apple = box(b"meta", box(b"hdlr", b"mdta"), keys, box(b"ilst", box(b"\0\0\0\1", box(b"data", bytes(8), PLACE))))
    track = box(b"trak", box(b"tkhd", b"kept"), box(b"udta", box(b"loci", PLACE)), long=long)
    movie = box(b"moov", box(b"mvhd", b"kept"), track, box(b"udta", box(b"\xa9xyz", b"\0\x12\x15\xc7", PLACE)), apple)
    pictures = box(b"mdat", bytes(range(256)) * 8, long=long)
    whole = box(b"ftyp", brand, bytes(4), brand) + movie + pictures + box(b"uuid", bytes(16), b"<x:xmp>" + PLACE)
    kept = prepare(upload(whole, "门.mp4")).file.read()
    assert len(kept) == len(whole)
    assert PLACE not in kept
    assert b"location" not in kept
    assert kept.count(b"kept") == 2
    assert kept.index(pictures) == whole.index(pictures)


@pytest.mark.parametrize("cut", [5, 12, 30, 45, 60])
def test_a_video_that_makes_no_sense_is_kept_as_it_came(cut):
    whole = box(b"ftyp", b"isom", bytes(4)) + (2**31).to_bytes(4) + b"moov" + box(b"trak", bytes(40))
    assert prepare(upload(whole[: cut + 12], "门.mp4")).file.read() == whole[: cut + 12]
