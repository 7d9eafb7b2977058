"""The caller's desk: today's list in the order to call, how far the day's quota is, what the coming weeks ask for."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, Q
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.views.generic import TemplateView

from callbacks import hours
from callbacks.models import CallRules, FollowUpCall
from callbacks.querysets import SPOKEN, WAITING
from core.calendar import is_working, local_day, midnight

User = get_user_model()
WEEKS = 4


@dataclass
class Day:
    """How far a caller is: different customers spoken with, against the quota."""

    done: int
    quota: int

    @property
    def missing(self):
        return max(0, self.quota - self.done)


def day_of(user, now, rules):
    done = FollowUpCall.objects.spoken_by(user, local_day(now)).values("customer__root").distinct().count()
    return Day(done, rules.quota)


def list_of(user, rules, *, most=None):
    """The calls due on a person's list: agreed times first as they come, then the oldest day first."""
    rows = FollowUpCall.objects.visible_to(user).on_list_of(user).with_customer()
    return list(rows.order_by("call_at", "pk")[: most or rules.most_a_day + 1])


def to_fill(user, count):
    """Calls of the days to come that would fill the quota."""
    if count <= 0:
        return []
    rows = FollowUpCall.objects.visible_to(user).filter(status="planned").filter(Q(caller=user) | Q(caller=None))
    return list(rows.with_customer().order_by("call_at", "pk")[:count])


class Desk(TemplateView):
    """Today's list; what has gathered beyond a day's work waits for the days after (S2-02, S2-03)."""

    template_name = "callbacks/desk.html"

    def get_context_data(self, **kwargs):
        user, now = self.request.user, timezone.now()
        if not user.has_perm("callbacks.view_followupcall"):
            raise PermissionDenied
        rules = CallRules.current()
        makes = user.has_perm("callbacks.make_followupcall")
        rows = list_of(user, rules) if makes else []
        day = day_of(user, now, rules)
        for call in rows:
            free = hours.next_open(call.customer.root, rules, now)
            call.quiet_end = None if free == now else free
        more = len(rows) > rules.most_a_day
        rows = rows[: rules.most_a_day]
        mine = FollowUpCall.objects.filter(called_by=user, status="in_call").with_customer().first()
        return super().get_context_data(
            rows=rows, day=day, more=more, makes=makes, in_call=mine,
            today=local_day(now), fill=to_fill(user, day.missing - len(rows)) if makes else [],
            quiet_end=hours.next_open(None, rules, now) if hours.is_quiet(None, rules, now) else None,
            sent_back=FollowUpCall.objects.filter(called_by=user, status="sent_back").with_customer()[:20],
            **kwargs,
        )  # fmt: skip


class Forecast(TemplateView):
    """Four weeks of calls due against the hands there are."""

    template_name = "callbacks/forecast.html"

    def get_context_data(self, **kwargs):
        user, now = self.request.user, timezone.now()
        if not user.has_perm("callbacks.hand_out_followupcall"):
            raise PermissionDenied
        rules, today = CallRules.current(), local_day(now)
        calls = FollowUpCall.objects.visible_to(user).filter(status__in=WAITING)
        hands = User.objects.filter(
            is_active=True, groups__name="agent", **({} if user.sees_everything else {"regions__in": user.region_ids})
        ).distinct().count()  # fmt: skip
        return super().get_context_data(
            weeks=weeks_of(calls, today, hands * rules.quota), hands=hands, quota=rules.quota, **kwargs
        )


def weeks_of(calls, today, a_day):
    """For each of four weeks: its days with the calls due, what the callers can make, and what is left over."""
    end = today + timedelta(days=7 * WEEKS)
    rows = calls.filter(call_at__lt=midnight(end)).annotate(day=TruncDate("call_at"))
    due = {}
    for day, count in rows.order_by().values_list("day").annotate(Count("pk")):
        due[max(day, today)] = due.get(max(day, today), 0) + count
    left, weeks = 0, []
    for week in range(WEEKS):
        days = [today + timedelta(days=7 * week + n) for n in range(7)]
        count = sum(due.get(day, 0) for day in days)
        can = a_day * sum(is_working(day) for day in days)
        left = max(0, left + count - can)
        weeks.append({
            "from": days[0], "until": days[-1], "count": count, "can": can, "left": left,
            "days": [{"label": f"{day:%m-%d}", "value": due.get(day, 0)} for day in days],
        })  # fmt: skip
    return weeks


class Coverage(TemplateView):
    """Per caller: customers spoken with, quota, what is missing; of the members: who was called, who was not (S2-162)."""

    template_name = "callbacks/coverage.html"
    DAYS = 7

    def get_context_data(self, **kwargs):
        user, now = self.request.user, timezone.now()
        if not user.has_perm("callbacks.review_followupcall"):
            raise PermissionDenied
        rules, today = CallRules.current(), local_day(now)
        calls = FollowUpCall.objects.visible_to(user)
        return super().get_context_data(
            days=[today - timedelta(days=n) for n in reversed(range(self.DAYS))],
            callers=callers_of(calls, today, self.DAYS, rules), quota=rules.quota,
            members=members_of(calls, today), complete=completeness(calls, today), **kwargs,
        )  # fmt: skip


def callers_of(calls, today, days, rules):
    """Each caller with his distinct customers per day of the last days, and the working days short of the quota."""
    since = today - timedelta(days=days - 1)
    rows = (
        calls.filter(spoken_at__gte=midnight(since), called_by__isnull=False)
        .annotate(day=TruncDate("spoken_at"))
        .order_by()
        .values_list("called_by", "called_by__name", "day")
        .annotate(Count("customer__root", distinct=True))
    )
    found = {}
    for pk, name, day, count in rows:
        found.setdefault((name, pk), {})[day] = count
    span = [since + timedelta(days=n) for n in range(days)]
    return [
        {
            "name": name, "pk": pk, "counts": [(day, of.get(day, 0), is_working(day)) for day in span],
            "short": sum(max(0, rules.quota - of.get(day, 0)) for day in span if is_working(day) and day < today),
        }
        for (name, pk), of in sorted(found.items())
    ]  # fmt: skip


def members_of(calls, today):
    """This month's calls to members: owed, made, and the missing ones by name."""
    first = today.replace(day=1)
    owed = calls.filter(customer__is_member=True, due_on__gte=first, due_on__lte=today).exclude(status="cancelled")
    counts = owed.aggregate(owed=Count("pk"), made=Count("pk", filter=Q(status__in=[*SPOKEN, "declined"])))
    missing = owed.exclude(status__in=[*SPOKEN, "declined"]).with_customer().order_by("due_on", "pk")[:100]
    share = counts["made"] * 100 / counts["owed"] if counts["owed"] else 100
    return counts | {"missing": list(missing), "share": share}


def completeness(calls, today):
    """Of this month's records: how many were entered within the day, how many are whole (S2-05, S2-163)."""
    first = midnight(date(today.year, today.month, 1))
    made = calls.filter(spoken_at__gte=first, status__in=SPOKEN)
    return made.aggregate(
        made=Count("pk"),
        whole=Count("pk", filter=~Q(verdict="") | Q(told_progress=True)),
        late=Count("pk", filter=Q(entered_at__gt=F("spoken_at") + timedelta(days=1))),
    )
