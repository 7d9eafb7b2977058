"""What time does to calls, minute by minute and day by day (design 3.6): called by the sweep, safe beside another one."""

from datetime import date, timedelta

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef
from django.db.transaction import atomic

from callbacks import planning, writing
from callbacks.models import CallReason, CallRules, CallTemplate, FollowUpCall
from callbacks.models.choices import Trigger
from core.calendar import add_months, local_day
from customers.models import Customer, ServiceCard
from workflow.perform import perform_many

LONGEST_LADDER = timedelta(days=400)


def sweep(now):
    """Retry, fall due, free what was left open, give up; on a new day plan what no event announces.

    A minute in which nothing is due costs two statements. Whose turn is over is looked for once a day: that looks at
    everything on the lists, which may be a hundred thousand calls after a long stop.
    """
    rules, calls = CallRules.current(), FollowUpCall.objects
    if rules.planned_on != local_day(now):
        perform_many(calls.passed(local_day(now), rules.grace), "lapse", now)
        plan_day(now)
    if calls.stirring(now, rules.tries).exists():
        perform_many(calls.to_retry(now, rules.tries), "retry", now)
        perform_many(calls.ripe(now), "fall_due", now)
        perform_many(calls.left_open(now), "release", now)
        perform_many(calls.used_up(rules.tries), "lapse", now)


def plan_day(now):
    """Once a day: this month's VIPs, cards without a ladder or with a corrected date, the summary of a month that ended."""
    with atomic():
        rules = CallRules.current(lock=True)
        if rules.planned_on == local_day(now):
            return
        plan_vips(now)
        plan_forgotten_cards(now)
        writing.write_due(now)
        CallRules.objects.filter(pk=1).update(planned_on=local_day(now))


def plan_vips(now):
    """A call a month for every VIP, spread over the month so that no day drowns (S2-87)."""
    template, today = CallTemplate.objects.of(Trigger.VIP), local_day(now)
    if template is None:
        return 0
    cycle = today.year * 100 + today.month
    kind = ContentType.objects.get_for_model(Customer)
    planned = CallReason.objects.filter(subject_type=kind, subject_id=OuterRef("pk"), template=template, cycle=cycle)
    vips = Customer.objects.live().vip().filter(~Exists(planned)).order_by("pk")
    return planning.plan((_monthly(vip, template, today, cycle) for vip in vips.iterator(planning.CHUNK)), now)


def _monthly(vip, template, today, cycle):
    last = add_months(today.replace(day=1), 1) - timedelta(days=1)
    share = date(today.year, today.month, 1 + vip.pk % 25)
    return planning.Occasion(
        template=template, subject=vip, customer=vip, anchor_on=today.replace(day=1),
        due_on=max(share, today), lapses_on=last + timedelta(days=1), cycle=cycle,
    )  # fmt: skip


def plan_forgotten_cards(now):
    """Cards whose installation was entered after their registration, or corrected since."""
    today = local_day(now)
    kind = ContentType.objects.get_for_model(ServiceCard)
    reasons = CallReason.objects.filter(subject_type=kind, subject_id=OuterRef("pk"), trigger=Trigger.CARD)
    recent = ServiceCard.objects.filter(installed_on__gt=today - LONGEST_LADDER, installed_on__lte=today)
    rows = recent.select_related("customer", "installer")
    made = planning.plan_cards(rows.filter(~Exists(reasons)).iterator(planning.CHUNK), now)
    wrong = reasons.filter(cycle=1, dropped_at=None, satisfied_at=None).exclude(anchor_on=OuterRef("installed_on"))
    for card in rows.filter(Exists(wrong)):
        made += planning.reanchor([card], card.installed_on, now)
    return made
