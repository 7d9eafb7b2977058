"""Technicians with their papers, and work orders in every state, each carried there through the front door."""

from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q
from django.utils import timezone

from aftersales.demo.photos import photo
from cases.models import Complaint
from customers.models import PriceItem
from technicians.models import Booking, Certificate, Technician, WorkOrder, grant_leave
from technicians.models.choices import Criterion
from workflow.models import Attachment
from workflow.perform import begin, perform

S = WorkOrder.Status
# login, skills, certificate, whether it has expired
PEOPLE = [
    ("technician", ["woodwork", "hardware", "fitting"], "木工中级", False),
    ("technician2", ["painting", "woodwork", "glass"], "油漆工中级", False),
    ("technician3", ["hardware", "fitting", "electrical"], "低压电工证", True),
]
JOBS = [
    ("主卧门锁关不上，锁舌弹不出来，请上门检修。", "锁体", "hardware", "锁舌变形，弹簧失效"),
    ("卫生间门扇下垂，关门蹭地，请调整合页。", "合页", "fitting", "合页螺丝松脱"),
    ("入户门密封条脱落，漏风，请更换。", "密封条", "hardware", "密封条老化收缩"),
    ("次卧门板磕了一道印，想补漆修一下。", "面板", "painting", "硬物磕碰"),
    ("推拉门滑轮卡顿，推不动，请上门看看。", "滑轮", "hardware", "滑轮轴承进灰磨损"),
    ("书房门套线开胶翘边，请上门处理。", "门套", "woodwork", "胶层脱开"),
]
# State → how many orders stand in it.
WANTED = {
    S.ACCEPTED: 4, S.DISPATCHED: 3, S.ACKNOWLEDGED: 5, S.ON_SITE: 2, S.QUOTED: 2, S.IN_PROGRESS: 2,
    S.WAITING_PARTS: 2, S.RESCHEDULED: 2, S.ESCALATED: 1, S.COMPLETED: 2, S.REWORK: 1, S.PART_SHIPPED: 1,
    S.CUSTOMER_ACCEPTED: 2, S.CLOSED: 8, S.CANCELLED: 2,
}  # fmt: skip


def send_out(staff):
    """Everybody of PEOPLE is entered with skills, papers and, one of them, leave; login → Technician."""
    crew, today = {}, timezone.localdate()
    for login, skills, paper, expired in PEOPLE:
        user = staff[login]
        home = user.regions.order_by("code").first()
        technician = Technician.objects.create(user=user, home=home, skills=skills, created_by=staff["dispatcher"])
        until = today - timedelta(days=20) if expired else date(today.year + 2, 6, 30)
        Certificate.objects.create(
            technician=technician, name=paper, obtained_on=date(today.year - 3, 7, 1), valid_until=until
        )
        Certificate.objects.create(
            technician=technician,
            kind="training",
            name="服务礼仪培训",
            obtained_on=date(today.year, 3, 8),
            result="合格",
        )
        crew[login] = technician
    first = today + timedelta(days=4)
    grant_leave(
        crew["technician2"], first_on=first, last_on=first + timedelta(days=1), reason="年假", by=staff["dispatcher"]
    )
    return crew


def work(staff, furnished, rng, now):
    """Orders in every state; those of the past were worked on then, those of today and tomorrow wait."""
    crew = send_out(staff)
    homes = {"huangshi": "technician", "wuhan": "technician2"}
    hung_by = {login: technician.user_id for login, technician in crew.items()}
    fitting = []
    for customer, cards in furnished:
        goes = hung_by.get(homes.get(customer.region.code))
        others = [card for card in cards if card.installer_id != goes]  # nobody judges what he installed himself
        if goes and others:
            fitting.append((customer, others))
    prices = list(PriceItem.objects.priced_on(timezone.localdate(now)).filter(amount__isnull=False).order_by("code"))
    slot = 0
    for state, count in WANTED.items():
        for _ in range(count):
            customer, cards = fitting[slot % len(fitting)] if slot < len(fitting) else rng.choice(fitting)
            story = Story(staff, crew[homes[customer.region.code]], prices, rng, now, slot)
            story.tell(customer, cards[0], state)
            slot += 1


