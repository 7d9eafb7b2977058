"""The 72 hours under a live worker and beat whose clocks are moved (S0-26; threats 20; design 3.6)."""

import json
import subprocess
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest

from tests.ops.site import fetch, free_port, running, wait_for
from tests.ops.test_live import wipe_broker

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.django_db]

FOUND = """
from django.utils import timezone
from cases.models import Complaint
from tests.factories.cases import ComplaintClassFactory, person
from tests.factories.customers import CustomerFactory
from workflow.models import DeadlinePolicy
from workflow.perform import begin
from workflow.presets import choose_preset
choose_preset("doors")
DeadlinePolicy.objects.exclude(kind="plan").delete()
leader = person("supervisor", username="leader", name="刘洋")
agent = person("agent", username="agent", name="王敏", superior=leader)
begin(Complaint.register, "register", by=agent, now=timezone.now(), customer=CustomerFactory(),
      content="门板从锁孔往下裂了一道缝。", klass=ComplaintClassFactory(), items=[])
"""
STATE = """
import json
from core.models import Heartbeat
from notifications.models import Notice
from workflow.models import Deadline, Event
from django.utils import timezone
clock = Deadline.objects.get(kind="plan")
mark = Heartbeat.objects.filter(name="sweep").values_list("at", flat=True).first()
steps = list(Event.objects.filter(kind="deadline").order_by("pk").values_list("action", flat=True))
told = list(Notice.objects.filter(user__username="leader").order_by("pk").values_list("event__action", flat=True))
print(json.dumps({"breached": bool(clock.breached_at), "steps": steps, "told": told,
    "hours": round((mark - timezone.now()).total_seconds() / 3600, 1) if mark else None}))
"""


def hours_of_sweep(site):
    """How far from our clock the last sweep was made, without the seconds that a process of the site takes to start."""
    for (at,) in site.rows("SELECT at FROM core_heartbeat WHERE name = 'sweep'"):
        at = datetime.fromisoformat(str(at))
        return (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds() / 3600
    return None


@pytest.mark.long
@pytest.mark.req("S0-26")
def test_nothing_at_71_hours_one_breach_at_73_and_none_again(migrated_site, broker, tmp_path):
    site, shift = migrated_site, tmp_path / "shift"
    shift.write_text("0")
    site.environment |= {"REDIS_URL": broker, "SHIFT": str(shift)}
    site.manage("shell", "--no-imports", "--command", FOUND)

    def state():
        return json.loads(site.ask(STATE))

    def at(hours):
        """Move both clocks and wait until a sweep was made there."""
        shift.with_suffix(".new").write_text(str(hours))
        shift.with_suffix(".new").replace(shift)  # at once: half a number is read by nobody
        wait_for(lambda: (mark := hours_of_sweep(site)) is not None and abs(mark - hours) < 0.1, 150)
        return state()

    with ExitStack() as processes:
        for program in ("worker --pool threads --concurrency 2 --without-mingle --without-gossip", "beat"):
            command = f"-m celery --quiet --app tests.ops.shifted {program}".split()
            processes.enter_context(running(site.spawn(*command, output=subprocess.DEVNULL)))
        early = at(71)
        assert not early["breached"]
        assert "breach" not in early["steps"]
        wipe_broker(site, broker)
        assert at(73)["breached"]
        late = wait_for(lambda: "breach" in (now := state())["told"] and now)
        assert late["steps"].count("breach") == late["told"].count("breach") == 1
        assert at(73.5) == late | {"hours": 73.5}

    # Back at the hour of the wall: the mark of the last sweep lies ahead, which is no sign of life.
    port = free_port()
    web = site.spawn("manage.py", "runserver", "--noreload", f"127.0.0.1:{port}", output=subprocess.DEVNULL, DEBUG="1")
    with running(web):
        wait_for(lambda: fetch(f"http://127.0.0.1:{port}/healthz")[0] == 200)
        assert '"sweep": "late"' in fetch(f"http://127.0.0.1:{port}/healthz")[1]
        site.manage("sweep")
        assert '"sweep": "ok"' in fetch(f"http://127.0.0.1:{port}/healthz")[1]
    assert state() == late | {"hours": 0.0}
