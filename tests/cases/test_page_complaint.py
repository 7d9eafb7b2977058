"""The page of a complaint: one next step, everything on one timeline, the same few statements however much there is."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.gather import gather

from tests.factories.casefiles import full_complaint
from tests.factories.cases import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client):
    def page(user, complaint, **query):
        client.force_login(user)
        return client.get(reverse("cases:complaint", args=[complaint.pk]), query)

    return page


def statements(client, user, url):
    client.force_login(user)
    gather({"warm": ContentType.objects.none()})
    assert client.get(url).status_code == 200  # caches of the process are filled
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(url).status_code == 200
    return [one["sql"] for one in seen.captured_queries]


def test_the_page_costs_the_same_for_one_and_for_fifty_of_everything(client):
    supervisor = person("supervisor")
    one, many = full_complaint(1), full_complaint(50)
    few = statements(client, supervisor, one.get_absolute_url())
    more = statements(client, supervisor, many.get_absolute_url())
    assert len(few) == len(more), "\n".join(more)
    assert len(more) <= 12, "\n".join(sql[:160] for sql in more)
