"""Fees on their way to finance, and the technician's day."""

import uuid
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from technicians.models import Fee, HandIn
from technicians.views.day import maps_to

from tests.factories.cases import person
from tests.factories.customers import PhoneFactory, ServiceCardFactory
from tests.factories.technicians import WorkOrderFactory, send

pytestmark = pytest.mark.django_db


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def collect(technician, amount, number):
    order = WorkOrderFactory(status="completed")
    send(order, technician)
    return Fee.objects.create(
        order=order,
        number=number,
        amount=amount,
        means="cash",
        collected_by=technician.user,
        collected_at=timezone.now(),
    )


@pytest.mark.req("S2-134")
def test_what_one_holds_goes_to_finance_once_and_somebody_else_counts_it(technician):
    collect(technician, Decimal(80), "SJ1")
    collect(technician, Decimal("45.50"), "SJ2")
    phone, finance, press = browser(technician.user), person("finance"), {"op": str(uuid.uuid4())}
    url = reverse("technicians:hand-in-new")
    assert "125.50" in phone.get(reverse("technicians:hand-ins")).text
    first, again = phone.post(url, press), phone.post(url, press)
    handed = HandIn.objects.get()
    assert first.url == again.url == handed.get_absolute_url()
    assert handed.amount == Decimal("125.50")
    assert not Fee.objects.held_by(technician.user).exists()
    phone.post(url, {"op": str(uuid.uuid4())})  # nothing is left to hand in
    assert HandIn.objects.count() == 1
    with pytest.raises(PermissionDenied):
        handed.receive(by=technician.user, now=timezone.now())
    office = browser(finance)
    assert "SJ2" in office.get(handed.get_absolute_url()).text
    receive = reverse("technicians:hand-in-receive", args=[handed.pk])
    for _press in range(2):
        assert office.post(receive).status_code == 302
    assert HandIn.objects.get().received_by == finance


def test_his_day_says_when_whom_where_and_what_to_bring(technician):
    order = WorkOrderFactory(
        status="acknowledged", bring="锁体一只", window_from=timezone.now(),
        window_until=timezone.now() + timezone.timedelta(hours=2),
    )  # fmt: skip
    send(order, technician)
    order.card = ServiceCardFactory(customer=order.customer, colour="胡桃木色", measured_size="2050×860×120")
    order.save_changes()
    PhoneFactory(customer=order.customer, number="13800138000")
    waits = WorkOrderFactory(status="waiting_parts", content="等滑轮")
    send(waits, technician)
    page = browser(technician.user).get(reverse("technicians:today")).text
    for words in (
        "锁体一只",
        "胡桃木色",
        "2050×860×120",
        "tel:13800138000",
        "uri.amap.com",
        "apis.map.qq.com",
        "等滑轮",
    ):
        assert words in page
    assert reverse("technicians:job", args=[order.pk]) in page
    assert page.count('class="button big button-primary"') == 1  # the waiting one is the parts clerk's to go on with


def test_maps_open_at_the_address_whatever_stands_in_it():
    assert all("%26" in url and " " not in url for _name, url in maps_to("湖滨大道 18 号 & 3 栋"))
