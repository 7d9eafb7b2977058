"""Returns and exchanges in every state, each carried there through the front door at its own times."""

import random
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from aftersales.demo.photos import photo
from customers.models import Order, OrderLine
from returns.models import Carrier, ReturnAddress, ReturnPolicy, ReturnRequest
from workflow.media import prepare
from workflow.perform import begin, perform

S = ReturnRequest.Status
PRICES = {"M-203": 1680, "M-108": 980, "M-316": 1460, "B-501": 2260, "R-920": 3980}
# kind, reason, detail, what the customer said
ASKED = [
    ("return", "quality", "malfunction", "锁体卡住，钥匙拧不动，换了两次方向都不行，要求退货。"),
    ("return", "not_as_described", "colour", "收到的门板偏红，和店里看的胡桃色差太多，想退。"),
    ("exchange", "wrong_shipment", "wrong", "订的是左开门，送来是右开门，要求换对的。"),
    ("exchange", "transport", "goods", "卸货时门扇下角磕掉一块漆，司机也看见了，请换一扇。"),
    ("repair", "quality", "deformation", "门套背板受潮翘起来了，能修就修，不想等重做。"),
    ("return", "personal", "size", "把手买大了，装不上，还没拆包装，想退。"),
    ("refund_only", "quality", "workmanship", "五金少两颗装饰盖，不用寄了，退点差价就行。"),
    ("unshipped", "personal", "preference", "装修停工了，门先不要了，还没发货吧？"),
]
WORDS = "已和客户电话讲清楚，客户同意。"


def set_up(regions):
    """Return addresses; carriers and the policy stand there from the first start."""
    ReturnPolicy.objects.update(fee_percent=5)
    ReturnAddress.objects.create(
        name="安禾门业退货组", phone="0714-6512345", address="湖北省黄石市下陆区新下陆大道 88 号 3 号库"
    )
    if "foshan" in regions:
        ReturnAddress.objects.create(
            region=regions["foshan"],
            name="佛山退货组",
            phone="0757-83201234",
            address="广东省佛山市禅城区季华四路 12 号仓",
        )


class Clerk:
    """Carries returns to their states, one after the other."""

    def __init__(self, staff, furnished, rng: random.Random, now):
        self.staff, self.furnished, self.rng, self.now = staff, furnished, rng, now
        self.carriers = list(Carrier.objects.all())
        self.number = 0

    def keep_all(self):
        """Three returns for each kind of request, stopped at one state after another."""
        for round_, low in enumerate((0, 2, 6)):
            for index, asked in enumerate(ASKED):
                self.keep(asked, index + round_ * len(ASKED), low)
        return ReturnRequest.objects.count()

    def keep(self, asked, index, low):
        kind, reason, detail, words = asked
        at = self.now - timedelta(days=low, minutes=self.rng.randrange(2, 600))
        customer, line = self.goods(delivered=kind != "unshipped", personal=reason == "personal", at=at)
        agent = self.agent_of(customer)
        lines = [{"order_line": line, "quantity": 1, "unit_price": line.price}]
        if kind == "exchange":
            lines[0] |= {"replacement": line.product, "replacement_price": line.price + (120 if index % 2 else 0)}
        record = begin(
            ReturnRequest.submit, "submit", by=agent, now=at, customer=customer, kind=kind, reason=reason, detail=detail,
            words=words, lines=lines, channel=self.rng.choice(["phone", "wechat", "shop"]),
            asked_amount=Decimal(60) if kind == "refund_only" else None,
            purpose="difference" if kind == "refund_only" else "goods",
            not_shipped="presale" if kind == "unshipped" else "",
        ).record  # fmt: skip
        if reason != "personal":
            picture = prepare(photo("磕碰", self.rng, close=True))
            perform(record, "attach_files", by=agent, now=at, files=[("close_up", picture)])
        Way(self, record, agent, at).walk(index)

    def agent_of(self, customer):
        return self.staff[{"wuhan": "agent3", "foshan": "agent4"}.get(customer.region.code, "agent")]

    def goods(self, *, delivered, personal, at):
        """A customer with an order line of his: fresh for a personal reason, not delivered yet for a cancellation."""
        customer, cards = self.rng.choice(self.furnished)
        order = cards[0].order
        if personal:
            day = timezone.localdate(at) - timedelta(days=3)
            order = Order.objects.create(
                customer=customer, dealer=customer.dealer, ordered_on=day - timedelta(days=5),
                delivered_on=day if delivered else None, created_by=self.agent_of(customer),
            )  # fmt: skip
        card = self.rng.choice(cards)
        price = Decimal(PRICES.get(card.product.model_no, 1280))
        line = OrderLine.objects.create(order=order, product=card.product, quantity=2, price=price, room=card.room)
        return customer, line

    def parcel(self):
        self.number += 1
        return {"carrier": self.carriers[self.number % 4], "number": f"SF{10_2400_5500 + self.number * 37}"}


