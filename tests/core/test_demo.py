"""The yellow bar of a site whose data are invented."""

import pytest
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone, translation

from core import demo
from core.models import Installation

from tests.factories.accounts import RegionFactory, UserFactory
from tests.rights.objects import customers_link

pytestmark = pytest.mark.django_db


def pages(client):
    """A page of the staff, a stranger's, one that is not there, the customer's own."""
    region = RegionFactory()
    answers = [client.get(reverse("accounts:login"))]
    answers.append(client.get(reverse("workflow:customer-page", kwargs=customers_link(None, region))))
    client.force_login(UserFactory(role="manager", region=region))
    answers += [client.get(reverse("customers:list")), client.get("/nowhere/")]
    return [answer.content.decode() for answer in answers]


def test_every_page_of_a_demo_site_says_so_and_none_of_a_company(client):
    assert not [page for page in pages(client) if "banner-demo" in page]
    Installation.objects.mark_demo(timezone.now())
    client.logout()
    shown = pages(client)
    assert [page.count("banner-demo") for page in shown] == [1] * len(shown)
    assert "均为虚构" in shown[0]


def test_it_says_so_in_both_languages_and_costs_nothing_once_known(django_assert_num_queries):
    Installation.objects.mark_demo(timezone.now())
    request = RequestFactory().get("/")
    said = demo.made_up(request)
    assert said.tone == "demo"
    with django_assert_num_queries(0), translation.override("en"):
        assert "invented" in demo.made_up(request).text


def test_a_company_that_begins_takes_the_bar_away():
    Installation.objects.mark_demo(timezone.now())
    assert demo.made_up(None)
    Installation.objects.all().delete()
    Installation.objects.start(trade="doors", company="磁湖木门有限公司", now=timezone.now())
    assert demo.made_up(None) is None
