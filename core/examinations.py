"""What ``manage.py doctor`` looks at, one function for each; every answer is a level and a sentence.

The functions take ``now`` where time matters. Apps above core may add their own with ``@examination``.
"""

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core import mail
from django.core.mail.backends.smtp import EmailBackend
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from kombu import Connection

from core import search
from core.health import sweep_state
from core.management.commands.compile_translations import catalogues
from core.models import Heartbeat, Installation, Outbox, WorkDay

OK, WARN, FAIL = "ok", "warn", "fail"
WORKER_LATE = timedelta(minutes=5)
BACKUP_LATE = timedelta(days=2)
MESSAGE_LATE = timedelta(minutes=15)
LITTLE_SPACE, NO_SPACE = 2 * 2**30, 300 * 2**20  # bytes
MOST_COUNTED = 10_000
NEXT_YEAR_FROM = 11  # the State Council publishes next year's holidays in November


@dataclass(frozen=True)
class Finding:
    """One answer of one examination."""

    level: str
    sentence: str


Examination = Callable[[], Finding]
examinations: dict[str, Examination] = {}


def examination(name: str) -> Callable[[Examination], Examination]:
    """Register a function that examines one part of the site."""

    def register(examine):
        examinations[name] = examine
        return examine

    return register


@examination("python")
def python():
    version = ".".join(map(str, sys.version_info[:3]))
    enough = sys.version_info >= (3, 11)
    return Finding(OK if enough else FAIL, _("Python %(version)s") % {"version": version})


@examination("settings")
def secrets():
    if settings.SECRET_KEY == settings.DEVELOPMENT_SECRET:
        return Finding(WARN, _("The secret key is the one everybody knows; bin/run writes a secret one."))
    if settings.DEBUG and settings.PRODUCTION:
        return Finding(FAIL, _("DEBUG is on in production: error pages show the program's insides to visitors."))
    if settings.PRODUCTION and not settings.SITE_URL.startswith("https://"):
        return Finding(FAIL, _("SITE_URL must begin with https://: links in messages are built from it."))
    kind = _("production") if settings.PRODUCTION else _("on this machine only")
    return Finding(OK, _("%(kind)s, at %(url)s") % {"kind": kind, "url": settings.SITE_URL})


@examination("database")
def database():
    connection.ensure_connection()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SHOW server_version")
            return Finding(OK, f"PostgreSQL {cursor.fetchone()[0].split()[0]}")
        cursor.execute("PRAGMA journal_mode")
        mode = cursor.fetchone()[0]
    sentence = _("SQLite in %(file)s, journal mode %(mode)s") % {"file": connection.settings_dict["NAME"], "mode": mode}
    return Finding(OK if mode == "wal" else FAIL, sentence)


@examination("migrations")
def migrations():
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        return Finding(FAIL, _("%(count)d wait; run manage.py migrate.") % {"count": len(waiting)})
    return Finding(OK, _("all applied"))


@examination("search index")
def search_index():
    outdated = search.outdated()[: MOST_COUNTED + 1].count()
    if not outdated:
        return Finding(OK, _("cut the way this release cuts"))
    sentence = ngettext(
        "%(count)d record is not found until manage.py reindex has run.",
        "%(count)d records are not found until manage.py reindex has run.",
        outdated,
    ) % {"count": outdated}
    return Finding(WARN, sentence if outdated <= MOST_COUNTED else _("Most is not found: run manage.py reindex."))


@examination("installation")
def installation():
    site = Installation.objects.current()
    if site.is_demo:
        level = FAIL if settings.PRODUCTION else WARN
        return Finding(level, _("This site holds demo data, with logins whose password is printed at every start."))
    return Finding(OK, f"{site.company or '-'} ({site.get_trade_display()})")


