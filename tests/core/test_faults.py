"""The database, the disk or the visitor goes away: a page says so, nothing is half done, and it works again after."""

import errno
from contextlib import contextmanager

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.http import UnreadablePostError

from core.models import Area
from core.views.errors import status_of

pytestmark = pytest.mark.urls("tests.core.urls")


@pytest.fixture
def visitor(client):
    client.raise_request_exception = False
    return client


@contextmanager
def database_away():
    def refuse(execute, sql, params, many, context):
        raise OperationalError("the database is away")

    with connection.execute_wrapper(refuse):
        yield


@pytest.mark.django_db(transaction=True)
def test_without_a_database_every_page_says_so_and_works_again_after(visitor):
    with database_away():
        for answer in (visitor.get("/read/"), visitor.post("/write/")):
            assert answer.status_code == 503
            assert answer["Retry-After"] == "10"
            assert "503" in answer.content.decode()
    assert visitor.get("/read/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_session_that_cannot_be_read_is_503_too(visitor, user):
    visitor.force_login(user)
    with database_away():
        assert visitor.get("/search/").status_code == 503
    assert visitor.get("/read/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_commit_that_fails_leaves_nothing_half_done(visitor, monkeypatch):
    def refuse():
        connection.rollback()
        raise OperationalError("the database went away at the commit")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "_commit", refuse)
        assert visitor.post("/write/").status_code == 503
    assert not Area.objects.filter(level=1, code__startswith="97").exists()
    assert visitor.post("/write/").status_code == 200
    assert Area.objects.filter(code__startswith="97").count() == 2


@pytest.mark.django_db(transaction=True)
def test_between_two_statements_the_database_goes_away(visitor):
    seen = []

    def refuse_the_second(execute, sql, params, many, context):
        if sql.startswith("INSERT"):
            seen.append(sql)
            if len(seen) == 2:
                raise OperationalError("gone")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse_the_second):
        assert visitor.post("/write/").status_code == 503
    assert not Area.objects.filter(code__startswith="97").exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server to restart")
def test_a_restarted_database_server_is_found_again_without_a_restart_of_ours(visitor):
    assert visitor.get("/read/").status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone()
    other = connection.copy("other")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    other.close()
    try:
        assert visitor.get("/read/").status_code == 503
    finally:
        close_old_connections()  # what a server does after every request, and the test client leaves out
    assert visitor.get("/read/").status_code == 200


def test_a_full_disk_is_told_from_a_fault(visitor, db, monkeypatch):
    answer = visitor.get("/full/")
    assert answer.status_code == 507
    assert visitor.get("/faulty/").status_code == 500

    def write(self, *args):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("django.core.files.storage.filesystem.FileSystemStorage._save", write)
        assert visitor.post("/keep/", {"file": SimpleUploadedFile("a.txt", b"x")}).status_code == 507
    assert visitor.get("/read/").status_code == 200
    assert visitor.post("/keep/", {"file": SimpleUploadedFile("a.txt", b"x")}).status_code == 200


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OperationalError("server closed the connection"), 503),
        (OperationalError("database is locked"), 503),
        (InterfaceError("connection already closed"), 503),
        (OperationalError("database or disk is full"), 507),
        (OSError(errno.ENOSPC, ""), 507),
        (OSError(errno.EACCES, ""), 500),
        (UnreadablePostError("the visitor hung up"), 400),
        (ValueError(), 500),
        (None, 500),
    ],
)
def test_the_status_names_what_gave_way(error, status):
    assert status_of(error) == status
