"""Pictures of damaged doors, drawn: a wall, a door leaf, and what is wrong with it."""

from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

WOODS = ["#8a5a33", "#6f4a2d", "#b9966b", "#d9d2c5", "#4f4a45"]
SIZE = (480, 640)


def photo(symptom, rng, *, close=False):
    """A photo as a customer would send it: the whole door, or from near only the place that is damaged."""
    picture = Image.new("RGB", SIZE, rng.choice(["#e8e4da", "#dfe3e4", "#efe6dc"]))
    draw = ImageDraw.Draw(picture)
    wood = rng.choice(WOODS)
    draw.rectangle((70, 50, 410, 640), fill=_shade(wood, 0.8))
    draw.rectangle((90, 70, 390, 640), fill=wood)
    for top in (110, 390):
        draw.rectangle((140, top, 340, top + 200), outline=_shade(wood, 0.75), width=5)
    for _grain in range(40):
        x = rng.randrange(92, 388)
        draw.line((x, 72, x + rng.randrange(-6, 7), 640), fill=_shade(wood, rng.uniform(0.93, 1.05)))
    draw.ellipse((355, 360, 379, 384), fill="#c9c6bf", outline="#77736b", width=2)
    spot = (rng.randrange(170, 330), rng.randrange(180, 480))
    DAMAGES[symptom](draw, spot, rng, _shade(wood, 0.35))
    if close:
        x, y = spot
        picture = picture.crop((x - 90, y - 120, x + 90, y + 120)).resize(SIZE, Image.Resampling.BICUBIC)
    file = BytesIO()
    picture.save(file, "JPEG", quality=70)
    return SimpleUploadedFile(f"IMG_{rng.randrange(1000, 9999)}.jpg", file.getvalue())


def _shade(colour, by):
    parts = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return tuple(min(255, int(part * by)) for part in parts)


def _crack(draw, spot, rng, dark):
    x, y = spot
    points = [(x, y)]
    for _turn in range(9):
        points.append((points[-1][0] + rng.randrange(-9, 10), points[-1][1] + rng.randrange(10, 24)))
    draw.line(points, fill=dark, width=3, joint="curve")


def _blisters(draw, spot, rng, dark):
    for _blister in range(12):
        x, y, r = spot[0] + rng.randrange(-60, 61), spot[1] + rng.randrange(-70, 71), rng.randrange(5, 14)
        draw.ellipse((x - r, y - r, x + r, y + r), outline=dark, width=2)


def _dent(draw, spot, rng, dark):
    x, y = spot
    corners = [(x + rng.randrange(-26, 27), y + rng.randrange(-26, 27)) for _corner in range(6)]
    draw.polygon(corners, fill=dark)
    draw.line((x, y, x + 50, y + rng.randrange(20, 60)), fill=dark, width=2)


def _shatter(draw, spot, rng, dark):
    x, y = spot
    draw.rectangle((150, 120, 330, 580), fill="#cfe0e3", outline=dark, width=3)
    for _ray in range(22):
        draw.line((x, y, rng.randrange(150, 331), rng.randrange(120, 581)), fill="#6f8388", width=1)


def _sound(draw, spot, rng, dark):
    """Nothing is wrong with it any more."""


DAMAGES = {"开裂": _crack, "起泡": _blisters, "磕碰": _dent, "炸裂": _shatter, "修好": _sound}
