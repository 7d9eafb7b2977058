"""Compensation in every state, debts, claims, gifts and a deputy: each step through the front door, at its own time."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw

from aftersales.demo.photos import photo
from aftersales.demo.stories import in_office_hours
from cases.models import Complaint
from compensation.models import Compensation
from payments.models import Claim, Debt, Delegation, Gift
from technicians.models import Technician, WorkOrder
from workflow.media import prepare
from workflow.models import Attachment
from workflow.perform import begin, perform

# What is asked for, how much, for what, in which words, and how far it has come.
GOODWILL = [
    ("gift", 68, "delay", "安装改期两次，客户等了三周，送一套门吸致歉。", "不锈钢门吸一套", "asked"),
    ("discount", 5, "price", "客单价高，客户还价 5 元，客服自行把握。", "", "approved"),
    ("difference", 260, "price", "签约第二天活动降价，客户要求补差价。", "", "asked"),
    ("cash", 150, "attitude", "师傅态度生硬，客户要求补偿清洁费。", "", "paid"),
    ("coupon", 100, "out_of_stock", "五金缺货，客户同意换款并给优惠券。", "", "reported"),
    ("gift", 128, "goodwill", "处理时间长，客户体谅，送保温杯致谢。", "保温杯礼盒", "reported"),
    ("cash", 400, "delay", "交期晚 12 天，客户租房多付房租。", "", "refused"),
]
DAMAGE = [
    ("cash", 480, "product_fault", "门板漆面发白，客户愿意自用，要求补偿 480 元。", "", "approved"),
    ("own_repair", 320, "technician_damage", "师傅拆旧门磕坏地砖，客户自行找人修补，凭票承担。", "", "paid"),
    ("cash", 300, "late_claim", "使用半年后发现合页异响，协商补偿。", "", "rejected"),
    ("cash", 260, "transport_damage", "外箱右下角压伤，门套有印，客户接受折价。", "", "asked"),
]
LARGE = [
    ("refund", 5200, "product_fault", "主卧门板贯通开裂，两次维修无效，客户要求退款。", "visit"),
    ("refund", 3200, "product_fault", "次卧门扇下垂刮地，返工一次仍未解决，客户要求退款。", "agreed"),
    ("cash", 3800, "product_fault", "整屋门套受潮变形，客户要求赔偿。", "review"),
    ("refund", 6600, "product_fault", "入户门密封失效进水，地板泡坏。", "released"),
    ("cash", 4500, "product_fault", "玻璃门自爆，客户受惊，要求赔偿。", "disposed"),
    ("refund", 2600, "product_fault", "卫生间门发霉起皮，退款收回。", "written_off"),
]  # fmt: skip

KLASS = {
    "product_fault": "quality",
    "late_claim": "quality",
    "transport_damage": "transport_damage",
    "technician_damage": "installation",
    "delay": "late_delivery",
    "attitude": "service_attitude",
}


def signed_paper(rng):
    """A sheet with lines of text and two signatures, as a scanner gives it; no two are the same."""
    sheet = Image.new("L", (600, 840), 250)
    pen = ImageDraw.Draw(sheet)
    for line in range(14):
        pen.line((60, 90 + line * 36, 300 + rng.randrange(240), 90 + line * 36), fill=120, width=3)
    for left in (80, 340):
        points = [(left + step * 16, 700 + rng.randrange(-26, 26)) for step in range(10)]
        pen.line(points, fill=20, width=4, joint="curve")
    file = BytesIO()
    sheet.save(file, "JPEG", quality=70)
    return SimpleUploadedFile("协议扫描件.jpg", file.getvalue(), "image/jpeg")


class Payer:
    """Carries one request after another to where its row says."""

    def __init__(self, staff, rng, now):
        self.staff, self.rng, self.now = staff, rng, now
        self.people = {name: staff[name] for name in ("agent", "supervisor", "manager", "general_manager", "finance")}
        self.technician = Technician.objects.filter(user=staff["technician"]).first()
        open_ones = Complaint.objects.filter(region__code="huangshi", status__in=["implementing", "investigating"])
        rows = open_ones.filter(type="complaint").select_related("klass", "matter__customer").order_by("pk")
        self.complaints, self.number = list(rows), 0

    def tell_all(self):
        for row in GOODWILL:
            self.small(*row)
        for row in DAMAGE:
            self.small(*row)
        for row in LARGE:
            self.large(*row)

    def act(self, record, verb, who, **details):
        self.at = in_office_hours(min(self.now, self.at + timedelta(hours=self.rng.uniform(1, 9))), self.now)
        return perform(record, verb, by=self.people.get(who, self.staff.get(who)), now=self.at, **details).record

    def ask(self, giving, amount, basis, terms, item=""):
        complaint = self.about(KLASS.get(basis))
        self.number += 1
        self.at = in_office_hours(self.now - timedelta(days=self.rng.uniform(3, 8)), self.now)
        in_kind, damage = bool(item) or giving == "coupon", basis in ("product_fault", "transport_damage")
        if damage or basis in ("technician_damage", "late_claim"):
            Attachment.objects.attach(
                complaint.matter,
                photo("开裂", self.rng, close=True),
                by=self.people["agent"],
                kind="close_up",
                now=self.at,
            )
        return begin(
            Compensation.request, "request", by=self.people["agent"], now=self.at, complaint=complaint, giving=giving,
            amount=Decimal(amount), basis=basis, liability="carrier" if basis == "transport_damage" else "company",
            terms=terms, item=item, raised_by="nobody" if in_kind and giving == "gift" else "customer",
            responsible=self.staff["technician2"] if basis == "technician_damage" else None,
            means="credit" if giving == "coupon" else "transfer", payee_name=complaint.matter.customer.name,
            payee_account=f"62220202{self.rng.randrange(10**10):010}", payee_bank="中国工商银行黄石分行",
        ).record  # fmt: skip

    def about(self, klass):
        """A complaint of that class nobody has asked anything for yet, or of any class where none is left."""
        fitting = [row for row in self.complaints if row.klass and row.klass.code == klass]
        chosen = (fitting or self.complaints)[0]
        self.complaints.remove(chosen)
        return chosen

    def appraise(self, record):
        """The technician looks at it, unless somebody had done so on the complaint."""
        if record.status != "draft":
            return record
        people = [self.staff[name] for name in ("technician2", "technician", "quality")]
        free = [one for one in people if one != record.responsible and record.complaint.may_be_appraised_by(one)]
        return self.act(
            record, "appraise", free[0].username, verdict="not_customer", place="客户家中", amount=record.amount,
            findings="板芯含水率偏高，拼缝处应力开裂，非客户使用造成。",
        )  # fmt: skip

    def small(self, giving, amount, basis, terms, item, until):
        record = self.ask(giving, amount, basis, terms, item)
        if record.is_about_damage:
            record = self.appraise(record)
        if until == "asked":
            return
        if until in ("refused", "rejected"):
            verb = "reject_small" if record.status == "appraised" else "cancel"
            words = {"words" if verb == "reject_small" else "reason": "超出承诺范围，改为口头致歉，客户已理解。"}
            self.act(record, verb, "supervisor", **words)
            return
        verb = "approve_small" if record.is_about_damage else "approve_goodwill"
        record = self.act(record, verb, "supervisor", amount=record.amount, words="情况属实，同意。")
        if until == "approved":
            return
        means = record.means
        record = self.act(
            record, "pay", "finance", amount=record.amount, means=means, words="按约定交付",
            reference="" if means in ("kind", "credit") else f"ICBC{self.rng.randrange(10**9):09}",
        )  # fmt: skip
        if until == "reported":
            record = self.act(record, "report", "agent")
            self.act(record, "acknowledge", "finance")

    def large(self, giving, amount, basis, terms, until):
        record = self.appraise(self.ask(giving, amount, basis, terms))
        if until == "visit" or not self.visit(record):
            return
        record = self.agree(record)
        if until == "agreed":
            return
        record = self.act(record, "collect_material", "agent", kinds=["contract", "card"])
        record = self.act(record, "submit_to_gm", "supervisor", words="已与客户当面谈妥，建议批准。")
        if until == "review":
            return
        record = self.act(
            record, "gm_approve", "general_manager", amount=record.amount, words="同意赔付，注意收回旧件。"
        )
        record = self.act(
            record, "report_to_group", "supervisor", words="板芯质量问题，照片附后。", claimed=record.amount
        )
        if until == "released":
            return
        half, reference = record.amount / 2, self.rng.randrange(10**8)
        for part in (1, 2):
            record = self.act(
                record, "pay", "finance", amount=half, means="transfer", reference=f"CCB{reference}-{part}"
            )
        today = timezone.localdate(self.at)
        record = self.act(
            record,
            "dispose",
            "supervisor",
            disposal="taken_back",
            disposed_on=today,
            consent=True,
            words="旧门已拉回仓库。",
        )
        record = self.act(record, "fill_write_off", "supervisor", fault=terms, category="quality")
        record = self.act(
            record, "answer_group", "supervisor", answer="集团承担六成，随下期货款抵减。", agreed=record.amount * 6 / 10
        )
        if until == "written_off":
            self.act(record, "declare_write_off", "finance", entry=f"记-2611-{record.pk:04}")

    def agree(self, record):
        scan = prepare(signed_paper(self.rng))
        return self.act(
            record, "record_agreement", "supervisor", amount=record.amount, terms="照额赔偿，旧件收回，双方两清。",
            disposal="taken_back", how="scan", signed=scan,
        )  # fmt: skip

    def visit(self, record):
        """Supervisor and technician went there together; False where nobody could be sent."""
        if self.technician is None:
            return False
        start = (self.at + timedelta(days=1)).replace(hour=1 + self.number % 6, minute=0, second=0, microsecond=0)
        crew, dispatcher = self.staff["technician"], self.staff["dispatcher"]
        order = begin(
            WorkOrder.accept, "accept", by=self.people["agent"], now=self.at, kind="appraisal", complaint=record.complaint,
            content="主管与技术人员共同上门鉴定", customer=record.matter.customer,
        ).record  # fmt: skip
        try:
            order = perform(
                order, "dispatch", by=dispatcher, now=self.at, technician=self.technician, window_from=start,
                window_until=start + timedelta(hours=1), why_outside="与客户电话约定",
            ).record  # fmt: skip
        except ValidationError:
            return False
        order = perform(order, "acknowledge", by=crew, now=self.at, words="已约好").record
        self.at = min(self.now, start)
        perform(order, "arrive", by=crew, now=self.at, supervisors=[self.people["supervisor"]], words="共同上门鉴定")
        return True


def compensate(staff, rng, now):
    """Everything this app has pages for."""
    payer = Payer(staff, rng, now)
    payer.tell_all()
    agent, lead, finance = staff["agent"], staff["supervisor"], staff["finance"]
    matters = [complaint.matter for complaint in payer.complaints[-3:]]
    debt = Debt.objects.owe(
        matters[0], "fee", 280, why="首次合作的安装师傅，客户垫付安装费", by=agent, now=now - timedelta(days=3),
        due_on=timezone.localdate(now) + timedelta(days=4), means="transfer", payee_name=matters[0].customer.name,
        payee_account="6217002870011223344", payee_bank="中国建设银行",
    )  # fmt: skip
    debt.confirm(by=lead, now=now - timedelta(days=2))
    Debt.objects.owe(
        matters[1], "postage", 23, why="退件运费由客户垫付，责任在我方", by=agent, now=now - timedelta(days=1)
    )
    claim = Claim.objects.raise_on(
        matters[1], "carrier", 860, party="安能物流", what="木门一樘，运输断裂", by=agent, now=now - timedelta(days=9),
        waybill="AN26110088231", evidence="签收单注明破损，照片 4 张",
    )  # fmt: skip
    claim.answered(Decimal(700), answer="按保价赔付 700 元", by=finance, now=now - timedelta(days=4))
    on = timezone.localdate(now) - timedelta(days=2)
    claim.receive(Decimal(400), reference="AN-HK-2291", received_on=on, by=finance, now=now - timedelta(days=2))
    Claim.objects.raise_on(
        matters[2], "supplier", 320, party="永固五金", what="锁体 4 把，锁舌卡死", by=agent, now=now - timedelta(days=5)
    )
    Gift.objects.give(matters[2], "钥匙扣", 18, why="回访时客户有怨言，致歉", by=agent, now=now - timedelta(days=1))
    today = timezone.localdate(now)
    Delegation.objects.create(
        absent=staff["general_manager"], deputy=staff["manager"], since=today + timedelta(days=5),
        until=today + timedelta(days=9), reason="参加广州建材展", made_by=staff["general_manager"],
    )  # fmt: skip
