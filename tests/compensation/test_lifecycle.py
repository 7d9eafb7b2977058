"""Both routes of a compensation, every step in every state, and the money under them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.db.transaction import atomic
from django.utils import timezone

from cases.models import ComplaintItem, Guard
from compensation.models import Compensation
from compensation.receivers import report_by_itself
from payments.models import Approval, Claim, Delegation, Gift, Giving, Payment, PayOrder, Tier
from technicians.models import Attendance
from workflow.errors import MoveRefused, StaleVersion
from workflow.models import Event
from workflow.perform import perform
from workflow.presets import choose_preset

from tests.compensation.conftest import agreed, approved, ask, damaged, do, money_holds, paid, signed, submitted
from tests.factories.cases import ComplaintFactory, PlanOptionFactory, person
from tests.factories.compensation import CompensationFactory, appraised, joint_visit, photo_for
from tests.factories.customers import ServiceCardFactory

pytestmark = pytest.mark.django_db
S = Compensation.Status

# verb → the states it begins in: the contract of the requirements, section "Compensation".
CONTRACT = {
    "appraise": {S.DRAFT},
    "approve_small": {S.APPRAISED},
    "require_visit": {S.APPRAISED},
    "record_agreement": {S.VISIT_PENDING},
    "submit_to_gm": {S.AGREED},
    "gm_approve": {S.GM_REVIEW},
    "gm_reject": {S.GM_REVIEW},
    "renegotiate": {S.REJECTED},
    "pay": {S.DEPARTMENT_APPROVED, S.APPROVED},
    "report": {S.PAID},
    "dispose": {S.PAID},
    "declare_write_off": {S.WRITE_OFF_PENDING},
    "approve_goodwill": {S.DRAFT},
    "send_back": {S.APPRAISED, S.GM_REVIEW},
    "reject_small": {S.APPRAISED},
    # draft and the two approved states are ours: a draft is changed like all else, a part that was paid is taken back.
    "amend": {S.DRAFT, S.APPRAISED, S.DEPARTMENT_APPROVED, S.AGREED, S.GM_REVIEW, S.APPROVED},
    "reverse": {S.PAID, S.REPORTED, S.WRITE_OFF_PENDING, S.DEPARTMENT_APPROVED, S.APPROVED},
    "cancel": {
        S.DRAFT,
        S.APPRAISED,
        S.DEPARTMENT_APPROVED,
        S.VISIT_PENDING,
        S.AGREED,
        S.GM_REVIEW,
        S.APPROVED,
        S.REJECTED,
    },
}
# Who has no part in a verb whatever its state (the limit, and whose request it is, are tested one by one).
NEVER = {
    "appraise": {"agent", "supervisor", "manager", "general_manager", "finance"},
    "approve_small": {"technician", "finance", "quality"},
    "gm_approve": {"agent", "supervisor", "manager", "technician", "finance"},
    "gm_reject": {"agent", "supervisor", "manager", "finance"},
    "record_agreement": {"agent", "technician", "finance", "general_manager"},
    "submit_to_gm": {"agent", "technician", "finance"},
    "pay": {"agent", "supervisor", "manager", "general_manager", "technician"},
    "reverse": {"agent", "supervisor", "manager", "general_manager"},
    "dispose": {"agent", "finance", "technician"},
    "declare_write_off": {"agent", "supervisor", "manager"},
    "reject_small": {"agent", "technician", "finance"},
    "cancel": {"agent", "technician", "finance"},
}
ARGUMENTS = {
    "amend": {"reason": "改金额", "amount": Decimal(1)},
    "appraise": {"findings": "x", "verdict": "not_customer", "place": "家中"},
    "approve_small": {"amount": Decimal(300), "words": "同意"},
    "approve_goodwill": {"amount": Decimal(300), "words": "同意"},
    "gm_approve": {"amount": Decimal(300), "words": "同意"},
    "pay": {"amount": Decimal(300), "means": "cash"},
    "reverse": {"line": None, "reason": "误付"},
    "dispose": {"disposal": "kept", "disposed_on": date(2026, 1, 1), "consent": True, "words": "x"},
    "declare_write_off": {"entry": "E1"},
    "record_agreement": {"amount": Decimal(1), "terms": "x", "disposal": "kept", "how": "scan", "signed": None},
    "require_visit": {},
    "report": {},
    "renegotiate": {"reason": "x"},
    "cancel": {"reason": "x"},
}


def refused_lines(record):
    return Event.objects.filter(subject_id=record.pk, matter=record.matter, kind="refused")


@pytest.mark.req("S0-10", "S0-13", "S0-15")
@pytest.mark.parametrize("verb", CONTRACT)
def test_a_step_is_refused_in_every_other_state_and_leaves_a_line(company, verb):
    for state in set(S) - CONTRACT[verb]:
        record = CompensationFactory(status=state)
        arguments = ARGUMENTS.get(verb, {"words": "x"})
        with pytest.raises(MoveRefused):
            perform(record, verb, by=None, **arguments)
        record = Compensation.objects.get(pk=record.pk)
        assert record.status == state
        assert refused_lines(record).get().action == verb


@pytest.mark.parametrize("verb", NEVER)
def test_roles_that_have_no_part_in_a_step_are_refused(company, verb):
    for state in CONTRACT[verb]:
        record = CompensationFactory(status=state)
        for role in NEVER[verb]:
            with pytest.raises((PermissionDenied, MoveRefused)) as error:
                perform(record, verb, by=getattr(company, role), **ARGUMENTS.get(verb, {"words": "x"}))
            assert error.type is PermissionDenied, (verb, role, error.value)


# --- asking -------------------------------------------------------------------------------------------------------------
@pytest.mark.req("S3-146")
def test_money_is_asked_for_only_where_the_customer_spoke_of_it_first(company):
    for raised in ("nobody", "company"):
        with pytest.raises(ValidationError) as error:
            ask(company, raised_by=raised)
        assert "raised_by" in error.value.error_dict
    gift = ask(company, giving="gift", item="保温杯", raised_by="nobody")
    assert (gift.status, gift.means) == (S.DRAFT, "kind")
    assert ask(company).raised_by == "customer"
    Guard.objects.create(code="money_raised", active=False)
    assert ask(company, raised_by="company").status == S.DRAFT


@pytest.mark.req("S2-23", "S2-73", "S0-09")
def test_every_remedy_of_the_list_can_be_asked_for_and_nothing_is_sent_wrong_on_purpose(company):
    for giving in Giving:
        record = ask(
            company, giving=giving, item="白橡木门扇一樘", skip_reason="无法修补", complaint=ComplaintFactory()
        )
        assert record.giving == giving
    assert not [code for code in Giving.values if "wrong" in code or "mis" in code.split("_")]


def test_a_stronger_remedy_says_why_nothing_milder_would_do(company):
    with pytest.raises(ValidationError) as error:
        ask(company, giving="replacement", item="门扇")
    assert "skip_reason" in error.value.error_dict
    with pytest.raises(ValidationError):
        ask(company, giving="replacement", item="", skip_reason="无法修补")
    assert ask(company, giving="touch_up", item="补漆").status == S.DRAFT


@pytest.mark.req("S2-123")
def test_damage_a_technician_did_names_him(company):
    with pytest.raises(ValidationError) as error:
        ask(company, basis="technician_damage")
    assert "responsible" in error.value.error_dict
    record = ask(company, basis="technician_damage", responsible=company.technician)
    assert record.responsible == company.technician
    Claim.objects.raise_on(
        record.matter, "installer", 80, party="安装队", what="磕坏地板", by=company.supervisor, now=timezone.now(),
        subject=record,
    )  # fmt: skip


def test_nothing_is_asked_for_on_a_closed_complaint_or_without_the_right(company):
    with pytest.raises(ValidationError):
        ask(company, complaint=ComplaintFactory(status="closed"))
    with pytest.raises(PermissionDenied):
        ask(company, by=company.technician)
    for amount in (0, -5, Decimal("0.001")):
        with pytest.raises(ValidationError):
            ask(company, amount=amount)


# --- the small route ------------------------------------------------------------------------------------------------------
@pytest.mark.req("S0-05", "S0-10", "S0-12", "S0-07")
def test_a_small_sum_is_decided_in_the_department_carried_out_and_reported(company):
    record = damaged(company, 300, found=False, means="wechat", payee_account="wx1", payee_name="张伟")
    photo_for(record.matter)
    record = do(record, "ask_appraisal", company.supervisor, technician=company.technician, words="看裂缝")
    record = do(record, "appraise", company.technician, findings="板芯受潮", verdict="not_customer", place="客户家")
    assert (record.status, record.appraisal.technician) == (S.APPRAISED, company.technician)
    record = do(record, "approve_small", company.supervisor, amount=Decimal(300), words="同意")
    assert (record.status, record.route) == (S.DEPARTMENT_APPROVED, "small")
    record = do(record, "pay", company.finance, amount=Decimal(100), means="wechat", reference="W1")
    assert record.status == S.DEPARTMENT_APPROVED
    record = do(record, "pay", company.finance, amount=Decimal(200), means="cash")
    assert (record.status, Compensation.objects.unreported().get()) == (S.PAID, record)
    record = do(record, "report", company.agent)
    assert record.status == S.REPORTED
    assert not Compensation.objects.unreported().exists()
    assert {row.reader for row in record.readings.all()} == {company.finance, company.manager}
    do(record, "acknowledge", company.finance)
    assert record.readings.get(reader=company.finance).read_at
    with pytest.raises(ValidationError):
        do(record, "acknowledge", company.finance)
    with pytest.raises(ValidationError):
        do(record, "acknowledge", company.agent)
    money_holds()


@pytest.mark.req("S0-12")
def test_the_system_reports_what_nobody_reported_in_time(company, django_capture_on_commit_callbacks):
    choose_preset("doors")
    record = ask(company)
    record = do(record, "approve_goodwill", company.supervisor, amount=Decimal(100), words="同意")
    record = do(record, "pay", company.finance, amount=Decimal(100), means="cash")
    clock = record.deadlines.get(kind="report")
    with django_capture_on_commit_callbacks(execute=True):
        report_by_itself([clock], timezone.now())
    record = Compensation.objects.get(pk=record.pk)
    assert record.status == S.REPORTED
    assert Event.objects.filter(action="report", by=None, subject_id=record.pk, kind="verb").exists()
    with django_capture_on_commit_callbacks(execute=True):
        report_by_itself([clock], timezone.now())  # again: nothing happens


@pytest.mark.req("S0-05", "S0-06", "S0-07")
def test_an_appraisal_needs_a_photo_the_customers_innocence_and_somebody_who_did_not_install_it(company):
    found = {"findings": "板芯受潮", "verdict": "not_customer", "place": "家中"}
    record = damaged(company, found=False)
    with pytest.raises(ValidationError):
        do(record, "appraise", company.technician, **found)
    photo_for(record.matter)
    with pytest.raises(ValidationError):
        do(record, "appraise", company.technician, **(found | {"verdict": "customer"}))
    card = ServiceCardFactory(customer=record.matter.customer, installer=company.technician)
    ComplaintItem.objects.create(complaint=record.complaint, card=card)
    with pytest.raises(PermissionDenied):
        do(record, "appraise", company.technician, **found)
    with pytest.raises(ValidationError):
        do(record, "ask_appraisal", company.supervisor, technician=company.technician, words="看看")
    assert do(record, "appraise", company.quality, **found).status == S.APPRAISED


def test_what_was_appraised_on_the_complaint_is_taken_over(company):
    record = damaged(company, 300)
    assert (record.status, record.appraisal.technician) == (S.APPRAISED, company.technician)
    assert damaged(company, 300, found=False).status == S.DRAFT
    complaint = ComplaintFactory()
    photo_for(complaint.matter)
    appraised(complaint, company.technician, verdict="customer")
    assert damaged(company, 300, found=False, complaint=complaint).status == S.DRAFT


@pytest.mark.req("S2-48", "S0-60")
def test_goodwill_needs_no_appraisal_and_five_yuan_no_supervisor(company):
    Tier.objects.create(role="agent", giving="discount", limit=5, since=date(2020, 1, 1))
    record = ask(company, giving="discount", amount=Decimal(5))
    assert (
        do(record, "approve_goodwill", company.colleague, amount=Decimal(5), words="可以").status
        == S.DEPARTMENT_APPROVED
    )
    record = ask(company, giving="discount", amount=Decimal("5.01"))
    with pytest.raises(PermissionDenied):
        do(record, "approve_goodwill", company.colleague, amount=Decimal("5.01"), words="可以")
    assert (
        do(record, "approve_goodwill", company.supervisor, amount=Decimal("5.01"), words="可以").status
        == S.DEPARTMENT_APPROVED
    )


@pytest.mark.req("S0-60")
def test_a_gift_that_was_approved_is_in_the_register_once_it_is_handed_over(company):
    record = ask(company, giving="gift", item="羊绒围巾", amount=Decimal(180), raised_by="nobody")
    record = do(record, "approve_goodwill", company.supervisor, amount=Decimal(180), words="等了一个月")
    with pytest.raises(PermissionDenied):
        do(record, "pay", company.agent, amount=Decimal(180), means="cash")
    record = do(record, "pay", company.agent, amount=Decimal(180), means="kind")
    gift = Gift.objects.get()
    assert (record.status, gift.item, gift.by, gift.delivered_by) == (
        S.PAID,
        "羊绒围巾",
        company.supervisor,
        company.agent,
    )


@pytest.mark.req("S2-75")
def test_what_the_department_refuses_is_negotiated_or_ended(company):
    record = damaged(company, 300, found=False)
    photo_for(record.matter)
    appraised(record.complaint, company.technician)
    record = damaged(company, 300)
    record = do(record, "reject_small", company.supervisor, words="已使用半年，协商另议")
    record = do(record, "renegotiate", company.supervisor, reason="客户不同意，请示主管后再谈")
    assert (record.status, record.route) == (S.VISIT_PENDING, "large")
    assert do(record, "cancel", company.supervisor, reason="客户接受维修").status == S.CANCELLED


@pytest.mark.req("S0-11")
def test_above_the_threshold_the_system_itself_takes_the_large_route(company):
    assert damaged(company, 2000).status == S.APPRAISED
    record = damaged(company, Decimal("2000.01"))
    assert (record.status, record.route) == (S.VISIT_PENDING, "large")
    last = Event.objects.filter(subject_id=record.pk, matter=record.matter, kind="verb").order_by("-pk").first()
    assert (last.action, last.by) == ("require_visit", None)
    with pytest.raises(MoveRefused):
        do(record, "approve_small", company.manager, amount=record.amount, words="同意")


@pytest.mark.req("S0-11")
def test_what_became_large_meanwhile_is_not_approved_as_small(company):
    record = damaged(company, 300)
    Tier.objects.create(role="department", limit=200, since=timezone.localdate())
    with pytest.raises(MoveRefused):
        do(record, "approve_small", company.supervisor, amount=record.amount, words="同意")
    assert do(record, "require_visit", company.supervisor, words="超出小额").status == S.VISIT_PENDING


def test_large_goodwill_is_the_general_managers(company):
    Tier.objects.create(role="manager", limit=None, since=timezone.localdate())
    record = ask(company, amount=Decimal(5000))
    with pytest.raises(PermissionDenied):
        do(record, "approve_goodwill", company.manager, amount=record.amount, words="同意")
    assert do(record, "approve_goodwill", company.general_manager, amount=record.amount, words="同意").route == "small"


# --- the large route --------------------------------------------------------------------------------------------------
@pytest.mark.req("S0-08", "S0-13", "S0-14", "S0-15", "S0-16", "S0-17", "S0-18")
def test_a_large_claim_passes_through_all_hands_in_order(company):
    record = damaged(company, 6000)
    deal = {
        "amount": Decimal(5500),
        "terms": "赔 5500 元，旧门收回",
        "disposal": "taken_back",
        "how": "scan",
        "signed": signed(),
    }
    with pytest.raises(MoveRefused):
        do(record, "record_agreement", company.supervisor, **deal)  # nobody was there yet
    visit = joint_visit(record.complaint, company.technician, company.supervisor)
    record = do(record, "record_agreement", company.supervisor, **deal)
    assert (record.amount, record.agreement.visit) == (Decimal(5500), visit.number)
    with pytest.raises(MoveRefused):
        do(record, "submit_to_gm", company.supervisor, words="上报")  # material is missing
    record = do(record, "collect_material", company.agent, kinds=["contract", "card"])
    record = do(record, "report_to_group", company.supervisor, words="面板开裂", claimed=Decimal(5500))
    record = do(record, "submit_to_gm", company.supervisor, words="情况属实")
    record = do(record, "gm_approve", company.general_manager, amount=Decimal(5500), words="同意赔付")
    record = paid(company, record)
    assert record.status == S.PAID
    gone = {"disposal": "taken_back", "disposed_on": timezone.localdate(), "words": "旧门已拉回"}
    for wrong in ({"consent": False}, {"consent": True, "disposal": "kept"}):
        with pytest.raises(ValidationError):
            do(record, "dispose", company.supervisor, **(gone | wrong))
    record = do(record, "dispose", company.supervisor, consent=True, **gone)
    with pytest.raises(MoveRefused):
        do(record, "declare_write_off", company.finance, entry="PZ-1")  # not filled in
    record = do(record, "fill_write_off", company.supervisor, fault="面板开裂", category="quality")
    with pytest.raises(MoveRefused):
        do(record, "declare_write_off", company.finance, entry="PZ-1")  # the group has not answered
    record = do(record, "answer_group", company.supervisor, answer="集团承担 3000", agreed=Decimal(3000))
    assert record.group_report.answered_by == company.supervisor
    record = do(record, "declare_write_off", company.finance, entry="PZ-1")
    assert (record.status, record.write_off.booked_by) == (S.WRITTEN_OFF, company.finance)
    stages = list(record.approvals().values_list("stage", "by", "amount"))
    assert stages == [
        ("endorse", company.supervisor.pk, Decimal(5500)),
        ("release", company.general_manager.pk, Decimal(5500)),
    ]
    claim = record.group_claim
    claim.receive(
        Decimal(3000), reference="JT-1", received_on=timezone.localdate(), by=company.finance, now=timezone.now()
    )
    money_holds()


@pytest.mark.req("S0-13")
def test_a_visit_of_one_of_them_alone_is_no_joint_visit(company):
    record = damaged(company, 6000)
    order = joint_visit(record.complaint, company.technician, company.supervisor)
    Attendance.objects.filter(order=order, capacity="supervisor").delete()
    with pytest.raises(MoveRefused):
        do(
            record, "record_agreement", company.supervisor, amount=Decimal(1), terms="x", disposal="kept", how="scan",
            signed=signed(),
        )  # fmt: skip


@pytest.mark.req("S0-15")
def test_only_the_general_manager_releases_and_never_what_he_put_forward(company):
    record = submitted(company)
    for who in (company.manager, company.supervisor, company.agent):
        with pytest.raises(PermissionDenied):
            do(record, "gm_approve", who, amount=record.amount, words="同意")
    company.general_manager.groups.add(Group.objects.get(name="supervisor"))
    chief = company.fresh(company.general_manager)
    mine = agreed(company)
    mine = do(mine, "collect_material", company.agent, kinds=["contract", "card"])
    mine = do(mine, "submit_to_gm", chief, words="我来报")
    with pytest.raises(PermissionDenied):
        do(mine, "gm_approve", chief, amount=mine.amount, words="我来批")
    with pytest.raises(MoveRefused):
        PayOrder.objects.locked(mine)


def test_the_general_manager_sends_back_or_refuses_with_his_reason(company):
    record = submitted(company)
    with pytest.raises(ValidationError):
        do(record, "gm_reject", company.general_manager, words=" ")
    record = do(record, "send_back", company.general_manager, words="照片不全")
    assert (record.status, record.submitted_by) == (S.AGREED, None)
    assert record.approvals().get().void_reason == "send_back"
    record = do(record, "submit_to_gm", company.supervisor, words="已补照片")
    record = do(record, "gm_reject", company.general_manager, words="金额过高")
    record = do(record, "renegotiate", company.supervisor, reason="降到 4000 再谈")
    assert record.agreement is None
    assert record.agreements.count() == 1


# --- threats 7 to 9 ---------------------------------------------------------------------------------------------------
def test_nobody_approves_what_he_asked_for_or_changed(company):
    for who in (company.supervisor, company.manager):
        record = ask(company, by=who)
        with pytest.raises(PermissionDenied):
            do(record, "approve_goodwill", who, amount=record.amount, words="同意")
        assert refused_lines(record).get().data == {"code": "right"}
    record = ask(company, by=company.supervisor)
    company.supervisor.is_active = False
    company.supervisor.save()
    record = do(record, "amend", company.other_lead, reason="接手", amount=Decimal(90))
    with pytest.raises(PermissionDenied):
        do(record, "approve_goodwill", company.other_lead, amount=Decimal(90), words="同意")
    company.supervisor.is_active = True
    company.supervisor.save()
    with pytest.raises(PermissionDenied):  # he asked for it first
        do(record, "approve_goodwill", company.supervisor, amount=Decimal(90), words="同意")
    assert (
        do(record, "approve_goodwill", company.manager, amount=Decimal(90), words="同意").status
        == S.DEPARTMENT_APPROVED
    )


def test_above_ones_limit_is_refused_and_a_demotion_counts_at_once(company):
    record = damaged(company, 501)
    with pytest.raises(PermissionDenied):
        do(record, "approve_small", company.supervisor, amount=Decimal(501), words="同意")
    company.manager.groups.set([Group.objects.get(name="agent")])
    with pytest.raises(PermissionDenied):
        do(record, "approve_small", company.fresh(company.manager), amount=Decimal(501), words="同意")
    other = person("manager")
    other.is_active = False
    other.save()
    with pytest.raises(PermissionDenied):
        do(record, "approve_small", other, amount=Decimal(501), words="同意")
    assert record.order is None
    assert refused_lines(record).count() == 3


def test_a_sum_split_in_three_meets_the_limit_of_the_whole_matter(company):
    complaint = ComplaintFactory(status="implementing")
    parts = [ask(company, complaint=complaint, amount=Decimal(334)) for _ in range(3)]
    do(parts[0], "approve_goodwill", company.supervisor, amount=Decimal(334), words="同意")
    for part in parts[1:]:
        with pytest.raises(PermissionDenied):
            do(part, "approve_goodwill", company.supervisor, amount=Decimal(334), words="同意")
    do(parts[1], "approve_goodwill", company.manager, amount=Decimal(334), words="同意")


def test_an_approval_holds_the_sum_and_version_it_saw(company):
    record = ask(company)
    seen = record.version
    changed = do(record, "amend", company.agent, reason="客户要求", amount=Decimal(120))
    with pytest.raises(StaleVersion):
        do(record, "approve_goodwill", company.supervisor, version=seen, amount=Decimal(100), words="同意")
    with pytest.raises(MoveRefused):
        do(record, "approve_goodwill", company.supervisor, version=changed.version, amount=Decimal(100), words="同意")
    do(record, "approve_goodwill", company.supervisor, version=changed.version, amount=Decimal(120), words="同意")
    approval = Approval.objects.get()
    assert (approval.amount, approval.version, approval.by) == (120, changed.version, company.supervisor)


@pytest.mark.parametrize("change", [{"amount": Decimal(80)}, {"terms": "改为两清"}, {"liability": "carrier"}])
def test_a_changed_sum_term_or_attribution_voids_what_was_approved(company, change):
    record = ask(company)
    record = do(record, "approve_goodwill", company.supervisor, amount=Decimal(100), words="同意")
    record = do(record, "amend", company.agent, reason="客户改主意", **change)
    assert (record.status, record.order.approved) == (S.DRAFT, 0)
    assert record.approvals().get().void_at
    with pytest.raises(MoveRefused):
        do(record, "pay", company.finance, amount=Decimal(1), means="cash")
    money_holds()


def test_changing_the_sum_of_a_large_one_voids_agreement_endorsement_and_release(company):
    record = approved(company)
    record = do(record, "amend", company.agent, reason="客户加价", amount=Decimal(7000))
    assert record.status == S.VISIT_PENDING  # still appraised, still large
    assert record.agreement is None
    assert not record.approvals().filter(void_at__isnull=True).exists()
    record = approved(company)
    record = do(record, "amend", company.agent, reason="查明是物流", basis="transport_damage", liability="carrier")
    assert (record.status, record.appraisal) == (S.DRAFT, None)


def test_nothing_changed_is_no_change_and_only_the_maker_changes(company):
    record = ask(company)
    with pytest.raises(ValidationError):
        do(record, "amend", company.agent, reason="没变", amount=Decimal(100))
    for who in (company.colleague, company.supervisor):
        with pytest.raises(PermissionDenied):
            do(record, "amend", who, reason="我来改", amount=Decimal(90))


# --- threats 10 -------------------------------------------------------------------------------------------------------
def test_nothing_is_paid_twice_cancelled_after_paying_or_paid_before_its_approval(company):
    record = ask(company)
    with pytest.raises(MoveRefused):
        do(record, "pay", company.finance, amount=Decimal(100), means="cash")
    record = do(record, "approve_goodwill", company.supervisor, amount=Decimal(100), words="同意")
    with pytest.raises(ValidationError):
        do(record, "pay", company.finance, amount=Decimal("100.01"), means="cash")
    record = do(record, "pay", company.finance, amount=Decimal(60), means="cash")
    for verb, by, more in (("cancel", company.supervisor, {}), ("amend", company.agent, {"amount": Decimal(70)})):
        with pytest.raises(MoveRefused):
            do(record, verb, by, reason="算了", **more)
    record = do(record, "pay", company.finance, amount=Decimal(40), means="cash")
    with pytest.raises(MoveRefused):
        do(record, "pay", company.finance, amount=Decimal(40), means="cash")
    assert Payment.objects.count() == 2


def test_a_reversed_payment_may_be_paid_again_on_either_route(company):
    record = ask(company)
    record = do(record, "approve_goodwill", company.supervisor, amount=Decimal(100), words="同意")
    record = do(record, "pay", company.finance, amount=Decimal(100), means="cash")
    record = do(record, "report", company.agent)
    line = Payment.objects.get()
    record = do(record, "reverse", company.finance, line=line, reason="户名不符")
    assert (record.status, record.order.pending) == (S.DEPARTMENT_APPROVED, 100)
    with pytest.raises(MoveRefused):
        do(record, "reverse", company.finance, line=line, reason="再退")
    record = do(record, "pay", company.finance, amount=Decimal(100), means="cash")
    assert record.status == S.PAID
    large = paid(company, approved(company))
    line = large.order.lines.get()
    large = do(large, "reverse", company.finance, line=line, reason="退票")
    assert large.status == S.APPROVED
    money_holds()


# --- plans and deputies ---------------------------------------------------------------------------------------------------
def planned(company, compensation=200, *, by=None, author=None):
    complaint = ComplaintFactory(status="implementing", plan_round=1, planned_by=author or company.agent)
    option = PlanOptionFactory(
        complaint=complaint, remedy="cash", compensation=compensation, raised_by="customer", selected=True,
        selected_by=by or company.supervisor, instruction="同意补偿",
    )  # fmt: skip
    return complaint, option


def test_a_plan_approved_within_the_limit_releases_its_money(company):
    complaint, option = planned(company)
    record = ask(company, complaint=complaint, option=option, amount=Decimal(200))
    assert (record.status, record.order.approved) == (S.DEPARTMENT_APPROVED, 200)
    assert record.approvals().get().by == company.supervisor
    with pytest.raises(ValidationError):
        ask(company, complaint=complaint, option=option, amount=Decimal(201))
    with pytest.raises(IntegrityError), atomic():
        ask(company, complaint=complaint, option=option, amount=Decimal(200))
    record = do(record, "amend", company.agent, reason="少一点", amount=Decimal(150))
    assert record.status == S.DRAFT  # changed: decided anew
    money_holds()


@pytest.mark.parametrize("case", ["own", "author", "above", "demoted", "no account", "earlier round"])
def test_a_plan_does_not_release_what_its_approver_could_not(company, case):
    by, amount, fields = company.supervisor, 200, {}
    if case == "above":
        amount = 501
    if case == "own":
        fields["by"] = company.supervisor
    if case == "no account":
        fields["means"] = "transfer"
    author = company.supervisor if case == "author" else None
    complaint, option = planned(company, amount, by=by, author=author)
    if case == "demoted":
        by.groups.clear()
    if case == "earlier round":
        complaint.plan_round = 2
        complaint.save()
    record = ask(company, complaint=complaint, option=option, amount=Decimal(amount), **fields)
    assert (record.status, record.order) == (S.DRAFT, None)


def test_a_deputy_releases_in_the_absent_persons_place_and_it_shows(company):
    record, today = submitted(company), timezone.localdate()
    with pytest.raises(PermissionDenied):
        do(record, "gm_approve", company.manager, amount=record.amount, words="代批")
    Delegation.objects.create(
        absent=company.general_manager, deputy=company.manager, since=today, until=today, reason="出差",
        made_by=company.general_manager,
    )  # fmt: skip
    deputy = company.fresh(company.manager)
    assert record in Compensation.objects.awaiting(deputy)
    record = do(record, "gm_approve", deputy, amount=record.amount, words="代批：同意")
    release = record.approvals().get(stage="release")
    assert (release.by, release.for_whom) == (company.manager, company.general_manager)


def test_a_deputy_of_whoever_asked_decides_no_more_than_he_could(company):
    today = timezone.localdate()
    Delegation.objects.create(
        absent=company.manager, deputy=company.colleague, since=today, until=today + timedelta(days=1), reason="休假",
        made_by=company.manager,
    )  # fmt: skip
    record = ask(company, by=company.manager, amount=Decimal(10))
    with pytest.raises(PermissionDenied):
        do(record, "approve_goodwill", company.fresh(company.colleague), amount=Decimal(10), words="代批")


def test_the_queue_holds_what_one_may_decide_and_nothing_of_ones_own(company):
    mine, other, large, draft = (
        ask(company, by=company.supervisor), ask(company), submitted(company), damaged(company, found=False),
    )  # fmt: skip
    assert set(Compensation.objects.awaiting(company.supervisor)) == {other}
    assert set(Compensation.objects.awaiting(company.general_manager)) == {mine, other, large}
    assert draft not in Compensation.objects.awaiting(company.general_manager)
    assert not Compensation.objects.awaiting(company.finance).exists()


def test_an_open_compensation_holds_the_complaint(company):
    complaint = ComplaintFactory(status="implementing")
    record = ask(company, complaint=complaint)
    assert complaint.others_open == [record]
