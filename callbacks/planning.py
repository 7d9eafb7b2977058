"""From events to calls: what falls due when, planned once however often the event is heard, near calls made one.

Everything here is about many: a card that was registered and a hundred thousand imported ones take the same way.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import chain, islice

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, Model, OuterRef, Q
from django.db.transaction import atomic

from callbacks.models import CallReason, CallRules, CallTemplate, FollowUpCall
from callbacks.models.call import NUMBER_PREFIX
from callbacks.models.choices import Script, Trigger
from core.calendar import local_day, midnight
from core.models import Installation
from core.numbers import next_numbers
from customers.models import Customer, ServiceCard
from workflow.models import Event, Matter
from workflow.perform import perform_many
from workflow.signals import events_recorded

CHUNK = 500  # occasions planned together
LAST_KEPT = timedelta(days=30)  # a call without a next step is given up so long after its day
MERGES_INTO = ("planned", "due", "rescheduled")
# Whose words lead when calls become one.
ORDER = [Trigger.SERVICE, Trigger.PROVIDER, Trigger.CARD, Trigger.VIP, Trigger.CAMPAIGN]


@dataclass
class Occasion:
    """One reason for one call: why, about what, counted from when."""

    template: CallTemplate
    subject: Model
    customer: Customer
    anchor_on: date
    due_on: date
    lapses_on: date | None = None
    cycle: int = 1
    card: ServiceCard | None = None
    technician: Model | None = None
    caller: Model | None = None
    campaign: Model | None = None
    script: str = ""
    late_after: date = field(init=False)

    def __post_init__(self):
        self.late_after = self.due_on + timedelta(days=self.template.window)
        self.script = self.script or self.template.script

    @property
    def key(self):
        kind = ContentType.objects.get_for_model(type(self.subject))
        return kind.pk, self.subject.pk, self.template.pk, self.cycle


def went_live_on():
    """Before this day nothing is owed: the company came with a history of its own."""
    return Installation.objects.current().went_live_on


def plan(occasions, now):
    """Plan a call for every occasion never planned before; returns how many calls were made (merged ones are none).

    Calls of one customer within ``merge_within`` days become one with all reasons; the earlier day counts.
    """
    floor, made = went_live_on(), 0
    occasions = iter(occasions)
    while chunk := list(islice(occasions, CHUNK)):
        with atomic():
            rules = CallRules.current(lock=True)
            fresh = _never_planned([one for one in chunk if floor is None or one.due_on >= floor])
            made += _plan_chunk(fresh, rules, now)
    return made


def _never_planned(occasions):
    by_kind = defaultdict(set)
    for one in occasions:
        by_kind[one.key[0]].add(one.subject.pk)
    known = set()
    for kind, pks in by_kind.items():
        rows = CallReason.objects.filter(subject_type=kind, subject_id__in=pks)
        known.update(rows.values_list("subject_type_id", "subject_id", "template_id", "cycle"))
    fresh = {}
    for one in occasions:
        if one.key not in known:
            fresh.setdefault(one.key, one)
    return list(fresh.values())


def _plan_chunk(occasions, rules, now):
    roots = _roots(occasions)
    occasions = [one for one in occasions if one.customer.pk in roots]
    open_calls = _open_calls(set(roots.values()))
    reasons, joined, new = [], {}, []
    for one in sorted(occasions, key=lambda one: (one.due_on, ORDER.index(one.template.trigger), one.subject.pk)):
        candidates = open_calls[roots[one.customer.pk]]
        call = next((call for call in candidates if _may_join(one, call, rules)), None)
        if call is None:
            call = _new_call(one, now)
            new.append(call)
            candidates.append(call)
        else:
            if call.pk:
                joined[call.pk] = call
            _join(one, call)
        call.planned_keys.add((one.template.trigger, one.key[:2]))
        reasons.append((call, one))
    _store(new, list(joined.values()), reasons, now)
    return len(new)


def _roots(occasions):
    """Customer → the file that stands for him, in one statement; without those who want no calls."""
    pks = {one.customer.pk for one in occasions}
    willing = Customer.objects.filter(pk__in=pks, root__allows_calls=True, root__erased_at__isnull=True)
    return dict(willing.values_list("pk", "root_id"))


def _open_calls(roots):
    """Root → the customer's calls that may take a further reason; one that somebody holds just now is left alone."""
    rows = FollowUpCall.objects.filter(customer__root__in=roots, status__in=MERGES_INTO)
    rows = rows.select_for_update(skip_locked=True, of=("self",), no_key=True).select_related("template", "matter")
    found = defaultdict(list)
    calls = list(rows.select_related("customer").order_by("due_on", "pk"))
    reasons = defaultdict(set)
    for pk, trigger, kind, subject in CallReason.objects.filter(
        call__in=[call.pk for call in calls], dropped_at=None
    ).values_list("call_id", "trigger", "subject_type_id", "subject_id"):
        reasons[pk].add((trigger, (kind, subject)))
    for call in calls:
        call.planned_keys = reasons[call.pk]
        found[call.customer.root_id].append(call)
    return found


