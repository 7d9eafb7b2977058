"""The corners of the rules about money that no ordinary day visits: each rule of these modules is taken both ways."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models.query import QuerySet
from django.db.transaction import atomic
from django.utils import timezone

from accounts.models import User
from cases.models import Appraisal
from compensation.models import Compensation, WriteOff
from compensation.models.choices import Basis, Material
from compensation.models.compensation import group_has_answered, payee_known
from compensation.models.parts import Agreement, CollectedMaterial, Reading
from core.invariants import invariants
from payments.models import Approval, Claim, Delegation, Gift, Payment, PayOrder, Tier
from payments.models.order import BankBatch
from payments.models.tier import Approver
from workflow.errors import MoveRefused
from workflow.media import prepare
from workflow.models import Attachment

from tests.compensation.conftest import agreed, approved, ask, damaged, do, paid, signed, submitted
from tests.factories.cases import ComplaintFactory, person
from tests.factories.compensation import joint_visit
from tests.factories.files import picture, upload
from tests.factories.payments import released, set_limits

pytestmark = pytest.mark.django_db
S = Compensation.Status
TODAY = timezone.localdate


def broken(name):
    """What the invariant of this name finds."""
    return list(invariants()[name]())


# --- limits -----------------------------------------------------------------------------------------------------------
@pytest.mark.req("S0-11")
def test_who_has_no_role_may_decide_nothing(company):
    matter = ComplaintFactory().matter
    nobody = User.objects.create(username="nobody")
    assert Tier.objects.limit_of(nobody) == 0
    assert not Tier.objects.allows(nobody, matter, Decimal("0.01"))
    assert Tier.objects.allows(nobody, matter, Decimal(0))


@pytest.mark.req("S0-11", "S2-48")
def test_what_somebody_reaches_by_himself_is_asked_for_the_day_named_else_for_today(company):
    set_limits(supervisor=500)
    matter, lead = ComplaintFactory().matter, company.supervisor
    Tier.objects.create(role="supervisor", limit=800, since=TODAY() + timedelta(days=1))
    assert Tier.objects.reaches(lead, matter, Decimal(500))
    assert not Tier.objects.reaches(lead, matter, Decimal("500.01"))
    assert Tier.objects.reaches(lead, matter, Decimal(800), on=TODAY() + timedelta(days=1))
    released(ComplaintFactory(matter=matter), 200, company.general_manager)
    assert not Tier.objects.reaches(lead, matter, Decimal(301))
    Delegation.objects.create(
        absent=company.general_manager, deputy=lead, since=TODAY(), until=TODAY(), reason="出差", made_by=lead
    )
    assert Tier.objects.allows(lead, matter, Decimal(6000))
    assert not Tier.objects.reaches(lead, matter, Decimal(6000))


def test_small_may_have_no_end(company):
    Tier.objects.filter(role="department").update(limit=None)
    assert Tier.objects.is_small(ComplaintFactory().matter, Decimal(1_000_000))


def test_rows_say_what_they_are(company):
    assert str(Tier(role="agent", limit=5)) == "agent ≤ 5"
    assert str(Tier(role="agent", limit=None)) == "agent ≤ ∞"
    order = released(ComplaintFactory(), 10, company.general_manager)
    line = order.pay(Decimal(10), means="cash", by=company.finance, now=timezone.now())
    receipt = line.confirm(how="phone", by=company.finance, now=timezone.now())
    assert str(order) == order.number
    assert str(line).startswith("10")
    assert str(receipt) == receipt.number
    assert "10" in str(Approval.objects.get(subject_id=order.subject_id))
    assert str(CollectedMaterial(kind="card")) == str(Material.CARD.label)
    assert str(Reading(reader=company.finance)) == str(company.finance)
    assert str(Agreement(number="XY1")) == "XY1"
    assert str(BankBatch(number="PL1")) == "PL1"
    lent = Delegation(absent=company.manager, deputy=company.supervisor)
    assert str(company.supervisor) in str(lent)


@pytest.mark.req("S0-11")
def test_a_right_lent_is_the_deputys_for_the_day_and_is_looked_up_once(company, django_assert_num_queries):
    decides = Approver("compensation.release_compensation")
    assert decides(None, company.general_manager)
    assert not decides(None, company.manager)
    Delegation.objects.create(
        absent=company.general_manager, deputy=company.manager, since=TODAY(), until=TODAY(), reason="出差",
        made_by=company.general_manager,
    )  # fmt: skip
    fresh = company.fresh(company.manager)
    assert decides(None, fresh)
    with django_assert_num_queries(0):
        assert decides(None, fresh)


# --- orders -----------------------------------------------------------------------------------------------------------
@pytest.mark.req("S0-15")
def test_the_one_whose_limit_decides_is_the_one_named(company):
    """A deputy's own limit neither adds to nor takes from that of whom he decides for."""
    one, two = ComplaintFactory(), ComplaintFactory()

    def release(case, **fields):
        with atomic():
            return PayOrder.objects.release(
                case, 1500, by=company.supervisor, version=1, now=timezone.now(), giving="cash", **fields
            )

    with pytest.raises(PermissionDenied):
        release(one)
    assert release(one, authority=company.manager).approved == 1500
    Delegation.objects.create(
        absent=company.general_manager, deputy=company.supervisor, since=TODAY(), until=TODAY(), reason="出差",
        made_by=company.manager,
    )  # fmt: skip
    with pytest.raises(PermissionDenied):
        release(two, authority=company.supervisor)
    assert release(two).approved == 1500


