"""The processes of a site: they are killed, and the work is done all the same (threats 58; design 4.1)."""

import os
import re
import signal
import socket
import subprocess
from collections import Counter
from pathlib import Path

import pytest
import redis

from tests.ops.site import fetch, free_port, running, wait_for

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.django_db]

NOTES = 60
THREADS = 4
WRITE = f"""
from django.utils import timezone
from core.models import Outbox
from core.outbox import Message
from core.wake import ring
notes = [Message("slow note", "x", f"note {{n}}") for n in range({NOTES})]
for row in Outbox.objects.write(notes, timezone.now()):
    ring("core.tasks.deliver", row.pk)
"""
# What a killed worker held is its own until the lease ends; here the time passes at once.
END_LEASES = """
from django.utils import timezone
from core.models import Outbox
from core.wake import ring
Outbox.objects.filter(state="sending").update(next_at=timezone.now())
ring("core.tasks.deliver_waiting")
"""
LEFT = "SELECT count(*) FROM core_outbox WHERE kind = 'slow note' AND state <> 'sent'"


@pytest.mark.long
def test_a_worker_killed_in_its_work_is_followed_by_one_that_finishes_it(migrated_site, broker, tmp_path):
    site, effects = migrated_site, tmp_path / "effects"
    site.environment |= {"REDIS_URL": broker, "EFFECTS": str(effects)}
    site.manage("shell", "--no-imports", "--command", WRITE)

    def done():
        return effects.read_text().splitlines() if effects.exists() else []

    for killed_after in (10, 25, 40):
        worker = start_worker(site)
        wait_for(lambda least=killed_after: len(done()) >= least, seconds=120)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        wipe_broker(site, broker)
        site.manage("shell", "--no-imports", "--command", END_LEASES)
    with running(start_worker(site)):
        wait_for(lambda: site.rows(LEFT) == [(0,)], seconds=120)

    times = Counter(done())
    assert set(times) == {f"note {n}" for n in range(NOTES)}
    # Between an effect and its mark "sent" a killed worker may leave at most what it had in hand.
    assert sum(times.values()) - NOTES <= 3 * THREADS


def start_worker(site):
    command = f"-m celery --quiet --app tests.ops.live_worker worker --pool threads --concurrency {THREADS}"
    return site.spawn(*command.split(), "--without-mingle", "--without-gossip", output=subprocess.DEVNULL)


def wipe_broker(site, broker):
    """Every message is lost, as after a power cut or a flushed Redis; the rows are not."""
    if broker:
        redis.Redis.from_url(broker).flushdb()
    for message in Path(site.folder, "broker", "q").glob("*"):
        message.unlink()


ANSWERS = {"COMPANY": "X", "TRADE": "doors", "REGIONS": "黄石", "ADMIN_LOGIN": "lin", "ADMIN_NAME": "林静",
           "ADMIN_PASSWORD": "合页与门锁-2026"}  # fmt: skip


def processes():
    """(pid, parent, command line) of everything that runs."""
    listed = subprocess.run(["ps", "-axww", "-o", "pid=", "-o", "ppid=", "-o", "args="], capture_output=True, text=True)
    for line in listed.stdout.splitlines():
        pid, parent, words = line.split(None, 2)
        yield int(pid), int(parent), words


def children_of(pid):
    return [child for child, parent, _words in processes() if parent == pid]


def processes_of(supervisor):
    """{program: pid} of what the supervisor has started itself."""
    found = {}
    for pid, parent, words in processes():
        if parent == supervisor.pid and (program := re.search(r"granian| worker | beat ", words)):
            found[program[0].strip()] = pid
    return found


def others_than(before, now):
    """``now``, once each program runs again as another process."""
    return now if now.keys() == before.keys() and not set(now.values()) & set(before.values()) else None


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.long
@pytest.mark.once
def test_whatever_dies_is_started_again_and_all_stop_together(sqlite_site, tmp_path):
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    # As after a clock set back: beat would wait until next year.
    (sqlite_site.folder / "celerybeat-schedule").write_text("from the future")
    with (tmp_path / "log").open("w") as log, running(
        sqlite_site.spawn("manage.py", "start", "--empty", "--port", str(port), output=log, WEB_WORKERS="1", **ANSWERS)
    ) as site:  # fmt: skip
        wait_for(lambda: fetch(f"{address}/healthz")[0] == 200, seconds=120)
        before = wait_for(lambda: (found := processes_of(site)) and len(found) == 3 and found)
        children = children_of(before["granian"])
        for pid in before.values():
            os.kill(pid, signal.SIGKILL)
        after = wait_for(lambda: others_than(before, processes_of(site)), seconds=90)
        wait_for(lambda: fetch(f"{address}/login/")[0] == 200, seconds=90)
        assert fetch(f"{address}/login/")[1].count("<form") >= 1
        # Beat and worker meet again: the sweep runs, and the sign of life is written.
        wait_for(lambda: '"sweep": "ok"' in fetch(f"{address}/healthz")[1], seconds=150)
    assert site.returncode == 0
    assert not any(is_alive(pid) for pid in [*after.values(), *children])
    assert fetch(f"{address}/healthz")[0] == 0
    assert "合页" not in (tmp_path / "log").read_text()


def test_a_taken_port_is_said_before_anything_is_done(sqlite_site):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = sqlite_site.manage("start", "--port", str(port), expect=1)
    assert f"Port {port} is taken" in said
    assert "Migrating" not in said
