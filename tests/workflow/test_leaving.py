"""Somebody stops working here: nothing that is open is left without anybody who knows of it (S2-36, S2-84)."""

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models import Complaint
from cases.worklist import promises_of
from notifications.rules import rule_for
from workflow.models import Event, Handover, HandoverItem
from workflow.perform import perform

from tests.factories.cases import ComplaintFactory, person
from tests.factories.customers import CustomerRegionFactory, ServiceCardFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client):
    manager = person("manager", name="刘洋")
    client.force_login(manager)
    return manager


def left(client, leaver, successor=None):
    url = reverse("accounts:staff-deactivate", args=[leaver.pk])
    answer = client.post(url, {"successor": successor.pk if successor else ""})
    assert answer.status_code == 302
    leaver.refresh_from_db()
    assert not leaver.is_active


def lines(matter, action):
    return list(Event.objects.filter(matter=matter, action=action))


@pytest.mark.req("S2-36", "S2-86")
def test_open_matters_go_to_the_successor_with_a_line_each(client, manager):
    agent, heir = person("agent"), person("agent", name="王敏")
    open_ones = [ComplaintFactory(matter__owner=agent) for _ in range(2)]
    done = ComplaintFactory(matter__owner=agent, status="closed", matter__closed_at=timezone.now())
    promise = open_ones[0].matter.promises.create(customer=open_ones[0].customer, what="下午回电")
    left(client, agent, heir)
    for complaint in open_ones:
        complaint.matter.refresh_from_db()
        assert complaint.matter.owner == heir
        [line] = lines(complaint.matter, "reassign")
        assert (line.by, line.data["from"], line.data["to"]) == (manager, agent.pk, heir.pk)
        assert rule_for(line).addressees[0](line) == {heir.pk}
    done.matter.refresh_from_db()
    assert done.matter.owner == agent
    assert list(promises_of(heir)) == [promise]


@pytest.mark.parametrize("heir", ["nobody", "general_manager", "elsewhere"])
def test_what_nobody_can_take_waits_for_the_supervisor(client, manager, heir):
    """Without a successor, or with one who handles nothing or works elsewhere, the matter stands among the unassigned."""
    agent, supervisor = person("agent", name="孙丽"), person("supervisor")
    complaint = ComplaintFactory(matter__owner=agent)
    successor = None
    if heir != "nobody":
        region = CustomerRegionFactory(code="wuhan") if heir == "elsewhere" else None
        successor = person("agent" if heir == "elsewhere" else heir, region=region)
        agent.superior = successor
        agent.save()
    left(client, agent, successor)
    complaint.matter.refresh_from_db()
    assert complaint.matter.owner is None
    [line] = lines(complaint.matter, "release")
    assert supervisor.pk in rule_for(line).addressees[0](line)
    client.force_login(supervisor)
    assert complaint.number in client.get(reverse("cases:unassigned")).content.decode()
    page = client.get(reverse("cases:complaint", args=[complaint.pk])).content.decode()
    assert "因 孙丽 离职，取消其经办" in page


@pytest.mark.req("S2-84")
def test_handovers_of_the_leaver_pass_on(client, manager):
    agent, giver, heir = person("agent"), person("agent"), person("agent")
    now = timezone.now()
    asked = ComplaintFactory(matter__owner=giver)
    offered = Handover.objects.give([(asked.matter, "")], kind="owner", giver=giver, receiver=agent, now=now)
    left_over = ComplaintFactory(matter__owner=giver)
    shift = Handover.objects.give([(left_over.matter, "回电")], kind="shift", giver=giver, receiver=None, now=now)
    shift.accept(by=agent, now=now)
    left(client, agent, heir)
    client.force_login(heir)
    assert list(Handover.objects.waiting_for(heir)) == [offered]
    assert [item.note for item in HandoverItem.objects.left_for(heir)] == ["回电"]
    done = reverse("cases:handover-item-done", args=[shift.items.get().pk])
    assert done in client.get(reverse("cases:handover", args=[shift.pk])).content.decode()