def test_an_order_is_paid_when_all_of_it_is_and_not_before_anything_was_approved(company):
    order = released(ComplaintFactory(), "0.50", company.general_manager)
    assert not order.is_paid
    order.pay(Decimal("0.50"), means="cash", by=company.finance, now=timezone.now())
    assert order.is_paid
    assert not PayOrder(approved=Decimal(0), paid=Decimal(0)).is_paid


def test_a_line_stands_until_it_is_reversed_and_a_reversal_never_does(company):
    order = released(ComplaintFactory(), 30, company.general_manager)
    keep = order.pay(Decimal(10), means="cash", by=company.finance, now=timezone.now())
    wrong = order.pay(Decimal(20), means="cash", by=company.finance, now=timezone.now())
    reversal = order.reverse(wrong, reason="误" * 300, by=company.finance, now=timezone.now())
    assert list(Payment.objects.standing()) == [keep]
    assert (reversal.note, reversal.amount) == ("误" * 200, -20)
    assert list(Payment.objects.paid_between(TODAY(), TODAY()).order_by("pk")) == [keep, wrong, reversal]
    assert not Payment.objects.paid_between(date(2020, 1, 1), date(2020, 1, 31)).exists()


def test_locks_let_others_refer_to_the_row(company, monkeypatch):
    """Whoever locks a row to count on it does not stop those who only point at it (no_key), and never locks what is joined."""
    locks, plain = [], QuerySet.select_for_update

    def noted(self, *args, **kwargs):
        locks.append(kwargs)
        return plain(self, *args, **kwargs)

    monkeypatch.setattr(QuerySet, "select_for_update", noted)
    case = ComplaintFactory()
    order = released(case, 30, company.general_manager, payee={"means": "transfer", "payee_account": "6222"})
    with atomic():
        PayOrder.objects.locked(case)
        BankBatch.objects.make([order.pk], by=company.finance, now=timezone.now())
        PayOrder.objects.void(case, "cancel", now=timezone.now())
    assert len(locks) >= 5
    assert all(lock.get("no_key") and lock.get("of") == ("self",) for lock in locks if "of" in lock)
    assert sum("of" in lock for lock in locks) == 5


def test_a_batch_takes_only_what_waits_for_a_transfer_with_an_account(company):
    to_account = {"means": "transfer", "payee_account": "6222"}
    mine = released(ComplaintFactory(), 30, company.general_manager, payee=to_account)
    cash = released(ComplaintFactory(), 30, company.general_manager, payee={"means": "cash", "payee_account": "6222"})
    bare = released(ComplaintFactory(), 30, company.general_manager, payee={"means": "transfer"})
    part = released(ComplaintFactory(), 30, company.general_manager, payee=to_account)
    part.pay(Decimal(10), means="cash", by=company.finance, now=timezone.now())
    with atomic():
        batch = BankBatch.objects.make([mine.pk, cash.pk, bare.pk, part.pk], by=company.finance, now=timezone.now())
    assert (set(batch.orders.all()), batch.total) == ({mine, part}, 50)
    with atomic(), pytest.raises(ValidationError):
        BankBatch.objects.make([mine.pk], by=company.finance, now=timezone.now())


# --- what is compared is found ----------------------------------------------------------------------------------------
def test_an_order_above_its_approval_or_against_its_lines_is_named(company):
    order = released(ComplaintFactory(), 30, company.general_manager)
    line = order.pay(Decimal(30), means="cash", by=company.finance, now=timezone.now())
    assert not broken("no payment without the approval that released it")
    Approval.objects.update(amount=29)
    assert broken("no payment without the approval that released it")
    reversal = order.reverse(line, reason="误付", by=company.finance, now=timezone.now())
    assert not broken("a reversal takes back exactly the line it reverses")
    Payment.objects.filter(pk=reversal.pk).update(amount=-29)
    assert broken("a reversal takes back exactly the line it reverses")
    assert broken("approved = paid + pending, and the lines add up to what is paid")


