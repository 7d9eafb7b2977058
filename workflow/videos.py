"""Where a video was filmed is nobody's business: phones write it beside the pictures, and it is taken out (threats 48)."""

FILLING = b"free"  # a box every player passes over
PARENTS = {b"moov", b"trak", b"moof", b"traf"}
# Notes beside pictures and sound: position, camera, owner. None of them is needed to play the file.
NOTES = {b"udta", b"meta", b"uuid"}
BLOCK = 64 * 1024


def forget_place(file):
    """Blank the notes of an ISO media file (MP4, MOV, 3GP, M4A) in place: its length and every offset stay as they are."""
    size = file.seek(0, 2)
    _blank_notes(file, 0, size)
    file.flush()
    file.seek(0)


def _blank_notes(file, start, end):
    for kind, place, body, after in _boxes(file, start, end):
        if kind in NOTES:
            file.seek(place + 4)
            file.write(FILLING)
            _blank(file, body, after)
        elif kind in PARENTS:
            _blank_notes(file, body, after)


def _boxes(file, start, end):
    """(kind, where its head is, where its content is, where it ends) of each box; stops where the file makes no sense."""
    place = start
    while place + 8 <= end:
        file.seek(place)
        head = file.read(16)
        size, body = int.from_bytes(head[:4]), place + 8
        if size == 1:  # a long one tells its length after its name
            size, body = int.from_bytes(head[8:16]), place + 16
        after = end if size == 0 else place + size
        if after > end or after < body:
            return
        yield head[4:8], place, body, after
        place = after


def _blank(file, start, end):
    file.seek(start)
    for at in range(start, end, BLOCK):
        file.write(bytes(min(BLOCK, end - at)))
