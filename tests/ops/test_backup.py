"""Backup and restore: consistent under load, checked before anything is touched (S1-56; threats 60)."""

import gzip
import json
import shutil
import tarfile
import threading
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from cases.models import Complaint
from core.backups import archive, restore
from core.backups.archive import ROWS, Archive, Refused, Writer
from core.backups.media import stored_names
from core.backups.write import write_backup
from core.models import Heartbeat, Outbox
from core.outbox import Message
from customers.models import Customer
from workflow.models import Attachment, Event, Matter
from workflow.perform import begin

from tests.factories.cases import ComplaintClassFactory, person
from tests.factories.customers import CustomerFactory
from tests.ops.site import Site, postgresql_database

pytestmark = pytest.mark.django_db(transaction=True)


def log_a_complaint(agent, customer, klass):
    """One act of an agent as a page does it: complaint, clocks, timeline, search entry, message and a photo."""

    def register(*, by, now):
        complaint = Complaint.register(by=by, now=now, customer=customer, content="门板开裂", klass=klass)
        Outbox.objects.write([Message("note", "x", f"note {complaint.pk}", {"complaint": complaint.pk})], now)
        photo = ContentFile(b"photo of " + complaint.number.encode(), f"2026/11/{uuid4().hex}.jpg")
        matter = complaint.matter
        Attachment.objects.create(matter=matter, customer=customer, media="photo", file=photo, name="门.jpg")
        return complaint

    return begin(register, "register", by=agent).record


@pytest.fixture
def company(db):
    """An agent, a customer and a class of complaint."""
    return person("agent"), CustomerFactory(name='𠮷田\n\' "木"门'), ComplaintClassFactory()


@pytest.fixture
def backup(company, tmp_path):
    """A backup of a small site."""
    for _ in range(3):
        log_a_complaint(*company)
    write_backup(tmp_path / "site.tar")
    return tmp_path / "site.tar"


THINGS = ("complaints", "matters", "registrations", "messages", "photos", "search entries")
COUNT = """
import json
from django.apps import apps
def rows(label, **which):
    return apps.get_model(label).objects.filter(**which).count()
print(json.dumps({
    "complaints": rows("cases.Complaint"),
    "matters": rows("workflow.Matter"),
    "registrations": rows("workflow.Event", action="register"),
    "messages": rows("core.Outbox", kind="note"),
    "photos": rows("workflow.Attachment"),
    "search entries": rows("core.SearchEntry", kind="complaint"),
}))
"""


def counted(site):
    """How many of each thing that one complaint brings with it the restored site holds."""
    return json.loads(site.ask(COUNT))


@pytest.mark.long
@pytest.mark.req("S1-56")
@pytest.mark.slow
def test_a_backup_taken_while_agents_work_restores_elsewhere_whole(company, tmp_path, sqlite_site):
    enough = threading.Event()
    written = []

    def work():
        try:
            while not enough.is_set():
                written.append(log_a_complaint(*company).pk)
        finally:
            connections.close_all()

    log_a_complaint(*company)
    agents = [threading.Thread(target=work) for _ in range(3)]
    for agent in agents:
        agent.start()
    try:
        before = Complaint.objects.count()
        manifest = write_backup(tmp_path / "busy.tar")
        after = Complaint.objects.count()
    finally:
        enough.set()
        for agent in agents:
            agent.join()
    assert manifest["missing"] == []
    assert before <= manifest["rows"]["cases.complaint"] <= after
    assert len(written) > 3, "nobody was at work meanwhile"

    said = sqlite_site.manage("restore", str(tmp_path / "busy.tar"))
    assert "FAIL" not in said
    assert "ok    every row's file is there" in said
    assert counted(sqlite_site) == dict.fromkeys(THINGS, manifest["rows"]["cases.complaint"])
    assert sqlite_site.manage("check_invariants")


