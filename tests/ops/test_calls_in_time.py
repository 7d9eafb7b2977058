"""The ladder of a card registered for 31 January, under a live worker and beat whose clocks are moved (S0-39; threats 19, 20)."""

import json
import os
import signal
import subprocess
from contextlib import ExitStack
from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone

from tests.ops.site import running, wait_for
from tests.ops.test_live import wipe_broker
from tests.ops.test_shifted_time import hours_of_sweep

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.django_db]

REGISTER = """
from datetime import date
from customers.models import ServiceCard
from tests.factories.cases import person
from tests.factories.customers import CustomerFactory, ProductFactory
ServiceCard.objects.register(by=person("agent"), customer=CustomerFactory(), product=ProductFactory(), room="主卧",
                             installed_on=date(%d, 1, 31))
"""
STATE = """
import json
from callbacks.models import FollowUpCall
from workflow.models import Event
calls = {call.pk: call for call in FollowUpCall.objects.all()}
due = Event.objects.filter(action="fall_due").order_by("pk").values_list("subject_id", flat=True)
desk = FollowUpCall.objects.due().order_by("call_at", "pk")
print(json.dumps({"planned": [str(call.due_on) for call in sorted(calls.values(), key=lambda call: call.due_on)],
    "fell_due": [str(calls[pk].due_on) for pk in due], "desk": [str(call.due_on) for call in desk]}))
"""


@pytest.mark.long
@pytest.mark.req("S0-39", "S0-40")
def test_each_rung_falls_due_once_through_a_lost_broker_a_killed_worker_and_a_standstill(
    migrated_site, broker, tmp_path
):
    site, shift = migrated_site, tmp_path / "shift"
    shift.write_text("0")
    site.environment |= {"REDIS_URL": broker, "SHIFT": str(shift)}
    year = timezone.localdate().year + 1
    days = [
        date(year, 2, 7),
        date(year, 3, 1) - timedelta(days=1),
        date(year, 4, 30),
        date(year, 7, 31),
        date(year + 1, 1, 31),
    ]
    site.manage("shell", "--no-imports", "--command", REGISTER % year)

    def start(program):
        command = f"-m celery --quiet --app tests.ops.shifted {program}".split()
        return site.spawn(*command, output=subprocess.DEVNULL)

    def worker():
        return start("worker --pool threads --concurrency 2 --without-mingle --without-gossip")

    def move_to(day):
        """Noon of that day for everybody."""
        noon = timezone.make_aware(datetime.combine(day, time(12)))
        hours = (noon - timezone.now()).total_seconds() / 3600
        shift.with_suffix(".new").write_text(str(hours))
        shift.with_suffix(".new").replace(shift)
        return hours

    def at(day):
        hours = move_to(day)
        wait_for(lambda: (mark := hours_of_sweep(site)) is not None and abs(mark - hours) < 0.2, 150)
        return json.loads(site.ask(STATE))

    with ExitStack() as processes:
        processes.enter_context(running(start("beat")))
        first = processes.enter_context(running(worker()))
        assert at(days[0])["fell_due"] == [str(days[0])]
        wipe_broker(site, broker)
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
        processes.enter_context(running(worker()))
        assert at(days[1])["fell_due"] == [str(day) for day in days[:2]]
    # Everything off for two months, then on: what fell due meanwhile is there once.
    with ExitStack() as processes:
        move_to(days[2] + timedelta(days=1))
        for program in (start("beat"), worker()):
            processes.enter_context(running(program))
        state = at(days[2] + timedelta(days=1))
        assert state["fell_due"] == [str(day) for day in days[:3]]
        assert state["planned"] == [str(day) for day in days]
        assert state["desk"][-1] == str(days[2])
