"""What the program says and the Chinese catalogues do not: for developers, called by .ci/run. Needs GNU gettext."""

import subprocess
import tempfile
from pathlib import Path

from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import template, trans_real

from core.management.commands.compile_translations import catalogues

KEYWORDS = (
    "gettext_noop", "gettext_lazy", "ngettext_lazy:1,2", "pgettext:1c,2", "npgettext:1c,2,3", "pgettext_lazy:1c,2",
    "npgettext_lazy:1c,2,3", "_",
)  # fmt: skip
SILENT = ("tests", "bench", "bin", "migrations", "staticfiles", "var", ".venv", "node_modules")


class Command(BaseCommand):
    help = "List every string of the program without a Chinese translation, and every doubtful catalogue entry."
    requires_system_checks = []

    def handle(self, **options):
        problems = [*missing(), *doubtful(), *contradicting(), *untranslatable()]
        for problem in problems:
            self.stdout.write(problem)
        if problems:
            raise CommandError(f"{len(problems)} strings need work.")
        self.stdout.write("Every string has its translation.")


def missing():
    """Strings that would be shown in English to a Chinese reader."""
    with translation.override("zh-hans"):
        known = trans_real.catalog()._catalog
    for message in said():
        single = message.id[0] if message.pluralizable else message.id
        key = f"{message.context}\x04{single}" if message.context else single
        if message.id and not known.get((key, 0) if message.pluralizable else key):
            place = ":".join(map(str, message.locations[0]))
            yield f"missing: {place}: {single!r}" + (f" (context {message.context!r})" if message.context else "")


def said():
    """Every translatable string of our Python files and templates, as gettext's own tool finds them."""
    with tempfile.TemporaryDirectory() as folder:
        files = [_readable(source, Path(folder)) for source in sources()]
        command = ["xgettext", "--language=Python", "--from-code=UTF-8", "--output=-", "--files-from=-"]
        command += [f"--keyword={word}" for word in KEYWORDS]
        names = "\n".join(str(path.relative_to(folder)) for path in files)
        done = subprocess.run(command, input=names.encode(), cwd=folder, capture_output=True)
    if done.returncode:
        raise CommandError(done.stderr.decode())
    # xgettext leaves its header to be filled in, which Babel reads as a broken one.
    return read_po(done.stdout.decode().replace("nplurals=INTEGER", "nplurals=2").splitlines())


def sources():
    for pattern in ("**/*.py", "**/*.html", "**/*.txt"):
        for path in sorted(settings.BASE_DIR.glob(pattern)):
            parts = path.relative_to(settings.BASE_DIR).parts
            if not set(SILENT).intersection(parts) and (path.suffix == ".py" or "templates" in parts):
                yield path


def _readable(source, folder):
    """A copy of ``source`` that xgettext can read, templates turned into what looks like Python to it."""
    copy = folder / source.relative_to(settings.BASE_DIR)
    copy.parent.mkdir(parents=True, exist_ok=True)
    text = source.read_text(encoding="utf-8")
    copy.write_text(text if source.suffix == ".py" else template.templatize(text), encoding="utf-8")
    return copy


def doubtful():
    """Entries of our catalogues that are fuzzy, or whose placeholders differ from the original's."""
    for path in catalogues():
        with path.open("rb") as text:
            catalogue = read_po(text, locale=path.parts[-3])
        for message in catalogue:
            if not message.id:
                continue
            place = f"{path.relative_to(settings.BASE_DIR)}:{message.lineno}"
            if message.fuzzy:
                yield f"fuzzy: {place}: {message.id!r}"
            yield from (f"wrong: {place}: {error}" for error in message.check(catalogue))


def contradicting():
    """Strings with another translation in another catalogue: which one is shown would depend on the folders' names."""
    known = {}
    for path in catalogues():
        with path.open("rb") as text:
            for message in read_po(text, locale=path.parts[-3]):
                place, translated = known.setdefault(
                    (path.parts[-3], message.context, message.id), (path, message.string)
                )
                if message.id and translated != message.string:
                    where = path.relative_to(settings.BASE_DIR)
                    yield f"twice: {where}: {message.id!r} is {message.string!r}, but {translated!r} in {place.parts[-4]}"


# The style guide shows components with what customers and staff wrote: data, which is in no language but its own.
SAMPLES = {"templates/core/style_guide.html"}


def untranslatable():
    """Chinese written straight into a template: nobody reading English could ever see it otherwise."""
    for path in sources():
        if path.suffix != ".py" and str(path.relative_to(settings.BASE_DIR)) not in SAMPLES:
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                if any("\u4e00" <= character <= "\u9fff" for character in line):
                    yield f"not translatable: {path.relative_to(settings.BASE_DIR)}:{number}: {line.strip()[:60]}"
