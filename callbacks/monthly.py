"""The month counts itself: one statement over the calls of the month, one over what was said (S0-70 … S0-72).

A call belongs to the month it was due in. Satisfied are completely, satisfied and basically satisfied (X24); every rate
says what it is a part of.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth import get_user_model
from django.db.models import Count, Q

from accounts.models import Region
from callbacks import themes
from callbacks.models import Action, CallAnswer, CallRules, CallTemplate, Commendation, FollowUpCall, MonthSummary
from callbacks.models.choices import Tone
from cases.models import Complaint
from cases.models.choices import Area, Verdict
from core.calendar import add_months, local_day, midnight
from customers.models import Dealer, Product

SATISFIED = frozenset({Verdict.COMPLETELY, Verdict.SATISFIED, Verdict.BASICALLY})
REVIEWING = frozenset({"in_review", "sent_back", "reviewed"})
MADE = frozenset({"recorded", "transferred"}) | REVIEWING
NOT_REACHED = frozenset({"unreached", "lapsed"})
MONTHS_BACK = 6  # of the trend
BY = {
    "steps": "template",
    "products": "card__product",
    "technicians": "technician",
    "regions": "region",
    "dealers": "customer__dealer",
}
NAMED = {
    "products": (Product, "model_no"),
    "technicians": (get_user_model(), "name"),
    "regions": (Region, "name"),
    "dealers": (Dealer, "name"),
}


@dataclass(frozen=True)
class Period:
    """A calendar or accounting month, both days included."""

    begins_on: date
    ends_on: date

    @classmethod
    def around(cls, day, begins):
        """The month a day lies in, where months begin on this day (1, or 26: from the 26th to the 25th)."""
        first = day.replace(day=begins)
        if day.day < begins:
            first = add_months(first, -1)
        return cls(first, add_months(first, 1) - timedelta(days=1))

    def before(self, months=1):
        first = add_months(self.begins_on, -months)
        return type(self)(first, add_months(first, 1) - timedelta(days=1))


def calls_of(period, region_id=None):
    """The calls of a month that counted: all but those cancelled."""
    calls = FollowUpCall.objects.filter(due_on__gte=period.begins_on, due_on__lte=period.ends_on)
    calls = calls.exclude(status="cancelled")
    return calls.filter(region=region_id) if region_id else calls


def outcome_of(status, verdict, told):
    """What became of a call: done, declined, unreached, or still to come."""
    if status == "declined" or (status in REVIEWING and not verdict and not told):
        return "declined"
    if status in MADE:
        return "done"
    return "unreached" if status in NOT_REACHED else "waiting"


def _tally():
    return Counter(due=0, done=0, declined=0, unreached=0, waiting=0, judged=0, satisfied=0)


def _add(tally, outcome, verdict, count):
    tally["due"] += count
    tally[outcome] += count
    if outcome == "done" and verdict:
        tally["judged"] += count
        tally["satisfied"] += count if verdict in SATISFIED else 0


def tallies_of(period, region_id=None):
    """The whole month and its parts by what they are of, from one GROUP BY over keys."""
    whole, parts = _tally(), {name: defaultdict(_tally) for name in BY}
    rows = calls_of(period, region_id).order_by().values_list("status", "verdict", "told_progress", *BY.values())
    for status, verdict, told, *keys, count in rows.annotate(Count("pk")).iterator():
        outcome = outcome_of(status, verdict, told)
        _add(whole, outcome, verdict, count)
        for name, key in zip(BY, keys, strict=True):
            if key is not None:
                _add(parts[name][key], outcome, verdict, count)
    return whole, parts


def _named(name, parts):
    """The parts of one table with what they are called, the largest first."""
    model, field = NAMED[name]
    called = dict(model.objects.filter(pk__in=parts).values_list("pk", field))
    rows = [{"key": pk, "name": called.get(pk) or "—", **tally} for pk, tally in parts.items()]
    return sorted(rows, key=lambda row: (-row["due"], row["name"]))


def figures_of(period, region_id=None):
    """Everything that is counted about a month, as plain data that can be frozen."""
    whole, parts = tallies_of(period, region_id)
    steps = {row.pk: row for row in CallTemplate.objects.all()}
    figures = {
        "total": dict(whole) | _beside(period, region_id),
        "before": dict(_total(period.before(), region_id)),
        "year_before": dict(_total(period.before(12), region_id)),
        "trend": _trend(period, region_id),
        "steps": [
            {"key": pk, "name": steps[pk].name, "name_en": steps[pk].name_en, **parts["steps"][pk]}
            for pk in sorted(parts["steps"], key=lambda pk: (steps[pk].position, pk))
        ],
        "areas": _areas(period, region_id),
        "complaints": _complaints(period, region_id),
    }
    return figures | {name: _named(name, parts[name]) for name in NAMED}


def _total(period, region_id):
    """The month as a whole, and how many problems were told about the product and about the work."""
    whole = _tally()
    rows = calls_of(period, region_id).order_by().values_list("status", "verdict", "told_progress")
    for status, verdict, told, count in rows.annotate(Count("pk")).iterator():
        _add(whole, outcome_of(status, verdict, told), verdict, count)
    whole.update(_problems(period, region_id))
    return whole


def _problems(period, region_id):
    """Calls with a problem of the product, and of sales, installation or service: their quality is watched apart."""
    of_product = Q(area=Area.PRODUCT)
    rows = CallAnswer.objects.filter(tone=Tone.PROBLEM, call__in=calls_of(period, region_id).values("pk"))
    return rows.aggregate(
        product_problems=Count("call", filter=of_product, distinct=True),
        service_problems=Count("call", filter=~of_product, distinct=True),
    )


def _beside(period, region_id):
    calls = calls_of(period, region_id)
    return _problems(period, region_id) | calls.aggregate(
        handed_over=Count("pk", filter=Q(complaint__isnull=False)),
        grave=Count("pk", filter=Q(complaint__is_grave=True)),
        gifts=Count("pk", filter=Q(gift_given__isnull=False)),
        cleared=Count("pk", filter=Q(doubt_cleared=True)),
        intentions=Count("pk", filter=Q(wants_refit=True) | Q(wants_purchase=True)),
    ) | {
        "commendations": Commendation.objects.filter(call__in=calls.values("pk")).count(),
        "praised": Commendation.objects.filter(call__in=calls.values("pk"), person__isnull=False)
        .values("person").distinct().count(),
    }  # fmt: skip


def _trend(period, region_id):
    months = [period.before(back) for back in reversed(range(1, MONTHS_BACK))] + [period]
    return [{"month": f"{month.ends_on:%Y-%m}", **_total(month, region_id)} for month in months]


def _areas(period, region_id):
    rows = (
        CallAnswer.objects.filter(call__in=calls_of(period, region_id).values("pk"))
        .order_by()
        .values_list("area", "tone")
        .annotate(Count("call", distinct=True))
    )
    found = {area: dict.fromkeys(Tone.values, 0) for area in Area.values}
    for area, tone, count in rows:
        found[area][tone] = count
    return [{"key": area, **tones} for area, tones in found.items()]


def _complaints(period, region_id):
    rows = (
        Complaint.objects.filter(pk__in=calls_of(period, region_id).values("complaint"))
        .order_by("received_at")
        .values("pk", "number", "status", "is_grave", "follow_up_verdict")
    )
    return [dict(row) for row in rows[:500]]


# --- made, made anew, issued -----------------------------------------------------------------------------------------------
def draft(period, region, *, now, by=None, report=lambda done, total: None):
    """Count the month into its draft, made where there is none; words that people wrote in it stay."""
    summary = open_draft(period, region, now)
    report(1, 4)
    summary.figures = figures_of(period, region.pk if region else None)
    report(2, 4)
    summary.counted_at = now
    summary.changed_by = by
    summary.save()
    themes.find_into(summary, period, region.pk if region else None)
    report(3, 4)
    if not summary.headline:
        summary.headline = sentence_of(summary)
        summary.save()
    report(4, 4)
    return summary


def open_draft(period, region, now):
    mine = MonthSummary.objects.filter(begins_on=period.begins_on, region=region)
    newest = mine.order_by("-version_no").first()
    if newest is not None and not newest.is_issued:
        return newest
    words = {"headline": "", "strengths": "", "shortcomings": ""}
    if newest is not None:
        words = {"headline": "", "strengths": newest.strengths, "shortcomings": newest.shortcomings}
    number = newest.version_no + 1 if newest else 1
    return MonthSummary.objects.create(
        region=region, begins_on=period.begins_on, ends_on=period.ends_on, version_no=number, counted_at=now, **words
    )


def rate(part, whole):
    return part * 100 / whole if whole else None


def sentence_of(summary):
    """The month in a sentence, in Chinese: it is the company's paper."""
    total, before = summary.figures["total"], summary.figures["before"]
    now, then = rate(total["satisfied"], total["judged"]), rate(before["satisfied"], before["judged"])
    text = f"本期应回访 {total['due']:,} 户次，有效回访 {total['done']:,} 户次"
    if now is not None:
        text += f"，满意率 {now:.1f}%（{total['satisfied']:,} / {total['judged']:,}）"
    if now is not None and then is not None:
        change = now - then
        text += f"，比上期{'升' if change >= 0 else '降'} {abs(change):.1f} 个百分点"
    worst = [theme.name for theme in summary.themes.filter(kind="complaint", dropped=False)[:2]]
    if worst:
        text += "；不满意意见集中在" + "".join(f"“{name}”" for name in worst)
    return text + "。"


def last_month(now):
    """The last month that is over."""
    begins = CallRules.current().month_begins
    return Period.around(local_day(now), begins).before()


def open_actions(summary):
    """What was begun in earlier months and is not done, and what this month adds (S0-71)."""
    mine = Q(summary=summary)
    earlier = Q(region=summary.region, done_at__isnull=True, summary__begins_on__lt=summary.begins_on)
    finished = Q(region=summary.region, summary__begins_on__lt=summary.begins_on,
                 done_at__gte=midnight(summary.begins_on), done_at__lt=midnight(summary.ends_on + timedelta(days=1)))  # fmt: skip
    return Action.objects.filter(mine | earlier | finished).select_related("owner", "summary").order_by("due_on", "pk")
