"""What the log may and may not hold (threats 27, 44)."""

import io
import logging

import pytest
from django.test import Client

from core.logs import formatter, mask, one_line


@pytest.fixture
def log():
    """Everything logged from here on, as the real formatter writes it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(formatter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


def test_a_name_with_a_line_break_stays_on_its_line(log):
    logging.getLogger("accounts").warning(
        "wrong password for %s", "bob\r\n2026-11-22 WARNING accounts all is well\x85\u2028"
    )
    line = log.getvalue()
    assert line.count("\n") == 1
    assert line.endswith("bob\\r\\n2026-11-22 WARNING accounts all is well\\u0085\\u2028\n")


def test_a_traceback_stays_on_its_line(log):
    try:
        raise ValueError("first\nsecond")
    except ValueError:
        logging.getLogger("cases").exception("It broke")
    assert log.getvalue().count("\n") == 1
    assert "ValueError: first\\nsecond" in log.getvalue()


@pytest.mark.django_db
def test_a_user_agent_cannot_write_lines_of_its_own(log):
    Client().get("/healthz", headers={"user-agent": "curl\r\nERROR forged", "x-request-id": "7\nERROR forged"})
    lines = log.getvalue().splitlines()
    assert lines
    assert not any(line.startswith("ERROR") for line in lines)
    assert "curl\\r\\nERROR forged" in log.getvalue()


@pytest.mark.django_db
def test_a_request_is_logged_without_what_was_searched_for(log):
    Client().get("/healthz", {"phone": "13800138000", "q": "张伟"})
    assert "GET /healthz?phone=…&q=…" in log.getvalue()
    assert "13800138000" not in log.getvalue()
    assert "张伟" not in log.getvalue()
    assert "%E5%BC%A0" not in log.getvalue()


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("call 13800138000 now", "call 138****8000 now"),
        ("+8613800138000", "+138****8000"),
        ("138 0013 8000", "138****8000"),
        ("138-0013-8000", "138****8000"),
        ("１３８００１３８０００", "138****8000"),
        ("0757-83123456", "075****3456"),
        ("440106199003071234", "440***34"),
        ("wei.zhang@example.com", "w***@example.com"),
        ("password=hunter22&next=/", "password=***&next=/"),
        ("GET /l/aB3kfjeiJKLfje83jfkdlsQ/photos", "GET /l/aB3***/photos"),
        ("GET /l/abcdefghijklmnopqrstUV/", "GET /l/abc***/"),
        ("Key\nDETAIL:  Failing row contains (7, 张伟, 解放路 3 号).", "Key\nDETAIL: (left out)"),
    ],
)
def test_what_belongs_to_a_person_is_masked(written, shown):
    assert mask(written) == shown


@pytest.mark.parametrize(
    "text",
    ["TS2611220001", "took 0.01234567890 s", "2026-11-22T09:30:00", "op=123e4567-e89b-12d3-a456-426614174000",
     "whitenoise.storage.CompressedManifestStaticFilesStorage", "test_open_return_holds_the_complaint"],
)  # fmt: skip
def test_what_is_no_secret_stays_readable(text):
    assert mask(text) == text


def test_what_turns_text_around_is_shown_by_number():
    assert one_line("abc\u202edef\x1b[31m") == "abc\\u202edef\\u001b[31m"