@pytest.mark.long
@pytest.mark.slow
def test_every_value_comes_back_as_it_was(company, backup, sqlite_site, tmp_path):
    """Row for row: what the restored site would write is what was written, on whichever database either runs."""
    sqlite_site.manage("restore", str(backup))
    sqlite_site.manage("backup", str(tmp_path / "again.tar"))
    first, second = rows_of(backup), rows_of(tmp_path / "again.tar")
    for label in first:
        if label not in {"core.heartbeat", "core.edition"}:
            assert second[label] == first[label], label
    with tarfile.open(backup) as one, tarfile.open(tmp_path / "again.tar") as two:
        photos = [name for name in one.getnames() if name.startswith("files/")]
        assert len(photos) == 3
        for name in photos:
            assert one.extractfile(name).read() == two.extractfile(name).read()


@pytest.mark.long
@pytest.mark.slow
def test_a_site_moves_between_the_databases(company, backup, sqlite_site, tmp_path):
    """PostgreSQL to SQLite and back; what is added afterwards does not collide with the numbers that came along."""
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL")
    sqlite_site.manage("restore", str(backup))
    sqlite_site.manage("backup", str(tmp_path / "moved.tar"))
    with postgresql_database() as address:
        server = Site(tmp_path / "server", address)
        (tmp_path / "server").mkdir()
        server.manage("restore", str(tmp_path / "moved.tar"))
        assert counted(server) == dict.fromkeys(THINGS, 3)
        add = (
            "from django.apps import apps; from django.utils import timezone; c = apps.get_model('customers.Customer');"
            "new = c(number='KH1', name='x', region=c.objects.get().region); new.save(); print(new.pk)"
        )
        assert int(server.ask(add)) > Customer.objects.get().pk


def of_an_older_release(path):
    """The backup as the release before the newest migration of customers, and of all that builds on it, would have written it."""
    loader = MigrationLoader(connection)
    newest = max(key for key in loader.disk_migrations if key[0] == "customers")
    applied = set(loader.disk_migrations) - set(loader.graph.backwards_plan(newest))
    tables = loader.project_state(restore.latest(loader.graph, applied)).apps
    known = {model._meta.label_lower for model in tables.get_models()}
    source, copy = Archive(path), path.with_name("older.tar")
    migrations = {}
    for app, name in sorted(applied):
        migrations.setdefault(app, []).append(name)
    source.verify()
    with Writer(copy) as target:
        for name in source.places:
            with source.member(name) as member:
                content = member.read()
            if name.startswith(ROWS):
                label = name.removeprefix(ROWS).removesuffix(".jsonl.gz")
                if label not in known:
                    continue
                model = tables.get_model(label)
                content = gzip.compress(with_columns_of(model, gzip.decompress(content)))
            target.add(name, BytesIO(content), len(content))
        rows = {label: count for label, count in source.manifest["rows"].items() if label in known}
        target.close_with(source.manifest | {"migrations": migrations, "rows": rows})
    return copy, newest


def with_columns_of(model, lines):
    """The rows of a table without the columns that ``model`` does not have."""
    names, *rows = map(json.loads, lines.splitlines())
    kept = [place for place, name in enumerate(names) if name in {field.name for field in model._meta.fields}]
    return "".join(json.dumps([row[place] for place in kept]) + "\n" for row in (names, *rows)).encode()


@pytest.mark.long
@pytest.mark.req("S1-56")
@pytest.mark.slow
def test_a_backup_of_an_older_release_is_loaded_and_migrated(backup, blank_site):
    """Threats 60: into the tables of its time first, then on to those of this release; every rule holds afterwards."""
    older, newest = of_an_older_release(backup)
    said = blank_site.manage("restore", str(older))
    assert "FAIL" not in said
    assert counted(blank_site) == dict.fromkeys(THINGS, 3)
    assert f"[X] {newest[1]}" in blank_site.manage("showmigrations", "customers")
    assert blank_site.manage("check_invariants")


def rows_of(path):
    opened = Archive(path)
    opened.verify()
    contents = {}
    for label in opened.manifest["rows"]:
        with opened.member(f"rows/{label}.jsonl.gz") as packed:
            contents[label] = gzip.decompress(packed.read()).decode().splitlines()
    return contents