def _may_join(one, call, rules):
    near = abs((call.due_on - one.due_on).days) <= rules.merge_within
    alike = (one.script == Script.EQUIPMENT) == (call.script == Script.EQUIPMENT)
    # Two rungs of one ladder are two calls, however near.
    return near and alike and (one.template.trigger, one.key[:2]) not in call.planned_keys


def _new_call(one, now):
    call = FollowUpCall(
        customer=one.customer,
        region_id=one.customer.region_id,
        template=one.template,
        script=one.script,
        campaign=one.campaign,
        card=one.card,
        anchor_on=one.anchor_on,
        due_on=one.due_on,
        late_after=one.late_after,
        call_at=midnight(one.due_on),
        lapses_on=one.lapses_on or one.due_on + LAST_KEPT,
        caller=one.caller,
        technician=one.technician,
        created_at=now,
    )
    call.planned_keys = set()
    return call


def _join(one, call):
    """A further reason: the earlier day counts, the weightier occasion leads the conversation."""
    if one.due_on < call.due_on:
        if not call.agreed:
            call.call_at = midnight(one.due_on)
        call.due_on = one.due_on
    call.late_after = min(call.late_after, one.late_after)
    call.lapses_on = max(call.lapses_on, one.lapses_on or one.due_on + LAST_KEPT)
    if ORDER.index(one.template.trigger) < ORDER.index(call.template.trigger):
        call.template, call.script, call.anchor_on = one.template, one.script, one.anchor_on
        call.card, call.technician = one.card or call.card, one.technician or call.technician
    call.campaign, call.caller = call.campaign or one.campaign, call.caller or one.caller


JOINED = ["due_on", "late_after", "call_at", "lapses_on", "template", "script", "anchor_on", "card", "technician",
          "campaign", "caller"]  # fmt: skip


def _store(new, joined, reasons, now):
    matters = Matter.objects.bulk_create(
        Matter(customer_id=call.customer.pk, region_id=call.region_id, opened_at=now) for call in new
    )
    if joined:
        FollowUpCall.objects.bulk_update(joined, JOINED)
    if new:
        numbers = next_numbers(NUMBER_PREFIX, local_day(now), len(new))
        for call, matter, number in zip(new, matters, numbers, strict=True):
            call.matter, call.number = matter, number
        FollowUpCall.objects.bulk_create(new)
    CallReason.objects.bulk_create(
        CallReason(
            call=call, trigger=one.template.trigger, template=one.template, subject_type_id=one.key[0],
            subject_id=one.key[1], cycle=one.cycle, anchor_on=one.anchor_on, due_on=one.due_on,
        )
        for call, one in reasons
    )  # fmt: skip
    _tell(new, reasons, now)


def _tell(new, reasons, now):
    kind = ContentType.objects.get_for_model(FollowUpCall)
    fresh = {id(call) for call in new}
    told, lines = set(), []
    for call, one in reasons:
        action = "plan" if id(call) in fresh and id(call) not in told else "join"
        told.add(id(call))
        data = {"trigger": one.template.trigger, "step": one.template.pk, "due_on": one.due_on.isoformat()}
        lines.append(
            Event(
                matter_id=call.matter_id, customer_id=call.customer_id, subject_type=kind, subject_id=call.pk,
                action=action, at=now, data=data,
            )
        )  # fmt: skip
    if lines:
        events_recorded.send(Event, events=Event.objects.write_many(lines), now=now)


