"""Four hundred complaints in every state and age, each carried there through the front door at its own times."""

import random
from datetime import timedelta

from django.utils import timezone

from aftersales.demo import words
from aftersales.demo.photos import photo
from cases.models import Complaint, ComplaintClass, StandardPlan
from core.calendar import is_working
from workflow.models import Attachment
from workflow.perform import begin, perform

S = Complaint.Status
# Target state → how many, and how many days ago (at least, at most) it was registered.
TARGETS = [
    (S.REGISTERED, 34, 0, 2),
    (S.JUDGING, 26, 0, 3),
    (S.REJECTED, 8, 1, 4),
    (S.INVESTIGATING, 46, 0, 4),
    (S.PLAN_PROPOSED, 26, 1, 5),
    (S.PLAN_APPROVED, 24, 1, 7),
    (S.IMPLEMENTING, 44, 2, 12),
    (S.EVALUATING, 20, 3, 15),
    (S.AWAITING_FOLLOW_UP, 24, 4, 18),
    (S.IN_DISPUTE, 8, 8, 40),
    (S.CLOSED, 96, 12, 300),
    (S.WITHDRAWN, 10, 3, 100),
    (S.MERGED, 8, 2, 20),
]
QUESTIONS, SUGGESTIONS, REPAIRS = 14, 4, 8


