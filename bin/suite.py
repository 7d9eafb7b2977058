"""Run the tests: see bin/test. Runs inside .venv, with the packages of requirements-dev.txt."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import redis

ROOT = Path(__file__).resolve().parent.parent
ALL_DATABASES = "--all-databases"

# One process more than cores, because the tests with processes or a browser of their own mostly wait; the tests are handed
# out singly, so that nobody sits on a row of them while the others are done.
PARALLEL = ["-n", str(max(2, os.cpu_count() or 1) + 1), "--maxschedchunk", "1"]
# (what is asked for, how to see that it is there, Debian's package)
TOOLS = (
    ("chromium", lambda: any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "chromium"),
    ("a Chinese font", lambda: bool(_output("fc-list", ":lang=zh-cn", "family")), "fonts-noto-cjk"),
    ("xgettext", lambda: bool(shutil.which("xgettext")), "gettext"),
)
# A site's own settings must not leak into its tests.
SITE_VARIABLES = ("DATABASE_URL", "REDIS_URL", "VAR_DIR", "PRODUCTION", "DEBUG", "SECRET_KEY", "EMAIL_URL", "SITE_URL")


def main(arguments):
    everywhere = ALL_DATABASES in arguments or not arguments
    arguments = [word for word in arguments if word != ALL_DATABASES]
    if not arguments:
        install_tools()
    environment = {name: value for name, value in os.environ.items() if name not in SITE_VARIABLES}
    subprocess.run([sys.executable, "manage.py", "compile_translations"], env=environment, check=True)
    servers = find_servers() if everywhere else None
    if not arguments:
        make_templates([environment, *([environment | servers] if servers else [])])
    failed = run("SQLite, no servers", environment, arguments)
    if servers:
        # Pages look the same whatever lies beneath, and some sites bring their own: neither is tried twice.
        chosen = [*arguments, "-m", "not browser and not once"] if "-m" not in arguments else arguments
        failed |= run("PostgreSQL and Redis", environment | servers, chosen)
    return failed


def make_templates(environments):
    """Migrate one database of each kind, side by side, for every process of the runs to copy instead of migrating its own."""
    command = [sys.executable, "-m", "pytest", "-q", "--no-header", "tests/test_database.py"]
    started = [subprocess.Popen(command, env=environment, cwd=ROOT) for environment in environments]
    for process in started:
        process.wait()


def run(title, environment, arguments):
    """One run of pytest; True where it failed."""
    print(f"\n=== {title} ===", flush=True)
    parallel = [] if any(word.startswith(("-n", "--pdb")) for word in arguments) else PARALLEL
    command = [sys.executable, "-m", "pytest", *parallel, *arguments]
    return subprocess.run(command, env=environment, cwd=ROOT).returncode != 0


def install_tools():
    """Install what the tests need beside Python by the system's package manager, or say what is missing."""
    missing = [(name, package) for name, is_here, package in TOOLS if not is_here()]
    if not missing:
        return
    packages = [package for _, package in missing]
    print(f"Installing {' '.join(packages)} …", flush=True)
    sudo = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        for command in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
            subprocess.run([*sudo, "apt-get", *command], check=True, capture_output=True, env=environment)
    except (OSError, subprocess.CalledProcessError):
        print(f"Not installed, please do it by hand; tests that need them are skipped: {' '.join(packages)}")


def find_servers():
    """The environment that names PostgreSQL and Redis of this machine; None where one of them does not answer."""
    database = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
    broker = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/1")
    try:
        psycopg.connect(database, connect_timeout=3).close()
        redis.Redis.from_url(broker, socket_connect_timeout=3).ping()
    except (psycopg.Error, redis.RedisError) as silent:
        print(f"\nNot run on PostgreSQL and Redis: {str(silent).splitlines()[0]}")
        return None
    # Two checkouts on one machine test in databases of their own.
    checkout = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
    return {"DATABASE_URL": f"{database.rsplit('/', 1)[0]}/aftersales_{checkout}", "REDIS_URL": broker}


def _output(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True).stdout.strip()
    except OSError:
        return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
