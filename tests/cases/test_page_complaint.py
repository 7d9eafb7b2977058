"""The page of a complaint: one next step, everything on one timeline, the same few statements however much there is."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from cases.casefile import length_of
from cases.finding import complaints
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


@pytest.mark.parametrize(("role", "whole"), [("agent", True), ("finance", False), ("quality", False)])
def test_names_numbers_and_addresses_are_whole_for_those_who_may_see_them(client, role, whole):
    complaint = full_complaint(1, caller_name="李娟", caller_phone="13700137000")
    customer = complaint.customer
    customer.name = "欧阳建国"
    customer.save()
    user = person(role)
    client.force_login(user)
    urls = [complaint.get_absolute_url(), *(reverse(f"cases:{name}") for name in ("complaint-list", "progress"))]
    for url in urls:
        shown = client.get(url).content.decode()
        assert ("欧阳建国" in shown) is whole, url
        assert ("欧***" in shown) is not whole, url
    found = complaints([complaint.pk], user)[complaint.pk]
    assert ("欧阳建国" in found.detail) is whole
    shown = client.get(complaint.get_absolute_url()).content.decode()
    phone = customer.phones.first().number
    for secret in ("李娟", "137 0013 7000", f"{phone[:3]} {phone[3:7]} {phone[7:]}", customer.address):
        assert (secret in shown) is whole, secret


def test_the_call_screen_names_a_clock_in_the_language_of_the_reader(client):
    complaint = full_complaint(1)
    values = {"name": "三天内提出方案", "value": 72, "unit": "hour", "calendar": "clock"}
    complaint.matter.deadlines.update(policy_values=values)
    client.force_login(person("agent", language="en"))
    page = client.get(reverse("cases:call"), {"customer": complaint.customer.pk}).content.decode()
    assert "Propose a plan 72 h" in page
    assert "三天内提出方案" not in page


@pytest.mark.parametrize(
    ("value", "unit", "calendar", "english", "chinese"),
    [
        (1, "day", "day", "1 day", "1 天"),
        (2, "day", "clock", "2 days", "2 天"),
        (1, "day", "working", "1 working day", "1 个工作日"),
        (7, "day", "working", "7 working days", "7 个工作日"),
        (1, "hour", "working", "1 service hour", "1 个工作小时"),
        (8, "hour", "working", "8 service hours", "8 个工作小时"),
        (1, "hour", "clock", "1 h", "1 小时"),
    ],
)
def test_one_is_not_many_in_the_length_of_a_clock(value, unit, calendar, english, chinese):
    values = {"value": value, "unit": unit, "calendar": calendar}
    with translation.override("en"):
        assert length_of(values) == english
    with translation.override("zh-hans"):
        assert length_of(values) == chinese
