"""The ladders of two cards, one of 31 January, under a live worker and beat whose clocks are moved (S0-39; threats 19, 20)."""

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
caller = person("agent", username="caller")
for installed_on in (date(%(year)d, 1, 31), date(%(year)d, 4, 8)):
    ServiceCard.objects.register(by=caller, customer=CustomerFactory(), product=ProductFactory(), room="主卧",
                                 installed_on=installed_on)
"""
# The desk is what the caller would see; what fell due is told in the order of the events.
STATE = """
import json
from accounts.models import User
from callbacks.models import CallRules, FollowUpCall
from callbacks.views.desk import list_of
from workflow.models import Event
days = dict(FollowUpCall.objects.values_list("pk", "due_on"))
due = list(Event.objects.filter(action="fall_due").order_by("pk").values_list("subject_id", flat=True))
desk = list_of(User.objects.get(username="caller"), CallRules.current())
print(json.dumps({"planned": sorted(map(str, days.values())), "fell_due": sorted(str(days[pk]) for pk in due),
    "calls": len(set(due)), "desk": [str(call.due_on) for call in desk]}))
"""


@pytest.mark.long
@pytest.mark.req("S0-39", "S0-40")
def test_each_rung_falls_due_once_through_a_lost_broker_a_killed_worker_and_a_month_of_standstill(
    migrated_site, broker, tmp_path
):
    site, shift = migrated_site, tmp_path / "shift"
    shift.write_text("0")
    site.environment |= {"REDIS_URL": broker, "SHIFT": str(shift)}
    year = timezone.localdate().year + 1
    february = date(year, 3, 1) - timedelta(days=1)  # the 29th in leap years
    ladder = [date(year, 2, 7), february, date(year, 4, 30), date(year, 7, 31), date(year + 1, 1, 31)]
    other = [date(year, 4, 15), date(year, 5, 8), date(year, 7, 8), date(year, 10, 8), date(year + 1, 4, 8)]
    planned = sorted(map(str, ladder + other))
    site.manage("shell", "--no-imports", "--command", REGISTER % {"year": year})

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

    def desk_on(day, act=lambda: None):
        """The caller's desk at noon of that day; whatever was due until then has fallen due once, and nothing else."""
        hours = move_to(day)
        act()
        wait_for(lambda: (mark := hours_of_sweep(site)) is not None and abs(mark - hours) < 0.2, 150)
        state = json.loads(site.ask(STATE))
        assert state["planned"] == planned
        assert state["fell_due"] == [one for one in planned if one <= str(day)]
        assert state["calls"] == len(state["fell_due"])
        return state["desk"]

    with ExitStack() as processes:
        processes.enter_context(running(start("beat")))
        first = processes.enter_context(running(worker()))
        assert desk_on(ladder[0]) == [str(ladder[0])]

        def disaster():
            wipe_broker(site, broker)
            os.killpg(first.pid, signal.SIGKILL)
            first.wait()
            processes.enter_context(running(worker()))

        assert str(february) in desk_on(february, disaster)
        wipe_broker(site, broker)
        desk_on(date(year, 4, 10))
    # Everything off for thirty days, then on: what fell due meanwhile is there once, the oldest first.
    with ExitStack() as processes:
        on_again = date(year, 5, 10)
        move_to(on_again)
        for program in (start("beat"), worker()):
            processes.enter_context(running(program))
        assert desk_on(on_again) == [str(day) for day in (other[0], ladder[2], other[1])]
        assert str(ladder[3]) in desk_on(ladder[3])
        assert str(ladder[4]) in desk_on(ladder[4])
