"""Who pays: the attribution decides, line by line, at the price of the day, and before work begins."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from customers.models import PriceItem
from technicians.models import Fee, Quote, WorkOrder
from technicians.models.choices import Criterion
from workflow.errors import MoveRefused
from workflow.media import prepare
from workflow.models import Event
from workflow.perform import perform

from tests.factories.cases import AppraisalFactory, ComplaintFactory, person
from tests.factories.customers import PriceItemFactory, ServiceCardFactory, WarrantyPlanFactory
from tests.factories.files import picture, upload
from tests.factories.technicians import WorkOrderFactory, photograph, send

S = WorkOrder.Status
pytestmark = pytest.mark.django_db


@pytest.fixture
def prices():
    """One of each of the four parts of a fee."""
    PriceItemFactory(code="part", name="磁吸锁体", price=85)
    PriceItemFactory(code="labour", name="维修工时", kind="labour", unit="hour", price=80)
    PriceItemFactory(code="visit", name="市内上门费", kind="travel", unit="visit", price=30)
    PriceItemFactory(code="travel", name="远程车程", kind="travel", unit="kilometre", price="2.5")
    return list(PriceItem.objects.priced_on(timezone.localdate()).order_by("code"))


def on_site(technician, *, card=None, complaint=None, **fields):
    about = {"complaint": complaint, "matter": complaint.matter} if complaint else {}
    order = WorkOrderFactory(status=S.ON_SITE, card=card, **about, **fields)
    send(order, technician)
    photograph(order, technician.user, kind="before")
    return order


def covered_card(**fields):
    WarrantyPlanFactory().coverage.create(kind="part", name="锁体", months=2)
    return ServiceCardFactory(accepted_on=date(2026, 1, 1), installed_on=date(2025, 12, 30), **fields)


def quote(order, technician, items, **more):
    details = {"situation": "锁舌断了", "difficulty": "easy", "wanted": [(item, Decimal(2)) for item in items]}
    return perform(order, "quote", by=technician.user, **details | more).record.live_quote


@pytest.mark.req("S0-01", "S0-02", "S0-03", "S2-132", "S3-12", "S3-16")
def test_what_the_customer_caused_is_paid_at_the_price_of_the_day(technician, prices):
    made = quote(on_site(technician, card=covered_card()), technician, prices, human_damage=True)
    assert [(line.component, line.amount) for line in made.lines.all()] == [
        ("labour", Decimal("160.00")),
        ("part", Decimal("170.00")),
        ("travel", Decimal("5.00")),
        ("visit", Decimal("60.00")),
    ]
    assert made.total == Decimal("395.00")
    assert made.priced_on == timezone.localdate()


@pytest.mark.req("S3-16", "S3-25")
def test_the_warranty_is_applied_line_by_line(technician, prices):
    made = quote(on_site(technician, card=covered_card()), technician, prices, human_damage=False)
    assert {line.component: line.covered for line in made.lines.all()} == {
        "labour": True,
        "part": False,  # locks are covered for two months only
        "visit": True,
        "travel": True,
    }
    assert made.total == Decimal("170.00")


@pytest.mark.req("S3-15")
def test_in_warranty_and_not_by_people_it_is_free(technician):
    order = on_site(technician, card=covered_card())
    start = {"situation": "合页松", "difficulty": "easy"}
    with pytest.raises(ValidationError):  # nobody has said yet whose cause it is
        perform(order, "start_free", by=technician.user, **start)
    with pytest.raises(ValidationError):
        perform(order, "start_free", by=technician.user, human_damage=True, **start)
    assert perform(order, "start_free", by=technician.user, human_damage=False, **start).record.owed == 0


def test_out_of_warranty_it_is_never_free(technician):
    old = ServiceCardFactory(accepted_on=date(2015, 1, 1), installed_on=date(2015, 1, 1))
    WarrantyPlanFactory()
    with pytest.raises(ValidationError):
        perform(
            on_site(technician, card=old), "start_free", by=technician.user, situation="松", difficulty="easy",
            human_damage=False,
        )  # fmt: skip


@pytest.mark.req("S0-06")
def test_who_installed_it_does_not_say_what_caused_it(technician):
    card = covered_card(installer=technician.user)
    with pytest.raises(ValidationError) as refused:
        perform(
            on_site(technician, card=card), "start_free", by=technician.user, situation="松", difficulty="easy",
            human_damage=False,
        )  # fmt: skip
    assert "human_damage" in refused.value.error_dict


@pytest.mark.req("S0-01", "S0-02")
def test_another_attribution_voids_the_quote(technician, prices):
    complaint = ComplaintFactory(status="investigating")
    appraiser, asker = person("technician"), person("agent")
    AppraisalFactory(
        complaint=complaint, technician=appraiser, requested_by=asker, verdict="customer", done_at=timezone.now()
    )
    order = on_site(technician, complaint=complaint, card=covered_card())
    made = quote(order, technician, prices)
    assert made.attribution == "customer"
    again = AppraisalFactory(complaint=complaint, technician=appraiser, requested_by=asker)
    findings = {"appraisal": again, "verdict": "not_customer", "findings": "出厂缺陷", "place": "客户家"}
    perform(complaint, "record_appraisal", by=appraiser, **findings)
    assert Event.objects.get(action="void_quote").data["to"] == [technician.user_id]
    with pytest.raises(MoveRefused):
        perform(order, "confirm_quote", by=technician.user, name="张伟", how="spoken")
    perform(order, "requote", by=technician.user, reason="责任变更")
    assert order.quotes.get().voided_at
    assert quote(order, technician, prices).attribution == "company"


@pytest.mark.req("S2-133", "S2-134", "S1-64")
def test_agreed_signed_done_accepted_paid_closed_in_this_order(technician, prices, agent):
    order = on_site(technician, human_damage=True)
    quote(order, technician, prices[:1])
    with pytest.raises(ValidationError) as refused:
        perform(order, "confirm_quote", by=technician.user, name="张伟", how="signature")
    assert "signature" in refused.value.error_dict
    signed = prepare(upload(picture(colour="white")))
    perform(order, "confirm_quote", by=technician.user, name="张伟", how="signature", signature=signed)
    assert Quote.objects.get().signature.kind == "signed"
    record = {"cause": "锁舌断", "work_done": "换锁体", "advice": "轻关门", "tested": True, "cleaned": True}
    with pytest.raises(MoveRefused, match=r"."):  # no photo yet
        perform(order, "complete", by=technician.user, **record)
    photograph(order, technician.user)
    parts = [(prices[1], "", Decimal(1)), (None, "木螺丝", Decimal(6))]
    perform(order, "complete", by=technician.user, parts=parts, **record)
    assert [row.name for row in order.parts_used.all()] == [prices[1].name, "木螺丝"]
    with pytest.raises(ValidationError):  # three of four criteria are not enough
        perform(order, "customer_accept", by=technician.user, name="张伟", opinion="fair", met=Criterion.values[:3])
    perform(order, "customer_accept", by=technician.user, name="张伟", opinion="satisfied", met=Criterion.values)
    with pytest.raises(MoveRefused):
        perform(order, "close", by=agent, satisfied=True, words="满意")
    with pytest.raises(ValidationError):
        perform(order, "collect_fee", by=technician.user, amount=Decimal(161), means="cash")
    perform(order, "collect_fee", by=technician.user, amount=Decimal(160), means="cash")
    assert Fee.objects.get().number.startswith("SJ")
    with pytest.raises(ValidationError):
        perform(order, "close", by=agent, satisfied=False, words="不满意")
    assert perform(order, "close", by=agent, satisfied=True, words="满意").record.status == S.CLOSED


@pytest.mark.req("S0-04")
def test_a_damaged_product_waits_for_the_customers_word(technician, agent):
    order = WorkOrderFactory(status=S.CUSTOMER_ACCEPTED, work_done="换门扇", disposal_item="旧门扇")
    send(order, technician)
    with pytest.raises(MoveRefused):
        perform(order, "close", by=agent, satisfied=True, words="满意")
    perform(order, "agree_disposal", by=technician.user, item="旧门扇", way="带回报废", name="张伟", how="signature")
    assert perform(order, "close", by=agent, satisfied=True, words="满意").record.disposal_agreed_by == "张伟"


@pytest.mark.req("S0-13")
def test_who_was_present_is_recorded(technician):
    order = WorkOrderFactory(status=S.ACKNOWLEDGED, kind="appraisal")
    send(order, technician)
    supervisor = person("supervisor")
    perform(order, "arrive", by=technician.user, words="到了", supervisors=[supervisor])
    assert order.was_attended_by("technician", "supervisor")
    assert not WorkOrderFactory().was_attended_by("technician")


@pytest.mark.req("S2-120", "S2-143", "S3-48")
def test_rework_is_counted_before_and_after_closing(technician, agent):
    order = WorkOrderFactory(status=S.COMPLETED)
    send(order, technician)
    perform(order, "fail_acceptance", by=agent, failed=["blends"], reason="补漆有色差")
    assert WorkOrder.objects.get(pk=order.pk).rework_count == 1
    closed = WorkOrderFactory(status=S.CLOSED)
    again = WorkOrder.accept(by=agent, now=timezone.now(), kind="repair", content="又松了", rework_of=closed)
    assert (again.matter, again.source) == (closed.matter, "rework")
    assert closed.reworks.count() == 1
