"""Starting, pausing, meeting and ending deadlines as records move.

A model's ``clocks`` table says which verb does what to which clock, e.g. ``{"propose_plan": [meet("plan")]}``. States in
which a policy lets its clock stand still are read from the deadline's own frozen values.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.contenttypes.models import ContentType
from django.db.models import Max

from core import calendar
from workflow.models.deadline import Deadline, DeadlinePolicy
from workflow.models.event import Event


@dataclass(frozen=True)
class Effect:
    """What a verb does to one clock; ``due`` may name the moment itself instead of a policy's length."""

    act: str
    kind: str
    due: Callable | None = None
    when: Callable | None = None


def start(kind, *, due=None, when=None):
    """The clock starts; if it ran before, its next cycle does."""
    return Effect("start", kind, due, when)


def meet(kind):
    """What the clock asked for was done. A clock whose policy repeats starts its next cycle."""
    return Effect("meet", kind)


def end(kind, *, when=None):
    """The clock no longer matters; it was neither kept nor broken."""
    return Effect("end", kind, when=when)


def keep_clocks(record, verb, before):
    """Apply the record's clock table after ``verb`` took it on from state ``before``."""
    effects = [effect for effect in record.clocks.get(verb, ()) if effect.when is None or effect.when(record)]
    met = [effect.kind for effect in effects if effect.act == "meet"]
    ended = [effect.kind for effect in effects if effect.act == "end"]
    started = [effect for effect in effects if effect.act == "start"]
    if met:
        meet_clocks(record, met)
    if ended or (record.is_final and record.status != before):
        end_clocks(record, None if record.is_final else ended)
    if started and not record.is_final:
        start_clocks(record, started)
    if record.status != before and {before, record.status} & record.PAUSABLE:
        _pause_or_resume(record)


def start_clocks(record, effects, *, now=None, beside=()):
    """Start the clocks named, each in its next cycle; those without a matching policy and without ``due`` do not run.

    ``beside`` are deadlines of others, saved in the same statement.
    """
    now = now or record.moment
    kinds = [effect.kind for effect in effects]
    policies = DeadlinePolicy.objects.choose(kinds, record.deadline_scope())
    cycles = _last_cycles(record, kinds)
    if cycles:
        end_clocks(record, kinds, now=now)
    rows = [*beside]
    for effect in effects:
        policy, due_at = policies.get(effect.kind), effect.due(record) if effect.due else None
        if policy is None and due_at is None:
            continue
        rows.append(_deadline(record, effect.kind, cycles.get(effect.kind, 0) + 1, policy, due_at, now))
    return Deadline.objects.bulk_create(rows)


def _last_cycles(record, kinds):
    # A record just made has no clocks yet: spare the query while it is being registered.
    if getattr(record, "_new", False):
        return {}
    rows = Deadline.objects.of(record).filter(kind__in=kinds).values("kind").annotate(last=Max("cycle"))
    return {row["kind"]: row["last"] for row in rows.order_by()}


def _deadline(record, kind, cycle, policy, due_at, now):
    values = policy.frozen() if policy else {"name": "", "ladder": [], "pause_in": [], "repeats": False}
    if due_at is None:
        due_at = calendar.due(now, values["value"], values["unit"], values["calendar"])
    deadline = Deadline(
        matter_id=record.matter_id,
        subject_type=ContentType.objects.get_for_model(type(record)),
        subject_id=record.pk,
        kind=kind,
        cycle=cycle,
        policy_values=values,
        started_at=now,
        due_at=due_at,
    )
    deadline.next_at = deadline.step_at(0)
    return deadline


def meet_clocks(record, kinds, *, now=None):
    """Mark the open clocks of these kinds as kept; those that repeat begin again."""
    now = now or record.moment
    repeating = getattr(record, "REPEATING", frozenset()) & set(kinds)
    again = []
    if repeating:
        rows = Deadline.objects.of(record).open().filter(kind__in=repeating)
        again = list(rows.filter(policy_values__repeats=True))
    Deadline.objects.meet(record, kinds, now)
    if again and not record.is_final:
        Deadline.objects.bulk_create(_next_cycle(deadline, now) for deadline in again)


