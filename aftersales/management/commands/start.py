"""What bin/run does once the packages are installed: prepare, fill an empty site, serve."""

import os
import socket
import sys
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError

from aftersales.roles import ROLES
from core.models import Installation
from core.models.installation import refuse_demo_in_production


class Command(BaseCommand):
    help = "Prepare the site and serve it: web, worker and timetable under one supervisor."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--empty", action="store_true", help="a company's own site: no demo data, asks who you are")
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
        parser.add_argument("--host", default=os.environ.get("HOST_ADDRESS", "127.0.0.1"), help="address to listen on")

    def handle(self, *, empty, port, host, **options):
        refuse_taken_port(host, port)
        call_command("prepare", stdout=self.stdout)
        if not get_user_model().objects.exists():
            self._fill(empty)
        refuse_demo_in_production(settings.PRODUCTION)
        self._welcome(host, port)
        serve(host, port)

    def _fill(self, empty):
        if empty or settings.PRODUCTION:
            call_command("first_start", stdout=self.stdout)
        elif "seed_demo" in get_commands():
            self.stdout.write("Writing demo data …")
            call_command("seed_demo", stdout=self.stdout)

    def _welcome(self, host, port):
        self.stdout.write(f"\nAfter-sales runs at http://{'localhost' if host == '127.0.0.1' else host}:{port}/\n")
        if Installation.objects.current().is_demo:
            self.stdout.write(f"Demo logins, all with the password {settings.DEMO_PASSWORD}")
            for role, login in demo_logins():
                self.stdout.write(f"  {role:<16} {login}")
        self.stdout.write("Stop with Ctrl+C.\n")
        self.stdout.flush()


def refuse_taken_port(host, port):
    """Raises CommandError where something listens already, before anything is changed."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as taken:
            raise CommandError(
                f"Port {port} is taken ({taken.strerror}). Choose another: PORT={port + 1} bin/run"
            ) from None


def demo_logins():
    """One (role, login) for each role, in the order of the roles table."""
    people = get_user_model().objects.filter(is_active=True)
    for role in ROLES:
        login = people.filter(groups__name=role).order_by("pk").values_list("username", flat=True).first()
        if login:
            yield role, login


def serve(host, port):
    """Become the supervisor of deploy/supervisord.conf; returns never."""
    cores = os.cpu_count() or 2
    chosen = {
        "BIN": str(Path(sys.executable).parent),
        "VAR_DIR": str(settings.VAR_DIR),
        "LEAVE_WITH_PARENT": "1",
        "HOST": host,
        "PORT": str(port),
        "WEB_WORKERS": os.environ.get("WEB_WORKERS", str(min(4, max(2, cores)))),
        "WEB_THREADS": os.environ.get("WEB_THREADS", "8"),
        "WORKER_THREADS": os.environ.get("WORKER_THREADS", "4"),
    }
    supervisord = Path(sys.executable).parent / "supervisord"
    configuration = settings.BASE_DIR / "deploy" / "supervisord.conf"
    command = [supervisord, "--configuration", configuration]
    if os.geteuid() == 0:
        command += ["--user", "root"]  # in a container; said aloud, or it complains
    os.chdir(settings.BASE_DIR)
    os.execve(supervisord, command, {**os.environ, **chosen})  # noqa: S606 - becoming it is the purpose
