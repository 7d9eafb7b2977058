"""How much memory a web worker holds after every page was opened once, by every role (owed: PSS of at most 150 MB).

    .venv/bin/python bench/memory.py [--port 8139]

Starts the real web process on a scratch site with the demo data, signs in as each demo login, opens every address the
back office leaves to staff (those with a key, for the newest records), and reads /proc/…/smaps_rollup of each worker.
"""

import argparse
import http.cookiejar
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PASSWORD = "door-and-hinge-2026"  # of the demo data
MOST = 150


def main():
    args = arguments()
    folder = Path(tempfile.mkdtemp(prefix="bench-memory-"))
    environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")}
    environment |= {"VAR_DIR": str(folder), "LOG_LEVEL": "ERROR", "PYTHONPATH": str(ROOT)}
    manage = [sys.executable, ROOT / "manage.py"]
    try:
        for command in (["prepare"], ["seed_demo"]):
            subprocess.run([*manage, *command], env=environment, check=True)
        web = [
            Path(sys.executable).parent / "granian",
            "--interface",
            "wsgi",
            "--port",
            str(args.port),
            "--workers",
            "2",
        ]
        web += ["--blocking-threads", "8", "--no-ws", "--log-level", "error", "aftersales.wsgi:application"]
        server = subprocess.Popen(web, env=environment, cwd=ROOT)
        try:
            report(server.pid, visit_all(f"http://127.0.0.1:{args.port}", environment))
        finally:
            server.terminate()
            server.wait(20)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8139)
    return parser.parse_args()


def visit_all(site, environment):
    """Sign in as each login and follow every link of our own, each address once a person; returns how many pages."""
    wait_for(site)
    logins = subprocess.run(
        [sys.executable, ROOT / "manage.py", "shell", "-v0", "-c", LOGINS],
        env=environment, check=True, stdout=subprocess.PIPE, text=True,
    ).stdout.split()  # fmt: skip
    return {login: Visitor(site, login).walk() for login in logins}


LOGINS = "from aftersales.management.commands.start import demo_logins\nfor role, login in demo_logins(): print(login)"


def wait_for(site):
    for _ in range(120):
        try:
            return urllib.request.urlopen(f"{site}/healthz", timeout=5).read()  # noqa: S310 (ours)
        except OSError:
            time.sleep(0.5)
    raise SystemExit("The web process does not answer.")


class Visitor:
    """One signed-in person who opens whatever a page leads to; of addresses that differ by a key alone, three."""

    def __init__(self, site, login):
        self.site, self.seen, self.shapes = site, set(), {}
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.open = urllib.request.build_opener(jar)
        page, address = self.get("/")
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
        form = {"username": login, "password": PASSWORD, "csrfmiddlewaretoken": token}
        body, headers = urllib.parse.urlencode(form).encode(), {"Referer": address, "Origin": site}
        sent = urllib.request.Request(address, body, headers)  # noqa: S310 (ours)
        page = self.open.open(sent, timeout=60).read().decode()
        assert "data-user" in page, f"{login} could not sign in"

    def get(self, path):
        with self.open.open(self.site + path, timeout=60) as answer:
            kind = answer.headers.get("Content-Type", "")
            body = answer.read()
            return (body.decode() if kind.startswith("text/html") else ""), answer.url

    def walk(self):
        waiting, opened = ["/"], 0
        while waiting:
            path = waiting.pop()
            try:
                page, _ = self.get(path)
            except urllib.error.HTTPError:
                continue
            opened += 1
            waiting += [link for link in re.findall(r'href="(/[^"#]*)"', page) if self.is_new(link)]
        return opened

    def is_new(self, link):
        link = link.replace("&amp;", "&")
        shape = re.sub(r"\d+", "7", link.split("?")[0]) + "?" + "&".join(re.findall(r"[?&](\w+)=", link))
        if link in self.seen or link.startswith("/static/") or self.shapes.get(shape, 0) >= 3:
            return False
        self.seen.add(link)
        self.shapes[shape] = self.shapes.get(shape, 0) + 1
        return True


def report(master, opened):
    for login, count in opened.items():
        print(f"{login:16} opened {count} pages")
    found = subprocess.run(["pgrep", "-P", str(master)], stdout=subprocess.PIPE, text=True).stdout.split()
    print("| process | PSS in MB | owed | |\n|---|--:|--:|---|")
    for pid in found:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        size = int(re.search(r"^Pss:\s+(\d+) kB", rollup, re.M)[1]) / 1024
        print(f"| web worker | {size:.0f} | ≤ {MOST} | {'kept' if size <= MOST else 'MISSED'} |")


if __name__ == "__main__":
    main()