class Story:
    """One order, carried to its state act by act."""

    def __init__(self, staff, technician, prices, rng, now, number):
        self.staff, self.technician, self.prices, self.rng, self.number = staff, technician, prices, rng, number
        self.now, self.at = now, now
        self.agent = staff["agent" if technician.home.code == "huangshi" else "agent3"]
        self.content, self.part, self.skill, self.cause = JOBS[number % len(JOBS)]

    def act(self, verb, by=None, minutes=20, **details):
        self.at = min(self.now, self.at + timedelta(minutes=minutes))
        done = perform(self.order, verb, by=by or self.technician.user, now=self.at, **details)
        self.order = done.record

    def tell(self, customer, card, state):
        past = state in (S.CLOSED, S.CANCELLED, S.CUSTOMER_ACCEPTED, S.COMPLETED, S.REWORK)
        days = self.number % 20 + 3 if past else 1
        self.at = self.now - timedelta(days=days, hours=2)
        complaint = self.complaint_of(customer) if not past else None
        about = {"complaint": complaint} if complaint else {}
        suits = self.window(days=1)
        self.order = begin(
            WorkOrder.accept, "accept", by=self.agent, now=self.at, kind="repair", content=self.content, card=card,
            symptom=self.part, bring=f"{self.part}、螺丝、防护垫", windows=[suits] if self.number % 3 == 0 else [], **about,
        ).record  # fmt: skip
        for step in WAY.get(state, ()):
            getattr(self, step)()

    def complaint_of(self, customer):
        going = Complaint.objects.filter(Q(status="implementing") | Q(status="investigating"))
        return going.filter(matter__customer=customer).first()

    def window(self, *, days=0):
        """The next two hours from a day on in which the technician has nothing else to do."""
        day = timezone.localtime(self.at) + timedelta(days=days)
        while True:
            for hour in (9, 11, 14, 16):
                starts_at = day.replace(hour=hour, minute=0, second=0, microsecond=0)
                ends_at = starts_at + timedelta(hours=2)
                slots = self.technician.slots(starts_at, ends_at)
                taken = Booking.objects.filter(technician=self.technician, slot_at__in=slots)
                if starts_at > self.at and not taken.exists():
                    return starts_at, ends_at
            day += timedelta(days=1)

    def dispatch(self):
        starts_at, ends_at = self.window()
        self.act(
            "dispatch", by=self.staff["dispatcher"], technician=self.technician, window_from=starts_at,
            window_until=ends_at, why_outside="客户电话同意这个时间",
        )  # fmt: skip

    def acknowledge(self):
        self.act("acknowledge", words="已电话联系客户，时间没问题。")

    def arrive(self):
        self.at = max(self.at, min(self.now, self.order.window_from) - timedelta(minutes=30))
        self.act("arrive", minutes=25, words="已到客户家。")

    def start_free(self):
        found = {"situation": self.cause, "difficulty": "easy", "human_damage": False}
        if self.order.is_covered(timezone.localdate(self.at)) and self.order.attribution != "customer":
            self.photograph(Attachment.Kind.BEFORE)
            self.act("start_free", **found)
        else:
            self.quote()
            self.confirm_quote()

    def quote(self):
        self.photograph(Attachment.Kind.BEFORE)
        chosen = [item for item in self.prices if item.code in ("PJ-SUO-01", "RG-WX-01", "CL-SN-01")]
        self.act(
            "quote", situation=self.cause, difficulty="medium", human_damage=True, estimated_hours=Decimal("1.5"),
            wanted=[(item, Decimal(1)) for item in chosen],
        )  # fmt: skip

    def confirm_quote(self):
        self.act("confirm_quote", name=self.order.customer.name, how="spoken")

    def photograph(self, kind):
        shows = "修好" if kind == Attachment.Kind.AFTER else "磕碰"
        Attachment.objects.attach(
            self.order.matter, photo(shows, self.rng, close=True), by=self.technician.user, kind=kind,
            subject=self.order, now=self.at,
        )  # fmt: skip

    def complete(self):
        self.photograph(Attachment.Kind.AFTER)
        lines = self.order.lines_to_check
        if lines:
            self.act("tick_off", minutes=50, ticked=[line for line, _required in lines])
        self.act(
            "complete", minutes=10, cause=self.cause, work_done=f"检修{self.part}，调试正常。", hours=Decimal("1.0"),
            advice="平时轻开轻关，每半年检查一次螺丝。", tested=True, cleaned=True, parts=[(None, self.part, Decimal(1))],
        )  # fmt: skip

    def customer_accept(self):
        self.act(
            "customer_accept", name=self.order.customer.name, opinion="satisfied", met=Criterion.values,
            words="师傅准时，修得好。",
        )  # fmt: skip
        if self.order.owed:
            self.act("collect_fee", amount=self.order.owed, means="wechat", minutes=3)

    def close(self):
        self.act("close", by=self.agent, minutes=300, satisfied=True, words="电话确认，客户满意。")

    def fail_acceptance(self):
        self.act("fail_acceptance", failed=["blends"], reason="补漆处有色差，客户要求重做。")

    def wait_parts(self):
        self.act("wait_parts", part=f"{self.part}一副，按原色", agreed=True)

    def reschedule(self):
        self.act("reschedule", by=self.agent, why="customer_asks", agreed=True, words="客户临时出差，要改到周末。")

    def escalate(self):
        self.act(
            "escalate", reason="配件停产，需要厂家找替代件。", settled_by=self.now + timedelta(days=5),
            addressee=self.order.customer.name,
        )  # fmt: skip

    def ship(self):
        self.act(
            "ship_for_self_fit", by=self.staff["parts_clerk"], part="门吸一只", carrier="顺丰", tracking="SF1048830021",
            guide=True,
        )  # fmt: skip

    def cancel(self):
        self.act("cancel", by=self.agent, reason="客户说已经自己拧紧，不用来了。")


TO_SITE = ("dispatch", "acknowledge", "arrive")
DONE = (*TO_SITE, "start_free", "complete")
WAY = {
    S.DISPATCHED: ("dispatch",),
    S.ACKNOWLEDGED: ("dispatch", "acknowledge"),
    S.ON_SITE: TO_SITE,
    S.QUOTED: (*TO_SITE, "quote"),
    S.IN_PROGRESS: (*TO_SITE, "start_free"),
    S.WAITING_PARTS: (*TO_SITE, "wait_parts"),
    S.RESCHEDULED: ("dispatch", "acknowledge", "reschedule"),
    S.ESCALATED: (*TO_SITE, "escalate"),
    S.COMPLETED: DONE,
    S.REWORK: (*DONE, "fail_acceptance"),
    S.PART_SHIPPED: ("ship",),
    S.CUSTOMER_ACCEPTED: (*DONE, "customer_accept"),
    S.CLOSED: (*DONE, "customer_accept", "close"),
    S.CANCELLED: ("dispatch", "cancel"),
}
