"""Firing what is due: every step of a warning ladder happens once, in the transaction that notes it (design 3.6).

Deadlines are claimed with SKIP LOCKED and nothing else is locked, so two sweeps share the work and neither waits for an
agent's act (a sweep that locked records too would deadlock with ``perform``, which locks the record first).
"""

from django.db.transaction import atomic

from workflow.models import Deadline, Event
from workflow.signals import deadlines_breached, events_recorded

_chores = []
BATCH = 2500  # a second of work at most: so long an act may wait for a clock of its record


def at_each_sweep(function):
    """Have ``function(now)`` called by every sweep, before the ladders: what falls due in bulk (``perform_many``).

    It runs outside of any transaction and must cost next to nothing while nothing is due.
    """
    if function not in _chores:
        _chores.append(function)
    return function


def sweep(now, batch=BATCH):
    """Fire every step of every ladder that is due at ``now`` (due means ``now >= next_at``); returns how many."""
    for chore in _chores:
        chore(now)
    fired = 0
    while True:
        with atomic():
            taken = _fire_batch(now, batch)
        fired += taken
        if taken < batch:
            return fired


def _fire_batch(now, batch):
    due = list(
        Deadline.objects.due(now)
        .select_for_update(skip_locked=True, of=("self",), no_key=True)
        .with_customer()
        .order_by("next_at")[:batch]
    )
    if not due:
        return 0
    events, breached = [], []
    for deadline in due:
        step = _latest_step(deadline, now)
        if deadline.due_at <= now and deadline.breached_at is None:
            deadline.breached_at = deadline.due_at
            breached.append(deadline)
        events.append(_event(deadline, step, now))
    Deadline.objects.note_steps(due)
    Event.objects.write_many(events)
    if breached:
        deadlines_breached.send(Deadline, deadlines=breached, now=now)
    events_recorded.send(Event, events=events, now=now)
    return len(due)


def _latest_step(deadline, now):
    """Climb over every step that has passed; only the last is told (after a long stop nobody wants four messages)."""
    step = deadline.ladder[deadline.next_step]
    deadline.climb()
    while deadline.next_at is not None and deadline.next_at <= now:
        step = deadline.ladder[deadline.next_step]
        deadline.climb()
    return step


def _event(deadline, step, now):
    return Event(
        matter_id=deadline.matter_id,
        customer_id=deadline.customer_id,
        subject_type_id=deadline.subject_type_id,
        subject_id=deadline.subject_id,
        kind=Event.Kind.DEADLINE,
        action=step["step"],
        at=now,
        data={
            "deadline": deadline.pk,
            "clock": deadline.kind,
            "cycle": deadline.cycle,
            "role": step.get("role", "owner"),
        },
    )
