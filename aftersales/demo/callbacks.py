"""Three months of follow-up calls: the past written down in bulk as it happened, the present called through the front door."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from callbacks import falling, monthly, planning
from callbacks.models import CallAnswer, CallAttempt, CallReason, CallTemplate, CallWeek, Commendation, FollowUpCall
from callbacks.models.choices import Trigger
from callbacks.models.summary import Action
from cases.models import Complaint, ComplaintClass
from core.calendar import is_working, local_day
from customers.models import ServiceCard
from workflow.models import Event, Matter
from workflow.perform import perform

S = FollowUpCall.Status
PAST = timedelta(days=100)  # so far back the calls reach
WEEKS_OPEN = timedelta(days=7)  # what is younger waits for its review, or to be submitted
CALLERS = {"huangshi": ["agent", "agent2"], "wuhan": ["agent3"], "foshan": ["agent4"]}


@dataclass(frozen=True)
class Said:
    """What a customer says in a call."""

    verdict: str
    area: str = ""
    tone: str = ""
    text: str = ""
    reply: str = ""


GOOD = [
    Said("satisfied"),
    Said("satisfied"),
    Said("completely"),
    Said("basically"),
    Said("satisfied", "product", "opinion", "门做工挺好，关起来隔音也不错。"),
    Said("satisfied", "installation", "opinion", "装的师傅很守时，走的时候打扫得干干净净。"),
    Said("completely", "service", "opinion", "客服态度热情，有事当天就有回音，处理及时。"),
    Said("satisfied", "sales", "opinion", "门店介绍得清楚，就是送货比说好的晚了两天。"),
    Said("basically", "product", "opinion", "颜色比样板深一点点，能接受。"),
    Said("satisfied", "product", "question", "门上有灰怎么擦才不伤漆？", "用拧干的软布顺着木纹擦，不用洗洁精。"),
    Said("satisfied", "installation", "opinion", "师傅手艺细致，门套收口做得工整。"),
]
PRAISE = [
    "师傅准时到，装完把地上的灰都打扫干净才走。",
    "手艺好又仔细，门缝调得一样宽。",
    "态度特别好，问什么都耐心讲。",
    "下雨天还按约定的时间来，非常守时。",
]
CLEARED = [
    Said(
        "average",
        "product",
        "problem",
        "新门还有点味道，怕对孩子不好。",
        "说明是水性漆的气味，通风一周会散，检测报告发微信。",
    ),
    Said("average", "installation", "problem", "门关上以后有一条缝透光。", "说明下方留缝是为通风，8 毫米以内属正常。"),
    Said("average", "product", "problem", "把手摸着有点松。", "电话里教客户拧紧把手背面的顶丝，当场紧好。"),
]
BAD = [
    ("dissatisfied", "installation", "门缝大，关上门下面透光、漏风。"),
    ("dissatisfied", "installation", "门套收口毛糙，胶打得一段宽一段窄。"),
    ("dissatisfied", "product", "锁芯发涩，每次要用力才能转动。"),
    ("average", "product", "门扇有点下垂，关门要提一下，刮地。"),
    ("dissatisfied", "service", "约好上午来，等了一天没来，也没人打电话。"),
    ("average", "installation", "装完的垃圾没清理，墙角还留着木屑。"),
    ("dissatisfied", "product", "卫生间的门下沿起泡了。"),
]
DECLINED = ["在忙，不用回访", "觉得没问题，不需要打电话", "让少打扰"]


def call_customers(staff, rng, now):
    """Plan the calls of every card and every finished complaint, write the past ones down, make some of today's."""
    Historian(staff, rng, now).write(plan_all(now))
    falling.sweep(now)
    call_today(staff, rng, now)
    period = monthly.last_month(now)
    for back in (1, 0):
        month = period.before(back)
        summary = monthly.draft(month, None, now=now, by=staff["manager"])
        word(summary, staff, now, issued=bool(back))


def plan_all(now):
    """The ladder of each card from its installation, the services finished in these weeks; the days that are past too."""
    since = local_day(now - PAST)
    cards = ServiceCard.objects.filter(installed_on__gt=since - timedelta(days=380)).select_related(
        "customer", "installer"
    )
    then = now - PAST
    planning.plan_cards(cards.order_by("pk"), then)
    template = CallTemplate.objects.of(Trigger.SERVICE)
    waiting = Complaint.objects.filter(status__in=["evaluating", "awaiting_follow_up"], implemented_at__isnull=False)
    planning.plan(
        (
            planning.Occasion(
                template=template, subject=one, customer=one.matter.customer, anchor_on=local_day(one.implemented_at),
                due_on=template.due_on(local_day(one.implemented_at)),
            )
            for one in waiting.select_related("matter__customer").order_by("pk")
        ),
        now,
    )  # fmt: skip
    return FollowUpCall.objects.filter(due_on__lt=local_day(now) - timedelta(days=1), status=S.PLANNED)


