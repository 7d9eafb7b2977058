"""Somebody stops working here: nothing that is open is left without anybody who knows of it (S2-36, S2-84)."""

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models import Complaint
from cases.worklist import promises_of
from notifications.rules import rule_for
from workflow.models import Event, Handover, HandoverItem

from tests.factories.cases import ComplaintFactory, person
from tests.factories.customers import CustomerRegionFactory

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