@examination("broker")
def broker():
    if not settings.REDIS_URL:
        waiting = len(list(Path(settings.BROKER_DIR).glob("q/*")))
        writable = os.access(settings.BROKER_DIR.parent, os.W_OK)
        sentence = ngettext(
            "files in %(folder)s, %(count)d message waiting",
            "files in %(folder)s, %(count)d messages waiting",
            waiting,
        ) % {"folder": settings.BROKER_DIR, "count": waiting}
        return Finding(OK if writable else FAIL, sentence)
    try:
        with Connection(settings.REDIS_URL, connect_timeout=2, transport_options={"socket_timeout": 2}) as redis:
            redis.ensure_connection(max_retries=1, timeout=3)
    except Exception as error:
        # Pages work without it, and the timetable or a timer delivers: late, but all of it.
        return Finding(
            WARN, _("Redis does not answer (%(error)s); notices come late.") % {"error": type(error).__name__}
        )
    return Finding(OK, _("Redis answers"))


@examination("worker and timetable")
def worker():
    age = Heartbeat.objects.age("worker", timezone.now())
    if age is None:
        return Finding(WARN, _("have not run here yet"))
    return Finding(OK if age <= WORKER_LATE else FAIL, _("last sign %(age)s ago") % {"age": _length(age)})


@examination("sweep")
def sweep():
    state, seconds = sweep_state(timezone.now())
    if state == "never":
        return Finding(WARN, _("has not run here yet: no deadline fires until it does"))
    sentence = _("last ran %(age)s ago") % {"age": _length(timedelta(seconds=seconds))}
    return Finding(OK if state == "ok" else FAIL, sentence)


@examination("outgoing messages")
def outbox():
    failed = Outbox.objects.failed().count()
    late = Outbox.objects.waiting(timezone.now() - MESSAGE_LATE).count()
    sentence = _("%(late)d late, %(failed)d given up") % {"late": late, "failed": failed}
    return Finding(WARN if late or failed else OK, sentence)


@examination("disk")
def disk():
    free = shutil.disk_usage(settings.VAR_DIR).free
    level = FAIL if free < NO_SPACE else WARN if free < LITTLE_SPACE else OK
    return Finding(level, _("%(free).1f GB free for data and photos") % {"free": free / 2**30})


@examination("backup")
def backup():
    age = Heartbeat.objects.age("backup", timezone.now())
    if age is None:
        return Finding(WARN, _("never made; run manage.py backup, or let the timer in deploy/ do it each night"))
    return Finding(OK if age <= BACKUP_LATE else WARN, _("last made %(age)s ago") % {"age": _length(age)})


@examination("holidays")
def holidays():
    today = timezone.localdate()
    needed = {today.year} | ({today.year + 1} if today.month >= NEXT_YEAR_FROM else set())
    absent = sorted(needed - set(WorkDay.objects.years()))
    if absent:
        years = ", ".join(map(str, absent))
        return Finding(WARN, _("No holidays and make-up working days are known for %(years)s.") % {"years": years})
    return Finding(OK, _("known up to %(year)d") % {"year": max(needed)})


@examination("translations")
def translations():
    def is_stale(source):
        compiled = source.with_suffix(".mo")
        return not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime

    stale = sum(map(is_stale, catalogues()))
    if stale:
        return Finding(FAIL, _("%(count)d not compiled; run manage.py compile_translations.") % {"count": stale})
    return Finding(OK, _("compiled"))


@examination("static files")
def static_files():
    if settings.DEBUG or (settings.STATIC_ROOT / "staticfiles.json").exists():
        return Finding(OK, str(settings.STATIC_ROOT))
    return Finding(FAIL, _("not collected; run manage.py collectstatic."))


@examination("e-mail")
def email():
    sender = mail.get_connection(timeout=5)
    if not isinstance(sender, EmailBackend):
        return Finding(WARN, _("EMAIL_URL is not set: mail goes to the log, to nobody's mailbox."))
    try:
        sender.open()
        sender.close()
    except OSError as error:
        return Finding(FAIL, _("%(host)s does not take mail: %(error)s") % {"host": sender.host, "error": error})
    return Finding(OK, _("%(host)s takes mail") % {"host": sender.host})


def examine_all():
    """(name, Finding) of every examination; one that breaks off is a finding too."""
    for name, examine in examinations.items():
        try:
            yield name, examine()
        except (DatabaseError, OSError) as error:
            yield name, Finding(FAIL, str(error).strip().splitlines()[0] if str(error) else type(error).__name__)


def _length(age):
    return timesince(timezone.now() - age, depth=1)
