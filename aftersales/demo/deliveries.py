"""Orders on their way to their dates, each carried to its state through the front door at its own times; and lead times."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from aftersales.demo.photos import photo
from cases.models import DeliveryIssue, LeadTime
from customers.models import Order, OrderLine, ProductGroup
from workflow.media import prepare
from workflow.perform import begin, perform

WORDS = "已和客户电话讲清楚，客户同意。"
# product group → days, days since somebody looked at it, how dispatch stands
LEAD_TIMES = [
    (None, 25, 12, "常规产品正常出货。"),
    ("interior-doors", 18, 9, "木门排产正常，油漆线偶有等待。"),
    ("entrance-doors", 15, 45, "门体有现货，把手缺货，等厂家来料。"),
]
# how far it goes, days until its date, urgency, why
TOLD = [
    ("to_approve", 9, "critical", "18 号开业，必须在此之前到货安装，否则不订。"),
    ("refused", 6, "sensitive", "老人出院前要装好。"),
    ("undated", None, "usual", ""),
    ("check", 32, "usual", ""),
    ("check", 40, "sensitive", "装修队只等到月底。"),
    ("preparing", 34, "usual", ""),
    ("late", 3, "critical", "婚房，婚期前必须装好。"),
    ("no_stock", 21, "usual", ""),
    ("shipped", 28, "easy", ""),
    ("noticed", 26, "usual", ""),
    ("fees", 27, "usual", ""),
    ("damaged", 30, "usual", ""),
    ("claimed", 33, "sensitive", "客户急着搬家。"),
    ("closed", 35, "usual", ""),
    ("cancelled", 38, "easy", ""),
]


def keep_lead_times(by, today):
    groups = {group.code: group for group in ProductGroup.objects.all()}
    for code, days, ago, note in LEAD_TIMES:
        if code is None or code in groups:
            LeadTime.objects.create(
                group=groups.get(code), days=days, note=note, evaluated_on=today - timedelta(days=ago), evaluated_by=by
            )


class Follower:
    """Follows orders, one to each state."""

    def __init__(self, staff, furnished, rng, now):
        self.staff, self.furnished, self.rng, self.now = staff, furnished, rng, now
        self.today = timezone.localdate(now)

    def order(self, agent):
        """A fresh order of a customer who has bought before."""
        found = [row for row in self.furnished if row[0].region.code not in ("wuhan", "foshan")]
        customer, cards = self.rng.choice(found or self.furnished)
        day = self.today - timedelta(days=6)
        order = Order.objects.create(customer=customer, dealer=customer.dealer, ordered_on=day, created_by=agent)
        card = self.rng.choice(cards)
        OrderLine.objects.create(order=order, product=card.product, quantity=self.rng.randrange(1, 4), room=card.room)
        return order

    def keep_all(self):
        for index, told in enumerate(TOLD):
            Way(self, index, *told).walk()
        return DeliveryIssue.objects.count()


class Way:
    """The steps of one delivery, each a while after the one before, as far as it is to go."""

    def __init__(self, follower, index, goal, days, urgency, why):
        self.of, self.index, self.goal = follower, index, goal
        self.staff = follower.staff
        self.agent, self.follower = self.staff["agent"], self.staff["order_follower"]
        self.at = follower.now - timedelta(days=5, hours=index)
        deadline = follower.today + timedelta(days=days) if days else None
        self.record = begin(
            DeliveryIssue.open, "open", by=self.agent, now=self.at, order=follower.order(self.agent), deadline=deadline,
            urgency=urgency, why=why, hangs_on_date=urgency == "critical",
            estimated_freight=Decimal(280),
        ).record  # fmt: skip

    def do(self, verb, *, by=None, **details):
        self.at = min(self.at + timedelta(hours=self.of.rng.uniform(2, 9)), self.of.now)
        self.record = perform(self.record, verb, by=by or self.follower, now=self.at, **details).record

    def walk(self):
        if self.goal == "to_approve":
            return
        if self.goal == "refused":
            self.do("refuse_date", by=self.staff["supervisor"], reason="油漆线排到月底，最早下月 5 号。")
            return
        if self.record.status == "to_approve":
            self.do("approve_date", by=self.staff["supervisor"], words="加急排产，可以答应。")
        if self.goal in ("undated", "check"):
            return
        if self.goal == "cancelled":
            self.do("cancel", by=self.agent, reason="客户改在线下门店购买，订单取消。")
            return
        self.prepared()

    def prepared(self):
        if self.goal == "no_stock":
            self.do("check_order", in_stock=False, deadline=self.record.deadline + timedelta(days=7),
                    words="铰链缺货，厂家下周到料；已征询客户，同意晚一周。")  # fmt: skip
            return
        self.do("check_order", in_stock=True, words="核单时再次确认有现货。",
                planned_on=self.of.today if self.goal == "preparing" else None)  # fmt: skip
        if self.goal == "late":
            self.do("record_progress", progress="门扇已上底漆，面漆等料。", risk="possible")
        elif self.goal == "preparing":
            self.do("record_progress", progress="已开料，按计划进行。", risk="none")
        else:
            self.sent()

    def sent(self):
        self.do("ship", carrier=("德邦物流", "安能物流")[self.index % 2], waybill=f"DB{60_2411_0000 + self.index * 137}",
                enquiry_phone="95353", packages=3, transport_units=1, volume=Decimal("1.260"), freight=Decimal(320),
                packing_fee=Decimal(60))  # fmt: skip
        if self.goal == "shipped":
            return
        self.do("trace_waybill", words="官网可查，已揽收。")
        self.do("send_notice", channel="wechat", words="发货通知和提货须知已发微信，客户已读。")
        if self.goal == "fees":
            self.do("dispute_fee", by=self.agent, words="客户说下单时没讲包装费，多出的 100 元不肯付，说要退货。")
        elif self.goal != "noticed":
            self.picked_up()

    def picked_up(self):
        day = timezone.localdate(self.at)
        name = self.record.customer.name
        if self.goal == "closed":
            self.do("pick_up", by=self.agent, picked_up_on=day, signatory=name, words="客户已提货，完好。")
            return
        pictures = [("signed", photo("磕碰", self.of.rng)), ("packing_damage", photo("磕碰", self.of.rng)),
                    ("close_up", photo("磕碰", self.of.rng, close=True))]  # fmt: skip
        self.do("attach_files", by=self.agent, files=[(kind, prepare(picture)) for kind, picture in pictures])
        self.do("pick_up_damaged", by=self.agent, picked_up_on=day, signatory=name,
                damage="外包装损坏：左下角被叉车顶破，门扇边角掉漆约 4 cm。")  # fmt: skip
        if self.goal == "claimed":
            self.do(
                "claim_carrier",
                by=self.agent,
                claimed=Decimal(260),
                what="门扇左下角掉漆",
                evidence="写明“外包装损坏”的签收单，照片三张",
            )


def follow_orders(staff, furnished, rng, now):
    """Keep the lead times and the demo's deliveries; answers how many."""
    keep_lead_times(staff["order_follower"], timezone.localdate(now))
    return Follower(staff, furnished, rng, now).keep_all()
