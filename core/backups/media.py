"""The files of a backup: photos, signatures, papers. Each has a name used once, so the same name is the same file."""

from collections.abc import Iterator

from django.core.files.base import File
from django.core.files.storage import default_storage

from core.backups.archive import FILES, digest


def put_files(archive):
    """Store every file of ``archive`` that is missing or damaged here; if one cannot be, take the others back."""
    written = []
    try:
        for member, part in archive.manifest["members"].items():
            name = member.removeprefix(FILES)
            if member.startswith(FILES) and not _is_here(name, part["sha256"]):
                written.append(name)
                with archive.member(member) as content:
                    _store(name, content)
    except BaseException:
        for name in written:
            default_storage.delete(name)
        raise


def _is_here(name, expected):
    if not default_storage.exists(name):
        return False
    with default_storage.open(name) as content:
        return digest(content) == expected


def _store(name, content):
    if default_storage.exists(name):
        default_storage.delete(name)  # damaged: what is in the archive has just been checked
    stored = default_storage.save(name, File(content))
    if stored != name:
        raise OSError(f"{name} was stored as {stored}")


def drop_other_files(archive):
    """Delete what belonged to the site that was replaced."""
    kept = archive.manifest["members"]
    for name in stored_names():
        if FILES + name not in kept:
            default_storage.delete(name)


def stored_names(folder="") -> Iterator[str]:
    """The name of every file in the storage; none before its folder is made for the first one."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in files:
        yield f"{folder}/{name}" if folder else name
    for name in folders:
        yield from stored_names(f"{folder}/{name}" if folder else name)
