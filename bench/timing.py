"""How the benches measure an act: medians of its time and of its processor time, and its statements."""

import statistics
import time

from django.db import connection
from django.test.utils import CaptureQueriesContext

FEWEST, LONGEST = 5, 120


def in_turns(rounds, acts):
    """Name → (median milliseconds, median milliseconds of CPU), the acts taking turns; each is warmed up first.

    Acts of seconds get fewer rounds: none is begun after ``LONGEST`` seconds once there were ``FEWEST``.
    """
    for act in acts.values():
        act()
        act()
    spent = {name: ([], []) for name in acts}
    start = time.perf_counter()
    for turn in range(rounds):
        if turn >= FEWEST and time.perf_counter() - start > LONGEST:
            break
        for name, act in acts.items():
            began, worked = time.perf_counter(), time.process_time()
            act()
            spent[name][0].append((time.perf_counter() - began) * 1000)
            spent[name][1].append((time.process_time() - worked) * 1000)
    return {name: tuple(map(statistics.median, both)) for name, both in spent.items()}


def statements(act):
    with CaptureQueriesContext(connection) as queries:
        act()
    skipped = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    return sum(not query["sql"].startswith(skipped) for query in queries)


def figures(rounds, acts):
    """What a report has of each act: "name: ms", "name: ms of CPU" and "name: statements"."""
    found = {}
    for name, (took, worked) in in_turns(rounds, acts).items():
        found[f"{name}: ms"] = took
        found[f"{name}: ms of CPU"] = worked
        found[f"{name}: statements"] = statements(acts[name])
    return found