def test_a_claim_that_received_something_else_than_came_in_is_named(company):
    claim = Claim.objects.raise_on(
        ComplaintFactory().matter, "carrier", 100, party="顺丰", what="门板", by=company.finance, now=timezone.now()
    )
    assert list(Claim.objects.open()) == [claim]
    row = claim.receive(Decimal(100), reference="R1", received_on=TODAY(), by=company.finance, now=timezone.now())
    assert "R1" in str(row)
    assert not Claim.objects.open().exists()
    assert not broken("claims have received what their recoveries say")
    Claim.objects.update(received=99)
    assert broken("claims have received what their recoveries say")


def test_a_state_that_is_not_that_of_its_money_and_a_maker_who_approved_are_named(company):
    record = do(ask(company), "approve_goodwill", company.supervisor, amount=Decimal(100), words="同意")
    for name in ("a compensation is in the state its money is in", "nobody released what he asked for"):
        assert not broken(name)
    Compensation.objects.filter(pk=record.pk).update(amount=101, maker=company.supervisor)
    for name in ("a compensation is in the state its money is in", "nobody released what he asked for"):
        assert broken(name)


# --- compensation -----------------------------------------------------------------------------------------------------
def test_an_open_one_is_whatever_is_not_at_its_end(company):
    record = ask(company)
    assert list(Compensation.objects.open()) == [record]
    assert record.customer == record.matter.customer
    do(record, "cancel", company.supervisor, reason="客户不要了")
    assert not Compensation.objects.open().exists()


def test_money_says_how_it_reaches_the_customer_and_goods_never_ask(company):
    for means in ("", "kind"):
        with pytest.raises(ValidationError) as refused:
            ask(company, means=means)
        assert "means" in refused.value.message_dict
    assert ask(company, giving="gift", item="门吸", means="cash").means == "kind"
    with pytest.raises(ValidationError) as refused:
        ask(company, giving="gift", item=" ")
    assert "item" in refused.value.message_dict


@pytest.mark.req("S0-05")
def test_photos_that_come_with_an_appraisal_stay_with_it(company):
    record = damaged(company, found=False)
    with pytest.raises(ValidationError):
        do(
            record,
            "appraise",
            company.technician,
            findings="门板开裂",
            verdict=Appraisal.Finding.NOT_CUSTOMER,
            place="家中",
        )
    record, photo = Compensation.objects.get(pk=record.pk), signed()
    record = do(record, "appraise", company.technician, findings="门板开裂", files=[(Attachment.Kind.CLOSE_UP, photo)],
                verdict=Appraisal.Finding.NOT_CUSTOMER, place="家中")  # fmt: skip
    assert record.photos().count() == 1
    assert record.appraisal.findings == "门板开裂"


@pytest.mark.req("S0-15")
def test_sent_back_by_the_department_it_begins_anew_by_the_general_manager_it_is_agreed(company):
    record = do(damaged(company, 300), "send_back", company.supervisor, words="照片不清楚")
    assert (record.status, record.appraisal) == (S.DRAFT, None)
    record = do(submitted(company), "send_back", company.general_manager, words="协议条款不清")
    assert (record.status, record.submitted_by) == (S.AGREED, None)
    assert record.appraisal is not None
    assert not record.approvals().filter(void_at=None).exists()


@pytest.mark.req("S0-14")
def test_on_the_screen_both_sign(company):
    record = damaged(company, 6000)
    joint_visit(record.complaint, company.technician, company.supervisor)
    ours = prepare(upload(picture(colour="navy")))
    terms = {"amount": Decimal(6000), "terms": "两清", "disposal": "kept", "how": "screen", "signed": signed()}
    with pytest.raises(ValidationError) as refused:
        do(record, "record_agreement", company.supervisor, **terms)
    assert "countersigned" in refused.value.message_dict
    record = do(
        Compensation.objects.get(pk=record.pk), "record_agreement", company.supervisor, **terms, countersigned=ours
    )
    assert record.agreement.countersigned is not None
    assert agreed(company).agreement.countersigned is None


@pytest.mark.req("S0-12")
def test_a_report_needs_somebody_to_read_it(company):
    record = do(ask(company), "approve_goodwill", company.supervisor, amount=Decimal(100), words="同意")
    record = paid(company, record)
    User.objects.filter(groups__name__in=["finance", "manager"]).update(is_active=False)
    with pytest.raises(ValidationError):
        do(record, "report", company.supervisor)
    assert Compensation.objects.get(pk=record.pk).status == S.PAID


