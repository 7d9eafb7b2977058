"""Make .venv match the requirements, then become the command given. Needs Python 3.11 and nothing else.

The package index is pip's own choice (PIP_INDEX_URL, pip.conf), or the one named in PACKAGE_MIRROR.
"""

import fcntl
import hashlib
import json
import os
import secrets
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".venv"
PYTHON = HOME / "bin" / "python"
STAMP = HOME / "installed.json"
RUNTIME, DEVELOPMENT = "requirements.txt", "requirements-dev.txt"


def main(arguments):
    wanted = RUNTIME
    if arguments[:1] == ["--dev"]:
        wanted, arguments = DEVELOPMENT, arguments[1:]
    # Two starts at once: the second waits here and then finds everything done.
    with (ROOT / RUNTIME).open() as turnstile:
        fcntl.flock(turnstile, fcntl.LOCK_EX)
        create_environment()
        install(wanted)
        write_secret()
    os.environ["PATH"] = f"{HOME / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    os.environ["VIRTUAL_ENV"] = str(HOME)
    os.environ.pop("PYTHONHOME", None)
    os.execvp(arguments[0], arguments)  # noqa: S606 - becoming the command is the purpose


def create_environment():
    """Create .venv where there is none, or where the Python it was made with is gone."""
    if PYTHON.exists() and subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True).returncode == 0:
        return
    print("Creating .venv …", flush=True)
    try:
        venv.create(HOME, clear=not HOME.is_symlink(), symlinks=True, with_pip=True)
    except (subprocess.CalledProcessError, ImportError):
        sys.exit("Python's venv module is incomplete here. On Debian and Ubuntu: apt-get install python3-venv")


def install(wanted):
    """Install what ``wanted`` pins, unless just that was installed before."""
    digests = {name: hashlib.sha256((ROOT / name).read_bytes()).hexdigest() for name in (RUNTIME, DEVELOPMENT)}
    digests = {name: f"{sys.version_info[:2]} {digest}" for name, digest in digests.items()}
    done = json.loads(STAMP.read_text()) if STAMP.exists() else {}
    if done.get(wanted) == digests[wanted]:
        return
    print(f"Installing {wanted} …", flush=True)
    # pip would compile every file of every package; most are never imported, the others compile themselves.
    quietly = ["--quiet", "--disable-pip-version-check", "--no-compile"]
    command = [PYTHON, "-m", "pip", "install", *quietly, "--requirement", ROOT / wanted]
    if mirror := os.environ.get("PACKAGE_MIRROR"):
        command += ["--index-url", mirror]
    if subprocess.run(command).returncode:
        sys.exit("The packages could not be installed. Behind a firewall, name your package index in PACKAGE_MIRROR.")
    covered = (RUNTIME, DEVELOPMENT) if wanted == DEVELOPMENT else (RUNTIME,)  # the second pins the first as well
    STAMP.write_text(json.dumps(done | {name: digests[name] for name in covered}))


def write_secret():
    """Give this site a secret key of its own, where none comes from the environment (settings.OWN_SECRET)."""
    secret = Path(os.environ.get("VAR_DIR", ROOT / "var")) / "secret"
    if "SECRET_KEY" in os.environ or secret.exists():
        return
    secret.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Written aside and put in place whole: a start that is killed here leaves no empty key behind.
    fresh = secret.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(secrets.token_urlsafe(50))
    fresh.replace(secret)


if __name__ == "__main__":
    main(sys.argv[1:])
