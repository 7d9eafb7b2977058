"""Whom a request says it is for, asked of the server that is installed (threats 36): sent as it stands, no client mends it."""

import shlex
import socket
import sys
from configparser import RawConfigParser
from pathlib import Path

import pytest
from django.conf import settings

from tests.ops.site import fetch, free_port, running, wait_for

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.django_db]

OURS, EVIL = "Host: localhost", "Host: evil.example"
BAD = [
    (EVIL,),
    (OURS, EVIL),
    (EVIL, OURS),
    ("Host: localhost, evil.example",),
    ("Host: localhost@evil.example",),
    ("Host:",),
    (),
]
FORWARDED = ("X-Forwarded-Host: evil.example", "Forwarded: host=evil.example", "X-Host: evil.example")


def web_server(port):
    """The arguments the supervisor starts the web server with, after the name of the program."""
    supervisor = RawConfigParser(inline_comment_prefixes=())
    supervisor.read(Path(settings.BASE_DIR) / "deploy" / "supervisord.conf")
    own = {"BIN": str(Path(sys.executable).parent), "HOST": "127.0.0.1", "PORT": port}
    known = {f"ENV_{name}": value for name, value in (own | {"WEB_WORKERS": 1, "WEB_THREADS": 2}).items()}
    return shlex.split(supervisor["program:web"]["command"] % known)[1:]


def ask(port, *headers, path="/login/"):
    """The answer to a GET with exactly these headers: its status, and all of it as text."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall("\r\n".join([f"GET {path} HTTP/1.1", *headers, "Connection: close", "", ""]).encode())
        answer = b"".join(iter(lambda: line.recv(65536), b"")).decode()
    return int(answer.split(" ", 2)[1]), answer


@pytest.mark.once
def test_a_request_for_two_hosts_or_a_strange_one_is_refused(sqlite_site):
    sqlite_site.manage("collectstatic", "--no-input", "--verbosity=0")
    port = free_port()
    with running(sqlite_site.spawn("-m", "granian", *web_server(port))):
        wait_for(lambda: fetch(f"http://127.0.0.1:{port}/login/")[0] == 200)
        assert {headers: ask(port, *headers)[0] for headers in BAD} == dict.fromkeys(BAD, 400)
        # What a stranger says was forwarded is not listened to: neither page nor redirect names another host.
        for path, status in (("/login/", 200), ("/complaints/", 302)):
            answered, text = ask(port, OURS, *FORWARDED, path=path)
            assert answered == status
            assert "evil.example" not in text