@pytest.mark.req("S0-07")
def test_the_group_is_shown_a_photo(company):
    record = damaged(company, 300)
    Attachment.objects.all().update(media="file")
    with pytest.raises(ValidationError) as refused:
        do(record, "report_to_group", company.supervisor, words="开裂", claimed=Decimal(100))
    assert "words" in refused.value.message_dict


@pytest.mark.req("S0-08")
def test_only_a_fault_of_the_product_waits_for_the_group():
    for basis in Basis:
        assert group_has_answered(Compensation(basis=basis)) == (basis != Basis.PRODUCT_FAULT)
    claim = Claim(claimed=100)
    assert not group_has_answered(Compensation(basis=Basis.PRODUCT_FAULT, group_claim=claim))
    claim.agreed = Decimal(0)
    assert group_has_answered(Compensation(basis=Basis.PRODUCT_FAULT, group_claim=claim))


@pytest.mark.req("S0-16", "S0-18")
def test_the_last_steps_of_a_large_claim_each_have_their_refusal(company):
    record = do(approved(company), "report_to_group", company.supervisor, words="开裂", claimed=Decimal(100))
    record = do(record, "answer_group", company.supervisor, answer="承担", agreed=Decimal(50))
    record = paid(company, record)
    gone = {"disposal": "taken_back", "disposed_on": TODAY(), "consent": True, "words": "已拉回"}
    for wrong in ({"disposal": "kept"}, {"consent": False}, {"disposed_on": TODAY() + timedelta(days=1)}):
        with pytest.raises(ValidationError):
            do(Compensation.objects.get(pk=record.pk), "dispose", company.supervisor, **gone | wrong)
    record = do(Compensation.objects.get(pk=record.pk), "dispose", company.supervisor, **gone)
    both = person("supervisor")
    both.groups.add(*company.finance.groups.all())
    with pytest.raises(MoveRefused):
        do(record, "declare_write_off", company.finance, entry="PZ1")
    record = do(Compensation.objects.get(pk=record.pk), "fill_write_off", both, fault="开裂", category="quality")
    with pytest.raises(PermissionDenied):
        do(record, "declare_write_off", both, entry="PZ1")
    other = do(damaged(company, 300), "cancel", company.supervisor, reason="另案")
    taken = WriteOff.objects.create(
        compensation=other, number="HX1", fault="x", category="quality", filled_by=both, entry="PZ1"
    )
    record = Compensation.objects.get(pk=record.pk)
    with pytest.raises(ValidationError):
        do(record, "declare_write_off", company.finance, entry=" PZ1 ")
    record = do(Compensation.objects.get(pk=record.pk), "declare_write_off", company.finance, entry=" PZ2 ")
    assert (record.status, record.write_off.entry, str(taken)) == (S.WRITTEN_OFF, "PZ2", "HX1")


def test_money_goes_to_an_account_that_has_a_number_and_a_name():
    for means, account, name, known in (
        ("transfer", "6222", "王敏", True), ("transfer", "6222", "", False), ("transfer", "", "王敏", False),
        ("wechat", "", "", False), ("cash", "", "", True), ("kind", "", "", True),
    ):  # fmt: skip
        assert payee_known(Compensation(means=means, payee_account=account, payee_name=name)) == known


@pytest.mark.req("S0-60")
def test_an_approved_gift_takes_nothing_from_what_its_approver_may_give_by_himself(company):
    set_limits(supervisor=100)
    record = ask(company, giving="gift", item="智能门锁", amount=Decimal(100))
    record = do(record, "approve_goodwill", company.supervisor, amount=Decimal(100), words="同意")
    paid(company, record, means="kind", reference="")
    gift = Gift.objects.get(subject_id=record.pk)
    assert (gift.by, gift.value, gift.within_limit) == (company.supervisor, 100, False)


@pytest.mark.req("S0-14")
def test_the_account_named_in_the_agreement_is_the_one_that_is_paid(company):
    record = damaged(company, 6000)
    joint_visit(record.complaint, company.technician, company.supervisor)
    record = do(
        record, "record_agreement", company.supervisor, amount=Decimal(6000), terms="两清", disposal="kept", how="scan",
        signed=signed(), means="transfer", payee_name="王敏", payee_account="6222",
    )  # fmt: skip
    assert (record.means, record.payee_name, record.payee_account) == ("transfer", "王敏", "6222")