def test_without_a_successor_an_offer_goes_back(client, manager):
    agent, giver = person("agent"), person("agent")
    complaint = ComplaintFactory(matter__owner=giver)
    items = [(complaint.matter, "")]
    offered = Handover.objects.give(items, kind="owner", giver=giver, receiver=agent, now=timezone.now())
    left(client, agent)
    offered.refresh_from_db()
    assert not offered.is_waiting
    assert [event.note for event in lines(complaint.matter, "decline_handover")] == ["接收人已离职。"]
    assert Complaint.objects.get(pk=complaint.pk).matter.owner == giver


def test_a_question_put_before_the_leaver_is_the_successors(client, manager):
    supervisor, heir = person("supervisor"), person("supervisor")
    complaint = ComplaintFactory()
    question = complaint.escalations.create(level="superior", to=supervisor, reason="拿不准")
    left(client, supervisor, heir)
    question.refresh_from_db()
    assert question.to == heir


def asked_to_appraise(technician, owner):
    complaint = ComplaintFactory(status="investigating", matter__owner=owner)
    perform(complaint, "request_appraisal", by=owner, technician=technician, words="看看门扇")
    return complaint, complaint.appraisals.get()


@pytest.mark.req("S0-05", "S2-36")
def test_an_appraisal_asked_of_the_leaver_is_the_successors(client, manager):
    owner, leaver, heir = person("agent"), person("technician", name="周强"), person("technician", name="吴刚")
    complaint, appraisal = asked_to_appraise(leaver, owner)
    left(client, leaver, heir)
    appraisal.refresh_from_db()
    assert appraisal.technician == heir
    [line] = lines(complaint.matter, "pass_on_appraisal")
    assert line.by == manager
    assert told(line) == {heir.pk, owner.pk}
    client.force_login(heir)
    assert reverse("cases:complaint-record-appraisal", args=[complaint.pk]) in client.get(reverse("home")).text
    assert "因 周强 离职，鉴定转给 吴刚" in client.get(complaint.get_absolute_url()).text


@pytest.mark.parametrize("heir", ["nobody", "no technician", "elsewhere", "installer"])
def test_an_appraisal_nobody_can_take_is_the_handlers_to_ask_for_again(client, manager, heir):
    owner, leaver = person("agent"), person("technician", name="周强")
    complaint, _appraisal = asked_to_appraise(leaver, owner)
    successor = {
        "nobody": lambda: None,
        "no technician": lambda: person("agent"),
        "elsewhere": lambda: person("technician", region=CustomerRegionFactory(code="wuhan")),
        "installer": lambda: person("technician"),
    }[heir]()
    if heir == "installer":
        card = ServiceCardFactory(customer=complaint.customer, installer=successor)
        complaint.items.create(card=card, product=card.product)
    leaver.superior = successor
    leaver.save()
    left(client, leaver, successor)
    assert not complaint.appraisals.exists()
    [line] = lines(complaint.matter, "withdraw_appraisal")
    assert told(line) == {owner.pk}
    client.force_login(owner)
    page = client.get(complaint.get_absolute_url()).text
    assert "因 周强 离职，收回鉴定委托" in page
    assert reverse("cases:complaint-request-appraisal", args=[complaint.pk]) in page


def test_what_was_appraised_stays_the_leavers_and_an_ended_complaint_is_left_alone(client, manager):
    owner, leaver, heir = person("agent"), person("technician"), person("technician")
    done, appraisal = asked_to_appraise(leaver, owner)
    words = {"verdict": "customer", "findings": "磕碰", "place": "现场"}
    perform(done, "record_appraisal", by=leaver, appraisal=appraisal, **words)
    ended, open_one = asked_to_appraise(leaver, owner)
    type(ended).objects.filter(pk=ended.pk).update(status="withdrawn")
    left(client, leaver, heir)
    assert [one.technician for one in (done.appraisals.get(), ended.appraisals.get())] == [leaver, leaver]


def test_the_supervisor_is_told_where_nobody_handles_the_matter(client, manager):
    owner, leaver, supervisor = person("agent"), person("technician"), person("supervisor")
    complaint, _appraisal = asked_to_appraise(leaver, owner)
    Complaint.objects.get(pk=complaint.pk).matter.assign(None, by=manager, now=timezone.now(), action="release")
    left(client, leaver)
    [line] = lines(complaint.matter, "withdraw_appraisal")
    assert supervisor.pk in told(line)


def told(event):
    return set().union(*(addressees(event) for addressees in rule_for(event).addressees))
