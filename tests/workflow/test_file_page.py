"""The service file of a customer: one timeline of everything one may see, at a steady cost."""

from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.gather import gather
from customers.models import Customer, ServiceCard
from workflow.models import Event, Promise

from tests.factories.accounts import RegionFactory
from tests.factories.cases import ComplaintFactory, MatterFactory, person
from tests.factories.customers import CustomerFactory, CustomerRegionFactory, ProductFactory

pytestmark = pytest.mark.django_db


def history(customer, count, **fields):
    now = timezone.now()
    for n in range(count):
        complaint = ComplaintFactory(matter=MatterFactory(customer=customer, **fields))
        Event.objects.create(
            matter=complaint.matter, customer=customer, subject=complaint, action="record_contact", actor="user",
            by=person("agent"), at=now - timedelta(hours=n), note=f"第{n}次通话", data={},
        )  # fmt: skip


def test_the_file_costs_the_same_for_one_matter_and_for_fifty(client):
    client.force_login(person("agent"))
    counts = []
    for size in (1, 50):
        customer = CustomerFactory(name=f"客户{size}", address=f"{size} 号")  # neither is like the other
        history(customer, size)
        url = reverse("customers:file", args=[customer.pk])
        gather({"warm": ContentType.objects.none()})
        assert client.get(url).status_code == 200
        with CaptureQueriesContext(connection) as seen:
            client.get(url)
        counts.append(len(seen.captured_queries))
    assert counts[0] == counts[1] <= 25


@pytest.mark.req("S0-27", "S0-34", "S0-21")
def test_the_file_shows_everything_but_what_belongs_to_another_region(client):
    customer = CustomerFactory()
    history(customer, 2)
    Promise.objects.create(matter=customer.matters.first(), customer=customer, what="周五前寄出合页")
    foreign = ComplaintFactory(matter=MatterFactory(customer=customer, region=RegionFactory()))
    Event.objects.write(foreign.matter, "add_note", by=None, at=timezone.now(), subject=foreign, note="别的分公司的话")
    client.force_login(person("agent"))
    page = client.get(reverse("customers:file", args=[customer.pk])).content.decode()
    assert "第0次通话" in page
    assert "第1次通话" in page
    assert "周五前寄出合页" in page
    assert "别的分公司的话" not in page
    assert foreign.number not in page


def test_older_lines_are_a_page_away(client):
    customer = CustomerFactory()
    history(customer, 60)
    client.force_login(person("agent"))
    url = reverse("customers:file", args=[customer.pk])
    first = client.get(url)
    older = client.get(url, {"before": str(first.context["older"])})
    assert [line.said for line in older.context["timeline"]] == [f"第{n}次通话" for n in range(50, 60)]
    assert client.get(url, {"before": "nonsense"}).status_code == 200


@pytest.mark.req("S0-27", "S0-34")
def test_the_file_tells_how_it_was_opened_corrected_and_which_cards_it_got(client):
    agent = person("agent", name="王敏")
    client.force_login(agent)
    customer = Customer.objects.open_file(by=agent, phone="13971751234", name="孙丽", region=CustomerRegionFactory())
    customer.name = "孙莉"
    customer.save_edit(by=agent, fields=["name"])
    card = ServiceCard.objects.register(by=agent, customer=customer, product=ProductFactory(), room="主卧")
    timeline = client.get(reverse("customers:file", args=[customer.pk])).text
    for words in ("建立客户档案", "更正档案：姓名", f"登记售后服务卡 {card.number}"):
        assert words in timeline
    assert "孙丽" not in str(list(Event.objects.values_list("data", flat=True)))
