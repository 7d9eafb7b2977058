"""The list behind the bell: one's own, all or unread, by pages, at the same cost for one row and for fifty."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from notifications.models import Notice
from workflow.models import Event

from tests.factories.cases import ComplaintFactory, person

pytestmark = pytest.mark.django_db
URL = "/notices/"


@pytest.fixture
def agent(client):
    agent = person("agent")
    client.force_login(agent)
    return agent


def tell(user, number=1, *, read=False, about=True):
    """Notices about as many complaints; ``about`` False: about acts that name no record of their own."""
    now = timezone.now()
    for n in range(number):
        complaint = ComplaintFactory()
        event = Event.objects.create(
            matter=complaint.matter, customer=complaint.customer, subject=complaint if about else None, action="chase",
            actor="user", by=person("agent"), at=now,
        )  # fmt: skip
        Notice.objects.create(
            user=user, key=f"{complaint.pk}", event=event, at=now - timedelta(minutes=n), read_at=now if read else None
        )


def cost(client):
    client.get(URL)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(URL).status_code == 200
    return [one["sql"][:160] for one in seen.captured_queries]


def test_fifty_notices_cost_what_one_costs(client, agent):
    tell(agent)
    tell(agent, about=False)
    few = cost(client)
    tell(agent, 30)
    tell(agent, 30, about=False)
    many = cost(client)
    assert len(many) == len(few) <= 14, "\n".join(many)
    page = client.get(URL)
    assert len(page.context["rows"]) == 50
    assert len(client.get(page.context["page"].next_url).context["rows"]) == 12


def test_unread_ones_alone_and_none_of_anybody_else(client, agent):
    tell(agent, 2)
    tell(agent, 3, read=True)
    tell(person("agent"), 1)
    assert len(client.get(URL).context["rows"]) == 5
    unread = client.get(URL, {"unread": "true"}).context["rows"]
    assert [notice.read_at for notice in unread] == [None, None]
    client.post(reverse("notifications:read-all"))
    page = client.get(URL, {"unread": "true"})
    assert not page.context["rows"]
    assert "没有未读通知" in page.content.decode()
    assert "read-all" not in page.content.decode()


def test_a_notice_names_its_complaint_and_leads_there(client, agent):
    tell(agent, about=False)
    notice = Notice.objects.get()
    complaint = notice.event.matter.records()[0]
    assert complaint.number in client.get(URL).content.decode()
    assert client.get(reverse("notifications:open", args=[notice.pk])).url == complaint.get_absolute_url()
    assert Notice.objects.unread().count() == 0


def test_an_empty_list_says_what_will_be_here(client, agent):
    assert "还没有通知" in client.get(URL).content.decode()