# --- what is refused --------------------------------------------------------------------------------------------------
def rewritten(path, change):
    """A copy of the backup whose members went through ``change(name, content)``; None leaves one out."""
    copy = path.with_name("changed.tar")
    with tarfile.open(path) as source, tarfile.open(copy, "w") as target:
        for member in source:
            content = change(member.name, source.extractfile(member).read())
            if content is not None:
                member.size = len(content)
                target.addfile(member, BytesIO(content))
    return copy


def resealed(path, change):
    """A copy whose manifest went through ``change`` and was sealed again, as a release with other ideas would have."""

    def edit(name, content):
        if name != archive.MANIFEST:
            return content
        manifest = json.loads(content)
        change(manifest)
        manifest["seal"] = archive.seal(manifest)
        return json.dumps(manifest).encode()

    return rewritten(path, edit)


@pytest.mark.parametrize("left", [0, 1, 512, 0.5, 0.9])
def test_a_cut_file_is_refused(backup, left):
    content = backup.read_bytes()
    backup.write_bytes(content[: int(left * len(content)) if left < 1 else left])
    with pytest.raises(Refused):
        restore.check(backup)


def test_a_changed_row_is_refused(backup):
    changed = rewritten(backup, lambda name, content: content + b"x" if "customers.customer.json" in name else content)
    with pytest.raises(Refused, match="customers.customer"):
        restore.check(changed)


def test_a_changed_photo_is_refused(backup):
    changed = rewritten(backup, lambda name, content: content[::-1] if name.startswith("files/") else content)
    with pytest.raises(Refused, match="files/"):
        restore.check(changed)


def test_a_missing_photo_is_refused(backup):
    with pytest.raises(Refused, match="files/"):
        restore.check(rewritten(backup, lambda name, content: None if name.startswith("files/") else content))


def test_a_part_put_in_is_refused(backup):
    with tarfile.open(backup, "a") as target:
        member = tarfile.TarInfo("files/2026/11/evil.jpg")
        target.addfile(member, BytesIO())
    with pytest.raises(Refused):
        restore.check(backup)


def test_something_else_is_refused(tmp_path):
    (tmp_path / "letter.tar").write_text("Dear all, " * 2000)
    with pytest.raises(Refused):
        restore.check(tmp_path / "letter.tar")
    with pytest.raises(Refused):
        restore.check(tmp_path / "nothing.tar")


def test_a_newer_format_is_refused(backup):
    with pytest.raises(Refused, match="(?i)newer|更新"):
        restore.check(resealed(backup, lambda manifest: manifest.update(format=2)))


def test_a_newer_schema_is_refused(backup):
    def newer(manifest):
        manifest["migrations"]["cases"].append("0999_of_next_year")

    with pytest.raises(Refused, match="cases.0999_of_next_year"):
        restore.check(resealed(backup, newer))


def test_an_app_of_a_newer_release_is_refused_rather_than_dropped(backup):
    with pytest.raises(Refused, match="loyalty.0001_initial"):
        restore.check(resealed(backup, lambda manifest: manifest["migrations"].update(loyalty=["0001_initial"])))


def test_a_changed_table_of_contents_is_refused(backup):
    def edit(name, content):
        return content.replace(b'"files": 3', b'"files": 2') if name == archive.MANIFEST else content

    with pytest.raises(Refused, match="(?i)seal|封签"):
        restore.check(rewritten(backup, edit))


def test_the_wrong_key_is_refused(company, tmp_path, settings):
    settings.BACKUP_KEY = "kept in the safe"
    write_backup(tmp_path / "sealed.tar")
    restore.check(tmp_path / "sealed.tar")
    settings.BACKUP_KEY = "guessed"
    with pytest.raises(Refused):
        restore.check(tmp_path / "sealed.tar")
    settings.BACKUP_KEY = ""
    with pytest.raises(Refused, match="BACKUP_KEY"):
        restore.check(tmp_path / "sealed.tar")


