"""Files as phones and passers-by send them, made up on the spot."""

import struct
import zlib
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def picture(size=(640, 480), *, form="JPEG", colour="saddlebrown", **options):
    """The bytes of a picture; ``options`` are those of Pillow's writer."""
    mode = options.pop("mode", "RGB")
    file = BytesIO()
    Image.new(mode, size, colour).save(file, form, **options)
    return file.getvalue()


def upload(content=None, name="IMG_0001.jpg"):
    return SimpleUploadedFile(name, picture() if content is None else content)


def huge_png(width=12_000, height=12_000):
    """A picture of one colour: a few kilobytes that unpack to hundreds of megabytes."""

    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    packer = zlib.compressobj(9)
    row = b"\0" + b"\0" * ((width + 7) // 8)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def moving(form="GIF", frames=3):
    """A picture that moves."""
    file = BytesIO()
    first, *more = (Image.new("RGB", (40, 30), (number * 97 % 256, 90, number * 31 % 256)) for number in range(frames))
    first.save(file, form, save_all=True, append_images=more, duration=40)
    return file.getvalue()


def clip(brand=b"isom", size=2048):
    """The beginning of a video as phones write it, then noise."""
    return (
        b"\0\0\0\x18ftyp"
        + brand
        + b"\0\0\0\0"
        + brand
        + b"mp41"
        + b"\0\0\0\x08mdat"
        + bytes(range(256)) * (size // 256)
    )
