"""What the doctor finds, and what check_invariants finds."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone, translation

from aftersales.management.commands import prepare
from core import examinations, search
from core import invariants as registry
from core.examinations import FAIL, OK, WARN, examination, examine_all
from core.invariants import invariant, invariants
from core.models import Heartbeat, Installation, Outbox, SearchEntry, WorkDay
from core.outbox import Message
from workflow.models import Attachment

from tests.factories.cases import ComplaintFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def found(name):
    finding = examinations.examinations[name]()
    return finding.level, finding.sentence


def test_it_looks_at_everything_that_a_site_needs():
    assert set(examinations.examinations) >= {
        "python", "settings", "database", "migrations", "installation", "broker", "worker and timetable", "sweep",
        "outgoing messages", "disk", "backup", "holidays", "translations", "static files", "e-mail",
    }  # fmt: skip


def test_a_worker_that_stopped_is_found():
    assert found("worker and timetable")[0] == WARN
    Heartbeat.objects.beat("worker", timezone.now())
    assert found("worker and timetable")[0] == OK
    Heartbeat.objects.beat("worker", timezone.now() - timedelta(minutes=20))
    level, sentence = found("worker and timetable")
    assert level == FAIL
    assert "20\xa0minutes ago" in sentence


def test_a_sweep_that_stopped_is_found():
    assert found("sweep")[0] == WARN
    Heartbeat.objects.beat("sweep", timezone.now() - timedelta(minutes=10))
    assert found("sweep")[0] == FAIL


def test_a_search_index_of_an_earlier_release_is_found_and_cut_anew(capsys):
    ComplaintFactory(content="门锁异响").reindex()
    assert found("search index")[0] == OK
    SearchEntry.objects.update(cut=0, tokens=[1])
    level, sentence = found("search index")
    assert (level, sentence.split()[0]) == (WARN, "1")
    call_command("reindex")
    assert "written" in capsys.readouterr().out
    assert found("search index")[0] == OK
    call_command("reindex", verbosity=2)
    assert "up to date" in capsys.readouterr().out
    call_command("reindex", every=True, verbosity=2)
    assert "complaint 1" in capsys.readouterr().out


def test_a_small_site_is_cut_anew_at_its_start_and_a_large_one_is_told(monkeypatch, capsys):
    ComplaintFactory(content="门锁异响").reindex()
    SearchEntry.objects.update(cut=0)
    monkeypatch.setattr(prepare, "MOST_REINDEXED", 0)
    prepare.Command()._bring_search_up_to_date()
    assert "run manage.py reindex" in capsys.readouterr().out
    assert search.outdated().exists()
    monkeypatch.undo()
    prepare.Command()._bring_search_up_to_date()
    assert not search.outdated().exists()


def test_messages_that_wait_or_failed_are_found():
    assert found("outgoing messages") == (OK, "0 late, 0 given up")
    hour_ago = timezone.now() - timedelta(hours=1)
    Outbox.objects.write([Message("note", "x", "a"), Message("note", "x", "b")], hour_ago)
    Outbox.objects.filter(key="b").update(state="failed", next_at=None)
    assert found("outgoing messages") == (WARN, "1 late, 1 given up")


@pytest.mark.parametrize(
    ("today", "years", "level"),
    [((2026, 6, 1), {2026}, OK), ((2026, 12, 1), {2026}, WARN), ((2026, 12, 1), {2026, 2027}, OK), ((2031, 1, 1), {2026}, WARN)],
)  # fmt: skip
def test_a_year_without_holidays_is_found_in_time(today, years, level):
    WorkDay.objects.all().delete()
    WorkDay.objects.bulk_create(WorkDay(date=f"{year}-05-01", is_working=False) for year in years)
    with time_machine.travel(datetime(*today, 12, tzinfo=UTC), tick=False):
        assert found("holidays")[0] == level


def test_an_old_backup_is_found():
    assert found("backup")[0] == WARN
    Heartbeat.objects.beat("backup", timezone.now())
    assert found("backup")[0] == OK
    Heartbeat.objects.beat("backup", timezone.now() - timedelta(days=3))
    assert found("backup")[0] == WARN


def test_demo_data_in_production_is_found(settings):
    Installation.objects.mark_demo(timezone.now())
    assert found("installation")[0] == WARN
    settings.PRODUCTION = True
    assert found("installation")[0] == FAIL


def test_a_public_secret_and_open_error_pages_are_found(settings):
    settings.SECRET_KEY = settings.DEVELOPMENT_SECRET
    assert found("settings")[0] == WARN
    settings.SECRET_KEY = "of our own"
    assert found("settings")[0] == OK
    settings.PRODUCTION = settings.DEBUG = True
    assert found("settings")[0] == FAIL
    settings.DEBUG = False
    settings.SITE_URL = "http://service.example.com"
    assert found("settings")[0] == FAIL


def test_redis_that_does_not_answer_is_found(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    level, sentence = found("broker")
    assert level == WARN
    assert "does not answer" in sentence


def test_mail_that_nobody_takes_is_found(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert found("e-mail")[0] == FAIL


def test_a_full_disk_is_found(monkeypatch):
    for free, level in ((100 * 2**30, OK), (2**30, WARN), (2**20, FAIL)):
        monkeypatch.setattr(examinations.shutil, "disk_usage", lambda path, free=free: type("Disk", (), {"free": free}))
        assert found("disk")[0] == level


def test_an_examination_that_breaks_off_is_a_finding(monkeypatch):
    monkeypatch.setattr(examinations, "examinations", {})

    @examination("cellar")
    def cellar():
        raise OSError("the door is locked\nreally")

    [(name, finding)] = examine_all()
    assert (name, finding.level, finding.sentence) == ("cellar", FAIL, "the door is locked")


def test_the_command_fails_when_something_failed(capsys, monkeypatch):
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    Heartbeat.objects.beat("sweep", timezone.now() - timedelta(days=1))
    with pytest.raises(SystemExit):
        call_command("doctor")
    assert "fail  sweep: last ran 1\xa0day ago" in capsys.readouterr().out


# --- invariants -------------------------------------------------------------------------------------------------------
def test_a_site_without_a_single_file_is_sound(settings, capsys):
    assert not settings.MEDIA_ROOT.exists()
    call_command("check_invariants")
    assert "FAIL" not in capsys.readouterr().out


def test_files_and_rows_that_miss_one_another_are_named(capsys):
    matter = ComplaintFactory().matter
    lost = Attachment.objects.create(
        matter=matter, customer=matter.customer, media="photo", name="x", file=ContentFile(b"1", "lost.jpg")
    )
    call_command("check_invariants")
    default_storage.delete(lost.file.name)
    default_storage.save("nobody.jpg", ContentFile(b"2"))
    default_storage.save("jobs/export", ContentFile(b"3"))
    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False), pytest.raises(SystemExit):
        call_command("check_invariants")
    said = capsys.readouterr().out
    assert f"workflow.Attachment {lost.pk}: file lost.jpg is missing" in said
    assert "file nobody.jpg belongs to no row" in said
    assert "jobs/export" not in said


def test_a_rule_of_an_app_is_asked_and_long_lists_are_cut(capsys, monkeypatch):
    invariants()  # the rules of the apps are kept in this process for the tests that follow
    monkeypatch.setattr(registry, "_checks", {})

    @invariant("nothing is broken")
    def broken():
        yield from (f"row {number}" for number in range(25))

    assert "nothing is broken" in invariants()
    with pytest.raises(SystemExit) as ended:
        call_command("check_invariants")
    assert ended.value.code == 1
    said = capsys.readouterr().out
    assert "FAIL  nothing is broken" in said
    assert "… and 5 more" in said