class Historian:
    """Calls of the past, written down in a few statements with the events that led to where they stand."""

    def __init__(self, staff, rng, now):
        self.staff, self.rng, self.now = staff, rng, now
        self.kind = ContentType.objects.get_for_model(FollowUpCall)
        self.events, self.answers, self.attempts, self.praise, self.weeks = [], [], [], [], {}
        self.technicians = [staff["technician"], staff["technician2"]]

    def write(self, calls):
        rows = list(calls.select_related("customer__region", "template").order_by("due_on", "pk"))
        told = [call for call in rows if self.tell(call)]
        FollowUpCall.objects.bulk_create(
            map(as_it_ended, told), update_conflicts=True, unique_fields=["id"], update_fields=[*COLUMNS, "status"]
        )
        CallReason.objects.filter(call__in=[call.pk for call in told if call.spoken_at]).update(satisfied_at=self.now)
        ended = [call.matter_id for call in told if call.ends_as in FollowUpCall.FINAL]
        Matter.objects.filter(pk__in=ended).update(closed_at=self.now)
        CallAnswer.objects.bulk_create(self.answers)
        CallAttempt.objects.bulk_create(self.attempts)
        Commendation.objects.bulk_create(self.praise)
        Event.objects.bulk_create(self.events)

    def tell(self, call):
        """How this call went; False where it is left for today."""
        chance = self.rng.random()
        young = local_day(self.now) - call.due_on < timedelta(days=5)
        if young and chance < 0.3:
            return False
        caller = self.staff[self.rng.choice(CALLERS[call.customer.region.code])]
        at = self.moment(call.due_on + timedelta(days=self.rng.choice([0, 0, 0, 1, 1, 2])))
        call.version, call.called_by, call.dialled_at = 1, caller, at
        self.note(call, "fall_due", S.PLANNED, S.DUE, at.replace(hour=0, minute=1), None)
        if chance < 0.86:
            self.spoken(call, caller, at, chance)
        elif chance < 0.9:
            self.declined(call, caller, at)
        else:
            self.missed(call, caller, at)
        return True

    def moment(self, day):
        while not is_working(day):
            day += timedelta(days=1)
        hour = self.rng.choice([9, 10, 10, 11, 14, 15, 16, 17])
        at = timezone.make_aware(datetime.combine(day, time(hour, self.rng.randrange(60))))
        return min(at, self.now - timedelta(hours=2))

    def dial(self, call, caller, at, outcome):
        self.attempts.append(
            CallAttempt(call=call, no=call.tries + 1, kind="mobile", by=caller,
                        begun_at=at, ended_at=at + timedelta(minutes=2), outcome=outcome)
        )  # fmt: skip
        self.note(call, "dial", S.DUE, S.IN_CALL, at, caller)

    def spoken(self, call, caller, at, chance):
        self.dial(call, caller, at, "reached")
        said = self.rng.choice(CLEARED) if chance < 0.07 else self.rng.choice(GOOD)
        if chance > 0.8:
            verdict, area, text = self.rng.choice(BAD)
            said = Said(verdict, area, "problem", text, "已解释并记下，报修时一并处理。")
        call.verdict, call.doubt_cleared = said.verdict, said.verdict in ("average", "dissatisfied")
        call.seconds = self.rng.randrange(50, 260)
        call.number_kind = "mobile"
        call.spoken_at = call.entered_at = at + timedelta(seconds=call.seconds)
        if said.text:
            self.answers.append(CallAnswer(call=call, area=said.area, tone=said.tone, text=said.text, reply=said.reply,
                                           settled=True if said.reply else None))  # fmt: skip
            call.words = said.text
        if 0.3 < chance < 0.36:
            self.praised(call, caller)
        self.note(call, "record", S.IN_CALL, S.RECORDED, call.spoken_at, caller)
        self.reviewed(call, caller, S.RECORDED)

    def praised(self, call, caller):
        words, person = self.rng.choice(PRAISE), call.technician or self.rng.choice(self.technicians)
        self.answers.append(CallAnswer(call=call, area="service", tone="praise", text=words))
        self.praise.append(
            Commendation(
                call=call, region_id=call.region_id, person=person, words=words, at=call.spoken_at, noted_by=caller
            )
        )

    def declined(self, call, caller, at):
        self.dial(call, caller, at, "reached")
        call.words = self.rng.choice(DECLINED)
        call.spoken_at = call.entered_at = at + timedelta(seconds=30)
        self.note(call, "decline", S.IN_CALL, S.DECLINED, call.spoken_at, caller)
        self.reviewed(call, caller, S.DECLINED)

    def missed(self, call, caller, at):
        call.unreached_kind = self.rng.choice(["no_answer", "busy", "off"])
        for _attempt in range(3):
            self.dial(call, caller, at, call.unreached_kind)
            call.tries += 1
            self.note(call, "no_answer", S.IN_CALL, S.UNREACHED, at, caller)
            if call.tries < 3:
                self.note(call, "retry", S.UNREACHED, S.PLANNED, at, None)
                self.note(call, "fall_due", S.PLANNED, S.DUE, at, None)
        self.note(call, "lapse", S.UNREACHED, S.LAPSED, at, None)

    def reviewed(self, call, caller, source):
        """Older weeks are reviewed, the last one is submitted, this one is not."""
        age = self.now - call.spoken_at
        if age < WEEKS_OPEN / 2:
            return
        monday = local_day(call.spoken_at) - timedelta(days=local_day(call.spoken_at).weekday())
        call.week = self.week(caller, monday)
        self.note(call, "submit_week", source, S.IN_REVIEW, call.spoken_at, caller)
        if age < WEEKS_OPEN:
            if self.rng.random() < 0.1:
                call.reviewed_by, call.review_comment = self.staff["specialist"], "请补充产品和房间"
                call.reviewed_at = call.spoken_at
                self.note(call, "send_back", S.IN_REVIEW, S.SENT_BACK, call.spoken_at, self.staff["specialist"])
            return
        call.reviewed_by, call.reviewed_at = self.staff["specialist"], call.spoken_at + timedelta(days=1)
        self.note(call, "review", S.IN_REVIEW, S.REVIEWED, call.reviewed_at, call.reviewed_by)

    def week(self, caller, monday):
        key = caller.pk, monday
        if key not in self.weeks:
            self.weeks[key], _made = CallWeek.objects.get_or_create(
                caller=caller, monday=monday, defaults={"submitted_at": self.now}
            )
        return self.weeks[key]

    def note(self, call, action, source, target, at, by):
        call.version += 1
        call.ends_as = target
        self.events.append(
            Event(matter_id=call.matter_id, customer_id=call.customer_id, subject_type=self.kind, subject_id=call.pk,
                  action=action, source=source, target=target, actor="user" if by else "system", by=by, at=at,
                  version=call.version)
        )  # fmt: skip


