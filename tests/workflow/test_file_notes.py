"""Notes on a customer stand on his own timeline, signed and once."""

import uuid

import pytest
from django.urls import reverse

from core.outbox import deliver_waiting
from notifications.models import Notice
from workflow.models import Event

from tests.factories.accounts import UserFactory
from tests.factories.cases import person
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer():
    return CustomerFactory()


@pytest.fixture
def url(customer):
    return reverse("workflow:file-note", args=[customer.pk])


@pytest.mark.req("S3-40", "S1-75")
def test_a_note_stands_on_the_file_with_its_writer(client, customer, url):
    agent = person("agent")
    client.force_login(agent)
    press = {"op": str(uuid.uuid4()), "text": "老人家耳背，请大声说"}
    assert client.post(url, press).status_code == 302
    assert client.post(url, press).status_code == 302  # the same press again
    event = Event.objects.get(customer=customer)
    assert (event.action, event.by, event.note, event.matter) == ("note_on_file", agent, press["text"], None)
    page = client.get(customer.get_absolute_url()).content.decode()
    assert press["text"] in page
    assert "记录了关于客户的备注" in page


def test_a_press_that_says_something_else_is_refused_and_kept(client, customer, url):
    client.force_login(person("agent"))
    op = str(uuid.uuid4())
    client.post(url, {"op": op, "text": "第一句"})
    answer = client.post(url, {"op": op, "text": "另一句"})
    assert answer.status_code == 409
    assert "另一句" in answer.content.decode()
    assert Event.objects.filter(customer=customer).count() == 1


@pytest.mark.parametrize("wrong", [{"text": ""}, {"text": "  "}, {"text": "x" * 4001}, {"op": ""}, {"op": "x"}])
def test_a_note_without_words_or_press_is_refused(client, customer, url, wrong):
    client.force_login(person("agent"))
    assert client.post(url, {"op": str(uuid.uuid4()), "text": "话"} | wrong).status_code == 422
    assert not Event.objects.exists()


def test_a_colleague_named_in_it_is_told_and_led_to_the_file(client, customer, url):
    colleague = UserFactory(role="agent", region=customer.region, name="刘洋")
    client.force_login(person("agent"))
    client.post(url, {"op": str(uuid.uuid4()), "text": "@刘洋 他明天再打来"})
    deliver_waiting()
    notice = Notice.objects.get(user=colleague)
    client.force_login(colleague)
    assert customer.number in client.get(reverse("notifications:list")).content.decode()
    answer = client.get(reverse("notifications:open", args=[notice.pk]))
    assert answer.url == customer.get_absolute_url()