class Teller:
    """Tells one story after another; what happens when is drawn from one seeded source, so every demo is the same."""

    def __init__(self, staff, furnished, rng: random.Random, now=None):
        self.staff, self.furnished, self.rng = staff, furnished, rng
        self.now = now or timezone.now()
        self.classes = {row.code: row for row in ComplaintClass.objects.select_related("department")}
        self.plans = list(StandardPlan.objects.usable())

    def tell_all(self, texts=()):
        """Every story of the tables above, then one complaint for each of ``texts``."""
        stories = [(target, low, high) for target, count, low, high in TARGETS for _ in range(count)]
        self.rng.shuffle(stories)
        for target, low, high in stories:
            self.tell(target, low, high)
        for index in range(QUESTIONS + SUGGESTIONS):
            self.ask("enquiry" if index < QUESTIONS else "suggestion", index)
        for _ in range(REPAIRS):
            self.small_repair()
        for text in texts:
            self.tell(S.REGISTERED, 0, 30, content=text)
        return Complaint.objects.count()

    def moment(self, low, high):
        """A moment in office hours so many days ago."""
        day = self.now - timedelta(days=self.rng.uniform(low, high))
        while low >= 3 and not is_working(timezone.localdate(day)):
            day -= timedelta(days=1)
        local = timezone.localtime(day)
        if high > 2:
            local = local.replace(hour=self.rng.randrange(9, 18), minute=self.rng.randrange(60))
        return min(local, self.now - timedelta(minutes=self.rng.randrange(1, 40)))

    def people(self, customer):
        """Agent, supervisor and technician of the customer's branch."""
        agents = {"huangshi": ["agent", "agent", "agent2"], "wuhan": ["agent3"], "foshan": ["agent4"]}
        code = customer.region.code
        leader = self.staff["supervisor2" if code == "foshan" else "supervisor"]
        technician = self.staff[{"foshan": "technician3"}.get(code, "technician")]
        return self.staff[self.rng.choice(agents[code])], leader, technician

    def somebody_with(self, trouble, at):
        """A customer with the doors this trouble is about, hung by then: glass breaks only where there is glass."""
        day = timezone.localdate(at)
        glass = trouble is not None and trouble.part == "玻璃"
        while True:
            customer, cards = self.rng.choice(self.furnished)
            fitting = [card for card in cards if card.product.has_glass == glass and card.installed_on < day]
            if fitting or (trouble is None and cards[0].installed_on < day):
                return customer, fitting

    def register(self, at, *, content, trouble=None, kind="complaint", **fields):
        customer, cards = self.somebody_with(trouble, at)
        agent, leader, technician = self.people(customer)
        items = []
        if trouble and cards:
            card = self.rng.choice(cards)
            months = max(1, (timezone.localdate(at) - card.installed_on).days // 30)
            content = content.format(room=card.room, months=months)
            part = {"card": card, "product": card.product, "room": card.room}
            items = [part | {"part": trouble.part, "symptom": trouble.symptom}]
        elif trouble:
            content = content.format(room="卧室", months=6)
        details = {"customer": customer, "content": content, "type": kind, "items": items} | fields
        if self.rng.random() < 0.3 and at > self.now - timedelta(days=1):
            details["promise"] = {
                "kind": "reply",
                "what": "电话答复处理进度",
                "due_at": self.now + timedelta(hours=self.rng.choice([1, 2, 4, 20])),
                "channel": "phone",
            }
        channel = self.rng.choices(["phone", "wechat", "online_message", "counter"], [7, 2, 1, 1])[0]
        complaint = begin(Complaint.register, "register", by=agent, now=at, channel=channel, **details).record
        return complaint, agent, leader, technician

    def tell(self, target, low, high, content=None):
        """One complaint, carried to ``target``."""
        trouble = self.rng.choice(words.TROUBLES)
        at = self.moment(low, high)
        fields = {"klass": self.classes[trouble.klass], "severity": trouble.severity, "demand": trouble.demand}
        if content is None:
            content = self.rng.choice(trouble.told) + self.rng.choice(words.EXTRA)
            complaint, *people = self.register(at, content=content, trouble=trouble, **fields)
        else:
            complaint, *people = self.register(at, content=content, **fields)
        steps = Steps(self, complaint, trouble, at, *people)
        steps.carry_to(target)
        if target not in Complaint.FINAL and self.rng.random() < 0.2:
            steps.act("chase", words="客户来电催问进度")

    def ask(self, kind, index):
        question, answer = self.rng.choice(words.QUESTIONS if kind == "enquiry" else words.SUGGESTIONS)
        complaint, agent, *_ = self.register(self.moment(0, 60), content=question, kind=kind)
        if index % 5:
            at = complaint.received_at + timedelta(minutes=4)
            perform(complaint, "answer_on_the_spot", by=agent, now=at, answer=answer)

    def small_repair(self):
        """A repair request settled on the phone by a standard plan."""
        plan = self.rng.choice([plan for plan in self.plans if plan.klass_id])
        trouble = self.rng.choice([t for t in words.TROUBLES if t.severity == "minor"])
        at = self.moment(0, 6)
        told = self.rng.choice(trouble.told)
        complaint, agent, *_ = self.register(at, content=told, trouble=trouble, kind="repair", klass=plan.klass)
        at += timedelta(minutes=6)
        perform(complaint, "apply_standard_plan", by=agent, now=at, plan=plan, words=self.rng.choice(words.AGREED))


OPENS, CLOSES = 9, 18
# The way to each state; what lies on it is what Steps knows to do.
WAY = ["start_judging", "judge_valid", "propose_plan", "approve_plan", "accept_plan", "strands", "finish_implementation",
       "evaluate", "record_follow_up", "close"]  # fmt: skip
STOPS = {
    S.REGISTERED: 0,
    S.JUDGING: 1,
    S.REJECTED: 1,
    S.INVESTIGATING: 2,
    S.PLAN_PROPOSED: 3,
    S.PLAN_APPROVED: 4,
    S.IMPLEMENTING: 5,
    S.EVALUATING: 7,
    S.AWAITING_FOLLOW_UP: 8,
    S.IN_DISPUTE: 4,
    S.CLOSED: 10,
    S.WITHDRAWN: 2,
    S.MERGED: 0,
}


def in_office_hours(at, now):
    """``at``, or where nobody works then a little after the office opens; never later than ``now``."""
    local = timezone.localtime(at)
    if OPENS <= local.hour < CLOSES:
        return at
    next_day = timedelta(days=1 if local.hour >= CLOSES else 0)
    return min(now, (local + next_day).replace(hour=OPENS, minute=local.minute))


class Steps:
    """The acts of one story, one after another, each a while after the one before."""

    def __init__(self, teller, complaint, trouble, at, agent, leader, technician):
        self.teller, self.rng, self.complaint, self.trouble = teller, teller.rng, complaint, trouble
        self.at, self.agent, self.leader, self.technician = at, agent, leader, technician

    def act(self, verb, by=None, **details):
        # Nothing happens after now: a young story goes faster.
        room = (self.teller.now - self.at) / 6
        self.at = in_office_hours(self.at + min(room, timedelta(hours=self.rng.uniform(0.2, 20))), self.teller.now)
        done = perform(self.complaint, verb, by=by or self.agent, now=self.at, **details)
        self.complaint = done.record

    def carry_to(self, target):
        for step in WAY[: STOPS[target]]:
            getattr(self, step)()
        if target in (S.REJECTED, S.IN_DISPUTE, S.WITHDRAWN, S.MERGED):
            getattr(self, f"end_{target}")()

    def start_judging(self):
        klass = self.complaint.klass
        self.act("start_judging", department=klass.department, reply=self.rng.choice(words.REPLIES))

    def judge_valid(self):
        self.act(
            "judge_valid",
            department=self.complaint.klass.department,
            severity=self.trouble.severity,
            reason="照片和描述一致，在保修内。",
        )

    def propose_plan(self):
        trouble = self.trouble
        shown = trouble.damaged and self.show_damage()
        if trouble.damaged:
            self.act("request_appraisal", technician=self.technician, words="请看损坏原因，拍照。")
            self.act(
                "record_appraisal",
                by=self.technician,
                appraisal=self.complaint.appraisals.last(),
                verdict="not_customer",
                findings=trouble.analysis,
                place="客户家中",
            )
        findings = {
            "cause": trouble.cause,
            "liability": trouble.liability,
            "key_point": trouble.key_point,
            "analysis": trouble.analysis,
            "is_damaged": shown,
            "remote": "unsuitable",
            "demand_reasonable": True,
        }
        if trouble.cause == "human_error":
            findings |= {"human_error": "data", "responsible_person": self.teller.staff["order_follower"]}
        if trouble.cause == "installation_damage":
            findings["installed_by"] = "appointed"
        if trouble.cause == "transport_damage":
            findings["others_ruled_out"] = True
        options = [
            {
                "remedy": remedy,
                "steps": steps,
                "cost": cost,
                "skip_reason": reason,
                "compensation": cost if remedy == "cash" else 0,
                "raised_by": "customer" if remedy == "cash" else "nobody",
            }
            for remedy, steps, cost, reason in trouble.plans
        ]
        self.act("propose_plan", options=options, **findings)

    def show_damage(self):
        """Most customers send photos: the door, and the place from near."""
        if self.rng.random() < 0.3:
            return False
        for kind in (Attachment.Kind.WHOLE, Attachment.Kind.CLOSE_UP):
            upload = photo(self.trouble.symptom, self.rng, close=kind == Attachment.Kind.CLOSE_UP)
            Attachment.objects.attach(
                self.complaint.matter, upload, by=self.agent, kind=kind, subject=self.complaint, now=self.at
            )
        return True

    def approve_plan(self):
        options = list(self.complaint.current_options())
        self.act(
            "approve_plan",
            by=self.leader,
            option=options[0],
            instruction="同意，注意时限。",
            viewed=[o.pk for o in options],
        )

    def accept_plan(self):
        self.act("accept_plan", words=self.rng.choice(words.AGREED))

    def strands(self):
        for strand in self.complaint.strands.filter(round=self.complaint.plan_round, done_at__isnull=True):
            self.act("finish_strand", strand=strand, outcome=self.rng.choice(words.DONE))

    def finish_implementation(self):
        self.act("finish_implementation", told="已电话告知客户处理完成。", channel="phone")

    def evaluate(self):
        overall = self.rng.choice(["completely", "satisfied", "satisfied", "basically"])
        self.act("evaluate", by=self.leader, overall=overall, words="处理及时，客户认可。")

    def record_follow_up(self):
        self.act(
            "record_follow_up",
            verdict=self.rng.choice(["completely", "satisfied", "basically"]),
            words="客户表示满意。",
        )

    def close(self):
        self.act("close", by=self.leader, summary=self.rng.choice(words.LESSONS))

    def end_rejected(self):
        self.act(
            "judge_invalid",
            by=self.leader,
            reason="超出保修范围，且为使用中磕碰。",
            grounds_sufficient=False,
            demand_reasonable=False,
            in_scope=False,
        )

    def end_in_dispute(self):
        self.act("open_dispute", by=self.leader, stage="negotiation", reason="客户要求全额退款，双方意见不一致。")

    def end_withdrawn(self):
        self.act("withdraw", reason="客户说已经自己弄好，不再追究。")

    def end_merged(self):
        customer = self.complaint.matter.customer
        other = begin(
            Complaint.register,
            "register",
            by=self.agent,
            now=self.at,
            customer=customer,
            content="同一件事，家里人又打来一次。",
            klass=self.complaint.klass,
        ).record
        self.complaint, first = other, self.complaint
        self.act("merge", into=first, reason="与先前登记的是同一件事")