def as_it_ended(call):
    """The same call, standing where its story left it."""
    kept = {field.attname: getattr(call, field.attname) for field in FollowUpCall._meta.concrete_fields}
    return FollowUpCall(**kept | {"status": call.ends_as})


COLUMNS = ["version", "called_by", "dialled_at", "number_kind", "tries", "unreached_kind", "spoken_at", "entered_at", "seconds",
           "verdict", "doubt_cleared", "words", "week", "reviewed_by", "reviewed_at", "review_comment"]  # fmt: skip


def call_today(staff, rng, now):
    """A handful of today's calls, each ended another way."""
    at = max(now - timedelta(minutes=40), now - timedelta(days=1))
    due = list(FollowUpCall.objects.due().select_related("customer__region").order_by("call_at", "pk")[:40])
    ways = [handed_over, handed_over, not_now, nobody_there, wrong_number, equipment, talking]
    for call, way in zip(rng.sample(due, min(len(due), len(ways))), ways, strict=False):
        caller = staff[CALLERS[call.customer.region.code][0]]
        taken = perform(call, "dial", by=caller, now=at, mode="visit").record
        taken.number_used = str(call.customer.phones.first() or "")
        FollowUpCall.objects.filter(pk=call.pk).update(
            mode="phone", number_used=taken.number_used, number_kind="mobile"
        )
        way(FollowUpCall.objects.get(pk=call.pk), caller, at + timedelta(minutes=3))


def handed_over(call, caller, at):
    problem = {"area": "installation", "tone": "problem", "text": "门缝大，关上门下面透光、漏风。", "settled": False,
               "reply": "已说明会安排师傅上门调整。"}  # fmt: skip
    complaint = {
        "content": "门缝大，关上门下面透光、漏风。",
        "area": "installation",
        "klass": ComplaintClass.objects.filter(code="installation").first(),
        "severity": "moderate",
        "visit": {"kind": "visit", "what": "周末上午在家", "due_at": at + timedelta(days=2), "channel": "visit"},
    }
    perform(call, "transfer", by=caller, now=at, verdict="dissatisfied", answers=[problem], complaint=complaint,
            visit_wish="周末上午", gift="proposed", gift_words="木门护理套装一份")  # fmt: skip


def not_now(call, caller, at):
    perform(call, "reschedule", by=caller, now=at, at=at + timedelta(days=1, hours=2), words="在开会，约明天")


def nobody_there(call, caller, at):
    perform(call, "no_answer", by=caller, now=at, kind="no_answer")


def wrong_number(call, caller, at):
    perform(call, "no_answer", by=caller, now=at, kind="wrong_person", words="对方说打错了")


def equipment(call, caller, at):
    perform(call, "record", by=caller, now=at, verdict="satisfied", wants_purchase=True, intention="想给老家再订两樘门")


def talking(call, caller, at):
    """Left in the call, for whoever logs in to see it locked; after half an hour it is free again."""


def word(summary, staff, now, *, issued):
    """What the manager wrote about the month; the older one is issued."""
    summary.strengths = "安装师傅守时、收拾现场的好习惯继续保持，每周晨会点名表扬。"
    summary.shortcomings = "门缝和收口仍是意见最多的两项，验收环节要把住。"
    summary.save()
    Action.objects.create(
        summary=summary, what="门底缝隙验收改用塞尺，超过 8 毫米当场调整", about="门缝大、透光", owner=staff["dispatcher"],
        due_on=summary.ends_on + timedelta(days=20),
    )  # fmt: skip
    if issued:
        summary.issued_at, summary.issued_by = now, staff["manager"]
        summary.save()
