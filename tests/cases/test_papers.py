"""The papers carry what was recorded, and nobody prints what he may not see."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models import Complaint
from cases.papers import harmless, timeline_csv
from workflow.models import Handover
from workflow.perform import begin, perform
from workflow.presets import choose_preset

from tests.factories.cases import AppraisalFactory, ComplaintFactory, DepartmentFactory, person
from tests.factories.customers import CustomerFactory, CustomerRegionFactory, PhoneFactory, ServiceCardFactory

pytestmark = pytest.mark.django_db
FINDINGS = {
    "cause": "service_dispute",
    "liability": "company",
    "analysis": "约好的时间没有上门。",
    "key_point": "师傅爽约",
    "remote": "unsuitable",
    "demand_reasonable": True,
}


@pytest.fixture
def agent(client):
    agent = person("agent", name="王敏")
    client.force_login(agent)
    return agent


@pytest.fixture
def complaint(agent):
    """A complaint carried as far as a proposed plan."""
    choose_preset("doors")
    customer = CustomerFactory(name="赵桂兰")
    PhoneFactory(customer=customer, number="13871234567")
    card = ServiceCardFactory(customer=customer)
    complaint = begin(
        Complaint.register,
        "register",
        by=agent,
        customer=customer,
        content="约了三次师傅都没来。",
        items=[{"card": card, "product": card.product, "room": "主卧"}],
    ).record
    perform(complaint, "start_judging", by=agent, department=DepartmentFactory(), reply="已致歉并重约")
    perform(complaint, "judge_valid", by=agent, department=DepartmentFactory(), severity="minor", reason="记录属实")
    options = [{"remedy": "advice", "steps": "致歉，当天上门", "cost": 50}]
    perform(complaint, "propose_plan", by=agent, options=options, **FINDINGS)
    return complaint


@pytest.mark.req("S0-30", "S0-25", "S0-31", "S2-172")
def test_the_complaint_record_holds_intake_judgement_and_plan(client, complaint):
    page = client.get(reverse("cases:complaint-paper", args=[complaint.pk])).content.decode()
    for words in (
        complaint.number,
        "赵桂兰",
        "138 7123 4567",
        "约了三次师傅都没来。",
        "主卧",
        "记录属实",
        "师傅爽约",
        "致歉，当天上门",
        "¥50.00",
        "王敏",
    ):
        assert words in page


@pytest.mark.req("S0-05", "S0-06")
def test_the_appraisal_paper(client, complaint):
    technician = person("technician", name="周正")
    appraisal = AppraisalFactory(
        complaint=complaint,
        technician=technician,
        requested_by=technician,
        done_at=timezone.now(),
        verdict="not_customer",
        findings="面板拼缝开胶",
        amount=1280,
    )
    page = client.get(reverse("cases:appraisal-paper", args=[complaint.pk, appraisal.pk])).content.decode()
    for words in ("周正", "非客户原因", "面板拼缝开胶", "¥1,280.00", "壹仟贰佰捌拾元整"):
        assert words in page


def test_an_appraisal_of_another_case_is_not_found(client, complaint):
    other = AppraisalFactory(technician=person("technician"), requested_by=person("agent"), done_at=timezone.now())
    assert client.get(reverse("cases:appraisal-paper", args=[complaint.pk, other.pk])).status_code == 404


def test_the_written_explanation_names_the_old_and_the_new_time(client, agent, complaint):
    new = timezone.now() + timedelta(days=10)
    old = complaint.deadlines.get(kind="resolve").due_at
    perform(complaint, "explain_in_writing", by=agent, reason="合页缺货", settled_by=new, addressee="赵桂兰女士")
    explanation = complaint.explanations.get()
    page = client.get(reverse("cases:explanation-paper", args=[complaint.pk, explanation.pk])).content.decode()
    for moment in (old, new):
        assert timezone.localtime(moment).strftime("%Y-%m-%d %H:%M") in page
    assert "赵桂兰女士" in page
    assert "合页缺货" in page


@pytest.mark.req("S2-170")
def test_the_dossier_is_one_file_with_everything(client, agent, complaint):
    perform(complaint, "make_promise", by=agent, kind="gift", what="送门锁保养套装")
    answer = client.get(reverse("cases:dossier-file", args=[complaint.pk]))
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    page = archive.read("index.html").decode()
    for words in (complaint.number, "约了三次师傅都没来。", "送门锁保养套装", "72 小时内提出处理方案"):
        assert words in page
    assert 'src="/' not in page
    table = archive.read("timeline.csv").decode("utf-8-sig")
    assert len(table.splitlines()) >= 5
    assert complaint.matter.events.filter(action="export_dossier", by=agent).exists()


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "＝1"])
def test_words_never_become_formulas(text):
    assert harmless(text) == "'" + text
    assert timeline_csv([]).startswith("\ufeff")


def test_papers_of_another_branch_do_not_exist(client, complaint):
    elsewhere = CustomerRegionFactory(code="wuhan", name="武汉")
    client.force_login(person("agent", region=elsewhere))
    for name in ("complaint-paper", "dossier-paper", "dossier-file"):
        assert client.get(reverse(f"cases:{name}", args=[complaint.pk])).status_code == 404


def test_papers_need_the_right(client, complaint):
    client.force_login(person("parts_clerk"))
    assert client.get(reverse("cases:complaint-paper", args=[complaint.pk])).status_code == 403


@pytest.mark.req("S2-84")
def test_the_handover_paper_lists_what_is_left_to_do(client, agent):
    complaint = ComplaintFactory(matter__owner=agent)
    handover = Handover.objects.give(
        [(complaint.matter, "早上九点前回电")], kind="shift", giver=agent, receiver=None, now=timezone.now()
    )
    page = client.get(reverse("cases:handover-paper", args=[handover.pk])).content.decode()
    assert complaint.number in page
    assert "早上九点前回电" in page
    for reader, status in ((person("agent"), 200), (person("agent", region=CustomerRegionFactory(code="wuhan")), 404)):
        client.force_login(reader)
        assert client.get(reverse("cases:handover-paper", args=[handover.pk])).status_code == status