def test_with_a_key_of_our_own_an_unsealed_file_is_refused(backup, settings):
    settings.BACKUP_KEY = "kept in the safe"
    with pytest.raises(Refused, match="BACKUP_KEY"):
        restore.check(backup)


def test_a_site_in_use_is_refused_and_keeps_everything(backup, company):
    before = Complaint.objects.count()
    with pytest.raises(Refused, match="--replace"):
        restore.restore(restore.check(backup))
    assert Complaint.objects.count() == before


def test_a_disk_too_small_is_refused(backup, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(1000, 1000, 10))
    with pytest.raises(Refused, match="MB"):
        restore.restore(restore.check(backup), replace=True)


# --- in place of a site that is in use --------------------------------------------------------------------------------
@pytest.mark.slow
def test_replace_puts_everything_back_and_takes_the_rest_away(company, backup):
    kept = set(Complaint.objects.values_list("pk", flat=True))
    later = log_a_complaint(*company)
    lost = Attachment.objects.get(matter=kept_matter(kept))
    Session.objects.create(session_key="of-the-old-site", expire_date=timezone.now() + timedelta(days=1))
    damaged = Attachment.objects.exclude(matter=lost.matter).exclude(matter=later.matter).first()
    content = damaged.file.open().read()
    lost.file.storage.delete(lost.file.name)
    with open(damaged.file.path, "wb") as file:
        file.write(b"half a ph")

    restore.restore(restore.check(backup), replace=True)

    assert set(Complaint.objects.values_list("pk", flat=True)) == kept
    assert damaged.file.storage.open(damaged.file.name).read() == content
    assert set(stored_names()) == set(Attachment.objects.values_list("file", flat=True))
    assert not Event.objects.filter(matter_id=later.matter_id).exists()
    assert not Session.objects.exists()


def kept_matter(complaints):
    return Matter.objects.filter(complaints__in=complaints).first()


@pytest.mark.slow
def test_a_restore_that_fails_half_way_changes_nothing(company, backup, monkeypatch):
    later = log_a_complaint(*company)
    before = set(stored_names())

    def full(archive):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(restore, "put_files", full)
    with pytest.raises(OSError, match="No space"):
        restore.restore(restore.check(backup), replace=True)
    assert Complaint.objects.filter(pk=later.pk).exists()
    assert set(stored_names()) == before


@pytest.mark.slow
def test_a_table_that_lost_a_row_on_the_way_changes_nothing(company, backup):
    def one_more(manifest):
        manifest["rows"]["customers.customer"] += 1

    later = log_a_complaint(*company)
    with pytest.raises(Refused, match="customers.customer"):
        restore.restore(restore.check(resealed(backup, one_more)), replace=True)
    assert Complaint.objects.filter(pk=later.pk).exists()


# --- the commands -----------------------------------------------------------------------------------------------------
def test_old_backups_make_room_and_the_making_is_noted(company, tmp_path, capsys):
    folder = tmp_path / "backups"
    folder.mkdir()
    for day in ("20260101-000000", "20260102-000000"):
        (folder / f"aftersales-{day}.tar").write_text("")
    (folder / "letter.txt").write_text("keep me")
    call_command("backup", str(folder / "aftersales-20261122-093000.tar"), keep=2)
    assert sorted(path.name for path in folder.iterdir()) == [
        "aftersales-20260102-000000.tar",
        "aftersales-20261122-093000.tar",
        "letter.txt",
    ]
    assert (folder / "aftersales-20261122-093000.tar").stat().st_mode & 0o777 == 0o600
    assert Heartbeat.objects.age("backup", timezone.now()).total_seconds() < 60


def test_sessions_stay_behind(backup):
    assert "sessions.session" not in rows_of(backup)


def test_a_backup_that_breaks_off_leaves_no_file(company, tmp_path, monkeypatch):
    log_a_complaint(*company)

    def broken(writer, name):
        raise OSError("the disk is gone")

    monkeypatch.setattr("core.backups.write._add_file", broken)
    with pytest.raises(OSError, match="disk"):
        write_backup(tmp_path / "backups" / "site.tar")
    assert list((tmp_path / "backups").iterdir()) == []