class Way:
    """The steps of one return, each a while after the one before, as far as it is to go."""

    def __init__(self, clerk, record, agent, at):
        self.clerk, self.record, self.agent, self.at = clerk, record, agent, at
        self.supervisor = clerk.staff["supervisor2" if record.region.code == "foshan" else "supervisor"]

    def do(self, verb, *, by=None, **details):
        self.at = min(self.at + timedelta(hours=self.clerk.rng.uniform(0.5, 6)), self.clerk.now)
        self.record = perform(self.record, verb, by=by or self.agent, now=self.at, **details).record

    def walk(self, index):
        """Go as far as ``index`` says: every state is somebody's work in the demo."""
        if index % 8 != 7 and index < 2:
            return None  # still to be answered
        liability = {"personal": "customer", "transport": "carrier"}.get(self.record.reason, "company")
        cause = {"transport": "transport_damage", "personal": "other"}.get(self.record.reason, "product_quality")
        evident = True if self.record.reason == "not_as_described" else None
        self.do("start_review", verified="核对了订单、型号和照片，情况属实。", liability=liability, cause=cause,
                is_evident=evident)  # fmt: skip
        if index == 21:
            return self.do("reject", ground="too_late", reason="签收已过 7 天，且包装已拆，不符合无理由退货条件。")
        if index == 15:
            return self.do("cancel", reason="客户复工了，决定不退，照常发货。")
        if self.record.kind == "refund_only":
            return self.refund_only(index)
        if self.record.kind == "unshipped":
            return self.held_back(index)
        return self.goods_back(index)

    def refund_only(self, index):
        if index == 6:
            return
        self.do("approve_refund_only", by=self.supervisor, amount=Decimal(60), payee_name=self.record.customer.name,
                payee_account="138****8000（支付宝）", words=WORDS)  # fmt: skip
        if index > 20:
            self.pay()

    def held_back(self, index):
        self.do("approve_unshipped", by=self.supervisor, printed=True, words="小仓库找单，面单已打。")
        if index > 10:
            self.do("recalled", by=self.supervisor, outcome="withdrawn", words="面单已抽回，告知客户。")
        if index > 20:
            self.pay()

    def goods_back(self, index):
        if index == 2:
            return
        self.do("approve", by=self.supervisor, mode="courier", payer=self.usual_payer(), words=WORDS,
                exception_reason="客户是老客户，例外同意一次。")  # fmt: skip
        if index in (3, 9):
            return
        if index == 13:
            self.do("lapse", by=self.supervisor, reason="一周未寄回，按约关闭。")
            return
        self.do("enter_tracking", **self.clerk.parcel(), words="客户微信发来单号。")
        if index in (4, 10):
            return
        self.do("receive", by=self.supervisor, voucher_present=True, words="外箱完好，凭证在箱内。")
        if index in (5, 8):
            return
        self.inspected(index)

    def inspected(self, index):
        quality = self.clerk.staff["quality"]
        self.do("inspect", by=quality, place="黄石退货仓", traces="none", cause="product_quality",
                findings="通电照明下检查，故障与客户描述一致，无安装痕迹。")  # fmt: skip
        if index == 12:
            return
        if index == 16:
            self.do("inspection_bad", by=quality, words="锁体有撬痕，非出厂问题。")
            return
        option = {"exchange": "exchange", "repair": "repair"}.get(self.record.kind, "refund")
        self.do("inspection_ok", by=quality, option=option, words="结果已告知客户。")
        if option == "exchange":
            self.exchanged(index)
        elif option == "refund" and index > 16:
            self.pay()

    def exchanged(self, index):
        self.do("confirm_address", address=self.record.customer.place or self.record.customer.address)
        if index < 18:
            return
        if self.record.top_up:
            self.do("take_top_up", reference="补差链接")
        self.do("ship_exchange", by=self.supervisor, **self.clerk.parcel())

    def pay(self):
        if not self.record.payee_account:
            self.do("set_payee", payee_name=self.record.customer.name, payee_account="原路退回", original_means=True,
                    note="原路退回")  # fmt: skip
        self.do("refund", by=self.clerk.staff["finance"], means="alipay", reference=f"ZF{self.record.pk:06d}")

    def usual_payer(self):
        return "customer" if self.record.liability == "customer" else "company"


def take_back(staff, regions, furnished, rng, now):
    """Set the ground and keep the demo's returns; answers how many."""
    set_up(regions)
    return Clerk(staff, furnished, rng, now).keep_all()