# --- the ladder after an installation ------------------------------------------------------------------------------------
def rungs(ladder, anchor, today):
    """(template, due day, day it is given up on) of every rung whose turn is not over, counted from the anchor alone."""
    days = [(rung, rung.due_on(anchor)) for rung in ladder]
    for place, (rung, due_on) in enumerate(days):
        after = days[place + 1][1] if place + 1 < len(days) else due_on + LAST_KEPT
        if after > today:
            yield rung, due_on, after


def ladder_occasions(cards, ladder, now, *, anchor=None, cycles=None):
    """The occasions of these cards, from their installation, or from the day of a repair in a further cycle."""
    today = local_day(now)
    for card in cards:
        start = anchor or card.installed_on
        if start is None:
            continue
        cycle = (cycles or {}).get(card.pk, 1)
        for rung, due_on, lapses_on in rungs(ladder, start, today):
            yield Occasion(
                template=rung, subject=card, customer=card.customer, anchor_on=start, due_on=due_on,
                lapses_on=lapses_on, cycle=cycle, card=card, technician=card.installer,
            )  # fmt: skip


def provider_occasions(cards, template, now):
    """A job that a team from outside did is asked about by its own two questions (S3-156)."""
    today = local_day(now)
    for card in cards:
        if template is None or card.installed_on is None or card.installer_id or not card.installed_by:
            continue
        due_on = template.due_on(card.installed_on)
        if due_on + LAST_KEPT > today:
            yield Occasion(
                template=template, subject=card, customer=card.customer, anchor_on=card.installed_on, due_on=due_on,
                card=card,
            )  # fmt: skip


def plan_cards(cards, now):
    """The calls after an installation (S0-38, S0-39, S3-36, S3-156)."""
    ladder, provider, made = CallTemplate.objects.ladder(), CallTemplate.objects.of(Trigger.PROVIDER), 0
    cards = iter(cards)
    while chunk := list(islice(cards, CHUNK)):
        occasions = chain(ladder_occasions(chunk, ladder, now), provider_occasions(chunk, provider, now))
        made += plan(occasions, now)
    return made


def reanchor(cards, anchor, now):
    """A repair starts the ladder again from its day: what is left of the earlier one is dropped (design 7.1)."""
    pks = [card.pk for card in cards]
    kind = ContentType.objects.get_for_model(ServiceCard)
    with atomic():
        CallRules.current(lock=True)
        reasons = CallReason.objects.filter(subject_type=kind, subject_id__in=pks, trigger=Trigger.CARD)
        started = reasons.filter(anchor_on=anchor).values_list("subject_id", flat=True)
        cards = [card for card in cards if card.pk not in set(started)]
        cycles = defaultdict(lambda: 1)
        for pk, cycle in reasons.values_list("subject_id", "cycle"):
            cycles[pk] = max(cycles[pk], cycle + 1)
        drop(reasons.filter(subject_id__in=[card.pk for card in cards]), now, why="reanchored")
        ladder = CallTemplate.objects.ladder()
        return plan(list(ladder_occasions(cards, ladder, now, anchor=anchor, cycles=cycles)), now)


def drop(reasons, now, *, why):
    """These reasons count no more; a call that has no other one is cancelled."""
    live = reasons.filter(satisfied_at__isnull=True, dropped_at__isnull=True, call__status__in=MERGES_INTO)
    calls = set(live.values_list("call_id", flat=True))
    CallReason.objects.filter(pk__in=list(live.values_list("pk", flat=True))).update(dropped_at=now)
    others = CallReason.objects.filter(call=OuterRef("pk"), dropped_at__isnull=True)
    bare = FollowUpCall.objects.filter(Q(pk__in=calls) & ~Exists(others))
    return perform_many(bare, "cancel", now, data={"why": why})