def _next_cycle(deadline, now):
    values = deadline.policy_values
    follower = Deadline(
        matter_id=deadline.matter_id,
        subject_type_id=deadline.subject_type_id,
        subject_id=deadline.subject_id,
        kind=deadline.kind,
        cycle=deadline.cycle + 1,
        policy_values=values,
        started_at=now,
        due_at=calendar.due(now, values["value"], values["unit"], values["calendar"]),
    )
    follower.next_at = follower.step_at(0)
    return follower


def end_clocks(record, kinds=None, *, now=None):
    """Close the open clocks of these kinds (all of them when None) without a verdict."""
    rows = Deadline.objects.of(record).open()
    if kinds is not None:
        rows = rows.filter(kind__in=kinds)
    rows.update(ended_at=now or record.moment, next_at=None)


def _pause_or_resume(record):
    rows = list(Deadline.objects.of(record).open().select_for_update(of=("self",), no_key=True).order_by("pk"))
    changed = []
    for deadline in rows:
        pauses = deadline.policy_values.get("pause_in", ())
        if record.status in pauses and deadline.due_at is not None:
            deadline.due_at, deadline.next_at, deadline.paused_at = None, None, record.moment
            changed.append(deadline)
        elif record.status not in pauses and deadline.due_at is None:
            resume(deadline, record, now=record.moment)
            changed.append(deadline)
    if changed:
        Deadline.objects.bulk_update(changed, ["due_at", "next_at", "next_step", "paused_at"])


def resume(deadline, record, *, now):
    """Let a paused clock run on: its due time moves by the pauses its record's history shows (design 3.6)."""
    values = deadline.policy_values
    used = timedelta()
    began = deadline.started_at
    for paused_at, resumed_at in pauses_of(record, values.get("pause_in", ()), since=deadline.started_at, until=now):
        used += calendar.elapsed(began, paused_at, values["calendar"])
        began = resumed_at
    deadline.due_at = due_after(values, deadline.started_at, began, used)
    deadline.paused_at = None
    # Steps the pause jumped over are not fired late: the ladder goes on with the first one still to come.
    deadline.next_step = next(
        (
            i
            for i in range(len(deadline.ladder))
            if (at := deadline.step_at(i)) and (at > now or i >= deadline.next_step)
        ),
        len(deadline.ladder),
    )
    deadline.next_at = deadline.step_at(deadline.next_step)


def due_after(values, started_at, began, used):
    """When a clock of these frozen values falls due if ``used`` of it was spent before ``began``."""
    if values["calendar"] == "day":
        # Whole days: the pause adds the days it lasted.
        whole = calendar.due(started_at, values["value"], values["unit"], "day")
        return whole + (began - started_at - used)
    total = calendar.elapsed(
        started_at, calendar.due(started_at, values["value"], values["unit"], values["calendar"]), values["calendar"]
    )
    minutes = max(0, int((total - used).total_seconds() // 60))
    return calendar.due(began, minutes, "minute", values["calendar"])


def pauses_of(record, states, *, since, until):
    """The stretches of time the record spent in ``states``, as (from, to) pairs, read from its events."""
    moves = (
        Event.objects.filter(
            subject_type=ContentType.objects.get_for_model(type(record)), subject_id=record.pk, at__gte=since
        )
        .exclude(target="")
        .order_by("at", "pk")
        .values_list("at", "source", "target")
    )
    paused_at = None
    for at, source, target in moves:
        if target in states and source not in states:
            paused_at = at
        elif source in states and target not in states and paused_at is not None:
            yield paused_at, at
            paused_at = None
    if paused_at is not None:
        yield paused_at, until
