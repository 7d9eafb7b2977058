"""The backup file itself: a tar whose last member is a sealed manifest naming the hash of every other member."""

import hashlib
import hmac
import json
import tarfile
import time
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

MANIFEST = "manifest.json"
ROWS, FILES = "rows/", "files/"
FORMAT = 1
BLOCK = 1024 * 1024


class Refused(Exception):
    """This archive must not be restored; the sentence says why, and nothing has been touched."""


class Writer:
    """Writes members one by one; the file gets its name only when the manifest has closed it."""

    def __init__(self, path: Path):
        self.path = path
        self.unfinished = path.with_name(path.name + ".part")
        self.members: dict[str, dict] = {}

    def __enter__(self):
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.unfinished.touch(mode=0o600)
        self.tar = tarfile.open(self.unfinished, "w", format=tarfile.PAX_FORMAT)
        return self

    def __exit__(self, kind, error, trace):
        self.tar.close()
        if kind:
            self.unfinished.unlink(missing_ok=True)
        else:
            self.unfinished.replace(self.path)

    def add(self, name: str, content: BinaryIO, size: int):
        """Copy ``size`` bytes of ``content`` in as ``name``, hashing them on the way."""
        reader = Hashing(content)
        head = tarfile.TarInfo(name)
        head.size = size
        head.mode = 0o600
        head.mtime = time.time()
        self.tar.addfile(head, reader)
        self.members[name] = {"sha256": reader.digest.hexdigest(), "size": size}

    def close_with(self, manifest: dict):
        """Seal ``manifest``, with the hashes of all members, and make it the last one."""
        manifest = manifest | {"format": FORMAT, "members": self.members, "keyed": bool(settings.BACKUP_KEY)}
        manifest["seal"] = seal(manifest)
        content = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
        self.add(MANIFEST, BytesIO(content), len(content))


class Archive:
    """A backup file to be read: ``verify`` it first, then open its members by name."""

    def __init__(self, path: Path):
        self.path = path
        self.manifest: dict = {}
        self.places: dict[str, tarfile.TarInfo] = {}

    def verify(self) -> dict:
        """Read every byte once and return the manifest. Raises Refused for a cut, damaged, foreign or newer file."""
        digests = {}
        with self._open() as tar:
            for member in tar:
                source = tar.extractfile(member)
                if source is None or member.name in digests:
                    raise Refused(_("This is not a backup of this application."))
                if member.name == MANIFEST:
                    self.manifest = read_manifest(source.read())
                    continue
                self.places[member.name] = member
                digests[member.name] = {"sha256": digest(source), "size": member.size}
        if not self.manifest:
            raise Refused(_("The file is cut short: its table of contents is missing."))
        self._compare(digests)
        return self.manifest

    def _compare(self, digests):
        for name, expected in self.manifest["members"].items():
            if digests.get(name) != expected:
                raise Refused(_("The part %(name)s is damaged or missing.") % {"name": name})
        if len(digests) != len(self.manifest["members"]):
            raise Refused(_("The file holds parts that its table of contents does not know."))

    @contextmanager
    def member(self, name: str):
        """The bytes of one member, as a file."""
        with self._open() as tar:
            yield tar.extractfile(self.places[name])

    @contextmanager
    def _open(self):
        try:
            with tarfile.open(self.path, "r:") as tar:
                yield tar
        except FileNotFoundError:
            raise Refused(_("There is no file %(path)s.") % {"path": self.path}) from None
        except (tarfile.TarError, EOFError, UnicodeDecodeError) as broken:
            raise Refused(_("The file is cut short or is not a backup of this application.")) from broken


def read_manifest(content: bytes) -> dict:
    """The manifest in ``content``. Raises Refused where it is damaged, of a newer format, or sealed by another key."""
    try:
        manifest = json.loads(content)
        sealed, version = manifest["seal"], manifest["format"]
    except (ValueError, KeyError, TypeError):
        raise Refused(_("The table of contents cannot be read.")) from None
    if version > FORMAT:
        raise Refused(_("This backup was written by a newer release. Install that release first."))
    if manifest["keyed"] != bool(settings.BACKUP_KEY):
        if manifest["keyed"]:
            raise Refused(_("This backup is sealed with a key; set BACKUP_KEY to it."))
        raise Refused(_("This backup is not sealed with your BACKUP_KEY; unset that to accept it all the same."))
    if not hmac.compare_digest(sealed, seal(manifest)):
        raise Refused(_("The seal does not fit: the key is another, or the file was changed."))
    return manifest


def seal(manifest: dict) -> str:
    """What proves that the manifest is as it was written; only who knows BACKUP_KEY can make it, where one is set."""
    content = json.dumps({k: v for k, v in manifest.items() if k != "seal"}, sort_keys=True, separators=(",", ":"))
    return hmac.new(settings.BACKUP_KEY.encode(), content.encode(), "sha256").hexdigest()


def digest(source: BinaryIO) -> str:
    whole = hashlib.sha256()
    while block := source.read(BLOCK):
        whole.update(block)
    return whole.hexdigest()


class Hashing:
    """A file being read by somebody else, hashed as it goes by."""

    def __init__(self, source):
        self.source, self.digest = source, hashlib.sha256()

    def read(self, size):
        block = self.source.read(size)
        self.digest.update(block)
        return block
